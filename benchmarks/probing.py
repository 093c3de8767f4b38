"""What people notice while an announcement goes out: turns of their own, timed."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.clock import SystemClock
from bot.delivery import InteractiveCourier
from bot.store import Database


class NoInbox:
    """Nothing is received."""

    async def accept(self, platform: Any, updates: Any) -> None:
        """Nothing."""

    async def pending(self, platform: Any) -> list[str]:
        """Nothing."""
        return []

    async def answered(self, platform: Any, update_id: str) -> None:
        """Nothing."""


class Probe:
    """Turns as people cause them: a row in the inbox, then an answer through the courier."""

    def __init__(self, database: Database, courier: InteractiveCourier, adapter: Any) -> None:
        self._database = database
        self._courier = courier
        self._adapter = adapter
        self._clock = SystemClock()
        self._random = random.Random(11)
        self._number = 0

    async def run(self, rate: float, seconds: float) -> list[float]:
        """Turns at random moments, ``rate`` a second; their latencies in milliseconds, sorted."""
        tasks = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            tasks.append(asyncio.create_task(self._turn()))
            await asyncio.sleep(self._random.expovariate(rate))
        return sorted(await asyncio.gather(*tasks))

    async def _turn(self) -> float:
        self._number += 1
        number = self._number
        began = time.monotonic()
        platform = self._adapter.platform
        to = ConversationRef(platform=platform, chat_id=str(900_000_000 + number))
        async with self._database.begin() as store:
            await store.inbox.begin(platform, f"probe-{began}-{number}", self._clock.now())
        await self._courier.carry(
            to, lambda: self._adapter.send(to, Message(text="an answer")), lane=Lane.INTERACTIVE
        )
        return (time.monotonic() - began) * 1000


def p99(values: list[float]) -> float | None:
    """The 99th percentile of sorted values."""
    return round(values[min(len(values) - 1, int(len(values) * 0.99))], 1) if values else None
