"""Somebody at the other end of the wire: writes, presses, uses commands."""

from __future__ import annotations

from typing import Any

from tests.discord.wire.payloads import (
    APPLICATION_ID,
    BOT_ID,
    bot_user,
    dm_channel,
    message,
    snowflake,
    text_channel,
)
from tests.discord.wire.server import Interaction, WireServer


class Person:
    """Talks to the bot in direct messages, or in ``guild_id`` where a call names one."""

    def __init__(self, server: WireServer, user_id: int, name: str) -> None:
        self._server = server
        self.channel_id = server.add_person(user_id, name)
        self.user = server.person(self.channel_id)

    async def says(self, text: str) -> str:
        """Write a direct message; returns its id."""
        said = message(self.channel_id, self.user, {"content": text}, [])
        await self._server.gateway.tell("MESSAGE_CREATE", said)
        return str(said["id"])

    async def mentions(self, channel_id: int, guild_id: int, text: str) -> str:
        """Write in a channel to the bot; returns the message's id."""
        said = message(channel_id, self.user, {"content": f"<@{BOT_ID}> {text}"}, [])
        said |= {"guild_id": str(guild_id), "mentions": [{**bot_user(), "member": _member()}]}
        said["member"] = _member()
        await self._server.gateway.tell("MESSAGE_CREATE", said)
        return str(said["id"])

    async def replies(
        self, channel_id: int, guild_id: int, answered: dict[str, Any], text: str
    ) -> str:
        """Answer a message of the bot in a channel, with the ping on; returns the message's id."""
        said = message(channel_id, self.user, {"content": text}, [])
        reference = {"message_id": answered["id"], "channel_id": str(channel_id)}
        said |= {"type": 19, "guild_id": str(guild_id), "member": _member()}
        said |= {"message_reference": reference, "referenced_message": answered}
        said["mentions"] = [{**bot_user(), "member": _member()}]
        await self._server.gateway.tell("MESSAGE_CREATE", said)
        return str(said["id"])

    async def answers(self, channel_id: int, guild_id: int, answered: dict[str, Any]) -> str:
        """Answer a message in a channel with the ping off: Discord keeps the text back."""
        said = message(channel_id, self.user, {"content": ""}, [])
        reference = {"message_id": answered["id"], "channel_id": str(channel_id)}
        said |= {"type": 19, "guild_id": str(guild_id), "member": _member()}
        said |= {"message_reference": reference, "referenced_message": answered}
        await self._server.gateway.tell("MESSAGE_CREATE", said)
        return str(said["id"])

    async def deletes(self, message_id: str) -> None:
        """Delete a direct message."""
        gone = {"id": message_id, "channel_id": str(self.channel_id)}
        await self._server.gateway.tell("MESSAGE_DELETE", gone)

    async def uses(
        self, command: str, *, guild_id: int | None = None, **options: str
    ) -> Interaction:
        """Use a slash command, in a server where ``guild_id`` is given."""
        chosen = [{"type": 3, "name": name, "value": value} for name, value in options.items()]
        known = {entry["name"]: entry["id"] for entry in self._server.commands}
        data = {"id": known.get(command, "1"), "name": command, "type": 1, "options": chosen}
        return await self._interact(2, data, None, guild_id)

    async def presses(self, label: str) -> Interaction:
        """Press the newest button, or choose the newest choice, called ``label``."""
        for source in reversed(self._server.messages[self.channel_id]):
            for row in source["components"]:
                for part in row["components"]:
                    data = _press(part, label)
                    if data is not None:
                        return await self._interact(3, data, source)
        raise AssertionError(f"nothing to press is called {label!r}")

    async def submits(self, modal: dict[str, Any], **values: str) -> Interaction:
        """Fill in a modal of text inputs and submit it."""
        components = [
            {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}
            for name, value in values.items()
        ]
        data = {"custom_id": modal["custom_id"], "components": components}
        return await self._interact(5, data, None)

    async def _interact(
        self,
        kind: int,
        data: dict[str, Any],
        source: dict[str, Any] | None,
        guild_id: int | None = None,
    ) -> Interaction:
        interaction = Interaction(
            id=snowflake(), token=f"token-{snowflake()}", channel_id=self.channel_id, source=source
        )
        self._server.interactions[interaction.token] = interaction
        packet = {
            "id": str(interaction.id),
            "application_id": str(APPLICATION_ID),
            "type": kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": str(self.channel_id),
            "channel": dm_channel(self.channel_id, self.user),
            "user": self.user,
            "locale": "fr",
            "context": 1,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "attachment_size_limit": 10485760,
            "app_permissions": "0",
        }
        if source is not None:
            packet["message"] = source
        if guild_id is not None:
            packet["guild_id"] = str(guild_id)
            packet["guild"] = {"id": str(guild_id), "locale": "en-US", "features": []}
            packet["channel"] = text_channel(self.channel_id)
            packet["member"] = {**_member(), "user": packet.pop("user"), "permissions": "0"}
        await self._server.gateway.tell("INTERACTION_CREATE", packet)
        return interaction


def _press(part: dict[str, Any], label: str) -> dict[str, Any] | None:
    if part["type"] == 2 and part.get("label") == label and "custom_id" in part:
        return {"custom_id": part["custom_id"], "component_type": 2}
    for choice in part.get("options", ()):
        if choice["label"] == label:
            return {
                "custom_id": part["custom_id"],
                "component_type": 3,
                "values": [choice["value"]],
            }
    return None


def _member() -> dict[str, Any]:
    return {
        "roles": [],
        "joined_at": "2026-05-01T10:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
