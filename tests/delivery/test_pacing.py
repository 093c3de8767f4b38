"""Rates against a platform with a real ceiling, simulated second by second."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable

import pytest

from bot.delivery import Pacer, PlatformLimits, limits_for
from bot.delivery.refusals import Refusals
from tests.delivery.clock import FakeClock


class Ceiling:
    """A sliding second in which so many messages are taken."""

    def __init__(self, clock: FakeClock, ceiling: float) -> None:
        self.ceiling = ceiling
        self.taken: list[float] = []
        self.refused: list[float] = []
        self._clock = clock
        self._second: deque[float] = deque()

    def ask(self) -> bool:
        now = self._clock.monotonic()
        while self._second and self._second[0] <= now - 1.0:
            self._second.popleft()
        if len(self._second) >= self.ceiling:
            self.refused.append(now)
            return False
        self._second.append(now)
        self.taken.append(now)
        return True


class Sending:
    """What the sender does with a pacer, without tables: every send takes 50 ms, give or take."""

    def __init__(self, clock: FakeClock, limits: PlatformLimits, ceiling: float) -> None:
        self.clock = clock
        self.pacer = Pacer(limits=limits, clock=clock)
        self.platform = Ceiling(clock, ceiling)
        self.ask: Callable[[], bool] = self.platform.ask
        self._refusals = Refusals(clock=clock)
        self._halted_until = 0.0
        self._random = random.Random(5)
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        while True:
            now = self.clock.monotonic()
            wait = max(self.pacer.wait(), self._halted_until - now)
            if wait > 0:
                # Timers wake up to 2 ms late.
                await self.clock.sleep(wait + self._random.uniform(0, 0.002))
                continue
            self.pacer.book()
            task = asyncio.ensure_future(self._send())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self) -> None:
        departure = self.pacer.leave()
        sent_at = departure.left_at
        self._number += 1
        chat = str(self._number)
        await self.clock.sleep(0.025 + self._random.uniform(0, 0.004))
        is_taken = self.ask()
        await self.clock.sleep(0.025)
        self.pacer.answered(departure)
        if is_taken:
            self.pacer.pace.accepted(sent_at)
            self._refusals.accepted()
        elif self._refusals.is_whole_token(chat, is_global=False):
            self._halted_until = max(self._halted_until, self.clock.monotonic() + 1.0)
            self.pacer.pace.refused(sent_at)


async def _stop(running: asyncio.Future[None]) -> None:
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("ceiling", [30, 50])
async def test_the_ceiling_is_held(clock: FakeClock, ceiling: int) -> None:
    sending = Sending(clock, limits_for("telegram", ceiling), ceiling)
    running = asyncio.ensure_future(sending.run())
    await clock.run_for(2)
    before = len(sending.platform.taken)
    await clock.run_for(60)
    await _stop(running)
    taken = len(sending.platform.taken) - before
    assert taken / 60 / ceiling >= 0.98
    assert len(sending.platform.refused) / taken < 0.001


async def test_a_ceiling_that_is_cut_is_found_within_a_minute(clock: FakeClock) -> None:
    sending = Sending(clock, limits_for("telegram", 30), 30)
    running = asyncio.ensure_future(sending.run())
    await clock.run_for(20)
    sending.platform.ceiling = 21
    cut = clock.monotonic()
    await clock.run_for(120)
    await _stop(running)
    after = [at for at in sending.platform.taken if cut + 10 <= at < cut + 60]
    assert len(after) / 50 / 21 >= 0.95
    later = [at for at in sending.platform.taken if at >= cut + 60]
    assert len(later) / 60 / 21 >= 0.95


async def test_a_ceiling_that_rises_again_is_used(clock: FakeClock) -> None:
    sending = Sending(clock, limits_for("telegram", 30), 15)
    running = asyncio.ensure_future(sending.run())
    await clock.run_for(15)
    sending.platform.ceiling = 30
    await clock.run_for(120)
    await _stop(running)
    now = clock.monotonic()
    last = [at for at in sending.platform.taken if at >= now - 10]
    assert len(last) / 10 >= 0.95 * 30


async def test_a_brush_with_the_ceiling_costs_little(clock: FakeClock) -> None:
    """A stall squeezes messages together: one second has too many, and that is all."""
    sending = Sending(clock, limits_for("telegram", 30), 30)
    running = asyncio.ensure_future(sending.run())
    await clock.run_for(10)
    sending.platform.ceiling = 29
    await clock.run_until(lambda: len(sending.platform.refused) >= 2)
    sending.platform.ceiling = 30
    brushed = clock.monotonic()
    await clock.run_for(32)
    await _stop(running)
    after = [at for at in sending.platform.taken if brushed + 2 <= at < brushed + 32]
    assert len(after) / 30 / 30 >= 0.96


async def test_a_bucket_with_a_reserve_is_found_out(clock: FakeClock) -> None:
    """It takes 30 at once, and then 20 a second: what was taken last says little."""
    sending = Sending(clock, limits_for("telegram", 30), 30)
    bucket = {"tokens": 30.0, "at": clock.monotonic()}

    def ask() -> bool:
        now = clock.monotonic()
        bucket["tokens"] = min(30.0, bucket["tokens"] + (now - bucket["at"]) * 20)
        bucket["at"] = now
        if bucket["tokens"] < 1:
            sending.platform.refused.append(now)
            return False
        bucket["tokens"] -= 1
        sending.platform.taken.append(now)
        return True

    sending.ask = ask
    running = asyncio.ensure_future(sending.run())
    await clock.run_for(120)
    await _stop(running)
    now = clock.monotonic()
    last = sum(1 for at in sending.platform.taken if at >= now - 60)
    assert last / 60 / 20 >= 0.95
    refused = sum(1 for at in sending.platform.refused if at >= now - 60)
    assert refused / last < 0.05


async def test_a_higher_ceiling_is_used_where_that_is_allowed(clock: FakeClock) -> None:
    limits = PlatformLimits(rate=30, highest_rate=60)
    sending = Sending(clock, limits, 1000)
    running = asyncio.ensure_future(sending.run())
    await clock.run_for(120)
    await _stop(running)
    now = clock.monotonic()
    assert sum(1 for at in sending.platform.taken if at >= now - 10) / 10 > 55


async def test_a_stray_refusal_of_one_chat_slows_nothing(clock: FakeClock) -> None:
    pacer = Pacer(limits=limits_for("telegram", 30), clock=clock)
    refusals = Refusals(clock=clock)
    assert not refusals.is_whole_token("ana", is_global=False)
    assert not refusals.is_whole_token("ana", is_global=False)
    assert refusals.is_whole_token("ben", is_global=False)
    assert pacer.rate == pytest.approx(30 * 0.993)


async def test_a_reply_takes_the_next_slot(clock: FakeClock) -> None:
    """However much is queued, the sender never books ahead of a reply."""
    pacer = Pacer(limits=limits_for("telegram", 30), clock=clock)
    for _ in range(100):
        await clock.run_for(pacer.wait() or 0.001)
        pacer.book()
    assert pacer.book() <= 1 / 29
