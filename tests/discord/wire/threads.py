"""A text channel of a server and its threads: looked up, opened, renamed, archived.

https://docs.discord.com/developers/resources/channel
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.discord.wire.payloads import BOT_ID, snowflake, text_channel


class WireThreads:
    """``messages`` is the server's: whatever is opened can be written to at once."""

    def __init__(self, messages: dict[int, list[dict[str, Any]]]) -> None:
        self._messages = messages
        self.channels: dict[int, dict[str, Any]] = {}

    def add_desk(self, guild_id: int) -> int:
        """The id of a new text channel in which threads can be made."""
        made = {**text_channel(snowflake()), "guild_id": str(guild_id)}
        return self._keep(made)

    def called(self, words: str) -> list[int]:
        """The threads with ``words`` in their names, oldest first."""
        return [
            key
            for key, channel in self.channels.items()
            if channel["type"] == 11 and words in channel["name"]
        ]

    def answer(self, method: str, path: str, body: Any) -> web.Response | None:
        """None where the request is about something else."""
        match [method, *path.strip("/").split("/")]:
            case ["GET", "channels", key] if int(key) in self.channels:
                return web.json_response(self.channels[int(key)])
            case ["PATCH", "channels", key] if int(key) in self.channels:
                return web.json_response(self._change(self.channels[int(key)], body))
            case ["POST", "channels", key, "threads"] if int(key) in self.channels:
                return web.json_response(self._open(self.channels[int(key)], body), status=201)
        return None

    def _open(self, parent: dict[str, Any], body: Any) -> dict[str, Any]:
        made = {
            "id": str(snowflake()),
            "type": 11,
            "guild_id": parent["guild_id"],
            "parent_id": parent["id"],
            "owner_id": str(BOT_ID),
            "name": body["name"],
            "last_message_id": None,
            "message_count": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "flags": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": body.get("auto_archive_duration", 4320),
                "archive_timestamp": "2026-05-01T10:00:00+00:00",
                "locked": False,
            },
        }
        self._keep(made)
        return made

    @staticmethod
    def _change(channel: dict[str, Any], body: Any) -> dict[str, Any]:
        if "archived" in body:
            channel["thread_metadata"]["archived"] = body["archived"]
        if "name" in body:
            channel["name"] = body["name"]
        return channel

    def _keep(self, channel: dict[str, Any]) -> int:
        key = int(channel["id"])
        self.channels[key] = channel
        self._messages[key] = []
        return key
