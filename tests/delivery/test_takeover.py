"""Two senders of one token: who sends, who stands by, and what happens when one dies."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert

from bot.chat.errors import Ambiguous
from bot.chat.ports import Lane
from bot.delivery.leadership import OVERDUE
from bot.store.schema import sender_lease
from tests.delivery.world import POLICY, World, private

RATE_SECONDS = 2
"""60 messages at some 30 a second."""


async def _sixty(world: World, on_unknown: str = "hold") -> None:
    for number in range(60):
        await world.relay(
            f"a:{number}",
            private(f"c{number}", world.platform.platform),
            lane=Lane.ANNOUNCEMENT,
            on_unknown=on_unknown,
        )


def _each_once(world: World) -> bool:
    chats = [arrival.chat_id for arrival in world.platform.arrivals]
    return len(chats) == len(set(chats))


async def test_of_two_senders_one_stands_by(world: World) -> None:
    await _sixty(world)
    first = await world.sender()
    second = await world.sender(database=await world.second())
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 60)
    assert (first.is_active, second.is_active) == (True, False)
    assert _each_once(world)


async def test_when_one_stops_the_other_begins_at_once(world: World) -> None:
    await _sixty(world)
    first = await world.sender()
    second = await world.sender(database=await world.second())
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    await world.stop(first)
    began = world.clock.monotonic()
    before = len(world.platform.arrivals)
    await world.clock.run_until(lambda: len(world.platform.arrivals) > before)
    assert world.clock.monotonic() - began < 2
    assert second.is_active
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 60)
    await world.stop(second)
    assert _each_once(world)
    assert await world.states() == {"sent": 60}


async def test_when_one_dies_nothing_is_lost_and_nothing_doubled(world: World) -> None:
    await _sixty(world)
    severable = await world.second()
    first = await world.sender(database=severable)
    second = await world.sender(database=await world.second())
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    died = world.clock.monotonic()
    await world.kill(first, severable)
    before = len(world.platform.arrivals)
    await world.clock.run_until(lambda: len(world.platform.arrivals) > before)
    assert world.clock.monotonic() - died < 12
    await world.clock.run_for(POLICY.lease + POLICY.request_timeout + 10)
    await world.stop(second)
    assert _each_once(world)
    states = await world.states()
    assert set(states) == {"sent", "unknown"}
    arrived = {arrival.chat_id for arrival in world.platform.arrivals}
    for row in await world.rows():
        assert row.state == "unknown" or row.chat_id in arrived
    assert 0 < states["unknown"] <= 8
    assert {row.error for row in await world.rows() if row.state == "unknown"} == {"interrupted"}


async def _set_lease(world: World, ahead: float) -> None:
    """Another process, whose clock is ahead, has or renews the token."""
    async with world.database.connect() as connection:
        until = world.clock.now() + timedelta(seconds=ahead)
        await connection.execute(delete(sender_lease))
        await connection.execute(
            insert(sender_lease).values(token_id="bot", owner="dead", epoch=7, until=until)
        )


async def test_a_dead_one_whose_clock_was_ahead_is_replaced_all_the_same(world: World) -> None:
    await _set_lease(world, 7200)
    standby = await world.sender()
    await world.clock.run_for(POLICY.lease)
    assert not standby.is_active
    await world.clock.run_for(OVERDUE + 1)
    assert standby.is_active


async def test_a_living_one_whose_clock_is_ahead_is_not_replaced(world: World) -> None:
    await _set_lease(world, 7200)
    standby = await world.sender()
    for _ in range(10):
        await world.clock.run_for(POLICY.lease / 3)
        await _set_lease(world, 7200)
    assert not standby.is_active


async def test_what_was_being_sent_is_not_decided_too_early(world: World) -> None:
    await _sixty(world, on_unknown="resend")
    severable = await world.second()
    first = await world.sender(database=severable)
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    await world.kill(first, severable)
    second = await world.sender()
    await world.clock.run_for(POLICY.request_timeout - 5)
    states = await world.states()
    assert states.get("sending", 0) > 0
    assert _each_once(world)
    await world.clock.run_for(POLICY.lease + 10)
    await world.stop(second)
    assert await world.states() == {"sent": 60}
    assert {arrival.chat_id for arrival in world.platform.arrivals} == {
        f"c{number}" for number in range(60)
    }


async def test_a_platform_that_knows_nonces_gets_the_same_again(world: World) -> None:
    world.platform.platform = "discord"
    await _sixty(world)
    severable = await world.second()
    first = await world.sender(database=severable)
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    await world.kill(first, severable)
    second = await world.sender()
    await world.clock.run_for(POLICY.lease + POLICY.request_timeout + 10)
    await world.stop(second)
    assert await world.states() == {"sent": 60}
    assert _each_once(world)
    assert len(world.platform.arrivals) == 60


async def test_a_sender_cut_off_from_the_database_is_replaced(world: World) -> None:
    """It lives and holds its lock, but its lease has run out."""
    await _sixty(world)
    severable = await world.second()
    first = await world.sender(database=severable)
    second = await world.sender(database=await world.second())
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    severable.is_severed = True
    cut = world.clock.monotonic()
    await world.clock.run_until(lambda: second.is_active)
    assert 6 <= world.clock.monotonic() - cut < 12
    await world.clock.run_for(60)
    severable.is_severed = False
    await world.clock.run_for(10)
    assert (first.is_active, second.is_active) == (False, True)
    assert _each_once(world)
    states = await world.states()
    assert states["sent"] + states.get("unknown", 0) == 60


async def test_an_answer_that_comes_late_corrects_an_unknown(world: World) -> None:
    world.platform.latency = 48.0
    await world.relay("a:1", private("ana"), on_unknown="hold")
    severable = await world.second()
    await world.sender(database=severable)
    second = await world.sender(database=await world.second())
    await world.clock.run_until(lambda: world.platform.calls == 1)
    severable.is_severed = True
    await world.clock.run_until(lambda: second.is_active)
    await world.clock.run_for(POLICY.lease + POLICY.request_timeout)
    assert await world.states() == {"unknown": 1}
    severable.is_severed = False
    await world.clock.run_for(40)
    assert await world.states() == {"sent": 1}
    assert world.platform.texts("ana") == ["a question"]


async def test_time_that_passes_unseen_sends_nothing_twice(world: World) -> None:
    """A process that was stopped for a while wakes up after its lease."""
    await _sixty(world)
    await world.sender()
    await world.sender(database=await world.second())
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    world.clock.freeze(30)
    await world.clock.run_for(POLICY.lease + POLICY.request_timeout + 20)
    assert _each_once(world)
    states = await world.states()
    assert states["sent"] + states.get("unknown", 0) == 60
    assert states.get("unknown", 0) <= 8


async def test_a_row_in_doubt_again_and_again_is_given_up(world: World) -> None:
    world.platform.always = Ambiguous("storm")
    await world.relay("a:1", private("ana"), on_unknown="resend")
    severable = await world.second()
    first = await world.sender(database=severable)
    await world.clock.run_until(lambda: world.platform.calls == 3)
    await world.kill(first, severable)
    await world.sender()
    for _ in range(40):
        await world.clock.run_for(20)
        if await world.states() == {"unknown": 1}:
            break
    assert await world.states() == {"unknown": 1}
    assert world.platform.calls <= 9
