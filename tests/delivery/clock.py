"""A clock that stands still until nothing else can happen."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

SPINS = 25
"""Turns of the event loop after which everything that can run has run."""


class FakeClock:
    """``run_until`` moves time from one sleeper to the next, never while ``is_busy``.

    ``is_busy`` tells of work that takes real time, such as a statement in the database.
    """

    def __init__(self, is_busy: Callable[[], bool] = lambda: False) -> None:
        self.is_busy = is_busy
        self._monotonic = 1000.0
        self._wall = datetime(2026, 4, 22, 9, 0, tzinfo=UTC)
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = 0

    def now(self) -> datetime:
        return self._wall

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        self._number += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + seconds, self._number, future))
        await future

    def jump(self, seconds: float) -> None:
        """Somebody sets the wall clock; the monotonic one does not notice."""
        self._wall += timedelta(seconds=seconds)

    def freeze(self, seconds: float) -> None:
        """Time passes and nobody runs, as when a process is stopped or its loop is blocked."""
        self._monotonic += seconds
        self._wall += timedelta(seconds=seconds)

    async def run_until(self, is_true: Callable[[], bool], limit: float = 900.0) -> None:
        """Let things happen until the condition holds; fails after ``limit`` seconds of clock."""
        deadline = self._monotonic + limit
        while True:
            await self.settle(is_true)
            if is_true():
                return
            assert self._monotonic < deadline, f"not within {limit} s"
            assert self._sleepers, "nobody waits for the clock, and it has not happened"
            self._wake_next()

    async def run_for(self, seconds: float) -> None:
        """Let so many seconds pass."""
        over = asyncio.ensure_future(self.sleep(seconds))
        await self.run_until(over.done)

    async def settle(self, is_true: Callable[[], bool] = lambda: False) -> None:
        """Let everything run that can without the clock."""
        quiet = 0
        while quiet < SPINS and not is_true():
            await asyncio.sleep(0)
            quiet = 0 if self.is_busy() else quiet + 1

    def _wake_next(self) -> None:
        while self._sleepers:
            at, _, future = heapq.heappop(self._sleepers)
            if future.done():
                continue
            step = max(0.0, at - self._monotonic)
            self._monotonic += step
            self._wall += timedelta(seconds=step)
            future.set_result(None)
            return
