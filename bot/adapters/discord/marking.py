"""Reactions of the bot, several a message; each is added and taken away by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.adapters.discord.client import AssistantClient
from bot.adapters.discord.errors import delivery_errors
from bot.chat.errors import Undeliverable
from bot.chat.events import ConversationRef
from bot.chat.marks import Mark
from bot.chat.ports import Clock

SIGNS: Final[Mapping[Mark, str]] = {
    "underway": "⏳",
    "arrived": "✅",
    "doubtful": "❔",
    "failed": "❌",
    "received": "👌",
}

SPACING: Final = 0.4
"""Seconds between two reactions in one channel; Discord takes one in a quarter of a second."""


class ReactionMaking:
    """The part of the adapter that is ``bot.chat.marks.Marker``."""

    client: AssistantClient
    _clock: Clock

    async def mark(
        self, where: ConversationRef, message_id: str, mark: Mark, *, instead_of: Mark | None
    ) -> None:
        """See ``Marker``."""
        if not (where.chat_id.isdecimal() and message_id.isdecimal()):
            raise Undeliverable("not a message of Discord")
        await self.client.sending.wait()
        http, channel, message = self.client.http, int(where.chat_id), int(message_id)
        with delivery_errors():
            await http.add_reaction(channel, message, SIGNS[mark])
            if instead_of is not None and instead_of != mark:
                await self._clock.sleep(SPACING)
                await http.remove_own_reaction(channel, message, SIGNS[instead_of])
