"""An announcement's totals by language and by reason, counted by the database.

``outbox_reports`` reads the single rows.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import delivery
from bot.store.schema_announcements import announcement

_SETTLED = ("failed", "skipped", "unknown")


class AnnouncementReports:
    """Read by the rows' ``source``, for which ``delivery`` has an index."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def last(self, limit: int) -> list[tuple[int, str, datetime]]:
        """Number, state and beginning of the newest announcements that are no drafts.

        Corrections and recalls are left out, see ``AnnouncementRevisions.of``.
        """
        rows = await self._connection.execute(
            select(announcement.c.id, announcement.c.state, announcement.c.created_at)
            .where(announcement.c.state != "draft", announcement.c.revises.is_(None))
            .order_by(announcement.c.id.desc())
            .limit(limit)
        )
        return [(row.id, row.state, row.created_at) for row in rows]

    async def by_language(self, number: int) -> Counter[tuple[str, str]]:
        """Rows by language (empty where not known) and state."""
        return await self._count(number, func.coalesce(delivery.c.language, ""), delivery.c.state)

    async def by_reason(self, number: int) -> Counter[tuple[str, str]]:
        """Rows that were not sent, or not surely, by state and reason."""
        found = await self._count(number, delivery.c.state, func.coalesce(delivery.c.error, ""))
        return Counter({key: count for key, count in found.items() if key[0] in _SETTLED})

    async def _count(
        self, number: int, one: ColumnElement[str], other: ColumnElement[str]
    ) -> Counter[tuple[str, str]]:
        # A label, lest PostgreSQL take the two uses of a parameter for two expressions.
        first, second = one.label("first"), other.label("second")
        rows = await self._connection.execute(
            select(first, second, func.count())
            .where(delivery.c.source == f"announcement:{number}")
            .group_by(first, second)
        )
        return Counter({(row[0], row[1]): row[2] for row in rows})
