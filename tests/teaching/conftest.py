"""People of these tests ask faster than the limits allow."""

from __future__ import annotations

import pytest

from bot.store import Database
from tests.clock import ManualClock
from tests.knowledge_sample import sample_library
from tests.membership.journeys import settings_with
from tests.stage import Stage


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> Stage:
    """The stage with wide limits."""
    return Stage(database, clock, sample_library(), settings_with())
