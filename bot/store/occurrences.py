"""The times at which events take place, written ahead of time from their patterns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar.wall import span_to_utc
from bot.store.event_rows import (
    EVENT_COLUMNS,
    OCCURRENCE_COLUMNS,
    Meeting,
    read_event,
    read_occurrence,
)
from bot.store.event_texts import texts_of
from bot.store.schema_events import event, event_file, occurrence


class Occurrences:
    """Inside the caller's transaction. All moments are aware."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, occurrence_id: int) -> Meeting | None:
        """One occurrence with its event, unless that is deleted."""
        found = await self._meetings(occurrence.c.id == occurrence_id, limit=1)
        return found[0] if found else None

    async def many(self, occurrence_ids: Collection[int]) -> dict[int, Meeting]:
        """Occurrences by number; those of deleted events are left out."""
        wanted = occurrence.c.id.in_(occurrence_ids)
        found = await self._meetings(wanted, limit=len(occurrence_ids)) if occurrence_ids else []
        return {meeting.occurrence.id: meeting for meeting in found}

    async def upcoming(
        self,
        now: datetime,
        *,
        limit: int = 10,
        offset: int = 0,
        topics: Collection[str] = (),
    ) -> list[Meeting]:
        """What is on or still to come and not called off, the next first; no drafts.

        ``topics``: only events that have one of them; empty means all.
        """
        return await self._meetings(
            occurrence.c.ends_at > now,
            occurrence.c.state == "planned",
            event.c.state == "planned",
            *_about(topics),
            limit=limit,
            offset=offset,
        )

    async def past(self, now: datetime, *, limit: int = 10, offset: int = 0) -> list[Meeting]:
        """What is over, the latest first."""
        return await self._meetings(
            occurrence.c.ends_at <= now,
            occurrence.c.state == "planned",
            event.c.state == "planned",
            limit=limit,
            offset=offset,
            is_latest_first=True,
        )

    async def between(
        self, begin: datetime, end: datetime, *, topics: Collection[str] = (), limit: int = 100
    ) -> list[Meeting]:
        """What starts from ``begin`` on and before ``end`` and is not called off."""
        return await self._meetings(
            occurrence.c.starts_at >= begin,
            occurrence.c.starts_at < end,
            occurrence.c.state == "planned",
            event.c.state == "planned",
            *_about(topics),
            limit=limit,
        )

    async def recorded(self, since: datetime, *, limit: int = 20) -> list[Meeting]:
        """Of what there is a recording that was added after ``since``, the latest first."""
        files = select(event_file.c.occurrence_id).where(
            event_file.c.kind == "recording", event_file.c.added_at > since
        )
        return await self._meetings(
            occurrence.c.id.in_(files),
            event.c.state == "planned",
            limit=limit,
            is_latest_first=True,
        )

    async def of_event(
        self, event_id: int, *, since: datetime | None = None, limit: int = 100
    ) -> list[Meeting]:
        """All that are written of one event, called off or not, that end after ``since``."""
        later = [] if since is None else [occurrence.c.ends_at > since]
        return await self._meetings(
            occurrence.c.event_id == event_id, occurrence.c.state != "gone", *later, limit=limit
        )

    async def move(
        self,
        occurrence_id: int,
        *,
        start_wall: datetime,
        end_wall: datetime,
        place: str | None,
        now: datetime,
    ) -> None:
        """Give one occurrence times (wall times in the event's zone) and a place of its own."""
        zone = await self._connection.scalar(
            select(event.c.zone).join(occurrence).where(occurrence.c.id == occurrence_id)
        )
        if zone is None:
            return
        starts_at, ends_at = span_to_utc(start_wall, end_wall, zone)
        await self._change(
            occurrence_id,
            now,
            start_wall=start_wall,
            end_wall=end_wall,
            starts_at=starts_at,
            ends_at=ends_at,
            place=place,
            is_moved=True,
        )

    async def follow_rule(self, occurrence_id: int, now: datetime) -> None:
        """Give one occurrence its times by the rule and the event's place again."""
        meeting = await self.get(occurrence_id)
        if meeting is None:
            return
        original, told = meeting.occurrence.original_wall, meeting.event
        end = original + (told.end_wall - told.start_wall)
        await self.move(occurrence_id, start_wall=original, end_wall=end, place=None, now=now)
        await self._connection.execute(
            update(occurrence).where(occurrence.c.id == occurrence_id).values(is_moved=False)
        )

    async def cancel(self, occurrence_id: int, now: datetime) -> None:
        """Call one occurrence off; its event goes on."""
        await self._change(occurrence_id, now, state="cancelled")

    async def restore(self, occurrence_id: int, now: datetime) -> None:
        """Let a cancelled occurrence take place after all."""
        await self._change(occurrence_id, now, state="planned")

    async def _change(self, occurrence_id: int, now: datetime, **values: Any) -> None:
        number = await self._connection.scalar(
            update(occurrence)
            .where(occurrence.c.id == occurrence_id)
            .values(**values, is_planned=False)
            .returning(occurrence.c.event_id)
        )
        await self._connection.execute(
            update(event)
            .where(event.c.id == number)
            .values(sequence=event.c.sequence + 1, updated_at=now)
        )

    async def _meetings(
        self,
        *conditions: ColumnElement[bool],
        limit: int,
        offset: int = 0,
        is_latest_first: bool = False,
    ) -> list[Meeting]:
        order: Sequence[ColumnElement[Any]] = (occurrence.c.starts_at, occurrence.c.id)
        if is_latest_first:
            order = [column.desc() for column in order]
        rows = (
            await self._connection.execute(
                select(*OCCURRENCE_COLUMNS, *EVENT_COLUMNS)
                .join_from(occurrence, event, occurrence.c.event_id == event.c.id)
                .where(event.c.state != "deleted", *conditions)
                .order_by(*order)
                .limit(limit)
                .offset(offset)
            )
        ).all()
        texts = await texts_of(self._connection, {row.event_id for row in rows})
        return [
            Meeting(event=read_event(row, texts[row.event_id]), occurrence=read_occurrence(row))
            for row in rows
        ]


def _about(topics: Collection[str]) -> list[ColumnElement[bool]]:
    if not topics:
        return []
    listed = "," + event.c.topics + ","
    found: ColumnElement[bool] | None = None
    for topic in topics:
        one = listed.contains(f",{topic},", autoescape=True)
        found = one if found is None else found | one
    assert found is not None
    return [found]
