"""The same tests on SQLite and on PostgreSQL, where a server can be had."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Database
from tests.databases import BOTH, empty_database
from tests.delivery.clock import FakeClock
from tests.delivery.world import World


@pytest.fixture
def clock() -> FakeClock:
    """A clock for tests without a database."""
    return FakeClock()


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    return empty_database(request, tmp_path)


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """An outbox and a platform."""
    made = World(database)
    yield made
    await made.close()
