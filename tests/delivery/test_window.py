"""The second as the platform counts it."""

from __future__ import annotations

import asyncio

import pytest

from bot.delivery import Pacer, PlatformLimits
from bot.delivery.window import GUARD, SlidingWindow
from tests.delivery.clock import FakeClock


def _go(window: SlidingWindow, clock: FakeClock, took: float) -> None:
    departure = window.leave(clock.monotonic())
    clock.freeze(took)
    window.answered(departure)


def test_so_many_may_leave_and_no_more(clock: FakeClock) -> None:
    window = SlidingWindow(clock=clock)
    for _ in range(3):
        assert window.wait(3) == 0
        _go(window, clock, 0.05)
    assert window.wait(3) == pytest.approx(1 + GUARD - 0.15)


def test_what_was_answered_late_may_have_been_seen_late(clock: FakeClock) -> None:
    window = SlidingWindow(clock=clock)
    _go(window, clock, 0.05)
    clock.freeze(5)
    late = window.leave(clock.monotonic())
    clock.freeze(0.25)
    window.answered(late)
    # 0.25 s of which 0.05 is the way: it may have been seen 0.2 s after it left.
    assert window.wait(1) == pytest.approx(1 + GUARD - 0.05)


def test_what_is_not_answered_is_asked_about_again_and_again(clock: FakeClock) -> None:
    window = SlidingWindow(clock=clock)
    window.leave(clock.monotonic())
    assert window.wait(1) > 1.9
    assert 0 < window.look(1) < 0.1
    clock.freeze(2.1)
    assert window.look(1) == 0


async def test_a_reply_that_is_crowded_out_goes_before_what_is_queued(clock: FakeClock) -> None:
    pacer = Pacer(limits=PlatformLimits(rate=2), clock=clock)
    for _ in range(2):
        pacer.book()
        pacer.answered(pacer.leave())
    clock.freeze(0.9)
    reply = asyncio.ensure_future(pacer.slot())
    await clock.settle()
    while not reply.done():
        assert pacer.wait() > 0
        await clock.run_for(0.005)
    assert pacer.wait() > 0
