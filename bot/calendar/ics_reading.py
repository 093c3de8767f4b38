"""Reads calendar files (RFC 5545) from anywhere: what is broken is named and left out.

Nothing that a file names is fetched. A time without a zone is taken as one of the zone that the
calendar names for itself, else of the reader's, and that is said.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final, cast

from icalendar import Event

from bot.calendar.entries import CalendarEntry, Status
from bot.calendar.ics_foreign_zones import custom_zones, iana_name, key_of
from bot.calendar.ics_joining import Fault, Part, joined
from bot.calendar.ics_lines import NotACalendar, fields_of, take_apart
from bot.calendar.recurrence import Pattern
from bot.calendar.rules import EARLIEST, BrokenRule, tidy_rule
from bot.calendar.wall import to_wall

LONGEST: Final = timedelta(days=366)
LATEST_YEAR: Final = 9000
MOST_STARTS: Final = 1000
_ESSENTIAL: Final = frozenset(
    {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
)
_STATUSES: Final = ("CONFIRMED", "TENTATIVE", "CANCELLED")

__all__ = ["Fault", "NotACalendar", "Reading", "read_calendar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``floating`` counts the events whose times named no zone; ``floating_zone`` was taken."""

    name: str
    entries: tuple[CalendarEntry, ...]
    faults: tuple[Fault, ...]
    floating: int
    floating_zone: str


class _Broken(Exception):
    """Why one event cannot be taken."""


def read_calendar(data: bytes, *, default_zone: str) -> Reading:
    """The events of a file; raises ``NotACalendar`` with one plain sentence."""
    raw = take_apart(data)
    if not raw.events:
        raise NotACalendar("This calendar holds no events.")
    zone = iana_name(raw.zone) or default_zone
    reader = _Reader(zone=zone, zones=custom_zones(raw))
    parts: list[Part] = []
    faults: list[Fault] = []
    for block in raw.events:
        try:
            parts.append(reader.read(block))
        except (_Broken, BrokenRule) as error:
            faults.append(Fault(event=_named(block), reason=str(error)))
        # icalendar raises what its parsers raise; one odd event must not stop the others.
        # OSError: a zone's name that no file could bear.
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError) as error:
            reason = f"it cannot be read ({type(error).__name__})"
            faults.append(Fault(event=_named(block), reason=reason))
    entries = joined(parts, faults)
    return Reading(
        name=raw.name,
        entries=tuple(entries),
        faults=tuple(faults),
        floating=sum(part.is_floating for part in parts),
        floating_zone=zone,
    )


class _Reader:
    """One file's zones."""

    def __init__(self, *, zone: str, zones: Mapping[str, tzinfo]) -> None:
        self._zone = zone
        self._zones = zones

    def read(self, block: str) -> Part:
        with warnings.catch_warnings():
            # That a vendor's prefix before a zone was left out.
            warnings.simplefilter("ignore")
            event: Any = Event.from_ical(block)
        broken = sorted({str(name) for name, _ in event.errors if name in _ESSENTIAL})
        if broken:
            raise _Broken(f"its {broken[0]} cannot be read")
        if "DTSTART" not in event:
            raise _Broken("it has no start")
        if isinstance(event["DTSTART"], list) or isinstance(event.get("RRULE"), list):
            raise _Broken("it has more than one start or rule")
        start, zone, is_floating = self._start(event["DTSTART"])
        is_all_day = not isinstance(event["DTSTART"].dt, datetime)
        end = self._end(event, start, zone, is_all_day)
        rule = event.get("RRULE")
        pattern = Pattern(
            start=start,
            end=end,
            zone=zone,
            rule=None
            if rule is None
            else tidy_rule(rule.to_ical().decode(), zone, is_all_day=is_all_day, start=start),
            extra=self._starts(event, "RDATE", zone),
            left_out=self._starts(event, "EXDATE", zone),
        )
        entry = _entry(event, pattern, is_all_day)
        replaces = event.get("RECURRENCE-ID")
        if replaces is not None and replaces.params.get("RANGE"):
            raise _Broken("it changes all later ones of its series at once, which is not read")
        return Part(
            entry=entry,
            replaces=None if replaces is None else self._wall(replaces.dt, zone),
            is_floating=is_floating,
        )

    def _start(self, value: Any) -> tuple[datetime, str, bool]:
        """Wall time, zone, and whether the file named none."""
        moment = value.dt
        if not isinstance(moment, datetime):
            return _midnight(moment), self._zone, False
        name = str(value.params.get("TZID", ""))
        if moment.tzinfo is None and not name:
            return _within(moment), self._zone, True
        if moment.tzinfo is not None:
            # icalendar knows Windows' names; a zone that the file brings along is known by its own.
            zone = key_of(moment.tzinfo)
            if zone is not None:
                return _within(moment.replace(tzinfo=None, fold=0)), zone, False
        zone = iana_name(name)
        if zone is not None:
            return _within(moment.replace(tzinfo=None)), zone, False
        if name in self._zones:
            fixed = moment.replace(tzinfo=self._zones[name])
            return _within(fixed.astimezone(UTC).replace(tzinfo=None)), "UTC", False
        raise _Broken(f"its time zone {name[:60]!r} is not known")

    def _end(self, event: Any, start: datetime, zone: str, is_all_day: bool) -> datetime:
        if "DTEND" in event:
            end = self._wall(event["DTEND"].dt, zone)
            if end < start:
                raise _Broken("it ends before it begins")
        elif "DURATION" in event:
            end = start + event["DURATION"].dt
        else:
            end = start + timedelta(days=1) if is_all_day else start
        if not timedelta(0) <= end - start <= LONGEST:
            raise _Broken("it lasts longer than a year, or less than nothing")
        return max(end, start + timedelta(days=1)) if is_all_day else end

    def _starts(self, event: Any, name: str, zone: str) -> tuple[datetime, ...]:
        values = event.get(name, [])
        found: set[datetime] = set()
        for value in values if isinstance(values, list) else [values]:
            for each in value.dts:
                moment = each.dt[0] if isinstance(each.dt, tuple) else each.dt
                found.add(self._wall(moment, zone))
        if len(found) > MOST_STARTS:
            raise _Broken(f"it names more than {MOST_STARTS} single dates")
        return tuple(sorted(found))

    def _wall(self, moment: date, zone: str) -> datetime:
        """As a wall time of the event's zone."""
        if not isinstance(moment, datetime):
            return _midnight(moment)
        if moment.tzinfo is None or key_of(moment.tzinfo) == zone:
            return _within(moment.replace(tzinfo=None, fold=0))
        return _within(to_wall(moment, zone))


def _entry(event: Any, pattern: Pattern, is_all_day: bool) -> CalendarEntry:
    title = _text(event, "SUMMARY", 200) or "—"
    uid = _text(event, "UID", 255)
    if not uid:
        digest = hashlib.sha256(f"{title}\0{pattern.start}\0{pattern.zone}".encode())
        uid = f"{digest.hexdigest()[:32]}@imported"
    status = _text(event, "STATUS", 20).upper()
    sequence = _text(event, "SEQUENCE", 12)
    link = _text(event, "URL", 1000)
    categories = event.get("CATEGORIES", [])
    listed = categories if isinstance(categories, list) else [categories]
    return CalendarEntry(
        uid=uid,
        title=title,
        text=_text(event, "DESCRIPTION", 8000),
        place=_text(event, "LOCATION", 300),
        link=link if link.startswith(("https://", "http://")) else None,
        contact=_text(event, "CONTACT", 200) or _organiser(event),
        categories=tuple(str(each)[:60] for group in listed for each in group.cats)[:10],
        pattern=pattern,
        is_all_day=is_all_day,
        status=cast(Status, status) if status in _STATUSES else "CONFIRMED",
        sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 9 else 0,
    )


def _organiser(event: Any) -> str:
    organiser = event.get("ORGANIZER")
    params = getattr(organiser, "params", {})
    return str(params.get("CN", ""))[:200]


def _text(event: Any, name: str, limit: int) -> str:
    value = event.get(name, "")
    if isinstance(value, list):
        value = value[0]
    return "".join(sign for sign in str(value) if sign >= " " or sign in "\n\t").strip()[:limit]


def _midnight(day: date) -> datetime:
    return _within(datetime(day.year, day.month, day.day))  # noqa: DTZ001  # a wall time


def _within(wall: datetime) -> datetime:
    if wall < EARLIEST or wall.year > LATEST_YEAR:
        raise _Broken("its year is out of range")
    return wall


def _named(block: str) -> str:
    """How to name a broken event: by its title, else its UID."""
    fields = dict(reversed(list(fields_of(block))))
    return (fields.get("SUMMARY") or fields.get("UID") or "an event without a title")[:100]
