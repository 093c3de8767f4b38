"""Signs on what askers and contacts wrote: they follow the record, and cost nobody anything."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.errors import DeliveryError, RateLimited, Undeliverable, Unreachable
from bot.chat.events import ConversationRef, MessageEdited
from bot.chat.marks import Mark
from bot.chat.turn import Role
from bot.delivery.limits import limits_for
from bot.delivery.marking import AFTER_FAILURE, Marking
from bot.delivery.pacing import Pacer
from bot.store import Database
from bot.store.schema_desk import question_copy
from tests.clock import ManualClock
from tests.databases import on_both
from tests.desk.people import Desks, ask, writes
from tests.stage import Persona, Stage

pytestmark = on_both


class Signs:
    """A platform that bears signs; ``errors`` are raised first."""

    def __init__(self) -> None:
        self.shown: dict[tuple[str, str], list[Mark]] = {}
        self.replaced: list[Mark | None] = []
        self.errors: list[DeliveryError] = []

    async def mark(
        self, where: ConversationRef, message_id: str, mark: Mark, *, instead_of: Mark | None
    ) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.shown.setdefault((where.chat_id, message_id), []).append(mark)
        self.replaced.append(instead_of)

    def at(self, persona: Persona, ref: str) -> list[Mark]:
        """What a message bore, in order."""
        return self.shown.get((persona.where.chat_id, ref), [])


@pytest.fixture
def signs() -> Signs:
    return Signs()


@pytest.fixture
def pacer(clock: ManualClock) -> Pacer:
    # Fast enough that no slot is waited for: nobody moves the clock meanwhile.
    return Pacer(limits=limits_for("telegram", 1000.0), clock=clock)


@pytest.fixture
def marking(stage: Stage, signs: Signs, pacer: Pacer) -> Marking:
    return Marking(
        database=stage.database, clock=stage.clock, platform="telegram", marker=signs, pacer=pacer
    )


async def marked(marking: Marking, clock: ManualClock) -> int:
    """Let it work until nothing is due; returns how many signs it dealt with."""
    count = 0
    while done := await marking.step():
        count += done
        # The slot of the next one.
        clock.advance(0.1)
    return count


async def states(database: Database) -> set[str]:
    async with database.connect() as connection:
        rows = await connection.scalars(
            select(question_copy.c.state).where(question_copy.c.is_origin)
        )
        return set(rows)


async def test_an_answer_shows_that_it_arrived_and_nothing_more(
    stage: Stage, desks: Desks, signs: Signs, marking: Marking
) -> None:
    ana = stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat = desks.contact()
    answer = await writes(nat, "Boil it.")
    note = await writes(nat, "#note she asked before")
    assert await marking.step() == 0
    await desks.work()
    assert await marking.step() == 1
    assert signs.at(nat, answer) == ["arrived"]
    assert signs.at(nat, note) == []
    # A later change of the words, or a restart, sets no further sign.
    await nat.does(MessageEdited(text="Test it.", message_id=answer, **nat.common()))
    await desks.work()
    assert await marking.step() == 0
    assert await states(stage.database) == {"sent"}


async def test_what_takes_time_is_shown_as_on_its_way(
    stage: Stage, desks: Desks, signs: Signs, marking: Marking
) -> None:
    ana = stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat = desks.contact()
    answer = await writes(nat, "Boil it.")
    stage.clock.advance(4)
    assert await marked(marking, stage.clock) == 1
    await desks.work()
    assert await marked(marking, stage.clock) == 1
    assert signs.at(nat, answer) == ["underway", "arrived"]
    assert signs.replaced == [None, "underway"]


@pytest.mark.parametrize("error", ["recipient gone", "refused"])
async def test_what_does_not_arrive_bears_a_sign_and_one_line_says_why(
    stage: Stage, desks: Desks, signs: Signs, marking: Marking, error: str
) -> None:
    ana = stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat = desks.contact()
    desks.refuses[ana.where.chat_id] = error
    answer = await writes(nat, "Boil it.")
    out = await desks.work()
    out += await desks.work()
    assert await marking.step() == 1
    assert signs.at(nat, answer) == ["failed"]
    lines = [m for to, _, m in out if to == nat.where and "did not arrive" in m.text]
    assert len(lines) == 1


async def test_an_asker_sees_that_the_desk_has_the_words(
    stage: Stage, desks: Desks, signs: Signs, marking: Marking
) -> None:
    ana = stage.persona("Ana")
    photo = await writes(ana, "", files=1)
    stage.clock.advance(60)
    assert await marking.step() == 0
    await desks.work()
    assert await marking.step() == 1
    assert signs.at(ana, photo) == ["received"]
    # The same for a question that was handed over.
    zoe = stage.persona("Zoe")
    asked = await writes(zoe, "xyzzy plugh frobnicate")
    await zoe.presses("Ask a person")
    await desks.work()
    assert await marked(marking, stage.clock) == 1
    assert signs.at(zoe, asked) == ["received"]


async def test_discord_has_its_own_task_and_mail_none(
    stage: Stage, desks: Desks, signs: Signs, pacer: Pacer
) -> None:
    ana = stage.persona("Ana", platform="discord")
    asked = await writes(ana, "", files=1)
    await desks.work()
    ser = desks.contact("Ser", role=Role.EXPERT)
    answer = await writes(ser, "Boil it.")
    await desks.work()
    marking = Marking(
        database=stage.database, clock=stage.clock, platform="discord", marker=signs, pacer=pacer
    )
    assert await marked(marking, stage.clock) == 2
    assert signs.at(ser, answer) == ["arrived"]
    assert signs.at(ana, asked) == ["received"]


async def test_a_refusal_is_no_error_and_is_not_repeated(
    stage: Stage, desks: Desks, signs: Signs, marking: Marking
) -> None:
    ana = stage.persona("Ana")
    await writes(ana, "", files=1)
    await desks.work()
    signs.errors = [Undeliverable("REACTION_INVALID")]
    assert await marked(marking, stage.clock) == 1
    assert signs.shown == {}
    nat = desks.contact()
    await nat.presses_action(Action("desk", "history", "1"))
    nat.sees("sent")


async def test_a_platform_that_is_away_or_busy_is_asked_again(
    stage: Stage, desks: Desks, signs: Signs, marking: Marking
) -> None:
    ana = stage.persona("Ana")
    photo = await writes(ana, "", files=1)
    await desks.work()
    signs.errors = [Unreachable("away"), RateLimited(30.0)]
    assert await marking.step() == 0
    assert await marking.step() == 0
    stage.clock.advance(AFTER_FAILURE)
    assert await marking.step() == 0
    stage.clock.advance(29)
    assert await marking.step() == 0
    stage.clock.advance(1)
    assert await marking.step() == 1
    assert signs.at(ana, photo) == ["received"]


async def test_signs_wait_while_much_is_sent(
    stage: Stage, desks: Desks, signs: Signs, marking: Marking, pacer: Pacer
) -> None:
    ana = stage.persona("Ana")
    await writes(ana, "", files=1)
    await desks.work()
    for _ in range(500):
        pacer.answered(pacer.leave())
    assert await marking.step() == 0
    stage.clock.advance(2)
    assert await marking.step() == 1


async def test_one_sign_a_chat_and_look_the_oldest_first(
    stage: Stage, desks: Desks, signs: Signs, marking: Marking
) -> None:
    ana = stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat = desks.contact()
    refs = [await writes(nat, f"Answer {number}.") for number in range(3)]
    await desks.work()
    for _ in range(3):
        assert await marking.step() == 1
        stage.clock.advance(1)
    assert [ref for _, ref in signs.shown] == refs


async def test_what_nobody_can_know_is_let_go(
    stage: Stage, desks: Desks, signs: Signs, marking: Marking
) -> None:
    ana = stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat = desks.contact()
    await writes(nat, "Boil it.")
    stage.clock.advance(8 * 24 * 3600)
    assert await marking.step() == 1
    assert signs.shown == {}
    assert await states(stage.database) == {"sent"}
