"""One process of several does the work; another follows when it ends, fails or is cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.delivery.policy import SenderPolicy
from bot.operations.electing import Elected
from bot.store.migrating import upgrade
from bot.store.schema import sender_lease
from tests.delivery.clock import FakeClock
from tests.delivery.world import SeverableDatabase, World

LEASE = SenderPolicy().lease


class Worker:
    """A process: ``is_working`` while its work is done; ``fault`` is raised by the work."""

    def __init__(self, house: House, owner: str) -> None:
        self.elected = Elected(
            database=house.database, clock=house.clock, name="clock", owner=owner
        )
        self.stop = asyncio.Event()
        self.terms = 0
        self.is_working = False
        self.fault: Exception | None = None
        self.task = asyncio.create_task(self.elected.run(self._work, self.stop))

    async def _work(self, over: asyncio.Event) -> None:
        self.terms += 1
        if self.fault is not None:
            raise self.fault
        self.is_working = True
        try:
            await over.wait()
        finally:
            self.is_working = False

    async def end(self) -> None:
        self.stop.set()
        await asyncio.gather(self.task, return_exceptions=True)


class House:
    """Processes on one database, whose connection can be cut."""

    def __init__(self, database: SeverableDatabase) -> None:
        self.database = database
        self.clock: FakeClock = World(database).clock
        self.workers: list[Worker] = []

    def process(self, owner: str) -> Worker:
        self.workers.append(Worker(self, owner))
        return self.workers[-1]

    async def give_to(self, owner: str) -> None:
        """As if another process had taken over while this one hung."""
        async with self.database.connect() as connection:
            until = self.clock.now() + timedelta(seconds=LEASE)
            values = {"owner": owner, "epoch": sender_lease.c.epoch + 1, "until": until}
            await connection.execute(update(sender_lease).values(values))


@pytest.fixture
async def house(url: str) -> AsyncIterator[House]:
    async with SeverableDatabase(url) as database:
        await upgrade(database)
        made = House(database)
        yield made
        database.is_severed = False
        for worker in made.workers:
            await worker.end()


async def test_only_one_works_and_the_other_follows_when_it_ends(house: House) -> None:
    one = house.process("one")
    await house.clock.run_until(lambda: one.is_working)
    other = house.process("other")
    await house.clock.run_for(3 * LEASE)
    assert one.elected.is_leading
    assert not other.elected.is_leading
    assert other.terms == 0
    await one.end()
    assert not one.elected.is_leading
    await house.clock.run_until(lambda: other.is_working, limit=1.0)


async def test_work_that_fails_ends_the_process_and_leaves_the_place_free(house: House) -> None:
    one = house.process("one")
    one.fault = ZeroDivisionError("the work")
    await house.clock.run_until(one.task.done)
    with pytest.raises(ZeroDivisionError, match="the work"):
        one.task.result()
    other = house.process("other")
    await house.clock.run_until(lambda: other.is_working, limit=1.0)


async def test_who_was_replaced_stops_and_stands_by_again(house: House) -> None:
    one = house.process("one")
    await house.clock.run_until(lambda: one.is_working)
    await house.give_to("somebody")
    await house.clock.run_until(lambda: not one.elected.is_leading, limit=LEASE)
    assert not one.is_working
    assert one.terms == 1
    await house.clock.run_until(lambda: one.is_working, limit=2 * LEASE + 2)
    assert one.terms == 2


async def test_a_short_outage_of_the_database_interrupts_nothing(house: House) -> None:
    one = house.process("one")
    await house.clock.run_until(lambda: one.is_working)
    house.database.is_severed = True
    await house.clock.run_for(LEASE / 2)
    house.database.is_severed = False
    await house.clock.run_for(LEASE)
    assert one.is_working
    assert one.terms == 1


async def test_nobody_works_on_past_the_term_without_the_database(house: House) -> None:
    one = house.process("one")
    await house.clock.run_until(lambda: one.is_working)
    house.database.is_severed = True
    await house.clock.run_until(lambda: not one.is_working, limit=LEASE * 4 / 3)
    house.database.is_severed = False
    await house.clock.run_until(lambda: one.is_working, limit=LEASE + 3)
    assert one.terms == 2


async def test_a_stand_by_can_be_stopped(house: House) -> None:
    one = house.process("one")
    await house.clock.run_until(lambda: one.is_working)
    other = house.process("other")
    await house.clock.run_for(1)
    other.stop.set()
    await house.clock.run_until(other.task.done, limit=1.0)
    assert other.terms == 0
    assert one.is_working
