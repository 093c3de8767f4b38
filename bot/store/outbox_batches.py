"""Many rows of the outbox in one statement, for reminders and digests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.chat.ports import Lane
from bot.store.dialects import upsert
from bot.store.outbox import AT_ONCE
from bot.store.schema import delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message for one recipient; ``payload`` is ``bot.chat.wire.message_to_json``.

    It leaves at ``due_at``, at once where that is None.
    """

    source: str
    to: ConversationRef
    payload: str
    due_at: datetime | None = None
    expires_at: datetime | None = None


class OutboxBatches:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, parcels: Sequence[Parcel], lane: Lane, now: datetime) -> None:
        """Queue them all; one whose source and recipient are known already is left alone.

        Where nobody knows whether one arrived it is sent again: a reminder twice is better than
        none.
        """
        if not parcels:
            return
        rows = [
            {
                "source": parcel.source,
                "platform": parcel.to.platform,
                "chat_id": parcel.to.chat_id,
                "thread_id": parcel.to.thread_id,
                "is_private": parcel.to.is_private,
                "lane": int(lane),
                "payload": parcel.payload,
                "on_unknown": "resend",
                "state": "ready",
                "due_at": parcel.due_at or AT_ONCE,
                "expires_at": parcel.expires_at,
                "epoch": 0,
                "attempts": 0,
                "updated_at": now,
            }
            for parcel in parcels
        ]
        await self._connection.execute(
            upsert(self._connection, delivery).on_conflict_do_nothing(), rows
        )
