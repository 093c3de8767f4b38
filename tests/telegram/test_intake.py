"""What is taken in, on its own: broken updates, and a stop with work left."""

from __future__ import annotations

import asyncio
from typing import Any

from structlog.testing import capture_logs

from bot.adapters.telegram.inbound import Inbound
from bot.adapters.telegram.incoming import BotIdentity, Incoming
from bot.adapters.telegram.intake import Intake
from bot.chat.events import ConversationRef, Platform
from tests.telegram.stage import HandClock, MemoryInbox

ANA = {"id": 5, "is_bot": False, "first_name": "Ana"}


def update(number: int) -> dict[str, Any]:
    chat = {"id": 5, "type": "private", "first_name": "Ana"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": ANA, "text": "hi"}
    return {"update_id": number, "message": message}


class Answers:
    """Begins each answer, and ends none."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    async def __call__(self, incoming: Incoming) -> None:
        self.begun.append(incoming.event.id)
        await asyncio.Event().wait()


def intake(answers: Answers, inbox: MemoryInbox, *, in_flight: int = 256) -> Intake:
    async def moved(old: ConversationRef, new: ConversationRef) -> None:
        raise AssertionError("nothing has moved")

    return Intake(
        inbound=Inbound(BotIdentity(id=9, username="insop_bot"), [], HandClock()),
        inbox=inbox,
        answer=answers,
        on_moved=moved,
        in_flight=in_flight,
    )


async def test_a_stop_leaves_unfinished_updates_to_the_inbox() -> None:
    answers, inbox = Answers(), MemoryInbox()
    taken = intake(answers, inbox)
    await taken.take([update(1), update(2)])
    with capture_logs() as logs:
        await taken.drain(0)
    assert answers.begun == ["1", "2"]
    assert [log["updates"] for log in logs] == [2]
    assert await inbox.pending("telegram") == list(inbox.kept.values())
    assert inbox.answers == []
    again = Answers()
    restarted = intake(again, inbox)
    await restarted.replay()
    await restarted.drain(0)
    assert again.begun == ["1", "2"]


async def test_a_broken_update_among_good_ones_is_passed_over() -> None:
    answers, inbox = Answers(), MemoryInbox()
    taken = intake(answers, inbox)
    with capture_logs() as logs:
        await taken.take([{"update_id": 1, "message": {"text": "x"}}, update(2)])
    await taken.drain(0)
    assert list(inbox.kept) == ["2"]
    assert [log["event"] for log in logs] == ["telegram.update.unreadable"]


async def test_what_is_answered_or_cannot_be_is_noted() -> None:
    inbox, answered = MemoryInbox(), asyncio.Event()

    class Ends(Answers):
        async def __call__(self, incoming: Incoming) -> None:
            self.begun.append(incoming.event.id)
            if len(self.begun) == 2:
                answered.set()
                raise RuntimeError("cannot be")

    taken = intake(Ends(), inbox)
    with capture_logs():
        await taken.take([update(1), update(2)])
        await answered.wait()
        await taken.drain(5)
    assert inbox.answers == ["1", "2"]


async def test_the_note_of_an_answer_keeps_nobody_waiting() -> None:
    can_note = asyncio.Event()

    class Slow(MemoryInbox):
        async def answered(self, platform: Platform, update_id: str) -> None:
            await can_note.wait()
            await super().answered(platform, update_id)

    class Quick(Answers):
        async def __call__(self, incoming: Incoming) -> None:
            self.begun.append(incoming.event.id)

    answers, inbox = Quick(), Slow()
    taken = intake(answers, inbox, in_flight=1)
    async with asyncio.timeout(10):
        await taken.take([update(1), update(2), update(3)])
    can_note.set()
    await taken.drain(5)
    assert answers.begun == ["1", "2", "3"]
    assert sorted(inbox.answers) == ["1", "2", "3"]


async def test_so_many_are_answered_at_once_and_no_more() -> None:
    answers = Answers()
    taken = intake(answers, MemoryInbox(), in_flight=2)
    taking = asyncio.create_task(taken.take([update(1), update(2), update(3)]))
    _, late = await asyncio.wait({taking}, timeout=0.05)
    assert late
    assert answers.begun == ["1", "2"]
    taking.cancel()
    with capture_logs():
        await taken.drain(0)
