"""A platform's list of events while the platform refuses, hurries us or does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.chat.boards import BoardRefused
from bot.chat.errors import RateLimited, Undeliverable, Unreachable
from bot.delivery.mirroring import AFTER_REFUSAL, FIRST_PAUSE, POLL, Mirroring
from tests.clock import ManualClock
from tests.events.stage import publish
from tests.events.test_mirroring import ListBoard, board, mirroring
from tests.stage import Persona
from tests.waiting import until

__all__ = ["board", "mirroring"]


async def cancel(author: Persona) -> None:
    """Call the event off that is shown."""
    await author.presses("Cancel the event")
    await author.presses("Yes, cancel it")


async def test_an_entry_that_cannot_be_taken_away_is_tried_again_later(
    sara: Persona, mirroring: Mirroring, board: ListBoard, clock: ManualClock
) -> None:
    await publish(sara)
    await mirroring.step()
    await cancel(sara)
    board.faults = [Unreachable("no answer")]
    assert await mirroring.step() == 0
    assert len(board.entries) == 1
    calls = board.calls
    assert await mirroring.step() == 0
    assert board.calls == calls, "not before its pause is over"
    clock.advance(FIRST_PAUSE.total_seconds() + 1)
    assert await mirroring.step() == 1
    assert board.entries == []


@pytest.mark.parametrize("fault", [RateLimited(600.0), BoardRefused("it may not")])
async def test_too_fast_or_without_the_right_nothing_is_forgotten(
    sara: Persona,
    mirroring: Mirroring,
    board: ListBoard,
    clock: ManualClock,
    fault: RateLimited | BoardRefused,
) -> None:
    await publish(sara)
    await mirroring.step()
    await cancel(sara)
    board.faults = [fault]
    assert await mirroring.step() == 0
    pause = 600.0 if isinstance(fault, RateLimited) else AFTER_REFUSAL.total_seconds()
    clock.advance(pause - 1)
    assert await mirroring.step() == 0
    clock.advance(2)
    assert await mirroring.step() == 1
    assert board.entries == []


async def test_an_entry_that_is_refused_is_left_for_half_a_day(
    sara: Persona, mirroring: Mirroring, board: ListBoard, clock: ManualClock
) -> None:
    await publish(sara)
    board.faults = [Undeliverable("its picture is too large")]
    assert await mirroring.step() == 0
    clock.advance(AFTER_REFUSAL.total_seconds() - 1)
    assert await mirroring.step() == 0
    clock.advance(2)
    assert await mirroring.step() == 1


class LateBoard(ListBoard):
    """Does not answer at first when asked for its servers."""

    asked = 0

    async def servers(self):  # type: ignore[no-untyped-def]  # as its base
        self.asked += 1
        if self.asked == 1:
            raise Unreachable("no answer")
        return await super().servers()


async def test_it_goes_on_when_nothing_answers(
    sara: Persona, mirroring: Mirroring, clock: ManualClock
) -> None:
    await publish(sara)
    late = LateBoard()
    mirroring._board = late
    stop = asyncio.Event()
    task = asyncio.create_task(mirroring.run(stop))
    await passes(clock, lambda: bool(late.entries))
    assert late.asked >= 2
    stop.set()
    await asyncio.wait_for(task, 10)


async def passes(clock: ManualClock, is_so: Callable[[], bool]) -> None:
    """Let time go on until it is so."""

    def has_passed() -> bool:
        clock.advance(POLL)
        return is_so()

    await until(has_passed)
