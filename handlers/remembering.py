"""What a conversation keeps of the message that asked, in case a person has to answer it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.chat.events import MessageReceived
from bot.chat.turn import Turn
from bot.store.conversations import ConversationState
from handlers.desk_opening import stored_files

FILES: Final = 20
"""Pictures and files that are remembered."""


def with_message(state: ConversationState, turn: Turn) -> ConversationState:
    """With the message's number and its files, after those that are remembered already."""
    event = turn.event
    if not isinstance(event, MessageReceived):
        return replace(state, album=None, ref="")
    files = stored_files(turn)
    return replace(
        state,
        files=(*state.files, *files)[-FILES:],
        album=event.album if files else None,
        ref=event.message_id,
    )
