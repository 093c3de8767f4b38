"""Who is cancelled in the middle of a statement takes nobody else along."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import text

from bot.store import Database
from tests.waiting import until


async def holding(database: Database) -> tuple[threading.Event, threading.Event]:
    """``hold()`` in SQL sets the first and waits for the second."""
    entered, released = threading.Event(), threading.Event()

    def hold() -> int:
        entered.set()
        return int(released.wait(20))

    driver = await driver_of(database)
    await driver.create_function("hold", 0, hold)
    return entered, released


async def driver_of(database: Database) -> Any:
    """SQLite's one connection, without the lock around it."""
    async with database.engine.connect() as connection:
        return (await connection.get_raw_connection()).driver_connection


async def _insert(database: Database, number: int, then: str = "SELECT 1") -> int:
    async with database.connect() as connection:
        await connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
        await connection.execute(text(then))
    return number


@pytest.mark.parametrize("cut_off", [0, 1])
async def test_a_unit_that_is_cut_off_leaves_its_neighbours_alone(
    database: Database, cut_off: int
) -> None:
    async with database.connect() as connection:
        await connection.execute(text("CREATE TABLE t (n INTEGER)"))
    entered, released = await holding(database)
    slow = ["SELECT 1"] * 3
    slow[cut_off] = "SELECT hold()"
    units = [asyncio.create_task(_insert(database, n, then)) for n, then in enumerate(slow)]
    await until(entered.is_set)
    units[cut_off].cancel()
    released.set()
    results = await asyncio.gather(*units, return_exceptions=True)
    neighbours = [n for n in range(3) if n != cut_off]
    assert [results[n] for n in neighbours] == neighbours
    assert isinstance(results[cut_off], asyncio.CancelledError)
    async with database.connect() as connection:
        kept = set((await connection.execute(text("SELECT n FROM t"))).scalars())
    assert kept >= set(neighbours)


async def _fail(database: Database, number: int) -> None:
    async with database.connect() as connection:
        await connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
        await connection.execute(text("SELECT hold()"))
        raise ZeroDivisionError


async def _insert_quickly(database: Database, number: int) -> int:
    async with database.begin(is_short=True) as store:
        await store.connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
        await store.connection.execute(text("SELECT 1"))
    return number


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_unit_that_is_cut_off_and_fails_takes_its_own_back_before_the_next_begins(
    database: Database, is_first: bool
) -> None:
    async with database.connect() as connection:
        await connection.execute(text("CREATE TABLE t (n INTEGER)"))
    entered, released = await holding(database)
    driver, going_on = await driver_of(database), threading.Event()
    before = [] if is_first else [asyncio.create_task(_insert(database, 1))]
    failing = asyncio.create_task(_fail(database, 2))
    after = [asyncio.create_task(_insert_quickly(database, n)) for n in (3, 4)]
    await until(entered.is_set)
    failing.cancel()
    # What the failing unit takes back comes late to the connection's thread.
    driver._tx.put_nowait((None, lambda: going_on.wait(20)))
    released.set()
    asyncio.get_running_loop().call_later(0.05, going_on.set)
    results = await asyncio.gather(failing, *before, *after, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError | ZeroDivisionError)
    assert results[1:] == ([3, 4] if is_first else [1, 3, 4])
    async with database.connect() as connection:
        kept = list((await connection.execute(text("SELECT n FROM t ORDER BY n"))).scalars())
    assert kept == results[1:]


async def test_a_time_limit_on_a_statement_stays_one(database: Database) -> None:
    entered, released = await holding(database)

    async def release() -> None:
        await until(entered.is_set)
        await asyncio.sleep(0)
        released.set()

    async def too_slow() -> None:
        async with asyncio.timeout(0.01), database.connect() as connection:
            await connection.execute(text("SELECT hold()"))
            await asyncio.Event().wait()

    helper = asyncio.create_task(release())
    with pytest.raises(TimeoutError):
        await too_slow()
    await helper
    async with database.connect() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
