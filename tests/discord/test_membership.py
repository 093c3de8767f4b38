"""Joining on Discord: the real adapter, the real handlers, three interactions."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import simcord

from bot.store import Database
from tests.clock import ManualClock
from tests.discord.simulated import simulated
from tests.knowledge_sample import sample_library
from tests.membership.journeys import settings_with
from tests.stage import Stage


@pytest.fixture
async def joined(database: Database) -> AsyncIterator[tuple[simcord.Env, Stage]]:
    stage = Stage(database, ManualClock(), sample_library(), settings_with())
    async with simulated(stage.app) as env:
        yield env, stage


async def test_three_interactions_make_a_member(joined: tuple[simcord.Env, Stage]) -> None:
    env, stage = joined
    guild = env.create_guild("Soil people")
    channel = guild.create_text_channel("general")
    ana = guild.add_member(env.create_user("ana", global_name="Ana"))
    shown = await ana.slash(channel, "join")
    assert shown.modal is not None
    assert len(shown.modal["components"]) == 5
    summary = await ana.submit_modal(
        shown,
        {
            "name": "Ana Wanjiru",
            "email": "",
            "country": "kenia",
            "stakeholder": ["farmer"],
            "interests": ["mapping", "management"],
        },
    )
    assert summary.response is not None
    assert summary.response.ephemeral
    done = await ana.click(summary.response, label="Yes, I join")
    assert done.response is not None
    assert done.response.ephemeral
    async with stage.database.begin() as store:
        member = await store.memberships.get(1)
    assert member is not None
    assert (member.name, member.country, member.state) == ("Ana Wanjiru", "KE", "member")
    assert member.interests == ("mapping", "management")
    assert env.errors == []
