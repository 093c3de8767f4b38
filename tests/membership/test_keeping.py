"""The daily job: what is too old goes, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.config_members import RetentionSettings
from bot.delivery.housekeeping import Housekeeping
from bot.store import Database
from bot.store.conversations import ConversationState
from bot.store.schema import question
from tests.clock import ManualClock
from tests.membership.journeys import answer_the_form, join
from tests.stage import Stage

DAY = 24 * 3600.0


@pytest.fixture
def housekeeping(database: Database, clock: ManualClock) -> Housekeeping:
    return Housekeeping(database=database, clock=clock, retention=RetentionSettings())


async def test_what_members_told_goes_after_they_left(
    stage: Stage, housekeeping: Housekeeping
) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await ana.says("/leave")
    await ana.presses("Yes, leave")
    stage.clock.advance(29 * DAY)
    assert (await housekeeping.clean())["memberships"] == 0
    stage.clock.advance(2 * DAY)
    assert (await housekeeping.clean())["memberships"] == 1
    async with stage.database.begin() as store:
        assert await store.memberships.get(1) is None


async def test_questions_lose_their_asker_and_their_text(
    stage: Stage, housekeeping: Housekeeping
) -> None:
    ana = stage.persona("Ana")
    await ana.says("/contact")
    await ana.says("Is my well safe?")
    stage.clock.advance(731 * DAY)
    await ana.says("/contact")
    await ana.says("And my neighbour's?")
    assert (await housekeeping.clean())["questions"] == 1
    async with stage.database.connect() as connection:
        rows = (await connection.execute(select(question).order_by(question.c.id))).all()
    assert [(row.person_id, row.text) for row in rows] == [(None, ""), (1, "And my neighbour's?")]


async def test_a_talk_of_nobody_goes_at_once(stage: Stage, housekeeping: Housekeeping) -> None:
    """Left behind by a turn elsewhere that ended just after its account was erased."""
    ana = stage.persona("Ana")
    await ana.says("purple zebra on a bicycle")
    async with stage.database.begin() as store:
        state = ConversationState(last_text="arsenic behind my house")
        await store.conversations.set(ana.where, "nobody", state, stage.clock.now())
    assert (await housekeeping.clean())["conversations"] == 1
    async with stage.database.begin() as store:
        assert (await store.conversations.get(ana.where, ana.author.id)).last_text
        assert not (await store.conversations.get(ana.where, "nobody")).last_text


async def test_half_filled_forms_talks_and_codes_go(
    stage: Stage, housekeeping: Housekeeping
) -> None:
    ana, bob = stage.persona("Ana"), stage.persona("Bob")
    await join(ana)
    await ana.says("/link")
    await answer_the_form(bob)
    await bob.says("how do I take a soil sample?")
    await bob.says("/contact")
    dropped = await housekeeping.clean()
    assert not any(dropped.values())
    stage.clock.advance(2 * DAY)
    dropped = await housekeeping.clean()
    assert dropped["drafts"] == dropped["applications"] == 1
    assert dropped["link_codes"] == dropped["email_codes"] == 1
    stage.clock.advance(30 * DAY)
    assert (await housekeeping.clean())["conversations"] == 1
    assert (await housekeeping.clean())["updates"] == 0
