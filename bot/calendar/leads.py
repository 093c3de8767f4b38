"""How long before an event somebody is reminded, and the hours in which nobody is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Self

from bot.calendar.wall import to_utc, to_wall

WEEK: Final = 7 * 24 * 60
DAY: Final = 24 * 60
HOUR: Final = 60
AT_START: Final = 0
DEFAULT_LEADS: Final = (WEEK, DAY, HOUR, AT_START)
"""Minutes before the start."""
LONGEST_LEAD: Final = 60 * DAY
MOST_LEADS: Final = 8
_QUIET: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)\Z")


def leads_to_text(leads: Iterable[int] | None) -> str | None:
    """For a column: ``10080,1440``; the longest first. None stays None (the default)."""
    if leads is None:
        return None
    tidy = sorted(set(leads), reverse=True)
    if len(tidy) > MOST_LEADS or any(not 0 <= lead <= LONGEST_LEAD for lead in tidy):
        raise ValueError("leads are at most eight, from 0 minutes to 60 days")
    return ",".join(map(str, tidy))


def leads_from_text(text: str | None) -> tuple[int, ...] | None:
    """The leads again; empty for none, None for the default."""
    if text is None:
        return None
    return tuple(int(part) for part in text.split(",") if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From ``begin`` to ``end`` on the clock of a zone; past midnight where ``end`` is earlier."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """``22:00-07:00``; None for an empty text. Raises ``ValueError``."""
        if not text:
            return None
        found = _QUIET.match(text)
        if found is None:
            raise ValueError("quiet hours are written like 22:00-07:00")
        hours = [int(part) for part in found.groups()]
        return cls(begin=time(hours[0], hours[1]), end=time(hours[2], hours[3]))

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def holds_at(self, wall: datetime) -> bool:
        """Whether it is quiet at this wall time."""
        now = wall.time()
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end

    def ends_after(self, moment: datetime, zone: str) -> datetime:
        """The first moment from ``moment`` on at which it is not quiet; aware, UTC."""
        wall = to_wall(moment, zone)
        if not self.holds_at(wall):
            return moment
        end = datetime.combine(wall.date(), self.end)
        if end <= wall:
            end += timedelta(days=1)
        # In a repeated hour, the end's first reading may lie before the moment itself.
        return max(moment, to_utc(end, zone))

    def began_before(self, moment: datetime, zone: str) -> datetime:
        """The last moment before these quiet hours at ``moment``; itself where it is not quiet."""
        wall = to_wall(moment, zone)
        if not self.holds_at(wall):
            return moment
        begin = datetime.combine(wall.date(), self.begin)
        if begin > wall:
            begin -= timedelta(days=1)
        return min(moment, to_utc(begin, zone))
