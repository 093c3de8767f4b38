"""What is done after a send that failed: a table of pure decisions."""

from __future__ import annotations

import pytest

from bot.chat.errors import (
    Ambiguous,
    ConversationMoved,
    DeliveryError,
    RateLimited,
    RecipientGone,
    Undeliverable,
    Unreachable,
)
from bot.delivery import SenderPolicy
from bot.delivery.breaker import Breaker
from bot.delivery.outcomes import decide
from tests.delivery.clock import FakeClock
from tests.delivery.test_backlog import job
from tests.delivery.world import group

POLICY = SenderPolicy()


@pytest.mark.parametrize(
    ("error", "attempts", "is_harmless", "state"),
    [
        (RateLimited(3), 1, False, "retry"),
        (RateLimited(3), 8, False, "failed"),
        (RecipientGone(), 1, False, "failed"),
        (Undeliverable(), 1, False, "failed"),
        (Unreachable(), 500, False, "retry"),
        (Ambiguous(), 1, False, "unknown"),
        (Ambiguous(), 1, True, "retry"),
        (Ambiguous(), 8, True, "unknown"),
        (ConversationMoved(group("new")), 1, False, "retry"),
        (DeliveryError("token refused"), 1, False, "retry"),
        (DeliveryError("token refused"), 8, False, "failed"),
    ],
)
def test_a_row_that_is_held(
    error: DeliveryError, attempts: int, is_harmless: bool, state: str
) -> None:
    decision = decide(
        error, job(1, "ana").row, POLICY, attempts=attempts, is_repeat_harmless=is_harmless
    )
    assert decision.state == state


@pytest.mark.parametrize(
    ("error", "attempts", "state"),
    [
        (RateLimited(3), 8, "unknown"),
        (RecipientGone(), 2, "unknown"),
        (DeliveryError("token refused"), 8, "unknown"),
        (Undeliverable(), 2, "failed"),
        (RateLimited(3), 2, "retry"),
    ],
)
def test_what_may_have_arrived_before_is_not_called_failed(
    error: DeliveryError, attempts: int, state: str
) -> None:
    row = job(1, "ana").row
    decision = decide(
        error, row, POLICY, attempts=attempts, is_repeat_harmless=True, may_have_arrived=True
    )
    assert decision.state == state
    assert decision.is_chat_gone == isinstance(error, RecipientGone)


def test_doubt_is_repeated_with_growing_pauses() -> None:
    delays = [
        decide(
            Ambiguous(), job(1, "ana").row, POLICY, attempts=attempts, is_repeat_harmless=True
        ).delay
        for attempts in range(1, 8)
    ]
    assert delays == [1, 2, 4, 8, 16, 30, 30]


def test_outages_are_told_apart_from_refusals() -> None:
    row = job(1, "ana").row

    def is_outage(error: DeliveryError) -> bool:
        return decide(error, row, POLICY, attempts=1, is_repeat_harmless=False).is_outage

    assert [is_outage(each) for each in (Ambiguous(), Unreachable(), DeliveryError())] == [True] * 3
    assert [is_outage(each) for each in (RateLimited(1), RecipientGone(), Undeliverable())] == [
        False
    ] * 3


def test_the_breaker_opens_after_three_and_probes_one_by_one(clock: FakeClock) -> None:
    breaker = Breaker(clock=clock)
    for _ in range(2):
        breaker.failed(clock.monotonic())
    assert breaker.allowed(10) is None
    breaker.failed(clock.monotonic())
    assert breaker.allowed(0) == 0
    clock.freeze(1)
    assert (breaker.allowed(0), breaker.allowed(1)) == (1, 0)
    breaker.failed(clock.monotonic())
    clock.freeze(1)
    assert breaker.allowed(0) == 0
    clock.freeze(1)
    assert breaker.allowed(0) == 1
    breaker.arrived()
    assert breaker.allowed(50) is None
