"""When a recipient is reminded of an occurrence: leads and quiet hours, turned into moments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.calendar.leads import AT_START, QuietHours

ReminderKind = Literal["before", "thanks", "recording"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One reminder. ``lead`` is minutes before the start, 0 for the other kinds; UTC."""

    kind: ReminderKind
    lead: int
    due_at: datetime


def before_start(
    starts_at: datetime, leads: Iterable[int], quiet: QuietHours | None, zone: str
) -> list[Wanted]:
    """The reminders before the start and at it; no two of them at the same moment.

    One that would fall into the quiet hours (by the clock of ``zone``) waits for their end; where
    the event has begun by then, it comes before they begin. At the start nobody is woken up.
    """
    found: dict[datetime, Wanted] = {}
    for lead in sorted(leads, reverse=True):
        due = _heeding(starts_at, lead, quiet, zone)
        if due is not None:
            # The shorter lead says it more precisely.
            found[due] = Wanted(kind="before", lead=lead, due_at=due)
    return [found[due] for due in sorted(found)]


def afterwards(
    kind: Literal["thanks", "recording"], due: datetime, quiet: QuietHours | None, zone: str
) -> Wanted:
    """A message after the event, outside the quiet hours."""
    return Wanted(kind=kind, lead=0, due_at=due if quiet is None else quiet.ends_after(due, zone))


def _heeding(
    starts_at: datetime, lead: int, quiet: QuietHours | None, zone: str
) -> datetime | None:
    due = starts_at - timedelta(minutes=lead)
    if quiet is None or (later := quiet.ends_after(due, zone)) == due:
        return due
    if lead == AT_START:
        return None
    return later if later < starts_at else quiet.began_before(due, zone)
