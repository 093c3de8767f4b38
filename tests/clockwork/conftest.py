"""The same tests on SQLite and on PostgreSQL, where a server can be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store import Database
from tests.clockwork.world import World
from tests.databases import BOTH, empty_database


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    return empty_database(request, tmp_path)


@pytest.fixture
def world(database: Database) -> World:
    """Events, people who come, and the clock."""
    return World(database)
