"""An event as calendar files know it, whatever keeps it here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.calendar.recurrence import Pattern

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One occurrence of a series that is not as the rule has it; wall times in its zone.

    ``original`` is its start by the rule. ``place`` is None where it is the series'.
    """

    original: datetime
    start: datetime
    end: datetime
    place: str | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One event or series. ``link`` is a web page; ``updated_at`` is aware.

    Of an event that lasts whole days, ``pattern`` begins and ends at midnight.
    """

    uid: str
    title: str
    pattern: Pattern
    text: str = ""
    place: str = ""
    link: str | None = None
    contact: str = ""
    categories: tuple[str, ...] = ()
    is_all_day: bool = False
    status: Status = "CONFIRMED"
    sequence: int = 0
    overrides: tuple[Override, ...] = ()
    updated_at: datetime | None = None
