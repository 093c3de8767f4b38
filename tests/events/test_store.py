"""Events in the store: occurrences written ahead, answers that follow a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.chat.events import Author
from bot.store import Database, Store
from bot.store.event_rows import FALLBACK, EventText
from bot.store.events import Event

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def wall(*parts: int) -> datetime:
    """What a clock on the wall shows."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001  # a wall time


def series(**changes: object) -> Event:
    """Mondays at ten in Rome."""
    told = Event(
        start_wall=wall(2026, 3, 2, 10),
        end_wall=wall(2026, 3, 2, 11),
        zone="Europe/Rome",
        rule="FREQ=WEEKLY;BYDAY=MO",
        texts={FALLBACK: EventText(title="Monthly call"), "fr": EventText(title="Réunion")},
        state="planned",
    )
    return replace(told, **changes)  # type: ignore[arg-type]  # fields by name


async def somebody(store: Store, name: str) -> int:
    member = await store.people.recognise(Author(platform="telegram", id=name, name=name), NOW)
    return member.id


async def test_occurrences_are_written_ahead_by_wall_time(database: Database) -> None:
    async with database.begin() as store:
        told = await store.events.add(series(), NOW)
        found = await store.occurrences.upcoming(NOW, limit=20)
    starts = [each.occurrence.starts_at for each in found]
    assert starts[0] == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    # Clocks are put forward on 29 March.
    assert starts[3] == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    assert len(starts) == 10
    assert found[0].event == told
    assert found[0].event.text_in("fr-CA").title == "Réunion"


async def test_a_moved_series_keeps_its_answers(database: Database) -> None:
    async with database.begin() as store:
        told = await store.events.add(series(), NOW)
        ana = await somebody(store, "ana")
        first = (await store.occurrences.upcoming(NOW))[0].occurrence
        await store.attendance.answer(first.id, ana, "going", NOW)
        later = await store.events.save(
            replace(
                told,
                start_wall=told.start_wall + timedelta(days=1, hours=2),
                end_wall=told.end_wall + timedelta(days=1, hours=2),
                rule="FREQ=WEEKLY;BYDAY=TU",
            ),
            NOW,
        )
        found = await store.occurrences.upcoming(NOW)
        answer = await store.attendance.get(first.id, ana)
    assert later.sequence == 1
    assert found[0].occurrence.id != first.id
    assert found[0].occurrence.starts_at == datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
    assert found[1].occurrence.id == first.id
    assert found[1].occurrence.starts_at == datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
    assert answer is not None
    assert answer.answer == "going"


async def test_places_and_the_waiting_list(database: Database) -> None:
    async with database.begin() as store:
        await store.events.add(series(capacity=1), NOW)
        first = (await store.occurrences.upcoming(NOW))[0].occurrence
        people = [await somebody(store, name) for name in ("ana", "ben", "cleo")]
        answers = [
            await store.attendance.answer(first.id, person, "going", NOW + timedelta(seconds=at))
            for at, person in enumerate(people)
        ]
        assert [(each.is_waiting, each.place) for each in answers] == [
            (False, 0),
            (True, 1),
            (True, 2),
        ]
        again = await store.attendance.answer(first.id, people[1], "going", NOW)
        assert again.place == 1
        await store.attendance.answer(first.id, people[0], "no", NOW)
        counts = await store.attendance.counts(first.id)
        up = await store.attendance.get(first.id, people[1])
        assert (counts.going, counts.waiting, counts.no) == (1, 1, 1)
        assert up is not None
        assert not up.is_waiting
        told = await store.attendance.people([first.id])
    assert [each.name for each in told] == ["ben", "cleo"]
    assert told[0].home is not None
    assert told[0].home.key == ("telegram", "ben", "")
