"""Writes the occurrences of an event from its pattern, and keeps those that were answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar.recurrence import Time, last_time, next_time, times
from bot.calendar.wall import span_to_utc, tzdata_version
from bot.store.event_rows import Event
from bot.store.schema_events import event, occurrence

HORIZON: Final = timedelta(days=70)
"""How far ahead occurrences are written; the next one of each event is written in any case."""
BACK: Final = timedelta(days=7)
"""How far back a series is written that is taken up late."""
MOST: Final = 200
"""Occurrences of one event within the horizon."""


class Reckoning:
    """Inside the caller's transaction; writing twice changes nothing."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def write(
        self,
        told: Event,
        now: datetime,
        *,
        shift: timedelta | None = None,
        is_new: bool = False,
    ) -> None:
        """Bring the rows in line with the pattern, up to the horizon.

        ``shift`` is by how much the start was moved: occurrences follow it and keep their
        answers. What is over stays as it was. Raises ``BrokenRule``.
        """
        until = now + HORIZON
        wanted = {time.original: time for time in wanted_times(told, now, until)}
        rows = [] if is_new else await self._rows(told.id)
        if shift is not None:
            rows = await self._follow(told, rows, wanted, shift, now)
        known = {row.original_wall: row for row in rows}
        for row in rows:
            time = wanted.get(row.original_wall)
            if time is not None or row.ends_at > now:
                await self._settle(told, row, time)
        missing = [time for wall, time in wanted.items() if wall not in known]
        if missing:
            await self._connection.execute(
                insert(occurrence), [_values(told.id, time) for time in missing]
            )
        await self._connection.execute(
            update(event)
            .where(event.c.id == told.id)
            .values(tzdata=tzdata_version(), reckoned_until=until)
        )

    async def take_stale(self, until: datetime, limit: int) -> list[int]:
        """Events written for less than ``until``, or by other time zone rules; kept from others."""
        rows = await self._connection.scalars(
            select(event.c.id)
            .where(
                event.c.state.in_(("planned", "draft")),
                event.c.reckoned_until.is_(None)
                | (event.c.reckoned_until < until)
                | (event.c.tzdata != tzdata_version()),
            )
            .order_by(event.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(rows)

    async def put_off(self, event_id: int, until: datetime) -> None:
        """Do not look at an event before its time that cannot be reckoned."""
        await self._connection.execute(
            update(event)
            .where(event.c.id == event_id)
            .values(tzdata=tzdata_version(), reckoned_until=until)
        )

    async def plan_anew(self, event_id: int) -> None:
        """Have the reminders of all its occurrences looked at again."""
        await self._connection.execute(
            update(occurrence).where(occurrence.c.event_id == event_id).values(is_planned=False)
        )

    async def _rows(self, event_id: int) -> list[Any]:
        return list(
            await self._connection.execute(
                select(occurrence)
                .where(occurrence.c.event_id == event_id)
                .order_by(occurrence.c.original_wall)
            )
        )

    async def _follow(
        self,
        told: Event,
        rows: list[Any],
        wanted: dict[datetime, Time],
        shift: timedelta,
        now: datetime,
    ) -> list[Any]:
        """Rename rows to the new start that each has become."""
        taken = {row.original_wall for row in rows}
        coming = [row for row in rows if row.ends_at > now and row.original_wall not in wanted]
        if not told.is_series:
            coming = coming or [row for row in rows if row.original_wall not in wanted]
        # From the far end when moving on, so that no row takes a name that is still in use.
        for row in sorted(coming, key=lambda row: row.original_wall, reverse=shift > timedelta(0)):
            new = _successor(told, row.original_wall, wanted, shift)
            if new is None or new in taken:
                continue
            taken.discard(row.original_wall)
            taken.add(new)
            await self._connection.execute(
                update(occurrence).where(occurrence.c.id == row.id).values(original_wall=new)
            )
        return await self._rows(told.id)

    async def _settle(self, told: Event, row: Any, time: Time | None) -> None:
        """One row that is there: as the pattern says, or gone, or with times of its own."""
        if row.is_moved:
            starts_at, ends_at = span_to_utc(row.start_wall, row.end_wall, told.zone)
            new: dict[str, Any] = {"starts_at": starts_at, "ends_at": ends_at}
        elif time is not None:
            new = _moments(time)
        else:
            new = {}
        if time is None:
            new["state"] = "gone"
        elif row.state == "gone":
            new["state"] = "planned"
        changed = {name: value for name, value in new.items() if getattr(row, name) != value}
        if changed:
            await self._connection.execute(
                update(occurrence)
                .where(occurrence.c.id == row.id)
                .values(**changed, is_planned=False)
            )


def wanted_times(told: Event, now: datetime, until: datetime) -> list[Time]:
    """The occurrences that are to stand in the table: near ones, the next one, or else the last."""
    pattern = told.pattern
    found = times(pattern, after=now - BACK, before=until, limit=MOST)
    if not any(time.ends_at > now for time in found):
        following = next_time(pattern, now)
        if following is not None and following not in found:
            found.append(following)
    if not found:
        last = last_time(pattern, now)
        found = [] if last is None else [last]
    return found


def _successor(
    told: Event, wall: datetime, wanted: dict[datetime, Time], shift: timedelta
) -> datetime | None:
    if wall + shift in wanted:
        return wall + shift
    if not told.is_series:
        return next(iter(wanted), None)
    same_day = [new for new in wanted if new.date() == wall.date()]
    return same_day[0] if len(same_day) == 1 else None


def _values(event_id: int, time: Time) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "original_wall": time.original,
        **_moments(time),
        "state": "planned",
        "is_moved": False,
        "is_planned": False,
    }


def _moments(time: Time) -> dict[str, Any]:
    return {
        "start_wall": time.start_wall,
        "end_wall": time.end_wall,
        "starts_at": time.starts_at,
        "ends_at": time.ends_at,
    }
