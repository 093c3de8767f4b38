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

    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.create_function("hold", 0, hold)
    return entered, released


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
