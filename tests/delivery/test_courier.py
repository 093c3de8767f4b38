"""Answers that somebody waits for."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.errors import (
    Ambiguous,
    DeliveryError,
    RateLimited,
    RecipientGone,
    Undeliverable,
    Unreachable,
)
from bot.chat.events import ConversationRef
from bot.chat.messages import Message, SentMessage
from bot.chat.ports import Lane
from bot.delivery import InteractiveCourier, Pacer, limits_for
from tests.delivery.clock import FakeClock
from tests.delivery.fakes import FakePlatform
from tests.delivery.world import private


class Desk:
    """A courier and a platform."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.platform = FakePlatform(clock)
        self.pacer = Pacer(limits=limits_for("telegram"), clock=clock)
        self.courier = InteractiveCourier(pacer=self.pacer, clock=clock)

    def answer(self, chat: str, words: str = "an answer") -> asyncio.Future[SentMessage]:
        to: ConversationRef = private(chat)
        return asyncio.ensure_future(
            self.courier.carry(
                to, lambda: self.platform.send(to, Message(text=words)), lane=Lane.INTERACTIVE
            )
        )

    async def done(self, *answers: asyncio.Future[SentMessage]) -> float:
        """The seconds that it took until all were carried."""
        began = self.clock.monotonic()
        await self.clock.run_until(lambda: all(answer.done() for answer in answers))
        return self.clock.monotonic() - began


@pytest.fixture
def desk(clock: FakeClock) -> Desk:
    return Desk(clock)


async def test_an_answer_goes_out_at_once(desk: Desk) -> None:
    answer = desk.answer("ana")
    assert await desk.done(answer) == pytest.approx(desk.platform.latency)
    assert answer.result().message_id == "1"


async def test_too_fast_is_waited_out_for_that_chat_alone(desk: Desk) -> None:
    desk.platform.plan("ana", RateLimited(5))
    slow, quick = desk.answer("ana"), desk.answer("ben")
    assert await desk.done(quick) < 0.2
    assert not slow.done()
    assert 4.5 < await desk.done(slow) < 5.5
    assert desk.platform.texts("ana") == ["an answer"]


@pytest.mark.parametrize("seconds", [[31.0], [1.0, 1.0, 1.0], [20.0, 20.0]])
async def test_patience_ends(desk: Desk, seconds: list[float]) -> None:
    desk.platform.plan("ana", *[RateLimited(each) for each in seconds])
    answer = desk.answer("ana")
    assert await desk.done(answer) <= 31
    assert isinstance(answer.exception(), RateLimited)


async def test_a_doubt_is_answered_once_more_and_no_further(desk: Desk) -> None:
    desk.platform.plan("ana", Ambiguous("reset"))
    desk.platform.plan("ben", Ambiguous("reset"), Ambiguous("reset"))
    ana, ben = desk.answer("ana"), desk.answer("ben")
    await desk.done(ana, ben)
    assert ana.result().message_id == "1"
    assert isinstance(ben.exception(), Ambiguous)
    assert desk.platform.calls == 4


async def test_no_connection_is_tried_three_times(desk: Desk) -> None:
    desk.platform.plan("ana", *[Unreachable("none") for _ in range(5)])
    answer = desk.answer("ana")
    await desk.done(answer)
    assert isinstance(answer.exception(), Unreachable)
    assert desk.platform.calls == 3


@pytest.mark.parametrize("error", [RecipientGone("blocked"), Undeliverable("no")])
async def test_what_is_final_is_raised_at_once(desk: Desk, error: DeliveryError) -> None:
    desk.platform.plan("ana", error)
    answer = desk.answer("ana")
    await desk.done(answer)
    assert answer.exception() is error
    assert desk.platform.calls == 1


async def test_answers_to_one_chat_keep_their_order(desk: Desk) -> None:
    desk.platform.plan("ana", RateLimited(1))
    answers = [desk.answer("ana", f"answer {number}") for number in range(3)]
    await desk.done(*answers)
    assert desk.platform.texts("ana") == ["answer 0", "answer 1", "answer 2"]
    assert desk.platform.most_in_flight == 1


async def test_a_burst_in_one_chat_is_let_pass_and_then_spaced(desk: Desk) -> None:
    answers = [desk.answer("ana", f"answer {number}") for number in range(8)]
    assert await desk.done(*answers[:3]) < 0.5
    assert await desk.done(*answers[3:]) > 3


async def test_who_gives_up_waiting_does_not_block_the_next(desk: Desk) -> None:
    first, second, third = (desk.answer("ana", str(number)) for number in range(3))
    await asyncio.sleep(0)
    second.cancel()
    await desk.done(first, third)
    assert desk.platform.texts("ana") == ["0", "2"]
