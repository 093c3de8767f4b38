"""A chat let the assistant in, blocked it, or threw it out."""

from __future__ import annotations

from bot.chat.events import ChatStatusChanged
from bot.chat.turn import Reply, Turn
from bot.store import Store


async def record_status(turn: Turn) -> Reply:
    """Keep it, so that nothing is sent where nobody listens."""
    assert isinstance(turn.event, ChatStatusChanged)
    store: Store = turn.store
    await store.chats.set_status(turn.event.conversation, turn.event.status, turn.clock.now())
    return None
