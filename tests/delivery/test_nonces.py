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


def test_clocks_of_two_machines_may_differ_a_little(clock: FakeClock) -> None:
    second = timedelta(seconds=1)
    memory = NonceMemory(clock=clock, window=WINDOW, not_before=clock.now() + second)
    assert memory.covers(clock.now() + second)
    assert memory.covers(clock.now() - second)
