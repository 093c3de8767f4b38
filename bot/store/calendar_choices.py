"""What people, groups and channels chose for the calendar: zone, reminders, quiet hours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar.leads import leads_from_text, leads_to_text
from bot.chat.events import ConversationRef, Platform
from bot.store.dialects import upsert
from bot.store.schema_events import (
    attendance,
    calendar_chat,
    calendar_person,
    digest,
    event,
    occurrence,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """None takes the default of the settings.

    ``zone`` is an IANA name; ``leads`` are minutes before the start, empty for no reminders;
    ``quiet`` is ``22:00-07:00``, empty for no quiet hours (``bot.calendar.leads``).
    """

    zone: str | None = None
    leads: tuple[int, ...] | None = None
    quiet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChoices:
    """A group or channel in which reminders are posted. Empty ``topics`` mean all events.

    ``since`` is when it chose last; the store keeps it.
    """

    where: ConversationRef
    language: str | None = None
    choices: Choices = Choices()
    topics: tuple[str, ...] = ()
    since: datetime | None = None


class CalendarChoices:
    """Inside the caller's transaction. The reminders that are waiting follow each change."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_person(self, person_id: int) -> Choices:
        """What somebody chose."""
        row = (
            await self._connection.execute(
                select(calendar_person).where(calendar_person.c.person_id == person_id)
            )
        ).first()
        return Choices() if row is None else read_choices(row)

    async def set_person(self, person_id: int, choices: Choices, now: datetime) -> None:
        """Keep all of somebody's choices (change one with ``dataclasses.replace``)."""
        values = {**_values(choices), "updated_at": now}
        await self._connection.execute(
            upsert(self._connection, calendar_person)
            .values(person_id=person_id, **values)
            .on_conflict_do_update(index_elements=[calendar_person.c.person_id], set_=values)
        )
        coming = select(occurrence.c.id).where(occurrence.c.ends_at > now)
        await self._connection.execute(
            update(attendance)
            .where(attendance.c.person_id == person_id, attendance.c.occurrence_id.in_(coming))
            .values(is_planned=False)
        )

    async def of_chat(self, where: ConversationRef) -> ChatChoices | None:
        """What a group or channel chose; None where no reminders are posted in it."""
        row = (await self._connection.execute(select(calendar_chat).where(*_is(where)))).first()
        return None if row is None else _read_chat(row)

    async def set_chat(self, chosen: ChatChoices, now: datetime) -> None:
        """Post reminders in a group or channel, by these choices."""
        values = {
            **_values(chosen.choices),
            "language": chosen.language,
            "topics": ",".join(chosen.topics),
            "updated_at": now,
        }
        where = chosen.where
        await self._connection.execute(
            upsert(self._connection, calendar_chat)
            .values(
                platform=where.platform,
                chat_id=where.chat_id,
                thread_id=where.thread_id,
                **values,
            )
            .on_conflict_do_update(index_elements=list(calendar_chat.primary_key), set_=values)
        )
        await self._plan_all(now)

    async def remove_chat(self, where: ConversationRef, now: datetime) -> bool:
        """Post no more reminders there; False where there were none."""
        result = await self._connection.execute(delete(calendar_chat).where(*_is(where)))
        if result.rowcount:
            await self._plan_all(now)
        return bool(result.rowcount)

    async def move(self, old: ConversationRef, new: ConversationRef, now: datetime) -> None:
        """Take what a group chose, and its weekly overview, to its new address."""
        chosen = await self.of_chat(old)
        if chosen is not None and await self.of_chat(new) is None:
            await self.set_chat(replace(chosen, where=new), now)
        await self.remove_chat(old, now)
        mine = (digest.c.platform == old.platform, digest.c.chat_id == old.chat_id)
        taken = select(digest.c.id).where(
            digest.c.platform == new.platform, digest.c.chat_id == new.chat_id
        )
        if (await self._connection.execute(taken)).first() is None:
            await self._connection.execute(update(digest).where(*mine).values(chat_id=new.chat_id))
        await self._connection.execute(delete(digest).where(*mine))

    async def chats(self) -> list[ChatChoices]:
        """All groups and channels in which reminders are posted."""
        rows = await self._connection.execute(
            select(calendar_chat).order_by(*calendar_chat.primary_key)
        )
        return [_read_chat(row) for row in rows]

    async def zones(self, person_ids: Collection[int]) -> dict[int, str]:
        """The time zones that people chose, by person."""
        rows = await self._connection.execute(
            select(calendar_person.c.person_id, calendar_person.c.zone).where(
                calendar_person.c.person_id.in_(person_ids), calendar_person.c.zone.is_not(None)
            )
        )
        return {row.person_id: row.zone for row in rows}

    async def _plan_all(self, now: datetime) -> None:
        planned = select(event.c.id).where(event.c.state == "planned")
        await self._connection.execute(
            update(occurrence)
            .where(occurrence.c.ends_at > now, occurrence.c.event_id.in_(planned))
            .values(is_planned=False)
        )


def read_choices(row: Any) -> Choices:
    """From a row with the columns ``zone``, ``leads`` and ``quiet``."""
    return Choices(zone=row.zone, leads=leads_from_text(row.leads), quiet=row.quiet)


def _values(choices: Choices) -> dict[str, Any]:
    return {
        "zone": choices.zone,
        "leads": leads_to_text(choices.leads),
        "quiet": choices.quiet,
    }


def _read_chat(row: Any) -> ChatChoices:
    return ChatChoices(
        where=ConversationRef(
            platform=cast(Platform, row.platform),
            chat_id=row.chat_id,
            thread_id=row.thread_id,
            is_private=False,
        ),
        language=row.language,
        choices=read_choices(row),
        topics=tuple(filter(None, row.topics.split(","))),
        since=row.updated_at,
    )


def _is(where: ConversationRef) -> tuple[Any, ...]:
    return (
        calendar_chat.c.platform == where.platform,
        calendar_chat.c.chat_id == where.chat_id,
        calendar_chat.c.thread_id == where.thread_id,
    )
