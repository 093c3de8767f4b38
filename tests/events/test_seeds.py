"""The events that come along: complete, in six languages, put in once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.calendar.wall import is_zone
from bot.commands.event_seeds import seed_events
from bot.store import Database
from knowledge.events import load_events
from knowledge.model import LANGUAGES
from tests.clock import ManualClock
from tests.stage import Persona, Stage


def test_each_is_whole() -> None:
    seeds = load_events()
    assert len({seed.uid for seed in seeds}) == len(seeds) == 3
    for seed in seeds:
        assert set(seed.texts) == set(LANGUAGES)
        assert is_zone(seed.zone)
        assert seed.end > seed.start
        for text in seed.texts.values():
            assert all((text.title, text.text, text.audience))
            assert len(text.title) <= 120


def test_the_launch_is_told_as_it_was() -> None:
    launch = load_events()[0]
    assert (launch.start.isoformat(), launch.end.isoformat()) == (
        "2022-04-22T12:00:00",
        "2022-04-22T15:00:00",
    )
    assert launch.zone == "Europe/Rome"
    assert launch.recordings is not None
    assert "insop-launch-meeting" in launch.recordings


async def test_they_are_put_in_once_and_changes_stay(
    database: Database, clock: ManualClock
) -> None:
    assert await seed_events(database, clock) == 3
    assert await seed_events(database, clock) == 0
    async with database.begin() as store:
        day = await store.events.by_uid("world-soil-day@insop")
        assert day is not None
        await store.events.set_state(day.id, "deleted", clock.now())
    clock.advance(timedelta(days=400).total_seconds())
    assert await seed_events(database, clock) == 0
    async with database.begin() as store:
        assert "World Soil Day" not in [
            each.event.text_in("en").title
            for each in await store.occurrences.upcoming(clock.now(), limit=50)
        ]


async def test_the_launch_is_past_in_utc(database: Database, clock: ManualClock) -> None:
    await seed_events(database, clock)
    async with database.begin() as store:
        past = await store.occurrences.past(clock.now())
    launch = next(each for each in past if each.event.uid == "launch-2022@insop")
    assert launch.occurrence.starts_at == datetime(2022, 4, 22, 10, tzinfo=UTC)
    assert launch.occurrence.ends_at == datetime(2022, 4, 22, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("World Soil Day", "Saturday, 5 December 2026")),
        ("fr", ("Journée mondiale des sols", "samedi 5 décembre 2026")),
        ("es", ("Día Mundial del Suelo", "sábado, 5 de diciembre de 2026")),
        ("ar", ("اليوم العالمي للتربة", "السبت، 5 ديسمبر 2026")),
        ("ru", ("Всемирный день почв", "суббота, 5 декабря 2026")),
        ("zh", ("世界土壤日", "2026年12月5日星期六")),
    ],
)
async def test_members_see_them_in_their_language(
    stage: Stage, database: Database, clock: ManualClock, locale: str, words: tuple[str, ...]
) -> None:
    await seed_events(database, clock)
    reader: Persona = stage.persona("Li", locale=locale)
    await reader.says("/events")
    reader.sees(*words)
    reader.sees_not("00:00")
    past = next(each for each in reader.buttons if each.action.args[:1] == ("past",))
    await reader.presses_action(past.action)
    reader.sees("INSOP", "https://www.fao.org")
