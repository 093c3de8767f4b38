"""The same tests on SQLite and on PostgreSQL, where a server can be had."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from benchmarks.postgres import NoPostgres, Server, temporary_postgres
from bot.store import Database
from bot.store.migrating import upgrade
from tests.clockwork.world import World

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this test run."""
    try:
        with temporary_postgres(is_durable=False) as server:
            yield server
    except NoPostgres as error:
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        return server.create(f"clock{next(_numbers)}")
    return f"sqlite:///{tmp_path / 'insop.db'}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A fresh database with all tables."""
    async with Database(url) as opened:
        await upgrade(opened)
        yield opened


@pytest.fixture
def world(database: Database) -> World:
    """Events, people who come, and the clock."""
    return World(database)
