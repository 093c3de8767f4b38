"""The list of scheduled events that each Discord server has.

Source: https://docs.discord.com/developers/resources/guild-scheduled-event
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import discord

from bot.adapters.discord.components import label
from bot.adapters.discord.errors import translate
from bot.adapters.discord.markdown import escape, tidy
from bot.adapters.discord.sending import Sending
from bot.chat.boards import BoardEntry, BoardRefused, BoardServer
from bot.chat.errors import DeliveryError, RecipientGone, Undeliverable
from bot.chat.events import Platform
from bot.config import DiscordSettings
from bot.marking import N_

TITLE_LIMIT: Final = 100
TEXT_LIMIT: Final = 1000
PLACE_LIMIT: Final = 100
_EXTERNAL: Final = 3
_GUILD_ONLY: Final = 2
_UNKNOWN_EVENT: Final = 10070
_REFUSED: Final = {
    50001: N_("the bot is not on the server"),
    50013: N_("the bot lacks the right “Create Events” or “Manage Events”"),
}
T = TypeVar("T")


class ScheduledEvents:
    """``bot.chat.boards.EventBoard``. Entries are of the kind that takes place elsewhere."""

    platform: Platform = "discord"

    def __init__(self, client: discord.Client, sending: Sending, settings: DiscordSettings) -> None:
        self._client = client
        self._sending = sending
        self._server = settings.server

    async def servers(self) -> list[BoardServer]:
        """The server of the settings, or all that the bot is on."""
        await self._sending.wait()
        return [
            BoardServer(
                id=str(guild.id), name=guild.name, locale=str(guild.preferred_locale) or None
            )
            for guild in self._client.guilds
            if self._server in (None, guild.id)
        ]

    async def find(self, server_id: str, entry: BoardEntry) -> str | None:
        """Looked for before one is made, for a crash may have come between making and noting."""
        known = await self._call(
            self._client.http.get_scheduled_events(int(server_id), with_user_count=False)
        )
        mine = self._client.user.id if self._client.user else 0
        for each in known:
            is_mine = str(each.get("creator_id") or "") == str(mine)
            begins = datetime.fromisoformat(each["scheduled_start_time"])
            if is_mine and each["name"] == _title(entry) and begins == entry.starts_at:
                return str(each["id"])
        return None

    async def create(self, server_id: str, entry: BoardEntry) -> str:
        """Make an external event."""
        made = await self._call(
            self._client.http.create_guild_scheduled_event(int(server_id), **_payload(entry))
        )
        return str(made["id"])

    async def change(self, server_id: str, external_id: str, entry: BoardEntry) -> None:
        """Write it anew."""
        edit = self._client.http.edit_scheduled_event
        await self._call(edit(int(server_id), int(external_id), **_payload(entry)))

    async def remove(self, server_id: str, external_id: str) -> None:
        """Delete it."""
        delete = self._client.http.delete_scheduled_event
        try:
            await self._call(delete(int(server_id), int(external_id)))
        except RecipientGone:
            return

    async def _call(self, request: Awaitable[T]) -> T:
        await self._sending.wait()
        try:
            return await request
        except discord.HTTPException as error:
            if error.code in _REFUSED:
                raise BoardRefused(_REFUSED[error.code]) from error
            if error.code == _UNKNOWN_EVENT:
                raise RecipientGone("the entry is gone") from error
            raise _translated(error) from error
        except Exception as error:
            raise translate(error) from error


def _translated(error: discord.HTTPException) -> DeliveryError:
    found = translate(error)
    # What ends all sending to a chat says nothing of that kind about an entry.
    return Undeliverable(str(found)) if isinstance(found, RecipientGone) else found


def _title(entry: BoardEntry) -> str:
    return label(tidy(entry.title), TITLE_LIMIT)


def _payload(entry: BoardEntry) -> dict[str, Any]:
    text = escape(tidy(entry.text))
    return {
        "name": _title(entry),
        "description": text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…",
        "entity_type": _EXTERNAL,
        "privacy_level": _GUILD_ONLY,
        "channel_id": None,
        "entity_metadata": {"location": label(tidy(entry.place), PLACE_LIMIT)},
        "scheduled_start_time": entry.starts_at.astimezone(UTC).isoformat(),
        "scheduled_end_time": entry.ends_at.astimezone(UTC).isoformat(),
    }
