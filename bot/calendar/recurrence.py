"""At which moments an event takes place: rules over wall times, each turned into a moment.

So an event at 10:00 stays at 10:00 when clocks change, and none is missed or held twice: two
wall times that mean the same moment (one of them in a gap) are one occurrence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.calendar.rules import STARTS_A_DAY, BrokenRule, compiled, forward, tidy_rule, until_of
from bot.calendar.wall import span_to_utc, to_utc, to_wall

_SLACK: Final = timedelta(days=2)
"""No zone is further from UTC, and no gap longer (Samoa left out a day in 2011)."""
_SPANS: Final = (70, 800, 4400)
"""Days in which the next or last one is looked for; twelve years hold a 29th of February."""

__all__ = ["BrokenRule", "Pattern", "Time", "last_time", "next_time", "tidy_rule", "times"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """When an event takes place. ``start`` and ``end`` are naive wall times in ``zone``.

    ``rule`` is an RRULE as ``tidy_rule`` gives it, or None; ``extra`` (RDATE) and ``left_out``
    (EXDATE) are wall times of starts. The first start counts even where the rule misses it.
    """

    start: datetime
    end: datetime
    zone: str
    rule: str | None = None
    extra: tuple[datetime, ...] = ()
    left_out: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """One occurrence. ``original`` is its start by the rule, a wall time; moments are in UTC."""

    original: datetime
    start_wall: datetime
    end_wall: datetime
    starts_at: datetime
    ends_at: datetime


def times(pattern: Pattern, *, after: datetime, before: datetime, limit: int = 1000) -> list[Time]:
    """Occurrences that start at or after ``after`` and before ``before``, at most ``limit``.

    Both are aware; the result is in order, without doubles. Raises ``BrokenRule``.
    """
    first = to_wall(after, pattern.zone) - _SLACK
    last = to_wall(before, pattern.zone) + _SLACK
    found: dict[datetime, Time] = {}
    for wall in _walls(pattern, first, last):
        time = _time(pattern, wall)
        if not after <= time.starts_at < before:
            continue
        # Of two wall times for one moment, the one that clocks really show gives the name.
        if time.starts_at not in found or to_wall(time.starts_at, pattern.zone) == wall:
            found[time.starts_at] = time
        if len(found) >= limit + len(pattern.extra) + 2 * STARTS_A_DAY:
            break
    return [found[at] for at in sorted(found)][:limit]


def next_time(pattern: Pattern, after: datetime) -> Time | None:
    """The first occurrence that starts at or after ``after``.

    Of a series that has begun, if one comes within twelve years.
    """
    begin = max(after, to_utc(pattern.start, pattern.zone))
    for days in _SPANS:
        found = times(pattern, after=after, before=begin + timedelta(days=days), limit=1)
        if found:
            return found[0]
    return None


def last_time(pattern: Pattern, before: datetime) -> Time | None:
    """The last occurrence that starts before ``before``; beyond twelve years the very first."""
    for days in _SPANS:
        found = times(pattern, after=before - timedelta(days=days), before=before, limit=10_000)
        if found:
            return found[-1]
    first = _time(pattern, pattern.start)
    return first if first.starts_at < before and pattern.start not in pattern.left_out else None


def _walls(pattern: Pattern, first: datetime, last: datetime) -> Iterator[datetime]:
    seen = set(pattern.left_out)
    for wall in (pattern.start, *sorted(pattern.extra)):
        if first <= wall <= last and wall not in seen:
            seen.add(wall)
            yield wall
    if pattern.rule is None:
        return
    until = until_of(pattern.rule)
    start = forward(pattern.rule, pattern.start, first)
    for wall in compiled(pattern.rule, start).xafter(first, inc=True):
        if wall > last:
            return
        if wall in seen or (until is not None and to_utc(wall, pattern.zone) > until):
            continue
        yield wall


def _time(pattern: Pattern, wall: datetime) -> Time:
    end_wall = wall + (pattern.end - pattern.start)
    starts_at, ends_at = span_to_utc(wall, end_wall, pattern.zone)
    return Time(
        original=wall, start_wall=wall, end_wall=end_wall, starts_at=starts_at, ends_at=ends_at
    )
