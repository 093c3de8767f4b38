"""``insop report``: a month's questions, as text, as a table and as a picture."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config import Settings


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    report = commands.add_parser("report", help="what was asked, who answered, what is missing")
    report.add_argument("--month", default="", help="like 2026-11 (default: the running month)")
    report.add_argument("--csv", type=Path, metavar="FILE", help="write all figures as CSV")
    report.add_argument("--picture", type=Path, metavar="FILE", help="write a picture (PNG)")
    report.set_defaults(run=run, is_quiet=True)


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the report; 2 for a month that is none, 1 where a file cannot be written."""
    from bot.store.database import DatabaseError

    try:
        return asyncio.run(_run(options, settings))
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    from bot.app import folder_of, own_folder_of, prepare_database
    from bot.chat.markup import plain
    from bot.translating import translator
    from handlers.report import read_month
    from handlers.report_texts import as_charts, as_csv, as_text
    from knowledge.drawing.bars import draw_bars
    from knowledge.gaps import Vocabulary, largest_gaps
    from knowledge.loader import load

    month = read_month(options.month, settings.zone, datetime.now(UTC))
    if month is None:
        print("--month: write it like 2026-11.", file=sys.stderr)
        return 2
    async with await prepare_database(settings) as database, database.begin() as store:
        found = await store.teaching.reports.between(month.since, month.until)
        await store.audit.add(
            "report", actor_id=None, via="cli", now=datetime.now(UTC), detail=month.name
        )
    gaps = []
    if found.unanswered:
        cache, own = settings.answering.cache_folder, own_folder_of(settings)
        collection = load(folder_of(settings), cache=cache, own=own)
        gaps = largest_gaps(found.unanswered, Vocabulary(collection))
    _ = translator("en")
    print(f"{month.name}\n\n{plain(as_text(found, gaps, _))}")
    written = []
    if options.csv is not None:
        written.append((options.csv, as_csv(month.name, found, gaps, _).encode("utf-8-sig")))
    if options.picture is not None:
        written.append((options.picture, draw_bars(as_charts(found, gaps, _))))
    for path, data in written:
        try:
            path.write_bytes(data)
        except OSError as error:
            print(f"{path}: cannot be written ({error.strerror}).", file=sys.stderr)
            return 1
        print(f"Wrote {path.name}.", file=sys.stderr)
    return 0
