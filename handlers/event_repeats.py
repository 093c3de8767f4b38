"""How often an event takes place: plain words in six languages, a rule, and words again.

The rule is an RRULE of RFC 5545, 3.3.10. ``UNTIL`` is the last day in the event's own zone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal

from babel.dates import get_day_names

from bot.calendar.wall import to_wall
from bot.chat.turn import Translate
from handlers import event_repeat_words as words
from handlers.event_times import shown_date

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST: Final = 99
"""Largest interval, and times at most: an event is not for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """``weekdays`` of a week, or ``ordinal`` (1 to 4, -1 the last) with one weekday of a month.

    ``until`` is the last day, in the event's zone.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    ordinal: int = 0
    count: int | None = None
    until: date | None = None

    def to_rule(self) -> str:
        """The RRULE; ``UNTIL`` is a plain date and time, by the clocks of the event's zone."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            mark = str(self.ordinal) if self.ordinal else ""
            parts.append("BYDAY=" + ",".join(mark + day for day in self.weekdays))
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}T235959")
        return ";".join(parts)


def read_rule(rule: str, zone: str) -> Repeats | None:
    """A rule that ``to_rule`` could have written; None for one with more in it.

    An ``UNTIL`` in UTC is read as the day in ``zone``.
    """
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";") if part)
    if not set(parts) <= {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL", "WKST"}:
        return None
    days = [re.fullmatch(r"([+-]?\d)?([A-Z]{2})", day) for day in parts.get("BYDAY", "").split(",")]
    found = [day for day in days if day is not None and day[2] in CODES]
    ordinals = {int(day[1] or 0) for day in found} or {0}
    frequency = parts.get("FREQ", "")
    try:
        return Repeats(
            frequency=_frequency(frequency),
            interval=int(parts.get("INTERVAL", "1")),
            weekdays=tuple(day[2] for day in found),
            ordinal=ordinals.pop() if len(ordinals) == 1 else 0,
            count=int(parts["COUNT"]) if "COUNT" in parts else None,
            until=_last_day(parts["UNTIL"], zone) if "UNTIL" in parts else None,
        )
    except (ValueError, KeyError):
        return None


def read_repeats(text: str, start: datetime) -> Repeats | None:
    """What somebody wrote, for an event that begins at the wall time ``start``; None: unclear."""
    folded = fold(text)
    until, folded = _until(folded)
    count, folded = _count(folded)
    weekdays = tuple(code for code in CODES if re.search(words.WEEKDAYS[code], folded))
    bare = folded
    for pattern in words.WEEKDAYS.values():
        bare = re.sub(pattern, " ", bare)
    frequency = next(
        (unit for unit, pattern in words.UNITS.items() if re.search(pattern, bare)),
        "WEEKLY" if weekdays else None,
    )
    if frequency is None:
        return None
    if frequency == "DAILY" and weekdays:
        frequency = "WEEKLY"
    ordinal = 0
    if frequency == "MONTHLY" and weekdays:
        ordinal = next((n for n, each in words.ORDINALS.items() if re.search(each, bare)), 0)
        ordinal = ordinal or ordinal_of(start)
    if frequency not in ("WEEKLY", "MONTHLY"):
        weekdays = ()
    if frequency == "WEEKLY" and weekdays == (CODES[start.weekday()],):
        weekdays = ()
    return Repeats(
        frequency=_frequency(frequency),
        interval=_interval(bare, ordinal=ordinal),
        weekdays=weekdays,
        ordinal=ordinal,
        count=count,
        until=until,
    )


def is_never(text: str) -> bool:
    """Whether somebody says that it takes place once."""
    return re.search(words.NEVER, fold(text)) is not None


def ordinal_of(start: datetime) -> int:
    """Which of its kind in the month a day is; the fifth is the last."""
    which = (start.day - 1) // 7 + 1
    return which if which < 5 else -1


def fits(repeats: Repeats, start: datetime) -> bool:
    """Whether the first day is one of the rule's own."""
    if repeats.until is not None and repeats.until < start.date():
        return False
    if not repeats.weekdays:
        return True
    if CODES[start.weekday()] not in repeats.weekdays:
        return False
    is_last = (start.day + 7) > _days_in_month(start)
    return repeats.ordinal in (0, (start.day - 1) // 7 + 1, -1 if is_last else 0)


def shown_repeats(rule: str | None, zone: str, _: Translate) -> str:
    """A rule in words of the reader's language."""
    if not rule:
        return _("It takes place once.")
    repeats = read_rule(rule, zone)
    if repeats is None:
        return _("It repeats by a rule of its own.")
    parts = [_often(repeats, _)]
    if repeats.weekdays:
        days = ", ".join(_day_name(code, _.language) for code in repeats.weekdays)
        parts.append(_on_days(repeats.ordinal, days, _))
    if repeats.count is not None:
        parts.append(_.plural("{count} time in all", "{count} times in all", repeats.count))
    if repeats.until is not None:
        parts.append(_("until {date}", date=shown_date(repeats.until, _.language)))
    return ", ".join(parts)


def fold(text: str) -> str:
    """Without case, accents and Arabic vowel signs; letters that are often mixed up made alike."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign) or sign == "\u0306")
    plain = unicodedata.normalize("NFC", plain).replace("ё", "е")
    for one, other in (("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ة", "ه"), ("ى", "ي")):
        plain = plain.replace(one, other)
    return " ".join(plain.split())


def _frequency(name: str) -> Frequency:
    known: dict[str, Frequency] = {
        "DAILY": "DAILY",
        "WEEKLY": "WEEKLY",
        "MONTHLY": "MONTHLY",
        "YEARLY": "YEARLY",
    }
    return known[name]


def _last_day(until: str, zone: str) -> date:
    if not until.endswith("Z"):
        return datetime.strptime(until[:8], "%Y%m%d").replace(tzinfo=UTC).date()
    return to_wall(datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), zone).date()


def _until(text: str) -> tuple[date | None, str]:
    found = re.search(f"{words.UNTIL}(?:{words.DATES})", text)
    if found is None:
        return None, text
    year, month, day = (found[1], found[2], found[3]) if found[1] else found.group(6, 5, 4)
    try:
        return date(int(year), int(month), int(day)), text.replace(found[0], " ")
    except ValueError:
        return None, text


def _count(text: str) -> tuple[int | None, str]:
    found = re.search(words.TIMES, text)
    if found is None or not 0 < int(found[1]) <= LONGEST:
        return None, text
    return int(found[1]), text.replace(found[0], " ")


def _interval(text: str, *, ordinal: int) -> int:
    number = re.search(rf"{words.EVERY}\s*(\d{{1,2}})(?!\s*(?:st|nd|rd|th|er|e)\b)", text)
    if number is not None and 0 < int(number[1]) <= LONGEST:
        return int(number[1])
    for value, pattern in words.NUMBERS.items():
        if re.search(rf"{words.EVERY}\s*(?:{pattern})", text):
            return value
    if not ordinal and re.search(rf"{words.EVERY}\s*(?:{words.SECOND})|{words.DUAL}", text):
        return 2
    return 1


def _days_in_month(day: datetime) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - date(day.year, day.month, 1)).days


def _day_name(code: str, language: str) -> str:
    return str(get_day_names("wide", context="format", locale=language)[CODES.index(code)])


def _often(repeats: Repeats, _: Translate) -> str:
    match repeats.frequency:
        case "DAILY":
            return _.plural("every day", "every {count} days", repeats.interval)
        case "WEEKLY":
            return _.plural("every week", "every {count} weeks", repeats.interval)
        case "MONTHLY":
            return _.plural("every month", "every {count} months", repeats.interval)
    return _.plural("every year", "every {count} years", repeats.interval)


def _on_days(ordinal: int, days: str, _: Translate) -> str:
    match ordinal:
        case 1:
            return _("on the first {weekday}", weekday=days)
        case 2:
            return _("on the second {weekday}", weekday=days)
        case 3:
            return _("on the third {weekday}", weekday=days)
        case 4:
            return _("on the fourth {weekday}", weekday=days)
        case -1:
            return _("on the last {weekday}", weekday=days)
    return _("on {weekday}", weekday=days)
