"""Quiet hours and lead times as people write them, over midnight and where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.calendar.leads import QuietHours, leads_from_text, leads_to_text
from bot.config_events import EventSettings

NIGHT = QuietHours.parse("22:00-07:00")
NOON = QuietHours.parse("12:00-14:00")
assert NIGHT is not None
assert NOON is not None


def at(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year to minute


def test_they_are_written_as_they_are_read() -> None:
    assert str(NIGHT) == "22:00-07:00"
    assert QuietHours.parse("") is None
    for wrong in ("22-7", "24:00-07:00", "22:00", "22:60-07:00", "22:00-07:00 "):
        with pytest.raises(ValueError, match="like 22:00-07:00"):
            QuietHours.parse(wrong)


@pytest.mark.parametrize(
    ("hours", "hour", "is_quiet"),
    [("22:00-07:00", 21, False), ("22:00-07:00", 22, True), ("22:00-07:00", 3, True),
     ("22:00-07:00", 7, False), ("12:00-14:00", 11, False), ("12:00-14:00", 13, True),
     ("12:00-14:00", 14, False), ("08:00-08:00", 8, False)],
)  # fmt: skip
def test_the_end_is_no_longer_quiet(hours: str, hour: int, is_quiet: bool) -> None:
    quiet = QuietHours.parse(hours)
    assert quiet is not None
    wall = datetime(2026, 4, 22, hour)  # noqa: DTZ001  # a wall time
    assert quiet.holds_at(wall) is is_quiet


def test_what_is_due_at_night_waits_for_the_morning_of_the_reader() -> None:
    assert NIGHT.ends_after(at(2026, 4, 22, 21, 30), "Europe/Rome") == at(2026, 4, 23, 5)
    assert NIGHT.ends_after(at(2026, 4, 22, 2), "Europe/Rome") == at(2026, 4, 22, 5)
    assert NIGHT.ends_after(at(2026, 4, 22, 10), "Europe/Rome") == at(2026, 4, 22, 10)
    assert NOON.ends_after(at(2026, 4, 22, 10, 30), "Europe/Rome") == at(2026, 4, 22, 12)


def test_what_must_not_wait_goes_out_the_evening_before() -> None:
    assert NIGHT.began_before(at(2026, 4, 23, 1), "Europe/Rome") == at(2026, 4, 22, 20)
    assert NIGHT.began_before(at(2026, 4, 22, 21), "Europe/Rome") == at(2026, 4, 22, 20)
    assert NIGHT.began_before(at(2026, 4, 22, 10), "Europe/Rome") == at(2026, 4, 22, 10)


def test_it_never_goes_backwards_where_an_hour_comes_twice() -> None:
    """In Rome the clocks show 02:30 twice on 25 October 2026."""
    quiet = QuietHours.parse("01:00-02:15")
    assert quiet is not None
    second = at(2026, 10, 25, 1, 5)
    assert quiet.ends_after(second, "Europe/Rome") >= second
    assert quiet.began_before(second, "Europe/Rome") <= second


def test_leads_are_kept_longest_first_and_within_bounds() -> None:
    assert leads_to_text([0, 1440, 60, 60]) == "1440,60,0"
    assert leads_from_text("1440,60,0") == (1440, 60, 0)
    assert (leads_to_text(None), leads_from_text(None)) == (None, None)
    assert (leads_to_text([]), leads_from_text("")) == ("", ())
    for wrong in ([-1], [60 * 24 * 61], list(range(9))):
        with pytest.raises(ValueError, match="at most eight, from 0 minutes to 60 days"):
            leads_to_text(wrong)


def test_the_settings_refuse_other_words() -> None:
    assert EventSettings(quiet="").quiet == ""
    with pytest.raises(ValueError, match="like 22:00-07:00"):
        EventSettings(quiet="at night")
