"""All that the clock does, put together for the composition root."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from bot.chat.ports import Clock
from bot.clockwork.ahead import WritingAhead
from bot.clockwork.feeds import Feeds
from bot.clockwork.planning import Planning
from bot.clockwork.reminding import Reminding
from bot.clockwork.scheduler import Job, Scheduler
from bot.clockwork.telling import Telling

TICK: Final = 1.0
LOOK: Final = 0.95
"""Seconds of each tick in which reminders are sent at their very moment; the next tick must find
the last one through."""
MARGIN: Final = 0.01
"""Seconds after the due moment, so that the database's clock of the row has passed it."""
HOUR: Final = 3600.0


class Clockwork:
    """One task a process; any number of processes may run it on the same database."""

    def __init__(
        self,
        *,
        clock: Clock,
        ahead: WritingAhead,
        planning: Planning,
        reminding: Reminding,
        telling: Telling,
        feeds: Feeds | None = None,
    ) -> None:
        self._clock = clock
        self._planning = planning
        self._reminding = reminding
        jobs = [
            Job(name="zones", run=ahead.check_zones, every=24 * HOUR),
            Job(name="ahead", run=ahead.write, every=HOUR),
            Job(name="reminders", run=self.remind, every=TICK),
            Job(name="places", run=telling.fill_places, every=10.0),
            Job(name="digests", run=telling.send_digests, every=20.0),
        ]
        if feeds is not None:
            jobs.append(Job(name="feeds", run=feeds.read_due, every=60.0))
        self._scheduler = Scheduler(jobs, clock=clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until ``stop``."""
        await self._scheduler.run(stop)

    async def remind(self) -> None:
        """Plan, send what is due, and what falls due before the next tick at its moment."""
        began = self._clock.monotonic()
        await self._planning.plan()
        await self._reminding.send_due()
        while (left := LOOK - (self._clock.monotonic() - began)) > 0:
            due = await self._reminding.next_due()
            if due is None:
                return
            wait = (due - self._clock.now()) / timedelta(seconds=1)
            if max(wait, 0.05) + MARGIN >= left:
                return
            await self._clock.sleep(max(0.05 if wait < 0 else 0.0, wait + MARGIN))
            await self._reminding.send_due()
