"""When what was missed is caught up with, on a clock moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.adapters.discord.sessions import RETRY, ROUNDS, TICK
from bot.chat.catching_up import Place
from bot.chat.events import Author, ConversationRef, MessageReceived, private_chat_with
from tests.clock import ManualClock
from tests.discord.absences import World
from tests.waiting import until


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.stop()


WELLS = Place(where=ConversationRef(platform="discord", chat_id="1", is_private=False), question=1)
ASHES = Place(where=ConversationRef(platform="discord", chat_id="2", is_private=False), question=2)
ANA = Place(where=private_chat_with("discord", "7"))


def says(where: ConversationRef, account: str = "7") -> MessageReceived:
    return MessageReceived(
        id="99",
        conversation=where,
        author=Author(platform="discord", id=account, name="Ana"),
        at=ManualClock().now(),
        text="Hello",
        message_id="99",
    )


async def test_before_the_first_time_nothing_is_missed(world: World) -> None:
    world.backlog.until, world.backlog.here = None, [WELLS]
    world.connect()
    world.run()
    await world.has_heard_now()
    assert world.visits.begun == []
    await world.sessions.before(says(WELLS.where))


async def test_an_event_waits_for_its_own_place_and_for_no_other(world: World) -> None:
    world.backlog.here = [WELLS, ASHES]
    wells = world.visits.hold_up(WELLS)
    world.connect()
    world.run()
    await until(lambda: world.visits.begun == ["1"])
    # The first place is being visited for ever; the second is visited at once for who speaks.
    await asyncio.wait_for(world.sessions.before(says(ASHES.where)), 5)
    assert world.visits.begun == ["1", "2"]
    late = asyncio.create_task(world.sessions.before(says(WELLS.where)))
    await world.has_idled()
    assert not late.done()
    wells.set()
    await late
    await world.has_heard_now()
    assert world.visits.begun == ["1", "2"]


async def test_a_private_chat_is_known_by_its_account(world: World) -> None:
    world.backlog.here = [ANA]
    gate = world.visits.hold_up(ANA)
    world.connect()
    world.run()
    await until(lambda: len(world.visits.begun) == 1)
    channel = ConversationRef(platform="discord", chat_id="555")
    late = asyncio.create_task(world.sessions.before(says(channel)))
    await asyncio.wait_for(world.sessions.before(says(channel, account="8")), 5)
    assert not late.done()
    gate.set()
    await late


async def test_nobody_waits_for_ever() -> None:
    world = World(hold=0.05)
    world.backlog.here = [WELLS]
    world.visits.hold_up(WELLS)
    world.connect()
    world.run()
    await asyncio.wait_for(world.sessions.before(says(WELLS.where)), 5)
    await world.stop()


async def test_before_the_list_is_there_an_event_waits(world: World) -> None:
    world.backlog.is_closed = True
    world.connect()
    world.run()
    early = asyncio.create_task(world.sessions.before(says(WELLS.where)))
    await until(lambda: world.backlog.tries == 1)
    await world.has_idled()
    assert not early.done()
    world.backlog.is_closed = False
    world.clock.advance(RETRY)
    await asyncio.wait_for(early, 5)


async def test_from_a_new_session_on_an_event_waits_for_the_list_again(world: World) -> None:
    world.connect()
    world.run()
    await world.has_heard_now()
    world.sessions.beginning()
    early = asyncio.create_task(world.sessions.before(says(WELLS.where)))
    await world.has_idled()
    assert not early.done()
    world.sessions.began()
    await asyncio.wait_for(early, 5)


async def test_while_one_shard_is_away_others_are_answered_at_once(world: World) -> None:
    world.connect()
    world.run()
    await world.has_heard_now()
    world.sessions.broke()
    await asyncio.wait_for(world.sessions.before(says(WELLS.where)), 5)
    world.sessions.resumed()
    await asyncio.wait_for(world.sessions.before(says(WELLS.where)), 5)


async def test_a_session_that_ends_before_it_is_ready_holds_nobody_up(world: World) -> None:
    world.connect()
    world.run()
    await world.has_heard_now()
    world.sessions.beginning()
    world.sessions.broke()
    world.sessions.resumed()
    await asyncio.wait_for(world.sessions.before(says(WELLS.where)), 5)


async def test_what_was_heard_is_noted_only_while_connected(world: World) -> None:
    world.connect()
    world.run()
    await world.has_heard_now()
    world.sessions.broke()
    left = world.backlog.until
    for _ in range(3):
        world.clock.advance(TICK)
        await world.has_idled()
    assert world.backlog.until == left
    world.sessions.resumed()
    world.clock.advance(TICK)
    await world.has_heard_now()
    assert world.visits.begun == []


async def test_with_another_shard_away_nothing_is_noted_as_heard(world: World) -> None:
    world.backlog.here = [WELLS]
    left = world.backlog.until
    world.sessions.began(is_whole=False)
    world.run()
    await until(lambda: world.visits.begun == ["1"])
    await world.has_idled()
    assert world.backlog.until == left
    world.clock.advance(TICK)
    world.sessions.began()
    await world.has_heard_now()
    assert [absence.since for absence in world.visits.absences] == [left, left]


async def test_a_session_that_begins_meanwhile_is_caught_up_with_from_the_same_moment(
    world: World,
) -> None:
    world.backlog.here = [WELLS]
    left = world.backlog.until
    gate = world.visits.hold_up(WELLS)
    world.connect()
    world.run()
    await until(lambda: world.visits.begun == ["1"])
    for _ in range(3):
        world.connect()
    gate.set()
    await world.has_heard_now()
    assert world.visits.begun == ["1", "1"]
    assert [absence.since for absence in world.visits.absences] == [left, left]
    assert world.backlog.notes == 1


async def test_what_could_not_be_kept_is_fetched(world: World) -> None:
    world.backlog.here = [WELLS]
    world.backlog.until = None
    world.connect()
    world.run()
    await world.has_heard_now()
    world.sessions.missed()
    await until(lambda: world.visits.begun == ["1"])


async def test_a_place_that_fails_is_tried_again_and_then_given_up(world: World) -> None:
    world.backlog.here = [WELLS, ASHES]
    world.visits.faults = {"1": 1, "2": 100}
    world.connect()
    world.run()
    for _ in range(ROUNDS - 1):
        await world.has_idled()
        assert world.backlog.notes == 0
        world.clock.advance(TICK)
    await until(lambda: world.backlog.notes > 0)
    assert world.visits.begun.count("2") == ROUNDS
    assert world.visits.begun.count("1") == 2
    assert world.backlog.told == [ASHES]


async def test_killed_in_the_middle_it_is_not_noted_as_heard(world: World) -> None:
    world.backlog.here = [WELLS]
    left = world.backlog.until
    world.visits.hold_up(WELLS)
    world.connect()
    world.run()
    await until(lambda: world.visits.begun == ["1"])
    await world.stop()
    await until(lambda: world.visits.cancelled == 1)
    assert world.backlog.until == left


async def test_whether_a_place_may_be_read_is_told(world: World) -> None:
    world.visits.is_refused = True
    world.backlog.here = [WELLS]
    world.connect()
    world.run()
    await world.has_heard_now()
    # What an earlier time found does not count.
    assert world.backlog.refusals == [False]
