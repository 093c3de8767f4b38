"""Calendar files (RFC 5545) for "add to calendar" and for the feed that others subscribe to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from icalendar import Calendar, Event, vDDDLists, vDuration, vRecur

from bot.calendar.entries import CalendarEntry, Override
from bot.calendar.ics_zones import zone_component
from bot.calendar.rules import field_of, until_of
from bot.calendar.wall import to_utc, to_wall, zone_of

PRODUCT: Final = "-//INSOP//Assistant//EN"
UTC_NAMES: Final = frozenset({"UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT"})
REFRESH: Final = timedelta(hours=6)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def calendar_file(
    entries: Iterable[CalendarEntry], *, now: datetime, name: str = "", is_feed: bool = False
) -> bytes:
    """The file, UTF-8, lines folded and ended as the standard wants it; ``now`` is aware.

    Time zones come with their rules, so that every program shows the same moments.
    """
    entries = list(entries)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    is_called_off = bool(entries) and all(each.status == "CANCELLED" for each in entries)
    calendar.add("method", "CANCEL" if is_called_off and not is_feed else "PUBLISH")
    if name:
        calendar.add("x-wr-calname", _clean(name))
    if is_feed:
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH), encode=False)
    # Zones stand before the events that use them: some programs read only once.
    for zone, years in sorted(_zones(entries).items()):
        calendar.add_component(zone_component(zone, min(years), max(*years, now.year)))
    for entry in entries:
        calendar.add_component(_event(entry, now))
        for override in entry.overrides:
            if not override.is_cancelled:
                calendar.add_component(_moved(entry, override, now))
    return bytes(calendar.to_ical())


def _zones(entries: list[CalendarEntry]) -> dict[str, set[int]]:
    """The zones that need their rules told, with the years in which something begins."""
    found: dict[str, set[int]] = {}
    for entry in entries:
        if not entry.is_all_day and entry.pattern.zone not in UTC_NAMES:
            years = found.setdefault(entry.pattern.zone, set())
            years.add(entry.pattern.start.year)
            years |= {wall.year for wall in entry.pattern.extra}
            years |= {each.start.year for each in entry.overrides}
    return found


def _event(entry: CalendarEntry, now: datetime) -> Event:
    pattern = entry.pattern
    event = _common(entry, entry.place, now)
    _add_times(event, entry, pattern.start, pattern.end)
    if pattern.rule is not None:
        event.add("rrule", vRecur.from_ical(_rule(entry)))
    if pattern.extra:
        _add_starts(event, "rdate", entry, pattern.extra)
    cancelled = {each.original for each in entry.overrides if each.is_cancelled}
    left_out = sorted({*pattern.left_out, *cancelled})
    if left_out:
        _add_starts(event, "exdate", entry, tuple(left_out))
    return event


def _moved(entry: CalendarEntry, override: Override, now: datetime) -> Event:
    place = entry.place if override.place is None else override.place
    event = _common(entry, place, now)
    event.add("recurrence-id", _value(entry, override.original))
    _add_times(event, entry, override.start, override.end)
    return event


def _common(entry: CalendarEntry, place: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", _clean(entry.uid))
    event.add("dtstamp", now)
    event.add("last-modified", entry.updated_at or now)
    event.add("sequence", entry.sequence)
    event.add("status", entry.status)
    event.add("summary", _clean(entry.title))
    for name, value in (
        ("description", entry.text),
        ("location", place),
        ("contact", entry.contact),
    ):
        if value:
            event.add(name, _clean(value))
    if entry.link:
        event.add("url", _one_line(entry.link))
    if entry.categories:
        event.add("categories", [_clean(each) for each in entry.categories])
    if entry.is_all_day:
        event.add("transp", "TRANSPARENT")
    return event


def _add_times(event: Event, entry: CalendarEntry, start: datetime, end: datetime) -> None:
    event.add("dtstart", _value(entry, start))
    if entry.is_all_day:
        event.add("dtend", max(end.date(), start.date() + timedelta(days=1)))
    elif end > start:
        zone = entry.pattern.zone
        if to_utc(end, zone) > to_utc(start, zone):
            event.add("dtend", _value(entry, end))
        else:
            # A start in a gap: the written end would come before it (RFC 5545, 3.8.2.2).
            event.add("duration", end - start)


def _add_starts(event: Event, name: str, entry: CalendarEntry, walls: tuple[datetime, ...]) -> None:
    values = vDDDLists([_value(entry, wall) for wall in walls])
    if entry.is_all_day:
        values.params["VALUE"] = "DATE"
    event.add(name, values, encode=False)


def _value(entry: CalendarEntry, wall: datetime) -> Any:
    if entry.is_all_day:
        return wall.date()
    zone = entry.pattern.zone
    return wall.replace(tzinfo=UTC if zone in UTC_NAMES else zone_of(zone))


def _rule(entry: CalendarEntry) -> str:
    """With whole days the UNTIL is a day as well."""
    rule = entry.pattern.rule or ""
    until = until_of(rule)
    if until is None or not entry.is_all_day:
        return rule
    day = to_wall(until, entry.pattern.zone)
    return rule.replace(f"UNTIL={field_of(rule, 'UNTIL')}", f"UNTIL={day:%Y%m%d}")


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _one_line(text: str) -> str:
    return re.sub(r"\s", "", _CONTROL.sub("", text))
