"""Every recipient of an announcement as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from bot.chat.cells import guarded
from bot.chat.messages import Attachment
from bot.store import Store
from bot.store.outbox_reports import ReportRow

HEADER: Final = (
    "platform",
    "chat",
    "language",
    "state",
    "reason",
    "attempts",
    "message",
    "version",
    "updated_at",
)
MOST: Final = 20_000
"""Rows of a table that is sent in a chat; ``insop announce report N --csv`` writes any number."""
STATES: Final = ("sent", "failed", "skipped", "unknown", "ready", "claimed", "sending")


def cells(row: ReportRow) -> tuple[str, ...]:
    """One line, in the order of ``HEADER``."""
    return (
        row.platform,
        row.chat_id,
        row.language or "",
        row.state,
        row.reason or "",
        str(row.attempts),
        row.message_id or "",
        str(row.version),
        row.updated_at.isoformat(timespec="seconds"),
    )


def written(lines: Iterable[tuple[str, ...]]) -> str:
    """The lines as CSV; a cell that looks like a formula gets an apostrophe before it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for line in lines:
        writer.writerow([guarded(cell) for cell in line])
    return text.getvalue()


async def table(
    store: Store, number: int, platforms: Iterable[str], *, most: int = MOST
) -> Attachment | None:
    """The file; None where it would have more than ``most`` rows."""
    rows: list[ReportRow] = []
    for platform in sorted(platforms):
        for state in STATES:
            after: ReportRow | None = None
            while True:
                page = await store.outbox_reports.page(number, platform, state, after=after)
                rows += page
                if not page:
                    break
                if len(rows) > most:
                    return None
                after = page[-1]
    text = written([HEADER, *(cells(row) for row in rows)])
    return Attachment(
        name=f"announcement-{number}.csv",
        media_type="text/csv",
        # With the mark by which spreadsheets know that it is UTF-8.
        data=text.encode("utf-8-sig"),
    )
