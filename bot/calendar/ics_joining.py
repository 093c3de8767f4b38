"""Puts the parts of a calendar file together: a series and those of its days that differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.calendar.entries import CalendarEntry, Override
from bot.calendar.wall import to_utc, to_wall


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An event that was left out, by its title or UID, and why, in plain words."""

    event: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One VEVENT: the entry, and the start that it replaces in its series, if it does."""

    entry: CalendarEntry
    replaces: datetime | None
    is_floating: bool


def joined(parts: list[Part], faults: list[Fault]) -> list[CalendarEntry]:
    """Changes of single occurrences go to their series; of two with one UID the newer stays."""
    masters: dict[str, CalendarEntry] = {}
    for part in parts:
        uid = part.entry.uid
        if part.replaces is None and (
            uid not in masters or part.entry.sequence >= masters[uid].sequence
        ):
            masters[uid] = part.entry
    for part in parts:
        if part.replaces is None:
            continue
        master = masters.get(part.entry.uid)
        if master is None:
            # The series itself is not in the file: then this one stands alone.
            name = f"{part.entry.uid[:230]}/{part.replaces:%Y%m%dT%H%M}"
            masters[name] = replace(part.entry, uid=name)
            continue
        override = _override(part, master)
        if override is None:
            faults.append(Fault(event=part.entry.title, reason="it replaces none of its series"))
            continue
        others = [each for each in master.overrides if each.original != override.original]
        masters[master.uid] = replace(master, overrides=(*others, override))
    return list(masters.values())


def _override(part: Part, master: CalendarEntry) -> Override | None:
    zone, own = master.pattern.zone, part.entry.pattern
    assert part.replaces is not None
    original = part.replaces
    start, end = own.start, own.end
    if own.zone != zone:
        shift = _shift(start, own.zone, zone)
        start, end = start + shift, end + shift
        original += _shift(original, own.zone, zone)
    if (
        master.pattern.rule is None
        and not master.pattern.extra
        and original != master.pattern.start
    ):
        return None
    return Override(
        original=original,
        start=start,
        end=end,
        place=part.entry.place if part.entry.place != master.place else None,
        is_cancelled=part.entry.status == "CANCELLED",
    )


def _shift(wall: datetime, zone: str, other: str) -> timedelta:
    return to_wall(to_utc(wall, zone), other) - wall
