"""What became of an announcement, row by row, and what staff decide about doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ports import Lane
from bot.store.announcements import Announcements, CountKey
from bot.store.schema import UtcDateTime, delivery
from bot.store.schema_announcements import announcement

_CANCELLED: Final = select(announcement.c.id).where(announcement.c.state == "cancelled")


Verdict = Literal["resend", "seen", "give_up"]
_VERDICTS: Final[dict[Verdict, tuple[str, str | None]]] = {
    "resend": ("ready", None),
    "seen": ("sent", "seen by staff"),
    "give_up": ("failed", "given up by staff"),
}
"""The state of a row, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One recipient of an announcement. ``reason`` is None where all is well."""

    id: int
    platform: str
    chat_id: str
    language: str | None
    state: str
    reason: str | None
    message_id: str | None
    version: int
    attempts: int
    due_at: datetime
    updated_at: datetime


class OutboxReports:
    """Inside the caller's transaction; pages are short, so that nobody waits for a report."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self,
        number: int,
        platform: str,
        state: str,
        *,
        after: ReportRow | None = None,
        limit: int = 2000,
    ) -> list[ReportRow]:
        """The next recipients of one platform and state, in the order of sending."""
        query = (
            select(
                delivery.c.id,
                delivery.c.platform,
                delivery.c.chat_id,
                delivery.c.language,
                delivery.c.state,
                delivery.c.error,
                delivery.c.message_id,
                delivery.c.version,
                delivery.c.attempts,
                delivery.c.due_at,
                delivery.c.updated_at,
            )
            .where(
                delivery.c.platform == platform,
                delivery.c.state == state,
                delivery.c.lane == int(Lane.ANNOUNCEMENT),
                delivery.c.batch == number,
            )
            .order_by(delivery.c.due_at, delivery.c.id)
            .limit(limit)
        )
        if after is not None:
            query = query.where(
                tuple_(delivery.c.due_at, delivery.c.id) > tuple_(after.due_at, after.id)
            )
        return [
            ReportRow(
                id=row.id,
                platform=row.platform,
                chat_id=row.chat_id,
                language=row.language,
                state=row.state,
                reason=row.error,
                message_id=row.message_id,
                version=row.version,
                attempts=row.attempts,
                due_at=row.due_at,
                updated_at=row.updated_at,
            )
            for row in await self._connection.execute(query)
        ]

    async def decide(self, ids: Collection[int], verdict: Verdict, now: datetime) -> int:
        """Staff decide rows whose arrival is unknown; returns how many were still so.

        ``resend`` may double a message; an announcement that was done runs again for it, one that
        was cancelled or recalled does not. ``seen`` counts as sent, ``give_up`` as failed.
        """
        may = [delivery.c.batch.not_in(_CANCELLED)] if verdict == "resend" else []
        state, error = _VERDICTS[verdict]
        rows = await self._connection.execute(
            update(delivery)
            .where(delivery.c.id.in_(ids), delivery.c.state == "unknown", *may)
            .values(state=state, error=error, owner=None, attempts=0, tried_at=None, updated_at=now)
            .returning(delivery.c.batch, delivery.c.platform)
        )
        changes: Counter[CountKey] = Counter()
        decided = 0
        for batch, platform in rows:
            decided += 1
            if batch:
                changes[batch, platform, "unknown"] -= 1
                if state != "ready":
                    changes[batch, platform, state] += 1
        announcements = Announcements(self._connection)
        await announcements.add_counts(changes)
        if verdict == "resend":
            for number in {batch for batch, _, _ in changes}:
                await announcements.set_state(number, "running", now, only_from=("done",))
        return decided

    async def skip_ready(self, number: int, platform: str, limit: int, now: datetime) -> int:
        """Take back up to ``limit`` rows of a cancelled announcement; returns how many."""
        return await self._skip(number, platform, "cancelled", limit, now)

    async def skip_expired(self, number: int, platform: str, limit: int, now: datetime) -> int:
        """Take back rows that nobody has claimed in time, as of a terminal that is closed."""
        is_late = delivery.c.expires_at <= literal(now, UtcDateTime)
        return await self._skip(number, platform, "expired", limit, now, is_late)

    async def _skip(
        self,
        number: int,
        platform: str,
        reason: str,
        limit: int,
        now: datetime,
        *conditions: ColumnElement[bool],
    ) -> int:
        # In the order of the index, in which the first to be due are the first to expire.
        ready = (
            select(delivery.c.id)
            .where(
                delivery.c.platform == platform,
                delivery.c.state == "ready",
                delivery.c.lane == int(Lane.ANNOUNCEMENT),
                delivery.c.batch == number,
            )
            .order_by(delivery.c.due_at, delivery.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("ready")
        )
        rows = await self._connection.execute(
            update(delivery)
            .where(delivery.c.id.in_(select(ready.c.id)), *conditions)
            .values(state="skipped", error=reason, updated_at=now)
            # Python's sqlite3 counts no rows of a statement that begins with WITH.
            .returning(delivery.c.id)
        )
        skipped = len(rows.all())
        if skipped:
            await Announcements(self._connection).add_counts(
                Counter({(number, platform, "skipped"): skipped})
            )
        return skipped
