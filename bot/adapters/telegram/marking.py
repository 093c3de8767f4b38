"""Reactions of the bot, one a message (core.telegram.org/bots/api#setmessagereaction)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.adapters.telegram.api import Call, TelegramApi
from bot.adapters.telegram.errors import translated
from bot.adapters.telegram.render import message_address
from bot.chat.events import ConversationRef
from bot.chat.marks import Mark

SIGNS: Final[Mapping[Mark, str]] = {
    "underway": "👀",
    "arrived": "👍",
    "doubtful": "🤔",
    "failed": "💔",
    "received": "👌",
}
"""Of those that bots may use (core.telegram.org/bots/api#reactiontypeemoji)."""


async def react(api: TelegramApi, where: ConversationRef, message_id: str, mark: Mark) -> None:
    """Set the bot's reaction; it takes the place of an earlier one."""
    with translated(where):
        parameters = {
            **message_address(where, message_id),
            "reaction": [{"type": "emoji", "emoji": SIGNS[mark]}],
        }
        await api.call(Call(method="setMessageReaction", parameters=parameters))
