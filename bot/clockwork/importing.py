"""Takes the entries of a calendar file into the calendar, and keeps them in step with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.calendar.entries import CalendarEntry
from bot.calendar.ics_joining import Fault
from bot.calendar.rules import BrokenRule
from bot.chat.ports import Clock
from bot.store import Database, Store
from bot.store.event_entries import event_of
from bot.store.event_rows import Meeting

if TYPE_CHECKING:
    from bot.calendar.ics_reading import Reading

ENTRIES: Final = 15
"""Taken in in one transaction, some 30 ms, so that no turn waits long for it."""

Tell = Callable[[Store, Sequence[Meeting], datetime], Awaitable[int]]
"""Tells those who answered what has changed since these were read."""


@dataclass(slots=True)
class Imported:
    """How many events were new, changed, as before, or have gone from the file."""

    added: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    faults: list[Fault] = field(default_factory=list)


class Importing:
    """The same file twice changes nothing."""

    def __init__(self, *, database: Database, clock: Clock, tell: Tell) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell

    async def take_in(self, reading: Reading, feed_id: int) -> Imported:
        """Write new and changed events; what was in the feed and is gone from it is called off.

        Nothing is called off where a part of the file could not be read.
        """
        done = Imported(faults=list(reading.faults))
        entries = reading.entries
        for start in range(0, len(entries), ENTRIES):
            async with self._database.begin() as store:
                for entry in entries[start : start + ENTRIES]:
                    await self._take(store, entry, feed_id, done)
        if not reading.faults:
            await self._call_off({entry.uid for entry in entries}, feed_id, done)
        return done

    async def _take(self, store: Store, entry: CalendarEntry, feed_id: int, done: Imported) -> None:
        now = self._clock.now()
        before = await store.events.by_uid(entry.uid)
        if before is not None and before.feed_id != feed_id:
            reason = "another event of the calendar bears its UID"
            done.faults.append(Fault(event=entry.title, reason=reason))
            return
        told = event_of(entry, feed_id=feed_id, before=before)
        try:
            if before is None:
                told = await store.events.add(told, now)
                await _move(store, told.id, entry, now)
                done.added += 1
                return
            meetings = await store.occurrences.of_event(before.id, since=now)
            is_same = told == replace(before, sequence=told.sequence)
            if not is_same:
                await store.events.save(told, now)
        except BrokenRule as error:
            done.faults.append(Fault(event=entry.title, reason=str(error)))
            return
        has_moved = await _move(store, told.id, entry, now)
        if is_same and not has_moved:
            done.same += 1
            return
        done.changed += 1
        await self._tell(store, meetings, now)

    async def _call_off(self, uids: set[str], feed_id: int, done: Imported) -> None:
        async with self._database.begin() as store:
            now = self._clock.now()
            for uid, number in (await store.events.of_feed(feed_id)).items():
                if uid in uids:
                    continue
                coming = await store.occurrences.of_event(number, since=now)
                if coming and coming[0].event.state == "planned":
                    await store.events.set_state(number, "cancelled", now)
                    await self._tell(store, coming, now)
                    done.gone += 1


async def _move(store: Store, number: int, entry: CalendarEntry, now: datetime) -> bool:
    """Bring the days of a series that differ from its rule in line; whether any had to move."""
    moved = {each.original: each for each in entry.overrides if not each.is_cancelled}
    if not moved and not entry.pattern.rule and not entry.pattern.extra:
        return False
    has_moved = False
    for meeting in await store.occurrences.of_event(number, limit=1000):
        told = meeting.occurrence
        override = moved.get(told.original_wall)
        if override is not None:
            wanted = (override.start, override.end, override.place)
            if (told.start_wall, told.end_wall, told.place) != wanted:
                await store.occurrences.move(
                    told.id,
                    start_wall=override.start,
                    end_wall=override.end,
                    place=override.place,
                    now=now,
                )
                has_moved = True
        elif told.is_moved:
            await store.occurrences.follow_rule(told.id, now)
            has_moved = True
    return has_moved
