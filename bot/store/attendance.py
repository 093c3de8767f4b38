"""Who comes: answers to invitations, places and the waiting list, and the vote afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.store.dialects import upsert
from bot.store.person_address import ADDRESS_COLUMNS, address_of
from bot.store.schema import person
from bot.store.schema_events import attendance, event, event_vote, occurrence

Answer = Literal["going", "maybe", "no"]
MOST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attending:
    """Somebody's answer. ``place`` is the position on the waiting list from 1, 0 without one."""

    answer: Answer
    is_waiting: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Answers to one occurrence; those who wait are not among ``going``."""

    going: int = 0
    waiting: int = 0
    maybe: int = 0
    no: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Somebody who answered. ``home`` is where they can be written to by themselves, if anywhere.

    ``language`` is what they chose, or None; ``locale`` is what the platform says of it.
    """

    person_id: int
    name: str
    language: str | None
    answer: Answer
    is_waiting: bool
    home: ConversationRef | None
    locale: str | None = None


class Attendance:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def answer(
        self, occurrence_id: int, person_id: int, answer: Answer, now: datetime
    ) -> Attending:
        """Keep somebody's answer; the last one counts.

        Where all places are taken, ``going`` means the waiting list. Whoever moves up because a
        place came free is told by the clock. Saying "going" again keeps the place in the row.
        """
        capacity = await self._lock(occurrence_id)
        before = await self.get(occurrence_id, person_id)
        if before is not None and before.answer == answer:
            return before
        # Whoever waits for a place that has just come free is before whoever asks now.
        await self.fill(occurrence_id, now)
        is_waiting = (
            answer == "going"
            and capacity is not None
            and (await self.counts(occurrence_id)).going >= capacity
        )
        values = {
            "answer": answer,
            "is_waiting": is_waiting,
            "asked_at": now,
            "is_planned": False,
            "is_told": True,
            "updated_at": now,
        }
        await self._connection.execute(
            upsert(self._connection, attendance)
            .values(occurrence_id=occurrence_id, person_id=person_id, **values)
            .on_conflict_do_update(index_elements=list(attendance.primary_key), set_=values)
        )
        await self.fill(occurrence_id, now)
        found = await self.get(occurrence_id, person_id)
        assert found is not None
        return found

    async def fill(self, occurrence_id: int, now: datetime) -> list[int]:
        """Let those who wait move up while there are places; returns who did.

        Call it after a capacity was raised; the clock tells them.
        """
        capacity = await self._lock(occurrence_id)
        waiting = await self._waiting(occurrence_id)
        if not waiting:
            return []
        going = (await self.counts(occurrence_id)).going
        free = len(waiting) if capacity is None else max(0, capacity - going)
        up = waiting[:free]
        if up:
            await self._connection.execute(
                update(attendance)
                .where(attendance.c.occurrence_id == occurrence_id, attendance.c.person_id.in_(up))
                .values(is_waiting=False, is_told=False, is_planned=False, updated_at=now)
            )
        return up

    async def get(self, occurrence_id: int, person_id: int) -> Attending | None:
        """Somebody's answer, if there is one."""
        row = (
            await self._connection.execute(
                select(attendance.c.answer, attendance.c.is_waiting).where(
                    attendance.c.occurrence_id == occurrence_id,
                    attendance.c.person_id == person_id,
                )
            )
        ).first()
        if row is None:
            return None
        place = 0
        if row.is_waiting:
            place = (await self._waiting(occurrence_id)).index(person_id) + 1
        return Attending(answer=cast(Answer, row.answer), is_waiting=row.is_waiting, place=place)

    async def counts(self, occurrence_id: int) -> Counts:
        """How many answered what."""
        rows = await self._connection.execute(
            select(attendance.c.answer, attendance.c.is_waiting, func.count().label("number"))
            .where(attendance.c.occurrence_id == occurrence_id)
            .group_by(attendance.c.answer, attendance.c.is_waiting)
        )
        found = Counter({"waiting" if row.is_waiting else row.answer: row.number for row in rows})
        return Counts(
            going=found["going"], waiting=found["waiting"], maybe=found["maybe"], no=found["no"]
        )

    async def people(
        self,
        occurrence_ids: Collection[int],
        *,
        answers: Collection[Answer] = ("going", "maybe"),
        limit: int = MOST,
    ) -> list[Attendee]:
        """Who gave one of these answers to any of these occurrences, each person once."""
        return await self._attendees(
            attendance.c.occurrence_id.in_(occurrence_ids),
            attendance.c.answer.in_(answers),
            limit=limit,
        )

    async def take_moved_up(self, limit: int) -> list[tuple[int, Attendee]]:
        """Who moved up from a waiting list and has not heard of it, by occurrence, once each."""
        rows = await self._connection.execute(
            select(attendance.c.occurrence_id, attendance.c.person_id)
            .where(attendance.c.is_told.is_(False))
            .order_by(attendance.c.occurrence_id, attendance.c.person_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found: list[tuple[int, Attendee]] = []
        for row in rows.all():
            mine = (
                attendance.c.occurrence_id == row.occurrence_id,
                attendance.c.person_id == row.person_id,
            )
            await self._connection.execute(update(attendance).where(*mine).values(is_told=True))
            people = await self._attendees(*mine, attendance.c.answer == "going", limit=1)
            found += [(row.occurrence_id, each) for each in people]
        return found

    async def with_room(self, now: datetime) -> list[int]:
        """Occurrences to come on whose waiting list somebody could move up: a guest was forgotten,
        or the capacity was raised."""
        going = (
            select(func.count())
            .where(
                attendance.c.occurrence_id == occurrence.c.id,
                attendance.c.answer == "going",
                ~attendance.c.is_waiting,
            )
            .correlate(occurrence)
            .scalar_subquery()
        )
        waiting = select(attendance.c.occurrence_id).where(attendance.c.is_waiting)
        rows = await self._connection.scalars(
            select(occurrence.c.id)
            .join_from(occurrence, event, occurrence.c.event_id == event.c.id)
            .where(
                occurrence.c.id.in_(waiting),
                occurrence.c.ends_at > now,
                event.c.capacity.is_(None) | (going < event.c.capacity),
            )
        )
        return list(rows)

    async def vote(self, occurrence_id: int, person_id: int, vote: int, now: datetime) -> None:
        """Keep the answer to the one question after an event; the last one counts."""
        await self._connection.execute(
            upsert(self._connection, event_vote)
            .values(occurrence_id=occurrence_id, person_id=person_id, vote=vote, at=now)
            .on_conflict_do_update(
                index_elements=list(event_vote.primary_key), set_={"vote": vote, "at": now}
            )
        )

    async def votes(self, occurrence_id: int) -> Counter[int]:
        """How often each answer was given."""
        rows = await self._connection.execute(
            select(event_vote.c.vote, func.count().label("number"))
            .where(event_vote.c.occurrence_id == occurrence_id)
            .group_by(event_vote.c.vote)
        )
        return Counter({row.vote: row.number for row in rows})

    async def _lock(self, occurrence_id: int) -> int | None:
        """Keep others from answering meanwhile; returns the capacity."""
        return await self._connection.scalar(
            select(event.c.capacity)
            .join(occurrence, occurrence.c.event_id == event.c.id)
            .where(occurrence.c.id == occurrence_id)
            .with_for_update(of=occurrence)
        )

    async def _waiting(self, occurrence_id: int) -> list[int]:
        rows = await self._connection.scalars(
            select(attendance.c.person_id)
            .where(attendance.c.occurrence_id == occurrence_id, attendance.c.is_waiting)
            .order_by(attendance.c.asked_at, attendance.c.person_id)
        )
        return list(rows)

    async def _attendees(self, *conditions: ColumnElement[bool], limit: int) -> list[Attendee]:
        query = (
            select(
                attendance.c.person_id,
                person.c.name,
                person.c.language,
                attendance.c.answer,
                attendance.c.is_waiting,
                *ADDRESS_COLUMNS,
            )
            .join_from(attendance, person, attendance.c.person_id == person.c.id)
            .where(*conditions)
            .order_by(attendance.c.asked_at, attendance.c.person_id)
            .limit(limit)
        )
        rows = await self._connection.execute(query)
        found: dict[int, Any] = {}
        for row in rows:
            found.setdefault(row.person_id, row)
        return [
            Attendee(
                person_id=row.person_id,
                name=row.name,
                language=row.language,
                answer=cast(Answer, row.answer),
                is_waiting=row.is_waiting,
                home=address_of(row),
                locale=row.first_locale,
            )
            for row in found.values()
        ]
