"""Many people at once, on SQLite and on PostgreSQL where a server can be had."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.postgres import NoPostgres, temporary_postgres
from bot.chat.actions import Action
from bot.chat.turn import Role
from bot.config import LimitSettings, Settings
from bot.store import Database
from bot.store.migrating import upgrade
from tests.clock import ManualClock
from tests.events.stage import outbox, publish
from tests.knowledge_sample import sample_library
from tests.stage import Stage


@pytest.fixture(params=["sqlite", "postgresql"])
async def crowd(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on either database."""
    clock = ManualClock(datetime(2026, 11, 23, 8, tzinfo=UTC))
    settings = Settings(limits=LimitSettings(burst=10_000, messages_per_minute=10_000))
    if request.param == "sqlite":
        async with Database(f"sqlite:///{tmp_path / 'insop.db'}") as database:
            await upgrade(database)
            yield Stage(database, clock, sample_library(), settings)
        return
    try:
        with temporary_postgres(is_durable=False) as server:
            async with Database(server.create("events")) as database:
                await upgrade(database)
                yield Stage(database, clock, sample_library(), settings)
    except NoPostgres as error:
        pytest.skip(str(error))


async def test_the_last_places_go_to_as_many_as_there_are(crowd: Stage) -> None:
    sara = crowd.persona("Sara", role=Role.SECRETARIAT)
    await publish(sara)
    await sara.presses("Places")
    await sara.says("3")
    people = [crowd.persona(f"Guest {number}") for number in range(12)]
    for each in people:
        await each.says("/start")
    going = Action("event", "answer", "1", "going")
    await asyncio.gather(*(each.presses_action(going) for each in people))
    async with crowd.database.begin() as store:
        counts = await store.attendance.counts(1)
        answers = [await store.attendance.get(1, number) for number in range(1, 20)]
    assert (counts.going, counts.waiting) == (3, 9)
    places = sorted(each.place for each in answers if each is not None and each.is_waiting)
    assert places == list(range(1, 10))
    leaving = [each for each in people if "waiting list" not in each.screen]
    no = Action("event", "answer", "1", "no")
    await asyncio.gather(*(each.presses_action(no) for each in (*leaving, *leaving)))
    async with crowd.database.begin() as store:
        counts = await store.attendance.counts(1)
    assert (counts.going, counts.waiting, counts.no) == (3, 6, 3)


async def test_a_cancellation_pressed_twice_at_once_is_told_once(crowd: Stage) -> None:
    sara = crowd.persona("Sara", role=Role.SECRETARIAT)
    paul = crowd.persona("Paul", role=Role.SECRETARIAT)
    await publish(sara)
    ana = crowd.persona("Ana")
    await ana.presses_action(Action("event", "answer", "1", "going"))
    await sara.presses("Cancel the event")
    stop = sara.button("Yes, cancel it").action
    await asyncio.gather(sara.presses_action(stop), paul.presses_action(stop))
    assert len(await outbox(crowd.database)) == 1
