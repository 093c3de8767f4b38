"""Shared by all tests: a clock that is moved by hand, a fresh database, the stage."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from bot.store import Database
from bot.store.migrating import upgrade
from tests.clock import ManualClock
from tests.knowledge_sample import sample_library
from tests.stage import Stage


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until a test moves it."""
    return ManualClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh SQLite file with all tables."""
    async with Database(f"sqlite:///{tmp_path / 'insop.db'}") as opened:
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
