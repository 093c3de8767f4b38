"""What the secretariat's chats were told about and not told that it is well again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema_operations import alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """``owner`` is the process that sees the cause, empty where every process can see it."""

    cause: str
    owner: str
    since: datetime
    seen_at: datetime


class Alerts:
    """One row a cause, however many processes see it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def current(self) -> list[Alert]:
        """All, the oldest first."""
        rows = await self._connection.execute(select(alert).order_by(alert.c.since, alert.c.cause))
        return [
            Alert(cause=row.cause, owner=row.owner, since=row.since, seen_at=row.seen_at)
            for row in rows
        ]

    async def begin(self, cause: str, owner: str, now: datetime) -> bool:
        """Note a cause; False where it was known, which then counts as seen again."""
        inserted = await self._connection.execute(
            upsert(self._connection, alert)
            .values(cause=cause, owner=owner, since=now, seen_at=now)
            .on_conflict_do_nothing()
            .returning(alert.c.cause)
        )
        if inserted.first() is not None:
            return True
        await self._connection.execute(
            update(alert).where(alert.c.cause == cause).values(seen_at=now, owner=owner)
        )
        return False

    async def end(self, cause: str) -> datetime | None:
        """Forget a cause; returns since when it was there, None where it was not."""
        row = (
            await self._connection.execute(
                delete(alert).where(alert.c.cause == cause).returning(alert.c.since)
            )
        ).first()
        return None if row is None else row.since
