"""Writes occurrences ahead of time, and writes them anew when time zones change their rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from bot.calendar.rules import BrokenRule
from bot.calendar.wall import UnknownZone, read_zones_anew
from bot.chat.ports import Clock
from bot.store import Database
from bot.store.event_reckoning import HORIZON, Reckoning
from bot.store.reminders import Reminders

EVENTS: Final = 25
"""Reckoned in one transaction."""
REST: Final = timedelta(days=7)
"""An event is looked at again when its occurrences are written for less than the horizon by this
much: so each comes once a week."""
KEEP: Final = timedelta(days=90)
"""How long reminders stay in the table after the event."""

log = structlog.get_logger(__name__)


class WritingAhead:
    """Call ``write`` again and again, in as many processes as there are."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def write(self) -> int:
        """Reckon all events that need it; returns how many."""
        total = 0
        while count := await self._write_some():
            total += count
        return total

    async def check_zones(self) -> int:
        """Reckon digests anew where time zone rules have changed, and drop old reminders.

        Call it at the start and once a day: new rules are read then.

        Events written under other rules are taken up by ``write``.
        """
        read_zones_anew()
        now = self._clock.now()
        async with self._database.begin() as store:
            count = await store.digests.reckon_anew(now)
            await Reminders(store.connection).forget_before(now - KEEP)
        return count

    async def _write_some(self) -> int:
        now = self._clock.now()
        async with self._database.begin() as store:
            reckoning = Reckoning(store.connection)
            numbers = await reckoning.take_stale(now + HORIZON - REST, EVENTS)
            for number in numbers:
                told = await store.events.get(number)
                if told is None:
                    continue
                try:
                    await reckoning.write(told, now)
                except (BrokenRule, UnknownZone) as error:
                    log.error("event.unreckonable", event=number, error=type(error).__name__)
                    await reckoning.put_off(number, now + HORIZON)
        return len(numbers)
