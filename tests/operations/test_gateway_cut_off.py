"""A gateway that loses the database handles nothing until it is back, and can leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy.exc import OperationalError

from bot.chat.messages import Message
from bot.chat.turn import Reply
from bot.clock import SystemClock
from bot.sharing import Gateway
from bot.store.migrating import upgrade
from tests.delivery.world import SeverableDatabase
from tests.operations.test_gateways import answering, event
from tests.waiting import until


@pytest.fixture
async def database(new_postgres: Callable[[], str]) -> AsyncIterator[SeverableDatabase]:
    """A server whose connection can be cut."""
    async with SeverableDatabase(new_postgres()) as opened:
        await upgrade(opened)
        yield opened


@pytest.fixture
async def gateway(database: SeverableDatabase) -> AsyncIterator[Gateway]:
    made = Gateway(database, SystemClock(), owner="gateway-1", role="gateway")
    await made.beat()
    yield made
    database.is_severed = False
    await made.leave()


async def test_cut_off_it_answers_nobody_until_it_is_back(
    gateway: Gateway, database: SeverableDatabase
) -> None:
    await gateway.accept("telegram", [("7", '{"update_id": 7}')])
    database.is_severed = True
    await gateway.beat()
    handled: list[object] = []

    async def handle(given: object) -> Reply:
        handled.append(given)
        return await answering(given)

    turn = asyncio.create_task(gateway.shared(handle)(event("7")))
    for _ in range(50):
        await asyncio.sleep(0)
    assert handled == [], "another gateway may have taken it over"
    database.is_severed = False
    await gateway.beat()
    reply = await asyncio.wait_for(turn, 10)
    assert isinstance(reply, Message)
    assert len(handled) == 1


async def test_an_end_without_the_database_raises_nothing(
    gateway: Gateway, database: SeverableDatabase, logs: list[dict[str, object]]
) -> None:
    database.is_severed = True
    await gateway.leave()
    assert [each["event"] for each in logs] == ["gateway.leave_failed"]


async def test_nothing_new_needs_no_database(gateway: Gateway, database: SeverableDatabase) -> None:
    database.is_severed = True
    await gateway.accept("telegram", [])
    with pytest.raises(OperationalError, match="severed"):
        await gateway.accept("telegram", [("7", "{}")])


async def test_it_beats_until_it_is_told_to_stop(
    gateway: Gateway, logs: list[dict[str, object]], database: SeverableDatabase
) -> None:
    database.is_severed = True
    stop = asyncio.Event()
    task = asyncio.create_task(gateway.run(stop))
    await until(lambda: any(each["event"] == "gateway.beat_failed" for each in logs))
    assert not task.done(), "an outage ends nothing"
    stop.set()
    await asyncio.wait_for(task, 10)
