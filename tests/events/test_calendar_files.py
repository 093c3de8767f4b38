"""Calendar files: what is written is read back the same by others; what is read may be broken."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import ics_lines
from bot.calendar.entries import CalendarEntry, Override
from bot.calendar.ics_reading import NotACalendar, read_calendar
from bot.calendar.ics_writing import calendar_file
from bot.calendar.ics_zones import zone_component
from bot.calendar.recurrence import Pattern, tidy_rule, times
from bot.calendar.wall import to_utc

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import vobject

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


WEEKLY = CalendarEntry(
    uid="weekly@insop",
    title="Réunion, hebdomadaire; 每周会议 — \\ اجتماع",
    text="First line\nsecond; line, with \\ signs\n" + "long " * 50,
    place="Rome, FAO",
    link="https://example.org/weekly?a=1&b=2",
    contact="Ana",
    categories=("mapping", "policy"),
    sequence=3,
    pattern=Pattern(
        start=wall("2026-03-02T10:00"),
        end=wall("2026-03-02T11:30"),
        zone="Europe/Rome",
        rule=tidy_rule("FREQ=WEEKLY;UNTIL=20260601", "Europe/Rome"),
        extra=(wall("2026-03-04T10:00"),),
        left_out=(wall("2026-03-09T10:00"),),
    ),
    overrides=(
        Override(
            original=wall("2026-03-16T10:00"),
            start=wall("2026-03-17T12:00"),
            end=wall("2026-03-17T13:00"),
            place="Paris",
        ),
    ),
    updated_at=NOW,
)
DAY = CalendarEntry(
    uid="soil-day@insop",
    title="World Soil Day",
    is_all_day=True,
    pattern=Pattern(
        start=wall("2014-12-05"), end=wall("2014-12-06"), zone="Europe/Rome", rule="FREQ=YEARLY"
    ),
    updated_at=NOW,
)
ONCE = CalendarEntry(
    uid="once@insop",
    title="Call",
    status="CANCELLED",
    pattern=Pattern(start=wall("2026-07-01T09:00"), end=wall("2026-07-01T09:45"), zone="UTC"),
    updated_at=NOW,
)


def test_our_own_reader_reads_the_same() -> None:
    data = calendar_file([WEEKLY, DAY, ONCE], now=NOW, name="INSOP", is_feed=True)
    found = read_calendar(data, default_zone="Europe/Rome")
    assert found.name == "INSOP"
    assert found.faults == ()
    assert found.floating == 0
    assert {each.uid: each.title for each in found.entries} == {
        each.uid: each.title for each in (WEEKLY, DAY, ONCE)
    }
    for read, written in zip(found.entries, (WEEKLY, DAY, ONCE), strict=True):
        assert read.pattern == written.pattern
        assert read.text == written.text.strip()
        assert (read.status, read.sequence, read.overrides, read.is_all_day) == (
            *(written.status, written.sequence, written.overrides, written.is_all_day),
        )
        assert (read.place, read.link, read.contact, read.categories) == (
            *(written.place, written.link, written.contact, written.categories),
        )


def test_icalendar_and_vobject_read_back_the_same() -> None:
    data = calendar_file([WEEKLY, DAY, ONCE], now=NOW, name="INSOP", is_feed=True)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    one: Any = icalendar.Calendar.from_ical(data)
    other: Any = vobject.readOne(data.decode())
    ours = {
        (str(event["UID"]), str(event.get("RECURRENCE-ID") and event["RECURRENCE-ID"].dt)): event
        for event in one.walk("VEVENT")
    }
    theirs = {
        (
            event.uid.value,
            str(event.recurrence_id.value) if hasattr(event, "recurrence_id") else "None",
        ): event
        for event in other.vevent_list
    }
    assert len(ours) == len(theirs) == 4
    for (uid, _), event in sorted(ours.items()):
        same = next(
            each
            for (their_uid, _), each in theirs.items()
            if their_uid == uid and hasattr(each, "recurrence_id") == ("RECURRENCE-ID" in event)
        )
        assert _moment(event["DTSTART"].dt) == _moment(same.dtstart.value)
        assert _moment(event["DTEND"].dt) == _moment(same.dtend.value)
        assert str(event["SUMMARY"]) == same.summary.value
        assert str(event.get("DESCRIPTION", "")) == (
            same.description.value if hasattr(same, "description") else ""
        )
        assert event.errors == []


def _moment(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def test_others_find_the_same_moments_by_the_zone_in_the_file() -> None:
    """recurring-ical-events goes by its own zones; vobject by those of the file."""
    data = calendar_file([WEEKLY], now=NOW)
    expected = {
        each.starts_at
        for each in times(WEEKLY.pattern, after=NOW, before=NOW + timedelta(days=200))
    }
    moved = to_utc(wall("2026-03-17T12:00"), "Europe/Rome")
    expected = expected - {to_utc(wall("2026-03-16T10:00"), "Europe/Rome")} | {moved}
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(
        NOW, NOW + timedelta(days=200)
    )
    assert {_moment(each["DTSTART"].dt) for each in found} == expected
    renamed = data.replace(b"Europe/Rome", b"Somewhere")
    other: Any = vobject.readOne(renamed.decode())
    series = next(each for each in other.vevent_list if not hasattr(each, "recurrence_id"))
    by_file = {_moment(each) for each in series.getrruleset(addRDate=True)}
    assert by_file - {to_utc(wall("2026-03-16T10:00"), "Europe/Rome")} == expected - {moved}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(
        [
            *("Europe/Rome", "America/New_York", "America/Santiago", "Australia/Lord_Howe"),
            *("Africa/Casablanca", "Asia/Gaza", "Pacific/Apia", "Asia/Kolkata", "Africa/Cairo"),
            *("Europe/Dublin", "America/Nuuk", "Asia/Tehran"),
        ]
    ),
    st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001  # wall times
)
def test_the_zone_in_the_file_shows_the_zones_own_moments(zone: str, shown: datetime) -> None:
    shown = shown.replace(second=0, microsecond=0, fold=0)
    rules: Any = zone_component(zone, 2026, 2035).to_tz()
    moment = to_utc(shown, zone)
    assert moment.astimezone(rules).replace(tzinfo=None) == moment.astimezone(
        to_zone(zone)
    ).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("zone", "summer", "winter"),
    [
        ("Europe/Rome", "20260329T020000", "20261025T030000"),
        ("America/New_York", "20260308T020000", "20261101T020000"),
    ],
)
def test_changes_are_told_in_the_offset_before_them(zone: str, summer: str, winter: str) -> None:
    text = zone_component(zone, 2027, 2030).to_ical().decode()
    rules = [part for part in text.split("BEGIN:")[2:] if "RRULE" in part]
    starts = {part.split()[0]: part.partition("DTSTART:")[2][:15] for part in rules}
    assert starts == {"DAYLIGHT": summer, "STANDARD": winter}


def to_zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["Europe/Rome", "America/New_York", "Asia/Tokyo", "Africa/Nairobi"]),
    st.sampled_from(
        [
            *("FREQ=DAILY;INTERVAL=3;COUNT=20", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY"),
            *("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY"),
            *("FREQ=WEEKLY;INTERVAL=2;UNTIL=20271231T230000Z", "FREQ=MONTHLY;BYDAY=2TU;COUNT=9"),
        ]
    ),
    st.dates(date(2025, 12, 1), date(2026, 12, 31)),
    st.integers(6, 22),
)
def test_rules_are_followed_as_another_library_follows_them(
    zone: str, rule: str, day: date, hour: int
) -> None:
    start = datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001  # a wall time
    pattern = Pattern(start=start, end=start + timedelta(hours=1), zone=zone, rule=rule)
    data = calendar_file([CalendarEntry(uid="x", title="x", pattern=pattern)], now=NOW)
    begin, end = NOW, NOW + timedelta(days=900)
    theirs = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(begin, end)
    found = {_moment(each["DTSTART"].dt) for each in theirs}
    ours = {each.starts_at for each in times(pattern, after=begin, before=end)}
    # The first start counts for us even where the rule misses it, as Google and Apple have it.
    assert ours - {to_utc(start, zone)} == {at for at in found if at >= begin} - {
        to_utc(start, zone)
    }


def ics(*lines: str, head: tuple[str, ...] = ()) -> bytes:
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", *head, *lines, "END:VCALENDAR", ""]
    return "\r\n".join(parts).encode()


def vevent(*lines: str) -> tuple[str, ...]:
    return ("BEGIN:VEVENT", *lines, "END:VEVENT")


GOOD = vevent("UID:1", "SUMMARY:Good", "DTSTART:20260401T100000Z", "DTEND:20260401T110000Z")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a calendar"),
        (b"%PDF-1.7 \xff\xfe", "not a calendar"),
        (b"<html>BEGIN:VCALENDAR</html>", "not a calendar"),
        (b"\x00" * 1000, "not a calendar"),
        (ics(), "holds no events"),
    ],
)
def test_what_is_no_calendar_is_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(NotACalendar, match=words) as caught:
        read_calendar(data, default_zone="Europe/Rome")
    assert str(caught.value).count(".") == 1


def test_limits_of_size_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ics_lines, "MOST_EVENTS", 2)
    with pytest.raises(NotACalendar, match="more than 2 events"):
        read_calendar(ics(*GOOD, *GOOD, *GOOD), default_zone="UTC")
    monkeypatch.setattr(ics_lines, "MOST_BYTES", 10)
    with pytest.raises(NotACalendar, match="larger than"):
        read_calendar(ics(*GOOD), default_zone="UTC")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("DTSTART:20260401T100000Z", "RRULE:FREQ=SOMETIMES"), "RRULE cannot be read"),
        (("DTSTART:20260401T100000Z", "RRULE:FREQ=SECONDLY"), "by day, week"),
        (("DTSTART:yesterday",), "DTSTART cannot be read"),
        (("DESCRIPTION:no start",), "no start"),
        (("DTSTART:20260401T100000Z", "DTEND:20260301T100000Z"), "ends before it begins"),
        (("DTSTART;TZID=Mars/Phobos:20260401T100000",), "'Mars/Phobos' is not known"),
        (("DTSTART:00010101T100000Z",), "year is out of range"),
        (("DTSTART:20260401T100000Z", "DURATION:P900D"), "longer than a year"),
        (("DTSTART:20260401T100000Z", "EXDATE:soon"), "EXDATE cannot be read"),
    ],
)
def test_a_broken_event_is_named_and_the_others_are_read(
    lines: tuple[str, ...], reason: str
) -> None:
    bad = vevent("UID:2", "SUMMARY:Bad one", *lines)
    found = read_calendar(ics(*bad, *GOOD), default_zone="Europe/Rome")
    assert [each.title for each in found.entries] == ["Good"]
    (fault,) = found.faults
    assert fault.event == "Bad one"
    assert reason in fault.reason


def test_a_missing_end_harms_only_its_own_event() -> None:
    cut = ("BEGIN:VEVENT", "UID:3", "SUMMARY:Cut", "garbage", *GOOD)
    found = read_calendar(ics(*cut), default_zone="Europe/Rome")
    assert [each.title for each in found.entries] == ["Good"]
    assert [each.event for each in found.faults] == ["Cut"]


def test_times_without_a_zone_are_of_the_calendars_or_the_configured_one() -> None:
    floating = vevent("UID:4", "SUMMARY:Floating", "DTSTART:20260401T100000")
    found = read_calendar(ics(*floating), default_zone="Asia/Tokyo")
    assert (found.floating, found.floating_zone) == (1, "Asia/Tokyo")
    assert found.entries[0].pattern.zone == "Asia/Tokyo"
    named = read_calendar(
        ics(*floating, head=("X-WR-TIMEZONE:America/Lima",)), default_zone="Asia/Tokyo"
    )
    assert named.entries[0].pattern.zone == "America/Lima"


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Europe/Rome", "Europe/Rome"),
        ("America/Argentina/Salta", "America/Argentina/Salta"),
    ],
)
def test_other_programs_names_of_zones(name: str, zone: str) -> None:
    event = vevent("UID:5", f"DTSTART;TZID={name}:20260701T100000")
    found = read_calendar(ics(*event), default_zone="UTC")
    assert found.entries[0].pattern.zone == zone
    assert found.entries[0].pattern.start == wall("2026-07-01T10:00")


def test_a_zone_that_the_file_brings_along() -> None:
    rules = zone_component("Europe/Rome", 2026, 2027).to_ical().decode()
    own = rules.replace("Europe/Rome", "Our office").strip()
    event = vevent("UID:6", "DTSTART;TZID=Our office:20260701T100000")
    found = read_calendar(ics(own, *event), default_zone="Asia/Tokyo")
    assert found.faults == ()
    pattern = found.entries[0].pattern
    assert to_utc(pattern.start, pattern.zone) == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def test_doubles_changes_and_missing_series() -> None:
    series = vevent("UID:7", "SUMMARY:Old", "DTSTART:20260401T100000Z", "RRULE:FREQ=DAILY")
    newer = vevent(
        *("UID:7", "SUMMARY:New", "SEQUENCE:2", "DTSTART:20260401T100000Z", "RRULE:FREQ=DAILY")
    )
    off = vevent(
        *("UID:7", "RECURRENCE-ID:20260402T100000Z", "DTSTART:20260402T100000Z"),
        "STATUS:CANCELLED",
    )
    alone = vevent("UID:8", "SUMMARY:Alone", "RECURRENCE-ID:20260402T100000Z", "DTSTART:20260403")
    found = read_calendar(ics(*off, *newer, *series, *alone), default_zone="UTC")
    assert [each.title for each in found.entries] == ["New", "Alone"]
    assert found.entries[0].overrides[0].is_cancelled
    assert found.entries[1].uid.startswith("8/")


def test_what_is_written_cannot_break_out_of_its_line() -> None:
    entry = CalendarEntry(
        uid="a\r\nATTENDEE:mailto:x@example.org",
        title="x\r\nEND:VEVENT\r\nBEGIN:VALARM",
        link="https://example.org/\r\nATTACH:file:///etc/passwd",
        pattern=ONCE.pattern,
    )
    data = calendar_file([entry], now=NOW)
    assert data.count(b"\r\nEND:VEVENT") == 1
    assert b"\r\nATTACH" not in data
    assert b"\r\nATTENDEE" not in data
