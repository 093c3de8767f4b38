"""Reminders that are due: taken once each, by whichever process comes first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import and_, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar.reminding import ReminderKind
from bot.chat.events import ConversationRef, Platform
from bot.store.person_address import ADDRESS_COLUMNS, address_of
from bot.store.schema import chat, person
from bot.store.schema_events import attendance, calendar_chat, calendar_person, occurrence, reminder
from bot.store.schema_members import membership


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReminder:
    """What the sender of a reminder must know of it.

    ``to`` is None where nobody can be written to. ``starts_at`` is the start it was planned for.
    ``is_superseded``: a later one of the same kind is due for the same recipient as well.
    ``answer`` is a person's, empty for a chat; ``zone`` and ``language`` as chosen, or None;
    ``locale`` is what the platform says of a person's.
    """

    id: int
    occurrence_id: int
    person_id: int | None
    kind: ReminderKind
    lead: int
    starts_at: datetime
    due_at: datetime
    is_superseded: bool
    to: ConversationRef | None
    language: str | None
    locale: str | None
    zone: str | None
    country: str | None
    is_member: bool
    answer: str
    is_waiting: bool


class Reminders:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_due(self, now: datetime, limit: int) -> list[DueReminder]:
        """Up to ``limit`` that are due, the oldest first; no other process has them.

        They must be settled in the same transaction.
        """
        ids = list(
            await self._connection.scalars(
                select(reminder.c.id)
                .where(reminder.c.state == "waiting", reminder.c.due_at <= now, _IS_PLANNED)
                .order_by(reminder.c.due_at, reminder.c.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        )
        if not ids:
            return []
        later = reminder.alias()
        is_superseded = exists().where(
            later.c.occurrence_id == reminder.c.occurrence_id,
            later.c.kind == "before",
            reminder.c.kind == "before",
            later.c.lead < reminder.c.lead,
            later.c.due_at <= now,
            later.c.platform == reminder.c.platform,
            later.c.chat_id == reminder.c.chat_id,
            later.c.thread_id == reminder.c.thread_id,
            func.coalesce(later.c.person_id, 0) == func.coalesce(reminder.c.person_id, 0),
        )
        rows = await self._connection.execute(
            select(
                reminder,
                is_superseded.label("is_superseded"),
                *(attendance.c.answer, attendance.c.is_waiting),
                person.c.language.label("person_language"),
                calendar_person.c.zone.label("person_zone"),
                calendar_chat.c.zone.label("chat_zone"),
                func.coalesce(calendar_chat.c.language, chat.c.language).label("chat_language"),
                *(membership.c.country, membership.c.state.label("membership")),
                *ADDRESS_COLUMNS,
            )
            .select_from(reminder)
            .outerjoin(person, person.c.id == reminder.c.person_id)
            .outerjoin(
                attendance,
                and_(
                    attendance.c.person_id == reminder.c.person_id,
                    attendance.c.occurrence_id == reminder.c.occurrence_id,
                ),
            )
            .outerjoin(calendar_person, calendar_person.c.person_id == reminder.c.person_id)
            .outerjoin(membership, membership.c.person_id == reminder.c.person_id)
            .outerjoin(
                calendar_chat,
                and_(
                    calendar_chat.c.platform == reminder.c.platform,
                    calendar_chat.c.chat_id == reminder.c.chat_id,
                    calendar_chat.c.thread_id == reminder.c.thread_id,
                ),
            )
            .outerjoin(
                chat,
                and_(chat.c.platform == reminder.c.platform, chat.c.chat_id == reminder.c.chat_id),
            )
            .where(reminder.c.id.in_(ids))
            .order_by(reminder.c.due_at, reminder.c.id)
        )
        return [_read(row) for row in rows]

    async def settle(
        self, ids: Collection[int], state: str, now: datetime, *, reason: str | None = None
    ) -> None:
        """Note what became of them: ``queued``, or ``skipped`` with a reason."""
        if ids:
            await self._connection.execute(
                update(reminder)
                .where(reminder.c.id.in_(ids))
                .values(state=state, reason=reason, done_at=now)
            )

    async def next_due(self) -> datetime | None:
        """When the next one is due."""
        found: datetime | None = await self._connection.scalar(
            select(func.min(reminder.c.due_at)).where(reminder.c.state == "waiting", _IS_PLANNED)
        )
        return found

    async def forget_before(self, moment: datetime) -> int:
        """Drop those of occurrences that ended before ``moment``; returns how many."""
        over = select(occurrence.c.id).where(occurrence.c.ends_at < moment)
        result = await self._connection.execute(
            delete(reminder).where(reminder.c.occurrence_id.in_(over))
        )
        return int(result.rowcount)

    async def counts(self, occurrence_id: int) -> dict[str, int]:
        """How many are waiting, queued and skipped."""
        rows = await self._connection.execute(
            select(reminder.c.state, func.count().label("number"))
            .where(reminder.c.occurrence_id == occurrence_id)
            .group_by(reminder.c.state)
        )
        return {row.state: row.number for row in rows}


_IS_PLANNED: Final = exists().where(
    occurrence.c.id == reminder.c.occurrence_id, occurrence.c.is_planned
)
"""What was changed a moment ago waits until its reminders are planned anew."""


def _read(row: Any) -> DueReminder:
    if row.person_id is None:
        to: ConversationRef | None = ConversationRef(
            platform=cast(Platform, row.platform),
            chat_id=row.chat_id,
            thread_id=row.thread_id,
            is_private=False,
        )
    else:
        to = address_of(row)
    return DueReminder(
        id=row.id,
        occurrence_id=row.occurrence_id,
        person_id=row.person_id,
        kind=row.kind,
        lead=row.lead,
        starts_at=row.starts_at,
        due_at=row.due_at,
        is_superseded=bool(row.is_superseded),
        to=to,
        language=row.chat_language if row.person_id is None else row.person_language,
        locale=row.first_locale,
        zone=row.chat_zone if row.person_id is None else row.person_zone,
        country=row.country,
        is_member=row.membership == "member",
        answer=row.answer or "",
        is_waiting=bool(row.is_waiting),
    )
