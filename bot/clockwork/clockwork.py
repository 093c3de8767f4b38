"""All that the clock does, put together for the composition root.

Ticks come from the scheduler. Two tasks more sleep until the next reminder is due, so that it
leaves at its moment and not at the next tick: one queues it just before, one wakes the senders.
A tick wakes the first, so that a wall clock that was set does no harm.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from bot.chat.ports import Clock
from bot.clockwork.ahead import WritingAhead
from bot.clockwork.feeds import Feeds
from bot.clockwork.planning import Planning
from bot.clockwork.reminding import Reminding
from bot.clockwork.scheduler import Job, Scheduler
from bot.clockwork.sleeping import MARGIN, wait_for
from bot.clockwork.telling import Telling
from bot.store.outages import OUTAGES

TICK: Final = 1.0
BUSY: Final = 0.05
"""Seconds until what is due and in another process's hands is looked at again."""
HOUR: Final = 3600.0

log = structlog.get_logger(__name__)


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
        self._ticked = asyncio.Event()
        jobs = [
            Job(name="zones", run=ahead.check_zones, every=24 * HOUR),
            Job(name="ahead", run=ahead.write, every=HOUR),
            Job(name="reminders", run=self._tick, every=TICK),
            Job(name="places", run=telling.fill_places, every=10.0),
            Job(name="digests", run=telling.send_digests, every=20.0),
        ]
        if feeds is not None:
            jobs.append(Job(name="feeds", run=feeds.read_due, every=60.0))
        self._scheduler = Scheduler(jobs, clock=clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Tick and remind until ``stop``."""
        reminding = asyncio.create_task(self._remind(stop))
        poking = asyncio.create_task(self._reminding.poke_at_moments())
        try:
            await self._scheduler.run(stop)
        finally:
            self._ticked.set()
            poking.cancel()
            await asyncio.gather(reminding, poking, return_exceptions=True)

    async def _tick(self) -> None:
        try:
            await self._planning.plan()
        finally:
            self._ticked.set()

    async def _remind(self, stop: asyncio.Event) -> None:
        """Send what is due at its moment, until ``stop``."""
        while not stop.is_set():
            self._ticked.clear()
            wait = 5 * TICK
            try:
                await self._reminding.send_due()
                moment = self._reminding.next_moment
                if moment is not None:
                    left = (moment - self._clock.now()) / timedelta(seconds=1)
                    wait = min(wait, left + MARGIN if left > 0 else BUSY)
            except OUTAGES as error:
                log.warning("reminders.database", error=type(error).__name__)
            # A mistake must not end the reminders in silence; it is told, and tried again.
            except Exception as error:
                log.error("reminders.faulty", error=type(error).__name__, exc_info=error)
            await wait_for(self._clock, wait, self._ticked)
