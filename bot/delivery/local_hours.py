"""When a chat is due by its own clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.store.announcements import Announcement

_DAY = timedelta(days=1)


def due_in(told: Announcement, zone: str | None) -> datetime:
    """When ``told`` is due for a chat in ``zone``, in UTC; not before its ``due_at``.

    A local time that has passed is due at once. A time that the clocks skip moves forward, one
    that they repeat is the first of the two. What falls into the quiet hours waits for their end.
    """
    clock = _clock(zone) or _clock(told.timing.zone) or ZoneInfo("UTC")
    due = told.due_at
    if told.timing.wall_time is not None:
        wall = datetime.fromisoformat(told.timing.wall_time)
        due = max(due, wall.replace(tzinfo=clock).astimezone(UTC))
    if told.timing.quiet is not None:
        due = _after(told.timing.quiet, due.astimezone(clock)).astimezone(UTC)
    return due


def is_quiet_hours(text: str) -> bool:
    """Whether ``text`` is of the form ``21:00-07:00``."""
    try:
        first, last = _hours(text)
    except ValueError:
        return False
    return first != last


def _after(quiet: str, at: datetime) -> datetime:
    """``at``, or the end of the quiet hours that it falls into."""
    first, last = _hours(quiet)
    wall = at.time().replace(tzinfo=None)
    if first <= last:
        return _at(at, last) if first <= wall < last else at
    if wall >= first:
        return _at(at + _DAY, last)
    return _at(at, last) if wall < last else at


def _at(day: datetime, wall: time) -> datetime:
    return datetime.combine(day.date(), wall, tzinfo=day.tzinfo)


def _hours(text: str) -> tuple[time, time]:
    first, _, last = text.partition("-")
    return time.fromisoformat(first), time.fromisoformat(last)


def _clock(zone: str | None) -> ZoneInfo | None:
    try:
        return None if zone is None else ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
