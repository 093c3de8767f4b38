"""Reads a whole announcement's outcome in short pages, whatever its size."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Final

from bot.store.announcements import Announcements
from bot.store.database import Database
from bot.store.outbox_reports import OutboxReports, ReportRow

STATES: Final = ("unknown", "failed", "skipped", "sending", "claimed", "ready", "sent")
"""What needs attention first."""

Total = tuple[str, str | None, str, str | None]
"""Platform, language, state, reason."""


async def each_recipient(
    database: Database, number: int, *, states: Sequence[str] = STATES, page: int = 2000
) -> AsyncIterator[ReportRow]:
    """All recipients in the given states, for tables and exports.

    Rows that change their state meanwhile may be seen twice or not at all: export when done.
    """
    async with database.connect() as connection:
        counts = await Announcements(connection).counts(number)
    for state in states:
        for platform in sorted({platform for platform, _ in counts}):
            last: ReportRow | None = None
            while True:
                async with database.connect() as connection:
                    rows = await OutboxReports(connection).page(
                        number, platform, state, after=last, limit=page
                    )
                for row in rows:
                    yield row
                if len(rows) < page:
                    break
                last = rows[-1]


async def totals(database: Database, number: int) -> Counter[Total]:
    """How many recipients by platform, language, state and reason."""
    found: Counter[Total] = Counter()
    async for row in each_recipient(database, number):
        found[row.platform, row.language, row.state, row.reason] += 1
    return found
