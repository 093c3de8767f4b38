"""Shared by all tests: a clock that is moved by hand, fresh databases, the stage."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from benchmarks.postgres import NoPostgres, Server, temporary_postgres
from bot.store import Database
from bot.store.migrating import upgrade
from tests.clock import ManualClock
from tests.databases import empty_database
from tests.knowledge_sample import sample_library
from tests.stage import Stage


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until a test moves it."""
    return ManualClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this test run."""
    try:
        with temporary_postgres(is_durable=False) as server:
            yield server
    except NoPostgres as error:
        pytest.skip(str(error))


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database; SQLite unless ``tests.databases`` says otherwise."""
    return empty_database(request, tmp_path)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A fresh database with all tables."""
    async with Database(url) as opened:
        await upgrade(opened)
        yield opened


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> Stage:
    """The real router and handlers on a real database, with a small knowledge base."""
    return Stage(database, clock, sample_library())


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[structlog.typing.EventDict]]:
    """Every log line of the test, instead of printing it."""
    with structlog.testing.capture_logs() as captured:
        yield captured
