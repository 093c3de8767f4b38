"""What ticks: APScheduler in memory, calling functions that do what is due by the tables.

Its own store of jobs is never used: what is lost with the process, or done twice by two of them,
is only a tick. The wall clock may be set back by hours while the process runs; APScheduler would
wait for it to catch up, so the monotonic clock watches over it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.chat.ports import Clock
from bot.store.outages import OUTAGES

JUMP: Final = timedelta(seconds=2)
"""A wall clock that is off the monotonic one by more than this was set."""
WATCH: Final = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``run`` does what is due, whenever and wherever it is called; ``every`` is in seconds."""

    name: str
    run: Callable[[], Awaitable[object]]
    every: float


class Scheduler:
    """``run`` ticks until told to stop."""

    def __init__(self, jobs: list[Job], *, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock
        # A job that takes longer than its period is left out until it is through; no news.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self.scheduler: Any = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until ``stop``; each job once at the start, one after the other."""
        for job in self._jobs:
            await self._guarded(job)
        for job in self._jobs:
            self.scheduler.add_job(
                self._guarded, "interval", args=[job], id=job.name, seconds=job.every
            )
        self.scheduler.start()
        try:
            await self._watch(stop)
        finally:
            self.scheduler.shutdown(wait=False)

    async def _watch(self, stop: asyncio.Event) -> None:
        """Wake all jobs when the wall clock was set."""
        offset = self._offset()
        while not stop.is_set():
            waiting = asyncio.ensure_future(stop.wait())
            pause = asyncio.ensure_future(self._clock.sleep(WATCH))
            await asyncio.wait((waiting, pause), return_when=asyncio.FIRST_COMPLETED)
            for task in (waiting, pause):
                task.cancel()
            if abs(self._offset() - offset) > JUMP:
                offset = self._offset()
                log.warning("clock.was_set")
                for job in self.scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))

    def _offset(self) -> timedelta:
        since = timedelta(seconds=self._clock.monotonic())
        return self._clock.now() - datetime(1970, 1, 1, tzinfo=UTC) - since

    async def _guarded(self, job: Job) -> None:
        try:
            await job.run()
        except OUTAGES as error:
            log.warning("clock.database", job=job.name, error=type(error).__name__)
        # A mistake in one job must not end the others; it is told, and tried again.
        except Exception as error:
            log.error("clock.faulty", job=job.name, error=type(error).__name__, exc_info=error)
