"""Recurrence rules (RFC 5545, RRULE): read, checked, and followed over wall times.

python-dateutil follows them. What it would search for until the year 9999, or start from 1970
day by day, is kept from it here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from dateutil.rrule import rrule, rrulestr

from bot.calendar.wall import to_utc
from bot.marking import N_

FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
EARLIEST: Final = datetime(1900, 1, 1)  # noqa: DTZ001  # a wall time
"""No series begins before it."""
STARTS_A_DAY: Final = 24
LONGEST_RULE: Final = 500
_FIELDS: Final = frozenset(
    {
        *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
        *("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS"),
        *("BYHOUR", "BYMINUTE", "BYSECOND"),
    }
)
_VALUE: Final = re.compile(r"[A-Z0-9,+-]+\Z")
_UTC_FORM: Final = "%Y%m%dT%H%M%SZ"
_DAYS: Final = {"DAILY": 1, "WEEKLY": 7}
_PICKY: Final = re.compile("BY(MONTH|YEARDAY|WEEKNO|SETPOS|DAY=[^;]*[0-9])")
_LATE: Final = datetime(9955, 1, 1)  # noqa: DTZ001  # a wall time
"""Near the end of dateutil's time, so that a rule without any day is through soon."""


class BrokenRule(ValueError):
    """A recurrence rule that cannot be followed.

    The message says why in plain English; ``words`` and ``values`` are for a translation.
    """

    def __init__(self, words: str, **values: object) -> None:
        super().__init__(words.format(**values))
        self.words = words
        self.values = values


def tidy_rule(text: str, zone: str, *, is_all_day: bool = False, start: datetime = EARLIEST) -> str:
    """A rule in the form that is kept, its UNTIL in UTC; raises ``BrokenRule``.

    ``start`` is the wall time in ``zone`` from which it counts.
    """
    fields: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.strip().partition("=")
        if not name:
            continue
        if name not in _FIELDS or not _VALUE.match(value):
            raise BrokenRule(N_("{part} is no part of a rule"), part=repr(part[:40]))
        if name in fields:
            raise BrokenRule(N_("{name} stands twice in it"), name=name)
        fields[name] = value
    _check(fields)
    if "UNTIL" in fields:
        fields["UNTIL"] = _until(fields["UNTIL"], zone, is_all_day=is_all_day)
    tidy = ";".join(f"{name}={value}" for name, value in fields.items())
    if len(tidy) > LONGEST_RULE:
        raise BrokenRule(N_("it is too long"))
    compiled(tidy, start)
    return tidy


def compiled(rule: str, start: datetime) -> rrule:
    """The rule from ``start`` on, without its UNTIL; raises ``BrokenRule``.

    It may go on to the year 9999: whoever follows it stops in time.
    """
    if start < EARLIEST:
        raise BrokenRule(N_("it begins before the year 1900"))
    made = _made(_without_until(rule), start)
    if not _has_any(_without_until(rule), start):
        raise BrokenRule(N_("there is no day that fits it"))
    return made


def forward(rule: str, start: datetime, first: datetime) -> datetime:
    """A later start with the same days from ``first`` on: old series need no walk through years."""
    days = _DAYS.get(field_of(rule, "FREQ") or "")
    if days is None or field_of(rule, "COUNT") is not None or first <= start:
        return start
    step = days * int(field_of(rule, "INTERVAL") or "1")
    return start + timedelta(days=(first - start).days // step * step)


def field_of(rule: str, name: str) -> str | None:
    """The value of one field of a tidy rule."""
    for part in rule.split(";"):
        key, _, value = part.partition("=")
        if key == name:
            return value
    return None


def until_of(rule: str) -> datetime | None:
    """The last moment at which an occurrence may start; aware, UTC."""
    until = field_of(rule, "UNTIL")
    return None if until is None else datetime.strptime(until, _UTC_FORM).replace(tzinfo=UTC)


def _check(fields: dict[str, str]) -> None:
    if fields.get("FREQ") not in FREQUENCIES:
        raise BrokenRule(N_("it must repeat by day, week, month or year"))
    if "UNTIL" in fields and "COUNT" in fields:
        raise BrokenRule(N_("it has both UNTIL and COUNT"))
    for name in ("INTERVAL", "COUNT"):
        value = fields.get(name, "1")
        if not value.isdecimal() or len(value) > 5 or int(value) < 1:
            raise BrokenRule(N_("{name} must be a number from 1 to 99999"), name=name)
    per_day = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        per_day *= fields.get(name, "0").count(",") + 1
    if per_day > STARTS_A_DAY:
        raise BrokenRule(N_("it repeats more often than each hour"))


def _made(rule: str, start: datetime) -> rrule:
    try:
        made = rrulestr(rule, dtstart=start)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BrokenRule(N_("it cannot be read")) from error
    if not isinstance(made, rrule):
        raise BrokenRule(N_("it is more than one rule"))
    return made


@lru_cache(maxsize=4096)
def _has_any(rule: str, start: datetime) -> bool:
    """Whether any day fits: dateutil looks for the first one until the year 9999.

    The calendar of the last years is that of ours, so a start there, at the same distance in
    the rule's steps, finds a day if there is one. Rules by year are through soon in any case.
    """
    frequency = field_of(rule, "FREQ")
    interval = int(field_of(rule, "INTERVAL") or "1")
    if frequency == "YEARLY" or not _PICKY.search(rule):
        return True
    if frequency == "MONTHLY":
        years = (_LATE.year - start.year) // interval * interval
        late = start.replace(year=start.year + years, day=min(start.day, 28))
    else:
        step = _DAYS[frequency or "DAILY"] * interval
        late = start + timedelta(days=(_LATE - start).days // step * step)
    return next(iter(_made(rule, late)), None) is not None


def _without_until(rule: str) -> str:
    return ";".join(part for part in rule.split(";") if not part.startswith("UNTIL="))


def _until(value: str, zone: str, *, is_all_day: bool) -> str:
    """In UTC. A day alone means its end; a time without Z is one of the event's zone."""
    try:
        if len(value) == 8:
            day = datetime.strptime(value, "%Y%m%d")  # noqa: DTZ007  # a wall time
            wall = day if is_all_day else day.replace(hour=23, minute=59, second=59)
        elif value.endswith("Z"):
            return datetime.strptime(value, _UTC_FORM).strftime(_UTC_FORM)  # noqa: DTZ007  # UTC
        else:
            wall = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007  # a wall time
        return to_utc(wall, zone).strftime(_UTC_FORM)
    except (ValueError, OverflowError) as error:
        raise BrokenRule(N_("its UNTIL is no date")) from error
