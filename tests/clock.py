"""A clock for tests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class ManualClock:
    """Stands still until ``advance``; sleepers wake when their time has come."""

    def __init__(self, start: datetime = datetime(2026, 4, 22, 10, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._elapsed + max(0.0, seconds), woken))
        await woken

    def advance(self, seconds: float) -> None:
        """Move both clocks forward and wake whoever is due."""
        self._now += timedelta(seconds=seconds)
        self._elapsed += seconds
        due = [each for each in self._sleepers if each[0] <= self._elapsed]
        self._sleepers = [each for each in self._sleepers if each[0] > self._elapsed]
        for _, woken in sorted(due, key=lambda each: each[0]):
            if not woken.done():
                woken.set_result(None)
