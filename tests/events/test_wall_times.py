"""Wall times in all time zones over ten years: no occurrence missed, doubled, or off by an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.calendar.entries import CalendarEntry
from bot.calendar.ics_reading import read_calendar
from bot.calendar.ics_writing import calendar_file
from bot.calendar.recurrence import Pattern, Time, next_time, tidy_rule, times
from bot.calendar.rules import BrokenRule
from bot.calendar.wall import (
    UnknownZone,
    is_zone,
    span_to_utc,
    to_utc,
    to_wall,
    tzdata_version,
    zone_of,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2036, 1, 1, tzinfo=UTC)
ZONES = sorted(name for name in available_timezones() if is_zone(name))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def held(pattern: Pattern, begin: datetime = BEGIN, end: datetime = END) -> list[Time]:
    return times(pattern, after=begin, before=end, limit=10_000)


@cache
def changes(zone: str) -> tuple[tuple[datetime, timedelta, timedelta], ...]:
    """When the zone's offset changes in the ten years: moment, offset before, offset after."""
    rules = ZoneInfo(zone)
    found = []
    moment = BEGIN - timedelta(days=1)
    before = moment.astimezone(rules).utcoffset()
    while moment < END:
        later = moment + timedelta(days=1)
        after = later.astimezone(rules).utcoffset()
        if before != after:
            low, high = moment, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                middle = middle.replace(second=0, microsecond=0)
                if middle.astimezone(rules).utcoffset() == before:
                    low = middle
                else:
                    high = middle
            assert before is not None
            assert after is not None
            found.append((high, before, after))
        moment, before = later, after
    return tuple(found)


def check(zone: str, found: list[Time], walls: list[datetime]) -> None:
    """Each wall time is held once, at a moment at which the zone's clocks show it.

    This does not reckon with ``fold`` as the code does: it goes by the zone's changes.
    """
    moments = [each.starts_at for each in found]
    assert moments == sorted(set(moments)), zone
    by_wall = {each.original: each.starts_at for each in found}
    for each in walls:
        gap = next(
            (
                (moment, before, after)
                for moment, before, after in changes(zone)
                if (moment + before).replace(tzinfo=None)
                <= each
                < (moment + after).replace(tzinfo=None)
            ),
            None,
        )
        if gap is not None:
            meant = each + (gap[2] - gap[1])
            assert to_wall(by_wall.get(each, to_utc(meant, zone)), zone) == meant, (zone, each)
            continue
        shown = by_wall[each].astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert shown == each, (zone, each)
        for moment, before, after in changes(zone):
            # In a repeated hour it is the first of the two.
            if after < before and 0 <= (by_wall[each] - moment).total_seconds() < 7200:
                earlier = by_wall[each] - (before - after)
                again = earlier.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
                assert again != each, (zone, each)


@pytest.mark.parametrize("part", range(6))
def test_daily_events_around_every_change_of_every_zone(part: int) -> None:
    for zone in ZONES[part::6]:
        found = changes(zone)
        instants = {timedelta(hours=10)}
        for moment, before, after in found[:2]:
            for offset in (before, after):
                shown = (moment + offset).replace(tzinfo=None)
                minute = shown - shown.replace(hour=0, minute=0)
                instants |= {minute, (minute - timedelta(minutes=30)) % timedelta(days=1)}
        for instant in instants:
            start = wall("2025-12-01T00:00") + instant
            pattern = Pattern(
                start=start, end=start + timedelta(hours=1), zone=zone, rule="FREQ=DAILY"
            )
            for moment, _before, _after in found:
                begin, end = moment - timedelta(days=3), moment + timedelta(days=3)
                day = to_wall(moment, zone).replace(hour=0, minute=0)
                walls = [day + timedelta(days=at) + instant for at in (-1, 0, 1)]
                held_ = held(pattern, begin, end)
                assert len(held_) in (5, 6, 7)
                check(zone, held_, walls)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, 24 * 12 - 1), st.sampled_from(["DAILY", "WEEKLY"]))
def test_ten_years_of_any_event_in_any_zone(zone: str, twelfth: int, frequency: str) -> None:
    start = wall("2026-01-05T00:00") + timedelta(minutes=5 * twelfth)
    pattern = Pattern(
        start=start, end=start + timedelta(hours=2), zone=zone, rule=f"FREQ={frequency}"
    )
    step = timedelta(days=1 if frequency == "DAILY" else 7)
    walls = [start + step * at for at in range(3640 // step.days)]
    found = held(pattern)
    check(zone, found, walls)
    assert len(found) in range(len(walls) - 1, len(walls) + 20 // step.days + 5)
    assert all(each.ends_at >= each.starts_at for each in found)


def test_two_wall_times_for_one_moment_are_one_occurrence() -> None:
    pattern = Pattern(
        start=wall("2026-03-28T02:30"),
        end=wall("2026-03-28T02:45"),
        zone="Europe/Rome",
        rule="FREQ=DAILY;BYHOUR=2,3",
    )
    found = held(pattern, datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    assert [each.original for each in found] == [wall("2026-03-29T03:30")]


def test_the_same_event_seen_from_six_zones() -> None:
    pattern = Pattern(
        start=wall("2026-10-22T15:00"),
        end=wall("2026-10-22T16:30"),
        zone="Europe/Rome",
        rule="FREQ=WEEKLY;COUNT=3",
    )
    seen = {
        zone: [f"{to_wall(each.starts_at, zone):%d.%m %H:%M}" for each in held(pattern)]
        for zone in (
            *("Europe/Rome", "America/New_York", "America/Santiago"),
            *("Africa/Cairo", "Asia/Kolkata", "Pacific/Auckland"),
        )
    }
    # Europe puts its clocks back on 25 October, Egypt on 30 October, New York on 1 November.
    assert seen == {
        "Europe/Rome": ["22.10 15:00", "29.10 15:00", "05.11 15:00"],
        "America/New_York": ["22.10 09:00", "29.10 10:00", "05.11 09:00"],
        "America/Santiago": ["22.10 10:00", "29.10 11:00", "05.11 11:00"],
        "Africa/Cairo": ["22.10 16:00", "29.10 17:00", "05.11 16:00"],
        "Asia/Kolkata": ["22.10 18:30", "29.10 19:30", "05.11 19:30"],
        "Pacific/Auckland": ["23.10 02:00", "30.10 03:00", "06.11 03:00"],
    }


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("2026-03-29T02:30", "2026-03-29T01:30Z"),
        ("2026-10-25T02:30", "2026-10-25T00:30Z"),
        ("2026-10-25T03:00", "2026-10-25T02:00Z"),
    ],
)
def test_gaps_move_forward_and_repeated_hours_come_first(shown: str, meant: str) -> None:
    assert to_utc(wall(shown), "Europe/Rome") == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("start", "end", "meant"),
    [
        # 02:30 is 03:30 by the clocks of that day; the length is kept where the end came before.
        ("2026-03-29T02:30", "2026-03-29T03:15", "2026-03-29T02:15Z"),
        ("2026-03-29T02:30", "2026-03-29T03:30", "2026-03-29T02:30Z"),
        ("2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T01:30Z"),
        ("2026-03-29T02:30", "2026-03-29T05:00", "2026-03-29T03:00Z"),
        ("2026-03-29T02:30", "2026-03-29T02:30", "2026-03-29T01:30Z"),
        ("2026-10-25T02:30", "2026-10-25T02:45", "2026-10-25T00:45Z"),
    ],
)
def test_what_begins_in_a_gap_has_an_end(start: str, end: str, meant: str) -> None:
    begun, ended = span_to_utc(wall(start), wall(end), "Europe/Rome")
    assert begun == to_utc(wall(start), "Europe/Rome")
    assert ended == datetime.fromisoformat(meant)


@pytest.mark.parametrize("zone", ["Europe/Rome", "Africa/Cairo", "Australia/Lord_Howe"])
def test_no_event_of_any_length_loses_its_end(zone: str) -> None:
    for moment, before, after in changes(zone):
        shown = (moment + before).replace(tzinfo=None)
        for minutes in range(-90, 150, 15):
            for length in (15, 30, 45, 60, 90, 600):
                start = shown + timedelta(minutes=minutes)
                begun, ended = span_to_utc(start, start + timedelta(minutes=length), zone)
                assert begun < ended <= begun + timedelta(minutes=length) + abs(after - before)


def test_a_gap_stands_in_a_calendar_file_as_others_read_it() -> None:
    pattern = Pattern(
        start=wall("2026-03-29T02:30"), end=wall("2026-03-29T03:15"), zone="Europe/Rome"
    )
    entry = CalendarEntry(uid="gap", title="Talk", pattern=pattern)
    data = calendar_file([entry], now=datetime(2026, 1, 1, tzinfo=UTC))
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert "DTEND" not in event
    assert event.decoded("duration") == timedelta(minutes=45)
    (read,) = read_calendar(data, default_zone="UTC").entries
    assert read.pattern.end - read.pattern.start == timedelta(minutes=45)


def test_a_day_that_a_zone_left_out_moves_to_the_next() -> None:
    # Samoa had no 30 December 2011.
    assert to_wall(to_utc(wall("2011-12-30T10:00"), "Pacific/Apia"), "Pacific/Apia") == wall(
        "2011-12-31T10:00"
    )


def test_unknown_zones_and_versions() -> None:
    assert not is_zone("Europe/Nowhere")
    assert not is_zone("../../etc/passwd")
    with pytest.raises(UnknownZone):
        zone_of("Mars")
    assert tzdata_version()
    with pytest.raises(ValueError, match="zone of its own"):
        to_utc(datetime(2026, 1, 1, tzinfo=UTC), "UTC")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=HOURLY", "by day, week, month or year"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL must be a number"),
        ("FREQ=DAILY;COUNT=-1", "COUNT must be a number"),
        ("FREQ=DAILY;FREQ=WEEKLY", "twice"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "both UNTIL and COUNT"),
        ("FREQ=DAILY;UNTIL=20271399", "UNTIL is no date"),
        ("FREQ=WEEKLY;BYDAY=XX", "cannot be read"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "no day that fits"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=0,10,20,30,40,50", "more often than each hour"),
        ("FREQ=DAILY\nDTSTART:19000101", "no part of a rule"),
        ("nonsense", "no part of a rule"),
    ],
)
def test_broken_rules_are_refused_in_words(rule: str, words: str) -> None:
    with pytest.raises(BrokenRule, match=words):
        tidy_rule(rule, "Europe/Rome")


def test_rules_end_count_leave_out_and_add() -> None:
    start = wall("2026-01-05T10:00")

    def days(rule: str | None, **changed: object) -> list[str]:
        pattern = Pattern(
            start=start,
            end=start + timedelta(hours=1),
            zone="Europe/Rome",
            rule=None if rule is None else tidy_rule(rule, "Europe/Rome"),
            **changed,  # type: ignore[arg-type]  # fields by name
        )
        return [f"{each.original:%m-%d}" for each in held(pattern)]

    assert days(None) == ["01-05"]
    assert days("FREQ=DAILY;COUNT=3") == ["01-05", "01-06", "01-07"]
    assert days("FREQ=WEEKLY;UNTIL=20260119T085959Z") == ["01-05", "01-12"]
    assert days("FREQ=WEEKLY;UNTIL=20260119T090000Z") == ["01-05", "01-12", "01-19"]
    assert days("FREQ=WEEKLY;UNTIL=20260119") == ["01-05", "01-12", "01-19"]
    assert days("FREQ=DAILY;COUNT=3", left_out=(wall("2026-01-06T10:00"),)) == ["01-05", "01-07"]
    assert days("FREQ=DAILY;COUNT=2", extra=(wall("2026-03-01T10:00"),)) == [
        *("01-05", "01-06", "03-01")
    ]


def test_old_and_rare_series_are_quick() -> None:
    for rule, start, first in (
        ("FREQ=DAILY", "1900-01-01T10:00", "2026-01-01"),
        ("FREQ=WEEKLY;INTERVAL=3", "1950-01-02T10:00", "2026-01-05"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", "1904-02-29T10:00", "2028-02-29"),
        ("FREQ=YEARLY", "1996-02-29T10:00", "2028-02-29"),
        ("FREQ=YEARLY", "2199-02-28T10:00", "2199-02-28"),
    ):
        pattern = Pattern(start=wall(start), end=wall(start), zone="UTC", rule=rule)
        found = next_time(pattern, BEGIN)
        assert found is not None
        assert f"{found.original:%Y-%m-%d}" == first, rule
