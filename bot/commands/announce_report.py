"""``insop announce report``: what became of an announcement, in numbers or row by row."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TextIO

from bot.app import prepare_database
from bot.commands.member_files import ENCODING
from bot.config import Settings
from bot.delivery.reporting import Total, each_recipient, totals
from bot.store import Database
from bot.store.announcements import Announcement
from bot.store.database import DatabaseError
from handlers.announce_csv import HEADER, cells, written

NAMED: Final = 50
"""Unknown recipients that are named without --csv."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the report; 1 where there is no such announcement, 2 on wrong use."""
    if options.number is None:
        print("Name the announcement: insop announce report NUMBER", file=sys.stderr)
        return 2
    try:
        return asyncio.run(_run(options.number, options.csv, settings))
    except DatabaseError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{options.csv}: cannot be written ({type(error).__name__}).", file=sys.stderr)
    return 1


async def _run(number: int, csv_path: Path | None, settings: Settings) -> int:
    async with await prepare_database(settings) as database:
        async with database.begin() as store:
            told = await store.announcements.get(number)
        if told is None:
            print(f"There is no announcement {number}.", file=sys.stderr)
            return 1
        if csv_path is None:
            await _print_totals(database, told)
        elif csv_path == Path("-"):
            await _write(database, number, sys.stdout)
        else:
            # UTF-8 with a mark, for spreadsheets.
            with csv_path.open("w", encoding=ENCODING, newline="") as file:
                await _write(database, number, file)
    return 0


async def _print_totals(database: Database, told: Announcement) -> None:
    found = await totals(database, told.id)
    print(f"Announcement {told.id}: {told.state}, {found.total()} recipients")
    _table("By platform", _by(found, 0, 2))
    _table("By language", _by(found, 1, 2))
    _table("Not sent", _by(_not_sent(found), 2, 3))
    unknown = sum(count for key, count in found.items() if key[2] == "unknown")
    if not unknown:
        return
    print("\nUnknown: the platform gave no answer, so these may have it or not. Look into the")
    print(f"chat if you can; /announcements {told.id} sends again, or leaves them:")
    shown = 0
    async for row in each_recipient(database, told.id, states=("unknown",)):
        shown += 1
        print(f"  {row.platform} {row.chat_id}")
        if shown == NAMED:
            break
    if unknown > shown:
        print(f"  … and {unknown - shown} more: add --csv")


async def _write(database: Database, number: int, file: TextIO) -> None:
    file.write(written([HEADER]))
    async for row in each_recipient(database, number):
        file.write(written([cells(row)]))


def _by(found: Mapping[Total, int], one: int, other: int) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for key, count in found.items():
        counted[key[one] or "–", key[other] or "–"] += count
    return counted


def _not_sent(found: Mapping[Total, int]) -> dict[Total, int]:
    return {key: n for key, n in found.items() if key[2] in ("failed", "skipped", "unknown")}


def _table(title: str, counted: Counter[tuple[str, str]]) -> None:
    if counted:
        print(f"\n{title}")
    for (one, other), count in sorted(counted.items()):
        print(f"  {one}\t{other}\t{count}")
