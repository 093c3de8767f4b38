"""VTIMEZONE: the rules of a zone inside a calendar file, for programs without their own.

icalendar's own writer gives the changes to summer time in the new offset; RFC 5545, section
3.6.5, wants them in the old one (TZOFFSETFROM), an hour earlier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from bot.calendar.wall import zone_of

AHEAD: Final = 20
"""Years after the last event's start for which changes are listed where no rule tells them."""
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _State:
    """What a zone's clocks are set to."""

    offset: timedelta
    is_summer: bool
    name: str


@dataclass(frozen=True, slots=True)
class _Change:
    """``wall`` is what clocks showed when they were changed, before it."""

    wall: datetime
    before: _State
    after: _State


def zone_component(name: str, first_year: int, last_year: int) -> Timezone:
    """The rules of a zone from ``first_year`` on, for ever where a yearly rule tells them."""
    begin = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    end = datetime(min(last_year + AHEAD, 9000), 1, 1, tzinfo=UTC)
    component = Timezone()
    component.add("tzid", name)
    first = _state(name, begin)
    wall = (begin + first.offset).replace(tzinfo=None)
    component.add_component(_part(_Change(wall, first, first), [], None))
    groups: dict[tuple[_State, _State], list[_Change]] = {}
    for change in _changes(name, begin, end):
        groups.setdefault((change.before, change.after), []).append(change)
    for group in groups.values():
        regular, rule = _regular_end(group, end.year - 1)
        others = group[: len(group) - len(regular)]
        if others:
            component.add_component(_part(others[0], others[1:], None))
        if regular:
            component.add_component(_part(regular[0], [], rule))
    return component


def _part(first: _Change, others: list[_Change], rule: str | None) -> Any:
    part: Any = TimezoneDaylight() if first.after.is_summer else TimezoneStandard()
    part.add("dtstart", first.wall)
    part.add("tzoffsetfrom", first.before.offset)
    part.add("tzoffsetto", first.after.offset)
    part.add("tzname", first.after.name)
    if others:
        part.add("rdate", [each.wall for each in others])
    if rule is not None:
        part.add("rrule", vRecur.from_ical(rule))
    return part


def _regular_end(group: list[_Change], last_year: int) -> tuple[list[_Change], str | None]:
    """The changes at the end that a yearly rule tells, if it reaches the last year."""
    if group[-1].wall.year < last_year - 1:
        return [], None
    for day in (_from_end, _from_start):
        regular: list[_Change] = []
        for change in reversed(group):
            if regular and (
                day(change.wall) != day(regular[-1].wall)
                or change.wall.time() != regular[-1].wall.time()
                or change.wall.year != regular[-1].wall.year - 1
            ):
                break
            regular.append(change)
        if len(regular) >= 5:
            wall = regular[-1].wall
            return regular[::-1], f"FREQ=YEARLY;BYMONTH={wall.month};BYDAY={day(wall)[1]}"
    return [], None


def _from_start(wall: datetime) -> tuple[int, str]:
    return wall.month, f"{(wall.day - 1) // 7 + 1}{_DAYS[wall.weekday()]}"


def _from_end(wall: datetime) -> tuple[int, str]:
    following = (wall.replace(day=28) + timedelta(days=4)).replace(day=1)
    left = (following.date() - wall.date()).days
    return wall.month, f"-{(left - 1) // 7 + 1}{_DAYS[wall.weekday()]}"


@lru_cache(maxsize=256)
def _changes(name: str, begin: datetime, end: datetime) -> tuple[_Change, ...]:
    found = []
    for earlier, later in pairwise(_days(begin, end)):
        before, after = _state(name, earlier), _state(name, later)
        if before == after:
            continue
        low, high = earlier, later
        while high - low > _MINUTE:
            middle = low + (high - low) // 2
            middle -= timedelta(seconds=middle.second, microseconds=middle.microsecond)
            if _state(name, middle) == before:
                low = middle
            else:
                high = middle
        found.append(_Change((high + before.offset).replace(tzinfo=None), before, after))
    return tuple(found)


def _days(begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin <= end:
        yield begin
        begin += timedelta(days=1)


def _state(name: str, moment: datetime) -> _State:
    local = moment.astimezone(zone_of(name))
    offset, summer = local.utcoffset(), local.dst()
    assert offset is not None
    return _State(offset, bool(summer), local.tzname() or name)
