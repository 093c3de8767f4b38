"""When a contact works: weekdays, hours and holidays in the contact's own time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_LONGEST: Final = 400
"""Days looked ahead; who does not work for so long does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """``days`` counts from Monday, 0; ``begin`` and ``end`` are wall time in ``zone`` (IANA)."""

    zone: str = "Europe/Rome"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    begin: time = time(9)
    end: time = time(17)
    holidays: tuple[date, ...] = ()

    def is_open(self, moment: datetime) -> bool:
        """Whether it is working time at ``moment`` (aware)."""
        local = moment.astimezone(ZoneInfo(self.zone))
        return self._works_on(local.date()) and self.begin <= local.time() < self.end

    def after(self, moment: datetime, work: timedelta) -> datetime:
        """The moment, in UTC, at which ``work`` hours of working time have passed since."""
        left = work
        for begin, end in self._shifts(moment):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return moment + timedelta(days=_LONGEST)

    def _shifts(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        zone = ZoneInfo(self.zone)
        day = moment.astimezone(zone).date()
        for number in range(_LONGEST):
            current = day + timedelta(days=number)
            if not self._works_on(current):
                continue
            begin = datetime.combine(current, self.begin, zone).astimezone(UTC)
            end = datetime.combine(current, self.end, zone).astimezone(UTC)
            begin = max(begin, moment)
            if begin < end:
                yield begin, end

    def _works_on(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.holidays
