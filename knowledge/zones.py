"""Time zones by country, city or words, in any of the six languages.

Which zones a country keeps comes from ``zone.tab`` of the time zone database (tzdata); names of
cities from the Unicode CLDR through Babel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from rapidfuzz import fuzz, process

from knowledge.countries import find_country, fold
from knowledge.model import LANGUAGES

UTC_ZONE: Final = "UTC"
SURE: Final = 84.0
"""Similarity (0 to 100) from which a typed city is taken for one that is known."""

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "Asia/Shanghai": ("beijing", "peking", "pekin", "пекин", "بكين", "北京"),
    "Asia/Kolkata": ("delhi", "new delhi", "mumbai", "bombay", "дели", "دلهي", "德里"),
    "Europe/Zurich": ("geneva", "geneve", "ginebra", "женева", "جنيف", "日内瓦", "bern"),
    "America/New_York": ("washington", "вашингтон", "واشنطن", "华盛顿"),
    "Europe/Madrid": ("barcelona",),
    "Africa/Johannesburg": ("pretoria", "cape town"),
    "Africa/Casablanca": ("rabat", "الرباط"),
    "Africa/Lagos": ("abuja",),
    "Africa/Dar_es_Salaam": ("dodoma",),
    "Asia/Dubai": ("abu dhabi", "ابوظبي"),
    "Asia/Karachi": ("islamabad",),
    "Asia/Ho_Chi_Minh": ("hanoi",),
    "Australia/Sydney": ("canberra",),
    "America/Toronto": ("ottawa",),
}
"""Large cities that no zone is named after."""
_LARGEST_CITIES: Final = frozenset(
    {
        "America/Manaus",
        "America/Rio_Branco",
        "America/Sao_Paulo",
        "Asia/Almaty",
        "Australia/Sydney",
    }
)
"""Named before others of the same time that CLDR knows as well."""
_OFFSET: Final = re.compile(r"^(?:utc|gmt)?\s*([+\-\u2212])\s*(\d{1,2})(?::?(00))?$", re.IGNORECASE)
_LARGEST: Final = {"+": 14, "-": 12}
"""Whole hours east and west of Greenwich that ``Etc/GMT`` zones exist for."""


def zones_of(country: str) -> tuple[str, ...]:
    """The IANA zones of a country (ISO 3166-1 alpha-2), the most populous first."""
    return _by_country().get(country, ())


def clocks_of(country: str, at: datetime) -> tuple[str, ...]:
    """One zone for each time that a country's clocks show, this half year and the next."""
    later = at + timedelta(days=182)
    found: dict[tuple[timedelta, timedelta], str] = {}
    for zone in sorted(zones_of(country), key=_rank):
        found.setdefault((_offset(zone, at), _offset(zone, later)), zone)
    return tuple(found.values())


def guess_zone(country: str, at: datetime) -> str | None:
    """The zone of a country whose clocks all show the same; else None."""
    clocks = clocks_of(country, at)
    return clocks[0] if len(clocks) == 1 else None


def city(zone: str, language: str) -> str:
    """What the place of a zone is called, ``Rome`` for ``Europe/Rome``."""
    if zone.startswith("Etc/") or "/" not in zone:
        return zone if zone != "Etc/UTC" else UTC_ZONE
    known = Locale(language).time_zones.get(zone, {}).get("city")
    return known or zone.rpartition("/")[2].replace("_", " ")


def offset_name(zone: str, at: datetime) -> str:
    """``UTC+2`` or ``UTC+5:45``, as it holds at ``at``."""
    minutes = int(_offset(zone, at).total_seconds() // 60)
    if not minutes:
        return UTC_ZONE
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "\u2212"
    return f"{UTC_ZONE}{sign}{hours}" + (f":{rest:02}" if rest else "")


def find_zones(text: str, at: datetime, *, limit: int = 12) -> tuple[str, ...]:
    """The zones that somebody may mean: an IANA name, ``UTC+3``, a city, or a country."""
    wanted = text.strip()
    by_name = {name.casefold(): name for name in available_timezones()}
    if wanted.casefold() in by_name:
        return (by_name[wanted.casefold()],)
    if offset := _OFFSET.match(wanted):
        return _fixed(offset[1], int(offset[2]))
    folded = fold(wanted)
    if not folded:
        return ()
    cities = _cities()
    if folded in cities:
        return cities[folded]
    country = find_country(wanted).code
    if country is not None and zones_of(country):
        return clocks_of(country, at)[:limit]
    near = process.extract(folded, cities.keys(), scorer=fuzz.ratio, score_cutoff=SURE, limit=3)
    found = [zone for name, _score, _index in near for zone in cities[name]]
    return tuple(dict.fromkeys(found))[:limit]


def _rank(zone: str) -> tuple[bool, bool]:
    return (zone not in _LARGEST_CITIES, zone not in _well_known())


def _fixed(sign: str, hours: int) -> tuple[str, ...]:
    sign = "+" if sign == "+" else "-"
    if hours > _LARGEST[sign]:
        return ()
    if not hours:
        return (UTC_ZONE,)
    # POSIX counts westwards: Etc/GMT-3 is three hours ahead of Greenwich (tzdata, etcetera).
    return (f"Etc/GMT{'-' if sign == '+' else '+'}{hours}",)


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


@cache
def _by_country() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        country, _place, zone, *_comment = line.split("\t")
        found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


@cache
def _well_known() -> frozenset[str]:
    """Zones that stand for others of the same time in CLDR: the larger cities."""
    return frozenset(get_global("windows_zone_mapping").values())


@cache
def _cities() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for zones in _by_country().values():
        for zone in zones:
            names = {zone.rpartition("/")[2].replace("_", " ")}
            names |= {city(zone, language) for language in LANGUAGES}
            for name in names:
                found.setdefault(fold(name), {})[zone] = None
    for zone, aliases in _ALIASES.items():
        for name in aliases:
            found.setdefault(fold(name), {})[zone] = None
    return {name: tuple(zones) for name, zones in found.items()}
