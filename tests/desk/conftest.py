"""A stage with two desks, and somebody who has asked."""

from __future__ import annotations

import pytest

from bot.store import Database
from tests.clock import ManualClock
from tests.desk.people import Desks, ask, desk_library, settings
from tests.stage import Persona, Stage


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> Stage:
    """The assistant with a forum group, a Discord channel and two contacts."""
    return Stage(database, clock, desk_library(), settings())


@pytest.fixture
def desks(stage: Stage) -> Desks:
    """What stands where the senders and the platforms stand."""
    return Desks(stage)


@pytest.fixture
async def ana(stage: Stage, desks: Desks) -> Persona:
    """Somebody whose question has arrived at both desks."""
    persona = stage.persona("Ana")
    await ask(persona)
    await desks.work()
    return persona
