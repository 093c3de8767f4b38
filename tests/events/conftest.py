"""The assistant with a calendar, in November 2026."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat.turn import Role
from bot.config import LimitSettings, Settings
from bot.store import Database
from tests.clock import ManualClock
from tests.knowledge_sample import sample_library
from tests.stage import Persona, Stage


@pytest.fixture
def clock() -> ManualClock:
    """Monday, 23 November 2026, 08:00 UTC."""
    return ManualClock(datetime(2026, 11, 23, 8, tzinfo=UTC))


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> Stage:
    """The limits must not count, for the clock stands still."""
    settings = Settings(limits=LimitSettings(burst=10_000, messages_per_minute=10_000))
    return Stage(database, clock, sample_library(), settings)


@pytest.fixture
def sara(stage: Stage) -> Persona:
    """Somebody of the secretariat, in a private chat."""
    return stage.persona("Sara", role=Role.SECRETARIAT)


@pytest.fixture
def ana(stage: Stage) -> Persona:
    """Somebody who only reads, in a private chat."""
    return stage.persona("Ana")
