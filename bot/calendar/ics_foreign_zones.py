"""The names that other programs give to time zones, and zones that a file brings along."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from bot.calendar.ics_lines import RawCalendar
from bot.calendar.wall import is_zone

MOST_ZONES = 50


def custom_zones(raw: RawCalendar) -> dict[str, tzinfo]:
    """Zones that a file defines for itself, under names that nobody else knows."""
    found: dict[str, tzinfo] = {}
    for block in raw.zones[:MOST_ZONES]:
        try:
            zone: Any = Timezone.from_ical(block)
            found[str(zone.get("TZID", ""))] = zone.to_tz()
        # A zone that cannot be read fails the events that use it, by name.
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError):
            continue
    return found


def iana_name(name: str) -> str | None:
    """An IANA name, also behind a vendor's prefix (``/freeassociation…/Europe/Rome``)."""
    name = name.strip().strip('"')
    if name in WINDOWS_TO_OLSON:
        return str(WINDOWS_TO_OLSON[name])
    parts = [part for part in name.split("/") if part]
    for length in (3, 2, 1):
        candidate = "/".join(parts[-length:])
        if candidate and len(parts) >= length and is_zone(candidate):
            return candidate
    return None


def key_of(zone: tzinfo) -> str | None:
    if isinstance(zone, ZoneInfo) and zone.key and is_zone(zone.key):
        return zone.key
    return "UTC" if zone is UTC else None
