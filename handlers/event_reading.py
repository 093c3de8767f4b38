"""Days and times as organisers write them: ``15 March 2027, 2 pm``, ``90 min``.

All of them are wall times: naive, by the clocks of the event's own zone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from babel.dates import get_month_names

from handlers.event_repeats import fold
from handlers.event_times import LOCALES
from knowledge.model import LANGUAGES

LONGEST: Final = timedelta(days=31)
"""How long one event may last."""
MIDNIGHT: Final = time(0, 0)
LAST_YEAR: Final = 2999
"""A later one is a slip, and the end of the calendar (9999) is too near to reckon with."""

_ISO: Final = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4})")
_NAMED: Final = re.compile(
    r"(\d{1,2})(?:er|st|nd|rd|th)?\s+(?:de\s+|of\s+)?([^\W\d]+)\.?\s+(?:de\s+)?(\d{4})"
)
_MONTH_FIRST: Final = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_CLOCK: Final = re.compile(r"(\d{1,2})\s*[:h时]\s*(\d{2})(?::00)?\s*分?\s*([ap]\.?m\.?|ص|م)?(?!\d)")
_HOUR: Final = re.compile(r"(?<!\d)(\d{1,2})\s*([ap]\.?m\.?|h|uhr|ч|点|时)(?![a-z0-9])")
_LENGTH: Final = re.compile(
    r"^\+?\s*(\d{1,3}(?:[.,]5)?)\s*"
    r"(?:(h|hours?|heures?|horas?|ч|час(?:а|ов)?|ساعات|ساعه|小时)|"
    r"(m|min|mins|minutes?|minutos?|мин(?:ут[аы]?)?|دقيقه|دقائق|分钟?))\.?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """When it begins; ``is_all_day`` where only a day was written."""

    wall: datetime
    is_all_day: bool


def read_start(text: str) -> Start | None:
    """A day with a time, or a day alone; None where it is neither."""
    folded = fold(text)
    found = _day(folded)
    if found is None:
        return None
    day, rest = found
    clock = _clock(rest)
    if clock is None:
        # Digits that are left are a time that was written oddly, not nothing.
        return None if re.search(r"\d", rest) else Start(wall=_at(day, MIDNIGHT), is_all_day=True)
    return Start(wall=_at(day, clock), is_all_day=False)


def read_end(text: str, start: Start) -> datetime | None:
    """A time of the same day (or the night after), a length, or a day with a time."""
    folded = fold(text)
    length = _LENGTH.match(folded)
    if length is not None:
        amount = float(length[1].replace(",", "."))
        end = start.wall + (timedelta(hours=amount) if length[2] else timedelta(minutes=amount))
    elif (found := _day(folded)) is not None:
        day, rest = found
        end = _at(day, _clock(rest) or MIDNIGHT)
        if start.is_all_day:
            end = _at(day, MIDNIGHT) + timedelta(days=1)
    elif (clock := _clock(folded)) is not None and not start.is_all_day:
        end = _at(start.wall.date(), clock)
        if end <= start.wall:
            end += timedelta(days=1)
    else:
        return None
    return end if start.wall < end <= start.wall + LONGEST else None


def written(wall: datetime) -> str:
    """A wall time in the form that ``read_start`` knows best."""
    return f"{wall:%Y-%m-%d %H:%M}"


def _day(text: str) -> tuple[date, str] | None:
    """The day in a text, and the text without it."""
    for pattern, order in (
        (_ISO, (1, 2, 3)),
        (_DAY_FIRST, (3, 2, 1)),
        (_NAMED, (3, 2, 1)),
        (_MONTH_FIRST, (3, 1, 2)),
    ):
        found = pattern.search(text)
        if found is None:
            continue
        year, month, day = (found[part] for part in order)
        if int(year) > LAST_YEAR:
            return None
        number = int(month) if month.isdigit() else _months().get(month, 0)
        try:
            return date(int(year), number, int(day)), text.replace(found[0], " ", 1)
        except ValueError:
            return None
    return None


def _clock(text: str) -> time | None:
    found = _CLOCK.search(text)
    if found is not None:
        hour, minute, half = int(found[1]), int(found[2]), found[3] or ""
    elif (found := _HOUR.search(text)) is not None:
        hour, minute, half = int(found[1]), 0, found[2] if found[2][0] in "ap" else ""
    else:
        return None
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pم" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock)


@cache
def _months() -> Mapping[str, int]:
    found: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context, LOCALES.get(language, language))
                for number, name in names.items():
                    found[fold(name).rstrip(".")] = number
    return found
