"""What somebody must hear at the next meeting, if the message of the outbox did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Message
from bot.chat.wire import message_from_json, message_to_json
from bot.store.schema import delivery
from bot.store.schema_members import notice


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNotice:
    """``state`` is that of the ``delivery`` of the same source, None where there is none."""

    id: int
    message: Message
    state: str | None


class Notices:
    """One row for each message that must not be missed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, person_id: int, source: str, message: Message, now: datetime) -> None:
        """Keep ``message``, which was put into the outbox under ``source``."""
        await self._connection.execute(
            insert(notice).values(
                person_id=person_id,
                source=source,
                payload=message_to_json(message),
                created_at=now,
            )
        )

    async def of(self, person_id: int) -> list[WaitingNotice]:
        """All of somebody's, the oldest first."""
        state = (
            select(delivery.c.state)
            .where(delivery.c.source == notice.c.source)
            .order_by(delivery.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        rows = await self._connection.execute(
            select(notice.c.id, notice.c.payload, state.label("state"))
            .where(notice.c.person_id == person_id)
            .order_by(notice.c.id)
        )
        return [
            WaitingNotice(id=row.id, message=message_from_json(row.payload), state=row.state)
            for row in rows
        ]

    async def drop(self, notice_id: int) -> None:
        """It was told, or arrived after all."""
        await self._connection.execute(delete(notice).where(notice.c.id == notice_id))

    async def forget_before(self, moment: datetime) -> int:
        """Drop what nobody came for; returns how many."""
        result = await self._connection.execute(delete(notice).where(notice.c.created_at < moment))
        return int(result.rowcount)
