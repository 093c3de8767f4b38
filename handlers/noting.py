"""What staff do with data about people is noted."""

from __future__ import annotations

from bot.chat.turn import Turn
from bot.store import Store


async def note(turn: Turn, action: str, subject_id: int | None = None, detail: str = "") -> None:
    """Add a line to the audit log; ``detail`` holds names of fields and counts, no contents."""
    store: Store = turn.store
    await store.audit.add(
        action,
        actor_id=turn.member.id,
        via=turn.event.conversation.platform,
        now=turn.clock.now(),
        subject_id=subject_id,
        detail=detail,
    )
