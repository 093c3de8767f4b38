"""The same tests on SQLite and on PostgreSQL, where a server can be had."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from benchmarks.postgres import NoPostgres, Server, temporary_postgres
from bot.store import Database
from bot.store.migrating import upgrade
from tests.delivery.clock import FakeClock
from tests.delivery.world import World

_numbers = count(1)


@pytest.fixture
def clock() -> FakeClock:
    """A clock for tests without a database."""
    return FakeClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this test run."""
    try:
        with temporary_postgres(is_durable=False) as server:
            yield server
    except NoPostgres as error:
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh database with all tables."""
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        url = server.create(f"delivery{next(_numbers)}")
    else:
        url = f"sqlite:///{tmp_path / 'insop.db'}"
    async with Database(url) as opened:
        await upgrade(opened)
        yield opened


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """An outbox and a platform."""
    made = World(database)
    yield made
    await made.close()
