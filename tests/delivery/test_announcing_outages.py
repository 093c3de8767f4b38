"""Faults around an announcement on its way: its rows are being written while it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from benchmarks.postgres import Server
from bot.chat.messages import Message
from bot.delivery.fanout import FanOut
from bot.store import Database
from bot.store.announcements import FALLBACK, Announcements
from bot.store.audience import Audience
from tests.delivery.fakes import Lost
from tests.delivery.world import POLICY, World


async def _begin(world: World, count: int) -> int:
    """An announcement to so many, none of whose rows is written yet."""
    await world.chats(count)
    async with world.database.connect() as connection:
        return await Announcements(connection).create(
            Audience(),
            {FALLBACK: Message(text="news")},
            now=world.clock.now(),
            state="running",
            on_unknown="hold",
        )


@asynccontextmanager
async def _fanning(world: World, database: Database | None = None) -> AsyncIterator[FanOut]:
    """The fan-out of a process, in small chunks close before the sender."""
    fanout = FanOut(database=database or world.database, clock=world.clock, ahead=60)
    fanout._size = 30
    stop = asyncio.Event()
    running = asyncio.ensure_future(fanout.run(stop))
    yield fanout
    stop.set()
    await world.clock.run_until(running.done)
    running.result()


def _each_once(world: World, count: int) -> bool:
    chats = [arrival.chat_id for arrival in world.platform.arrivals]
    return len(chats) == len(set(chats)) == count


async def test_a_database_that_is_gone_for_half_a_minute(world: World) -> None:
    number = await _begin(world, 150)
    severable = await world.second()
    sender = await world.sender(database=severable)
    async with _fanning(world, severable):
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
        severable.is_severed = True
        await world.clock.run_for(30)
        assert len(world.platform.arrivals) < 50
        severable.is_severed = False
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 150)
        await world.clock.run_for(3)
    await world.stop(sender)
    assert _each_once(world, 150)
    assert await world.counts(number) == {"queued": 150, "sent": 150}


async def test_a_full_disk(world: World) -> None:
    if not world.database.is_sqlite:
        pytest.skip("a full disk stops PostgreSQL: see its restart")
    number = await _begin(world, 3000)
    async with world.database.connect() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
    fanout = FanOut(database=world.database, clock=world.clock)
    with pytest.raises(Exception, match="full"):
        await fanout.write_all(number)
    written = (await world.counts(number)).get("queued", 0)
    assert written < 3000
    assert (await world.states()).get("ready", 0) == written
    async with _fanning(world):
        await world.clock.run_for(30)
    await world.sql("PRAGMA max_page_count = 1000000")
    await fanout.write_all(number)
    assert await world.states() == {"ready": 3000}
    assert await world.counts(number) == {"queued": 3000}


async def test_a_table_that_somebody_holds_for_half_a_minute(world: World) -> None:
    if world.database.is_sqlite:
        pytest.skip("SQLite locks the whole file: see a locked database")
    number = await _begin(world, 100)
    # Only so that the test need not wait half a minute for each refusal.
    await world.sql(f"ALTER DATABASE {world.database.url.database} SET lock_timeout = '50ms'")
    hurried = await world.second()
    sender = await world.sender(database=hurried)
    holder = Database(world.database.url.render_as_string(hide_password=False))
    async with _fanning(world, hurried):
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
        async with holder.connect() as connection:
            await connection.execute(text("SET lock_timeout = 0"))
            await connection.execute(text("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE"))
            await world.clock.run_for(30)
            assert len(world.platform.arrivals) < 50
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 100)
        await world.clock.run_for(3)
    await holder.close()
    await world.stop(sender)
    assert _each_once(world, 100)
    assert await world.counts(number) == {"queued": 100, "sent": 100}


async def test_a_restart_of_postgresql(world: World, request: pytest.FixtureRequest) -> None:
    if world.database.is_sqlite:
        pytest.skip("SQLite has no server")
    server: Server = request.getfixturevalue("postgres")
    number = await _begin(world, 150)
    await world.sender()
    async with _fanning(world):
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 20)
        server.stop(is_crash=True)
        try:
            await world.clock.run_for(15)
        finally:
            server.start()
        await world.clock.run_for(POLICY.lease + POLICY.request_timeout + 20)
    chats = [arrival.chat_id for arrival in world.platform.arrivals]
    assert len(chats) == len(set(chats))
    counts = await world.counts(number)
    assert counts["queued"] == 150
    assert counts["sent"] + counts.get("unknown", 0) == 150
    assert counts.get("unknown", 0) <= 8


async def test_two_senders_with_different_names_by_mistake(world: World) -> None:
    number = await _begin(world, 120)
    first = await world.sender(token_id="bot")
    second = await world.sender(token_id="the same bot", database=await world.second())
    async with _fanning(world):
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 60)
        # One of them begins a new term and looks for what earlier terms left.
        await world.stop(second)
        second = await world.sender(token_id="the same bot", database=await world.second())
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 120)
        await world.clock.run_for(3)
    assert _each_once(world, 120)
    assert await world.counts(number) == {"queued": 120, "sent": 120}
    await world.stop(first)
    await world.stop(second)


async def test_answers_that_break_off_are_told_and_not_repeated(world: World) -> None:
    number = await _begin(world, 60)
    for lost in ("c0005", "c0017", "c0044"):
        world.platform.plan(lost, Lost("connection reset"))
    sender = await world.sender()
    async with _fanning(world):
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 60)
        await world.clock.run_for(3)
    await world.stop(sender)
    assert _each_once(world, 60)
    assert await world.counts(number) == {"queued": 60, "sent": 57, "unknown": 3}
    doubtful = {row.chat_id: row.error for row in await world.rows() if row.state == "unknown"}
    assert doubtful == dict.fromkeys(("c0005", "c0017", "c0044"), "no answer")


async def test_a_stop_while_rows_are_being_written_and_sent(world: World) -> None:
    number = await _begin(world, 200)
    sender = await world.sender()
    async with _fanning(world):
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 40)
        await world.stop(sender)
    sent = len(world.platform.arrivals)
    counts = await world.counts(number)
    assert counts["sent"] == sent
    assert set(await world.states()) == {"sent", "ready"}
    again = await world.sender()
    async with _fanning(world):
        await world.clock.run_until(lambda: len(world.platform.arrivals) == 200)
        await world.clock.run_for(3)
    await world.stop(again)
    assert _each_once(world, 200)
