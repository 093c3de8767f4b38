"""Routing rules, one at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from knowledge.contact_file import read_contacts
from knowledge.model import Contact
from knowledge.routing import Choice, Matter, Situation, due_time, route
from knowledge.working_hours import WorkingHours

WEDNESDAY = datetime(2026, 4, 22, 10, 0, tzinfo=UTC)


def contact(key: str, **values: object) -> Contact:
    return Contact(id=key, name=key.title(), email=f"{key}@example.org", **values)  # type: ignore[arg-type]  # given by name


def pick(matter: Matter, *contacts: Contact, **values: object) -> Choice:
    situation = Situation(now=WEDNESDAY, **values)  # type: ignore[arg-type]  # given by name
    return route(matter, contacts, situation)


def chosen(matter: Matter, *contacts: Contact, **values: object) -> str:
    found = pick(matter, *contacts, **values).contact
    assert found is not None
    return found.id


GENERAL = contact("general")


@pytest.mark.parametrize(
    ("special", "matter"),
    [
        (contact("lab", topics=("sampling",)), Matter(topic="sampling")),
        (contact("lab", languages=("fr",)), Matter(language="fr")),
        (contact("lab", countries=("SN",)), Matter(country="SN")),
        (contact("lab", groups=("training",)), Matter(group="training")),
    ],
)
def test_who_names_the_question_goes_before_who_takes_all(special: Contact, matter: Matter) -> None:
    assert chosen(matter, GENERAL, special) == "lab"
    assert chosen(Matter(language="en"), GENERAL, special) == "general"


def test_a_rule_that_keeps_somebody_out_is_named() -> None:
    choice = pick(Matter(topic="law"), contact("lab", topics=("sampling",)), GENERAL)
    assert ("topic", "lab") in [(reason.rule, reason.contact) for reason in choice.reasons]


def test_of_two_alike_the_one_with_less_to_do_is_asked() -> None:
    other = contact("other")
    assert chosen(Matter(), GENERAL, other, load={"general": 2, "other": 1}) == "other"
    assert chosen(Matter(), GENERAL, other) == "general"


def test_who_is_full_comes_last_even_if_the_topic_is_theirs() -> None:
    lab = contact("lab", topics=("sampling",), capacity=3)
    matter = Matter(topic="sampling")
    assert chosen(matter, GENERAL, lab, load={"lab": 2}) == "lab"
    assert chosen(matter, GENERAL, lab, load={"lab": 3}) == "general"


def test_a_deputy_stands_in_and_a_deputys_deputy_too() -> None:
    first = contact("first", topics=("law",), deputies=("second",))
    second = contact("second", topics=("other",), deputies=("third",))
    third = contact("third", topics=("other",))
    everyone = (first, second, third)
    assert chosen(Matter(topic="law"), *everyone, away=frozenset({"first"})) == "second"
    assert chosen(Matter(topic="law"), *everyone, away=frozenset({"first", "second"})) == "third"
    # Nobody is there: the question must not get lost.
    away = frozenset({"first", "second", "third"})
    assert chosen(Matter(topic="law"), *everyone, away=away) == "first"


def test_deputies_in_a_circle_end() -> None:
    one = contact("one", deputies=("two",))
    two = contact("two", deputies=("one",))
    assert chosen(Matter(), one, two, away=frozenset({"one"})) == "two"


def test_urgent_goes_to_who_takes_urgent_ones_then_to_who_is_at_work() -> None:
    night = contact("night", hours=WorkingHours(zone="Pacific/Auckland"))
    urgent = contact("urgent", is_for_urgent=True)
    assert chosen(Matter(is_urgent=True), night, GENERAL) == "general"
    assert chosen(Matter(is_urgent=True), GENERAL, urgent) == "urgent"
    assert chosen(Matter(), night, GENERAL) == "night"


def test_nobody_fits_and_there_is_nobody() -> None:
    assert chosen(Matter(topic="law"), contact("lab", topics=("sampling",))) == "lab"
    assert pick(Matter()).contact is None


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # Wednesday 12:00 in Rome: 5 hours left today, 8 tomorrow, 3 on Friday morning.
        ((2026, 4, 22, 10), (2026, 4, 24, 10)),
        # Friday 16:00 in Rome: one hour, Monday, then Tuesday until 16:00.
        ((2026, 4, 24, 14), (2026, 4, 28, 14)),
        # Sunday: Monday and Tuesday.
        ((2026, 4, 26, 3), (2026, 4, 28, 15)),
    ],
)
def test_two_working_days_are_counted_in_working_hours(
    now: tuple[int, int, int, int], due: tuple[int, int, int, int]
) -> None:
    moment = datetime(*now, tzinfo=UTC)
    assert due_time(GENERAL, False, moment) == datetime(*due, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # Friday 16:00 in Rome, then clocks go forward: Tuesday 16:00 is an hour earlier by UTC.
        ((2026, 3, 27, 15), (2026, 3, 31, 14)),
        # The same when they go back.
        ((2026, 10, 23, 14), (2026, 10, 27, 15)),
    ],
)
def test_summer_time_moves_no_working_hour(
    now: tuple[int, int, int, int], due: tuple[int, int, int, int]
) -> None:
    assert due_time(GENERAL, False, datetime(*now, tzinfo=UTC)) == datetime(*due, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # Sunday has seven hours from one to nine, so the last is on the next Saturday.
        ((2026, 3, 28, 0), (2026, 4, 4, 0)),
        # Sunday has nine.
        ((2026, 10, 23, 23), (2026, 10, 25, 7)),
    ],
)
def test_who_works_through_the_change_works_the_hours_that_there_are(
    now: tuple[int, int, int, int], due: tuple[int, int, int, int]
) -> None:
    night = WorkingHours(days=(5, 6), begin=time(1), end=time(9))
    worked = night.after(datetime(*now, tzinfo=UTC), timedelta(hours=16))
    assert worked == datetime(*due, tzinfo=UTC)


def test_holidays_do_not_count_and_urgent_never_waits_for_them() -> None:
    hours = WorkingHours(holidays=(date(2026, 4, 22), date(2026, 4, 23)))
    away = contact("away", hours=hours)
    assert due_time(away, False, WEDNESDAY) == datetime(2026, 4, 27, 15, tzinfo=UTC)
    assert due_time(away, True, WEDNESDAY) == WEDNESDAY + timedelta(hours=4)
    assert due_time(GENERAL, True, WEDNESDAY) == WEDNESDAY + timedelta(hours=1)


def test_a_night_shift_in_another_zone() -> None:
    hours = WorkingHours(zone="Asia/Shanghai", begin=time(8), end=time(16))
    assert not hours.is_open(WEDNESDAY)
    assert hours.is_open(datetime(2026, 4, 22, 1, tzinfo=UTC))


def test_the_file_is_read_and_faults_are_told() -> None:
    good = {
        "id": "lab",
        "name": "Lab",
        "email": "lab@example.org",
        "countries": ["sn"],
        "accounts": ["telegram:1"],
        "deputies": ["ghost"],
        "hours": "08:00-14:00",
        "days": ["mon", "sun"],
        "holidays": [date(2026, 12, 25)],
        "zone": "Africa/Dakar",
        "urgent": True,
    }
    bad = [
        {"id": "x"},
        {**good, "id": "y", "zone": "Mars/Base"},
        {**good, "id": "z", "hours": "14-08"},
        {**good, "id": "w", "accounts": ["123"]},
        {**good, "id": "v", "languges": []},
        {**good},
    ]
    contacts, faults = read_contacts({"contact": [good, *bad]})
    assert [each.id for each in contacts] == ["lab"]
    assert contacts[0].countries == ("SN",)
    assert contacts[0].hours.days == (0, 6)
    assert len(faults) == len(bad) + 1
    assert "ghost" in faults[-1]
