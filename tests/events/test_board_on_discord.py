"""The list of scheduled events of a Discord server, in simcord, kept by the real task."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import simcord

from bot.adapters.discord.adapter import build_client
from bot.adapters.discord.board import ScheduledEvents
from bot.app import describe_event
from bot.chat.boards import BoardEntry, BoardRefused
from bot.chat.errors import Ambiguous, RateLimited, RecipientGone, Undeliverable
from bot.clock import SystemClock
from bot.delivery.mirroring import Mirroring
from bot.store import Database
from bot.translating import supported, translator
from tests.clock import ManualClock
from tests.discord.doubles import PRESENTATION, DirectCourier, ListInbox, ScriptedCore, settings
from tests.events.stage import publish
from tests.stage import Persona

SERVER = 123456789012345678
ENTRY = BoardEntry(
    title="Mapping *webinar*",
    text="How to map. @everyone",
    place="online",
    starts_at=datetime(2026, 12, 10, 13, tzinfo=UTC),
    ends_at=datetime(2026, 12, 10, 14, tzinfo=UTC),
)


class Hall:
    """A server with a bot on it."""

    def __init__(self, env: simcord.Env, board: ScheduledEvents) -> None:
        self.env = env
        self.board = board
        self.guild = env.create_guild("Soil people", id=SERVER, preferred_locale="fr")

    @property
    def entries(self) -> list[Any]:
        return list(self.env.backend.get_guild(SERVER).scheduled_events.values())


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    values = settings(token="never-used")
    client = build_client(
        values,
        PRESENTATION,
        ScriptedCore(),
        courier=DirectCourier(),
        inbox=ListInbox(),
        clock=SystemClock(),
    )
    env = simcord.Env(client)
    await env.start()
    made = Hall(env, ScheduledEvents(client, client.sending, values))
    await env.settle()
    try:
        yield made
    finally:
        await env.shutdown()


async def test_an_entry_is_made_found_changed_and_taken_away(hall: Hall) -> None:
    server = str(SERVER)
    assert [(each.id, each.locale) for each in await hall.board.servers()] == [(server, "fr")]
    assert await hall.board.find(server, ENTRY) is None
    number = await hall.board.create(server, ENTRY)
    (made,) = hall.entries
    assert made.name == "Mapping *webinar*"
    assert made.entity_metadata == {"location": "online"}
    assert "@everyone" not in made.description
    assert await hall.board.find(server, ENTRY) == number
    await hall.board.remove(server, number)
    assert hall.entries == []
    await hall.board.remove(server, number)
    with pytest.raises(RecipientGone):
        await hall.board.change(server, number, ENTRY)


async def test_over_long_words_are_cut_to_what_discord_takes(hall: Hall) -> None:
    long = BoardEntry(
        title="t" * 500,
        text="*" * 3000,
        place="p" * 500,
        starts_at=ENTRY.starts_at,
        ends_at=ENTRY.ends_at,
    )
    await hall.board.create(str(SERVER), long)
    (made,) = hall.entries
    assert (len(made.name), len(made.description)) == (100, 1000)
    assert len(made.entity_metadata["location"]) == 100


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (403, 50013, BoardRefused),
        (403, 50001, BoardRefused),
        (400, 50035, Undeliverable),
        (404, 10004, Undeliverable),
        (503, 0, Ambiguous),
        (429, 0, RateLimited),
    ],
)
async def test_what_discord_refuses_has_its_name(
    hall: Hall, status: int, code: int, error: type[Exception]
) -> None:
    hall.env.inject_error("POST", "/guilds/*/scheduled-events", status=status, code=code)
    with pytest.raises(error) as caught:
        await hall.board.create(str(SERVER), ENTRY)
    assert isinstance(caught.value, BoardRefused) == (error is BoardRefused)


async def test_the_calendar_stands_in_the_servers_list(
    hall: Hall, sara: Persona, database: Database, clock: ManualClock
) -> None:
    mirroring = Mirroring(
        database=database,
        clock=clock,
        board=hall.board,
        describe=describe_event,
        language_of=lambda locale: supported(locale) or "en",
        desks=[],
        translate=translator("en"),
    )
    await publish(sara)
    await sara.presses("Add a language")
    await sara.presses("Français")
    await sara.says("Webinaire")
    await sara.says("Comment cartographier")
    await sara.presses("Skip")
    assert await mirroring.step() == 1
    (made,) = hall.entries
    assert made.name == "Webinaire"
    assert made.scheduled_start_time == "2026-12-10T13:00:00+00:00"
    await sara.presses("Time and place")
    await sara.says("2026-12-11 14:00")
    await sara.presses("Skip")
    await sara.presses("Skip")
    assert await mirroring.step() == 1
    (made,) = hall.entries
    assert made.scheduled_start_time == "2026-12-11T13:00:00+00:00"
    await sara.presses("Cancel the event")
    await sara.presses("Yes, cancel it")
    assert await mirroring.step() == 1
    assert hall.entries == []
    assert await mirroring.step() == 0
