"""What fails around the sender: the database, the platform, the clock, the process."""

from __future__ import annotations

import sqlite3

import pytest

from benchmarks.postgres import Server
from bot.chat.errors import Ambiguous
from bot.chat.ports import Lane
from tests.delivery.world import POLICY, World, private


async def _rows(world: World, count: int, on_unknown: str = "hold") -> None:
    for number in range(count):
        await world.relay(
            f"a:{number}", private(f"c{number}"), lane=Lane.ANNOUNCEMENT, on_unknown=on_unknown
        )


def _each_once(world: World, count: int) -> bool:
    chats = [arrival.chat_id for arrival in world.platform.arrivals]
    return len(chats) == len(set(chats)) == count


async def test_a_database_that_is_gone_for_half_a_minute(world: World) -> None:
    await _rows(world, 60)
    severable = await world.second()
    sender = await world.sender(database=severable)
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    severable.is_severed = True
    await world.clock.run_for(30)
    assert len(world.platform.arrivals) < 40
    severable.is_severed = False
    back = world.clock.monotonic()
    before = len(world.platform.arrivals)
    await world.clock.run_until(lambda: len(world.platform.arrivals) > before)
    assert world.clock.monotonic() - back < 4
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 60)
    await world.stop(sender)
    assert _each_once(world, 60)
    assert await world.states() == {"sent": 60}


async def test_a_locked_database(world: World) -> None:
    if not world.database.is_sqlite:
        pytest.skip("PostgreSQL locks rows, not files")
    await _rows(world, 60)
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    # Only so that the test need not wait half a minute for each refusal.
    await world.sql("PRAGMA busy_timeout = 5")
    other = sqlite3.connect(world.database.url.database or "", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        await world.clock.run_for(30)
        assert len(world.platform.arrivals) < 40
        other.execute("ROLLBACK")
    finally:
        other.close()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 60)
    await world.stop(sender)
    assert _each_once(world, 60)
    assert await world.states() == {"sent": 60}


async def test_a_full_disk(world: World) -> None:
    if not world.database.is_sqlite:
        pytest.skip("a full disk stops PostgreSQL: see its restart")
    await _rows(world, 60)
    await world.chats(1)
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    async with world.database.connect() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Exception, match="full"):
        await world.sql(f"UPDATE chat SET zone = '{'x' * 100_000}'")
    await world.clock.run_for(30)
    await world.sql("PRAGMA max_page_count = 1000000")
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 60)
    await world.stop(sender)
    assert _each_once(world, 60)
    assert await world.states() == {"sent": 60}


async def test_a_restart_of_postgresql(world: World, request: pytest.FixtureRequest) -> None:
    if world.database.is_sqlite:
        pytest.skip("SQLite has no server")
    server: Server = request.getfixturevalue("postgres")
    await _rows(world, 60)
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    server.stop(is_crash=True)
    try:
        await world.clock.run_for(15)
    finally:
        server.start()
    await world.clock.run_for(POLICY.lease + POLICY.request_timeout + 20)
    chats = [arrival.chat_id for arrival in world.platform.arrivals]
    assert len(chats) == len(set(chats))
    states = await world.states()
    assert states["sent"] + states.get("unknown", 0) == 60
    assert states.get("unknown", 0) <= 8


async def test_a_storm_of_server_errors_costs_few_messages(world: World) -> None:
    await _rows(world, 200)
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    world.platform.always = Ambiguous("502")
    await world.clock.run_for(60)
    world.platform.always = None
    await world.clock.run_for(40)
    await world.stop(sender)
    states = await world.states()
    assert states["unknown"] <= 15
    assert states["sent"] == 200 - states["unknown"]


@pytest.mark.parametrize("seconds", [3600, -3600])
async def test_a_clock_that_is_set(world: World, seconds: int) -> None:
    await _rows(world, 60)
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
    world.clock.jump(seconds)
    await world.relay("q:late", private("late"))
    began = world.clock.monotonic()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 61)
    assert world.clock.monotonic() - began < 10
    await world.stop(sender)
    assert _each_once(world, 61)


async def test_a_stop_in_mid_flight_finishes_what_is_out_and_releases_the_rest(
    world: World,
) -> None:
    await _rows(world, 60)
    world.platform.latency = 1.0
    sender = await world.sender()
    await world.clock.run_until(lambda: world.platform.calls == 25)
    began = world.clock.monotonic()
    await world.stop(sender)
    assert world.clock.monotonic() - began < 2
    states = await world.states()
    assert states == {"sent": world.platform.calls, "ready": 60 - world.platform.calls}
    assert len(world.platform.arrivals) == world.platform.calls


async def test_a_stop_does_not_wait_for_ever(world: World) -> None:
    await _rows(world, 5)
    world.platform.latency = 10_000.0
    sender = await world.sender()
    await world.clock.run_until(lambda: world.platform.calls == 5)
    began = world.clock.monotonic()
    await world.stop(sender)
    assert POLICY.grace <= world.clock.monotonic() - began < POLICY.grace + 5
    assert await world.states() == {"sending": 5}


async def test_a_fault_in_an_adapter_ends_neither_the_sender_nor_the_message(
    world: World,
) -> None:
    world.platform.always = ValueError("a fault")  # type: ignore[assignment]  # not a DeliveryError
    await world.relay("q:1", private("ana"), on_unknown="resend")
    sender = await world.sender()
    await world.clock.run_until(lambda: world.platform.calls == 2)
    world.platform.always = None
    await world.clock.run_until(lambda: bool(world.platform.arrivals))
    await world.stop(sender)
    assert await world.states() == {"sent": 1}
