"""``insop events list`` and ``export``."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app import prepare_database
from bot.calendar.entries import CalendarEntry
from bot.calendar.ics_writing import calendar_file
from bot.calendar.wall import to_wall
from bot.config import Settings
from bot.store import Database, Store
from bot.store.database import DatabaseError
from bot.store.event_entries import entry_of
from bot.store.event_feeds import EventFeeds
from bot.store.event_rows import Event, Meeting
from bot.store.reminders import Reminders

NAME = "INSOP"


def show(options: argparse.Namespace, settings: Settings) -> int:
    """What comes or was, in the zone of the settings."""
    try:
        return asyncio.run(_show(options, settings))
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1


def export(options: argparse.Namespace, settings: Settings) -> int:
    """Published events as a calendar file; 1 where there is no such event."""
    try:
        return asyncio.run(_export(options, settings))
    except (DatabaseError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


async def entries_of(
    store: Store, events: list[Event], language: str | None
) -> list[CalendarEntry]:
    """What others may see of these events: no meeting links, no drafts."""
    found = []
    for told in events:
        meetings = await store.occurrences.of_event(told.id, limit=1000) if told.is_series else []
        occurrences = [meeting.occurrence for meeting in meetings]
        found.append(entry_of(told, occurrences, language=language))
    return found


async def calendar_of(database: Database, language: str | None, now: datetime) -> bytes:
    """The whole calendar as a feed; cancelled events say so."""
    async with database.begin() as store:
        events = [told async for told in store.events.each(("planned", "cancelled"))]
        entries = await entries_of(store, events, language)
    return calendar_file(entries, now=now, name=NAME, is_feed=True)


async def _export(options: argparse.Namespace, settings: Settings) -> int:
    data = await _data(options, settings)
    return 1 if data is None else _write(options.file, data)


def _write(file: str, data: bytes) -> int:
    if file == "-":
        sys.stdout.buffer.write(data)
        return 0
    Path(file).write_bytes(data)
    count = data.count(b"\r\nBEGIN:VEVENT")
    print(f"{file}: {count} {'entry' if count == 1 else 'entries'} written.")
    return 0


async def _data(options: argparse.Namespace, settings: Settings) -> bytes | None:
    now = datetime.now(UTC)
    language = options.lang or settings.language
    async with await prepare_database(settings) as database:
        if options.number is None:
            return await calendar_of(database, language, now)
        async with database.begin() as store:
            told = await store.events.get(options.number)
            if told is None or told.state in ("draft", "deleted"):
                print(f"There is no published event {options.number}.", file=sys.stderr)
                return None
            return calendar_file(await entries_of(store, [told], language), now=now)


async def _show(options: argparse.Namespace, settings: Settings) -> int:
    now = datetime.now(UTC)
    limit = max(1, min(options.limit, 1000))
    async with await prepare_database(settings) as database, database.begin() as store:
        if options.feeds:
            return await _show_feeds(store)
        if options.past:
            found = await store.occurrences.past(now, limit=limit)
        else:
            found = await store.occurrences.upcoming(now, limit=limit)
        lines = [await _line(store, each, settings) for each in found]
    for line in lines:
        print(json.dumps(line, ensure_ascii=False) if options.json else _words(line))
    if not lines and not options.json:
        print("There are no events." if not options.past else "There were no events.")
    return 0


async def _line(store: Store, meeting: Meeting, settings: Settings) -> dict[str, Any]:
    told = meeting.occurrence
    counts = await store.attendance.counts(told.id)
    reminders = await Reminders(store.connection).counts(told.id)
    return {
        "event": meeting.event.id,
        "occurrence": told.id,
        "title": meeting.event.text_in(settings.language).title,
        "starts_at": told.starts_at.isoformat(),
        "local": f"{to_wall(told.starts_at, settings.zone):%Y-%m-%d %H:%M}",
        "zone": meeting.event.zone,
        "is_all_day": meeting.event.is_all_day,
        "going": counts.going,
        "maybe": counts.maybe,
        "waiting": counts.waiting,
        "reminders": reminders,
    }


def _words(line: dict[str, Any]) -> str:
    when = line["local"][:10] + "      " if line["is_all_day"] else line["local"]
    people = f"{line['going']} going, {line['maybe']} maybe"
    if line["waiting"]:
        people += f", {line['waiting']} waiting"
    if skipped := line["reminders"].get("skipped"):
        people += f"; {skipped} reminders not sent"
    return f"{line['event']:>5}  {when}  {line['title']}  ({people})"


async def _show_feeds(store: Store) -> int:
    feeds = await EventFeeds(store.connection).all()
    if not feeds:
        print("No calendar of others is read.")
    for feed in feeds:
        read = f"read {feed.read_at:%Y-%m-%d %H:%M} UTC" if feed.read_at else "not read yet"
        times = "once" if feed.failures == 1 else f"{feed.failures} times"
        trouble = f"; failed {times}: {feed.error}" if feed.failures else ""
        print(f"{feed.id:>5}  {feed.state:8} {feed.url}  ({read}{trouble})")
    return 0
