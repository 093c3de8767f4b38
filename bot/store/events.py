"""Events and series of events. Writing one writes its occurrences ahead as well."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar.recurrence import BrokenRule
from bot.calendar.wall import tzdata_version
from bot.store.event_reckoning import Reckoning
from bot.store.event_rows import EVENT_COLUMNS, Event, EventState, event_values, read_event
from bot.store.event_texts import EventTexts, texts_of
from bot.store.schema_events import event, occurrence

PAGE: Final = 200
_TOLD: Final = (
    *("start_wall", "end_wall", "zone", "rule", "extra_starts", "left_out", "place"),
    *("meeting_link", "state"),
)
"""Fields whose change others must hear of (RFC 5545, SEQUENCE)."""

__all__ = ["BrokenRule", "Event", "Events"]


class Events:
    """Inside the caller's transaction. Moments are aware, wall times naive."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._texts = EventTexts(connection)
        self._reckoning = Reckoning(connection)

    async def add(self, told: Event, now: datetime) -> Event:
        """Keep a new event and write its occurrences; returns it with its number.

        Raises ``BrokenRule`` where its rule cannot be followed.
        """
        told = replace(told, uid=told.uid or f"{secrets.token_hex(16)}@insop")
        number = await self._connection.scalar(
            insert(event)
            .values(
                **event_values(told),
                tzdata=tzdata_version(),
                reckoned_until=None,
                created_at=now,
                updated_at=now,
            )
            .returning(event.c.id)
        )
        assert number is not None
        told = replace(told, id=int(number), updated_at=now)
        await self._texts.put(told.id, told.texts, is_new=True)
        await self._reckoning.write(told, now, is_new=True)
        return told

    async def save(self, told: Event, now: datetime) -> Event:
        """Write a changed event; returns it with its new sequence.

        Occurrences that move with it keep their answers: those whose day or whose distance to
        the start stays the same. Where others must hear of the change (time, place, meeting
        link, state), the sequence grows by one.
        """
        before = await self.get(told.id, is_locked=True)
        if before is None:
            return told
        if any(getattr(before, name) != getattr(told, name) for name in _TOLD):
            told = replace(told, sequence=max(before.sequence, told.sequence) + 1)
        told = replace(told, updated_at=now)
        await self._connection.execute(
            update(event).where(event.c.id == told.id).values(**event_values(told), updated_at=now)
        )
        if before.texts != told.texts:
            await self._texts.put(told.id, told.texts)
        if before.pattern != told.pattern:
            await self._reckoning.write(told, now, shift=told.start_wall - before.start_wall)
        elif (before.state, before.leads) != (told.state, told.leads):
            await self._reckoning.plan_anew(told.id)
        return told

    async def set_state(self, number: int, state: EventState, now: datetime) -> None:
        """Publish, call off or delete an event with all its occurrences."""
        found = await self.get(number)
        if found is not None and found.state != state:
            await self.save(replace(found, state=state), now)

    async def get(self, number: int, *, is_locked: bool = False) -> Event | None:
        """One event; ``is_locked`` keeps others from changing it meanwhile."""
        found = await self._find(event.c.id == number, is_locked=is_locked)
        return found[0] if found else None

    async def by_uid(self, uid: str) -> Event | None:
        """The event of a calendar file's UID."""
        found = await self._find(event.c.uid == uid)
        return found[0] if found else None

    async def drafts(self, organiser_id: int) -> list[Event]:
        """What somebody has begun and not published, the latest first."""
        found = await self._find(event.c.state == "draft", event.c.organiser_id == organiser_id)
        return found[::-1]

    async def of_feed(self, feed_id: int) -> dict[str, int]:
        """UID and number of each event that came from a feed and is not deleted."""
        rows = await self._connection.execute(
            select(event.c.uid, event.c.id).where(
                event.c.feed_id == feed_id, event.c.state != "deleted"
            )
        )
        return {row.uid: row.id for row in rows}

    async def each(self, states: Sequence[EventState] = ("planned",)) -> AsyncIterator[Event]:
        """All events in these states by number, a page at a time."""
        last = 0
        while True:
            page = await self._find(event.c.state.in_(states), event.c.id > last)
            for told in page:
                yield told
            if len(page) < PAGE:
                return
            last = page[-1].id

    async def ids(self, number: int) -> list[int]:
        """The numbers of an event's occurrences that are not gone."""
        rows = await self._connection.scalars(
            select(occurrence.c.id).where(
                occurrence.c.event_id == number, occurrence.c.state != "gone"
            )
        )
        return list(rows)

    async def _find(self, *conditions: ColumnElement[bool], is_locked: bool = False) -> list[Event]:
        query = select(*EVENT_COLUMNS).where(*conditions).order_by(event.c.id).limit(PAGE)
        rows = (
            await self._connection.execute(query.with_for_update() if is_locked else query)
        ).all()
        texts = await texts_of(self._connection, [row.event_id for row in rows])
        return [read_event(row, texts[row.event_id]) for row in rows]
