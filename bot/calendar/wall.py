"""What the clock on the wall shows in a time zone, and the moment that is meant by it.

Two rules for the days on which clocks are changed (RFC 5545, section 3.3.5):

- A time that does not exist, because clocks were put forward over it, moves forward by as much:
  02:30 becomes 03:30.
- A time that comes twice, because clocks were put back, means the first of the two.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class UnknownZone(ValueError):
    """Not the name of an IANA time zone."""


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises ``UnknownZone``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


def is_zone(name: str) -> bool:
    """Whether ``name`` is an IANA time zone."""
    try:
        zone_of(name)
    except UnknownZone:
        return False
    return True


def to_utc(wall: datetime, zone: str) -> datetime:
    """The moment at which clocks in ``zone`` show ``wall`` (naive), by the two rules above."""
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no zone of its own")
    # fold=0 reckons with the offset before the change: the first of two, and past the gap.
    return wall.replace(tzinfo=zone_of(zone), fold=0).astimezone(UTC)


def span_to_utc(start: datetime, end: datetime, zone: str) -> tuple[datetime, datetime]:
    """The moments from and until which clocks in ``zone`` show ``start`` and ``end`` (naive).

    A start in a gap moves past the end of something short. Then both are reckoned with the offset
    before the gap, so that it lasts as long as was written.
    """
    begun, ended = to_utc(start, zone), to_utc(end, zone)
    return begun, ended if ended > begun else begun + max(end - start, timedelta(0))


def to_wall(moment: datetime, zone: str) -> datetime:
    """What clocks in ``zone`` show at an aware ``moment``; naive."""
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None, fold=0)


@cache
def tzdata_version() -> str:
    """The edition of the time zone rules, such as ``2026b``; it changes when governments do.

    ``zoneinfo`` prefers the system's rules: theirs counts where they name it.
    """
    for line in _system_notes():
        if line.startswith("# version "):
            return line.removeprefix("# version ").strip()[:16]
    try:
        return version("tzdata")[:16]
    except PackageNotFoundError:
        return "unknown"


def read_zones_anew() -> None:
    """Forget the rules read so far: new ones may have been installed since."""
    zone_of.cache_clear()
    tzdata_version.cache_clear()
    ZoneInfo.clear_cache()


def _system_notes() -> list[str]:
    for folder in zoneinfo.TZPATH:
        try:
            with (Path(folder) / "tzdata.zi").open(encoding="ascii") as file:
                return [file.readline()]
        except (OSError, UnicodeDecodeError):
            continue
    return []
