"""How long a platform is trusted to know a nonce."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.delivery.nonces import NONCE_MARGIN, NonceMemory
from tests.delivery.clock import FakeClock

WINDOW = 120.0


@pytest.mark.parametrize(
    ("age", "is_covered"),
    [(0, True), (WINDOW - NONCE_MARGIN - 1, True), (WINDOW - NONCE_MARGIN, False), (-60, False)],
)
def test_an_attempt_is_young_within_the_window_and_not_ahead(
    clock: FakeClock, age: float, is_covered: bool
) -> None:
    memory = NonceMemory(clock=clock, window=WINDOW)
    assert memory.covers(clock.now() - timedelta(seconds=age)) is is_covered


def test_a_platform_without_nonces_and_an_attempt_without_a_time_are_not_covered(
    clock: FakeClock,
) -> None:
    assert not NonceMemory(clock=clock, window=0.0).covers(clock.now())
    assert not NonceMemory(clock=clock, window=WINDOW).covers(None)


@pytest.mark.parametrize(("ahead", "is_lost"), [(-600, False), (30, False), (90, True)])
def test_a_time_that_lies_ahead_was_told_by_a_clock_that_was_set(
    clock: FakeClock, ahead: float, is_lost: bool
) -> None:
    memory = NonceMemory(clock=clock, window=WINDOW)
    assert memory.is_lost(clock.now() + timedelta(seconds=ahead)) is is_lost


def test_a_clock_set_back_while_it_runs_is_noticed_however_long_ago(clock: FakeClock) -> None:
    memory = NonceMemory(clock=clock, window=WINDOW)
    tried_at = clock.now()
    clock.jump(-7200)
    clock.freeze(3 * 3600)
    assert clock.now() > tried_at
    assert memory.is_lost(tried_at)


def test_a_clock_set_back_before_it_began_is_noticed(clock: FakeClock) -> None:
    ended = clock.now() + timedelta(minutes=10)
    memory = NonceMemory(clock=clock, window=WINDOW, not_before=ended)
    tried_at = clock.now() - timedelta(minutes=1)
    assert memory.is_lost(tried_at)
    clock.freeze(1200)
    assert not memory.is_lost(clock.now())
    assert memory.is_lost(tried_at)


def test_clocks_of_two_machines_may_differ_a_little(clock: FakeClock) -> None:
    second = timedelta(seconds=1)
    memory = NonceMemory(clock=clock, window=WINDOW, not_before=clock.now() + second)
    assert memory.covers(clock.now() + second)
    assert memory.covers(clock.now() - second)
