"""``insop events import``: a calendar file, or one from the web that is then read again."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.app import prepare_database
from bot.calendar.ics_lines import MOST_BYTES
from bot.calendar.ics_reading import NotACalendar, Reading, read_calendar
from bot.clock import SystemClock
from bot.clockwork.fetching import FetchError, tidy_url
from bot.clockwork.importing import Imported
from bot.commands.clock import fetcher, importing_for
from bot.config import Settings
from bot.store.database import DatabaseError
from bot.store.event_feeds import EventFeeds

NAMED: Final = 20
"""Faults that are named; the rest are counted."""


def take_in(options: argparse.Namespace, settings: Settings) -> int:
    """0 where all was taken in, 1 where something was left out or the file cannot be read."""
    try:
        return asyncio.run(_take_in(options, settings))
    except (FetchError, NotACalendar, DatabaseError) as error:
        print(error, file=sys.stderr)
        return 1


async def _take_in(options: argparse.Namespace, settings: Settings) -> int:
    is_web = "://" in options.source
    source = tidy_url(options.source) if is_web else Path(options.source).name
    if is_web:
        fetched = await fetcher(settings)(source, None)
        data = fetched.data or b""
    else:
        data = _read_file(Path(options.source))
    reading = read_calendar(data, default_zone=settings.zone)
    _describe(reading)
    if options.dry_run:
        print("Nothing was changed (--dry-run).")
        return 1 if reading.faults else 0
    clock = SystemClock()
    async with await prepare_database(settings) as database:
        async with database.begin() as store:
            feed = await EventFeeds(store.connection).keep(
                source if is_web else f"file:{source}",
                datetime.now(UTC),
                is_read_again=is_web and not options.once,
            )
        done = await importing_for(settings, database, clock).take_in(reading, feed.id)
    _report(done)
    if is_web and not options.once:
        hours = settings.events.feed_hours
        print(f"It is read again every {hours} hours while insop run runs.")
    return 1 if done.faults else 0


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotACalendar(f"{path}: cannot be read ({error.strerror}).") from error


def _describe(reading: Reading) -> None:
    name = f"{reading.name}: " if reading.name else ""
    count = len(reading.entries)
    print(f"{name}{count} {'event' if count == 1 else 'events'} can be read.")
    if reading.floating:
        print(
            f"{reading.floating} of them name no time zone; they are taken as times of "
            f"{reading.floating_zone}."
        )
    _name(reading.faults)


def _report(done: Imported) -> None:
    print(f"{done.added} new, {done.changed} changed, {done.same} as before.")
    if done.gone:
        print(f"{done.gone} are no longer in it and were called off.")
    others = [fault for fault in done.faults if fault.reason.startswith("another")]
    _name(tuple(others))


def _name(faults: tuple[object, ...]) -> None:
    for fault in faults[:NAMED]:
        print(f"Left out: {getattr(fault, 'event', '')}: {getattr(fault, 'reason', '')}.")
    if len(faults) > NAMED:
        print(f"Left out: {len(faults) - NAMED} more.")
