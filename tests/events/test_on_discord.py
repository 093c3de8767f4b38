"""Events on Discord: the real adapter and the real handlers, in simcord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import simcord

from bot.chat.events import Author
from bot.chat.turn import Role
from bot.config import LimitSettings, Settings
from bot.store import Database
from tests.clock import ManualClock
from tests.discord.simulated import simulated
from tests.knowledge_sample import sample_library
from tests.stage import Stage


class Place:
    """A server with a channel, Sara of the secretariat and Ana."""

    def __init__(self, env: simcord.Env, stage: Stage) -> None:
        self.env = env
        self.stage = stage
        guild = env.create_guild("Soil people")
        self.channel = guild.create_text_channel("general")
        self.sara = guild.add_member(env.create_user("sara", global_name="Sara"))
        self.ana = guild.add_member(env.create_user("ana", global_name="Ana"))


@pytest.fixture
async def place(database: Database) -> AsyncIterator[Place]:
    chosen = Settings(limits=LimitSettings(burst=10_000, messages_per_minute=10_000))
    clock = ManualClock(datetime(2026, 11, 23, 8, tzinfo=UTC))
    stage = Stage(database, clock, sample_library(), chosen)
    async with simulated(stage.app) as env:
        made = Place(env, stage)
        author = Author(platform="discord", id=str(made.sara.user.id), name="Sara")
        async with database.begin() as store:
            sara = await store.people.recognise(author, clock.now())
            await store.accounts.grant(sara.id, Role.SECRETARIAT)
        yield made
    assert env.errors == []


def text_of(response: Any) -> str:
    """What a person reads."""
    embeds = [f"{each.title or ''}\n{each.description or ''}" for each in response.embeds]
    return "\n".join([response.content or "", *embeds])


async def test_an_event_is_written_in_one_modal_published_and_answered(place: Place) -> None:
    shown = await place.sara.slash(place.channel, "event", what="new")
    assert shown.modal is not None
    assert len(shown.modal["components"]) == 5
    page = await place.sara.submit_modal(
        shown,
        {
            "title": "Mapping webinar",
            "text": "How to **map**.",
            "start": "2026-12-10 14:00",
            "end": "90 min",
            "place": "https://meet.example/abc",
        },
    )
    assert page.response is not None
    assert page.response.ephemeral
    assert "a draft; nobody else sees it" in text_of(page.response)
    asked = await place.sara.click(page.response, label="Publish…")
    assert asked.response is not None
    done = await place.sara.click(asked.response, label="Yes, publish it")
    assert done.response is not None
    assert "It is published." in text_of(done.response)

    listed = await place.ana.slash(place.channel, "events")
    assert listed.response is not None
    assert listed.response.ephemeral
    start = int(datetime(2026, 12, 10, 13, tzinfo=UTC).timestamp())
    assert f"<t:{start}:F>–<t:{start + 5400}:t>" in text_of(listed.response)
    card = await place.ana.click(listed.response, label="10 Dec · Mapping webinar")
    assert card.response is not None
    assert "meet.example" not in text_of(card.response)
    await place.ana.click(card.response, label="Going")
    async with place.stage.database.begin() as store:
        counts = await store.attendance.counts(1)
    assert counts.going == 1


async def test_times_are_changed_in_a_modal_that_shows_them(place: Place) -> None:
    shown = await place.sara.slash(place.channel, "event", what="new")
    values = {"title": "Webinar", "text": "", "start": "2026-12-10 14:00", "end": "", "place": ""}
    page = await place.sara.submit_modal(shown, values)
    assert page.response is not None
    form = await place.sara.click(page.response, label="Time and place")
    assert form.modal is not None
    assert "2026-12-10 14:00" in str(form.modal["components"])
    changed = await place.sara.submit_modal(
        form, {"start": "2026-12-11 15:00", "end": "16:00", "place": "Rome"}
    )
    assert changed.response is not None
    told = text_of(changed.response)
    start = int(datetime(2026, 12, 11, 14, tzinfo=UTC).timestamp())
    assert f"<t:{start}:F>–<t:{start + 3600}:t>" in told
    assert "Rome" in told


async def test_a_start_that_is_none_keeps_what_was_written(place: Place) -> None:
    shown = await place.sara.slash(place.channel, "event", what="new")
    values = {"title": "Webinar", "text": "Long", "start": "soon", "end": "", "place": "Rome"}
    refused = await place.sara.submit_modal(shown, values)
    assert refused.modal is None
    assert refused.response is not None
    assert "I do not understand this time" in text_of(refused.response)
    again = await place.sara.click(refused.followups[0], label="A new event")
    assert again.modal is not None
    for written in ("Webinar", "Long", "Rome"):
        assert written in str(again.modal["components"]), written


async def test_reminders_and_choices_fit_discords_rows(place: Place) -> None:
    for command in ("reminders", "events", "language"):
        shown = await place.ana.slash(place.channel, command)
        assert shown.response is not None, command
    listed = await place.ana.slash(place.channel, "events")
    assert listed.response is not None
    bell = await place.ana.click(listed.response, label="🔔 Reminders")
    assert bell.response is not None
    assert "Between 22:00 and 07:00" in text_of(bell.response)
    zone = await place.ana.click(listed.response, label="Show my own time")
    assert zone.response is not None
    assert "Which clock do you live by?" in text_of(zone.response)
