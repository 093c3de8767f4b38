"""Which reminders are to be sent, kept in line with occurrences, answers and choices.

Whatever changes an occurrence, an answer or a choice marks it as not planned; what is marked is
looked at here, a few hundred rows a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar.reminding import Wanted
from bot.chat.events import ConversationRef
from bot.store.calendar_choices import Choices, read_choices
from bot.store.person_address import ADDRESS_COLUMNS, address_of
from bot.store.schema import person
from bot.store.schema_events import attendance, calendar_person, occurrence, reminder
from bot.store.schema_members import membership

AFTERMATH: Final = timedelta(days=60)
"""How long after its end an occurrence may still cause messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody whose reminders of one occurrence are to be planned.

    ``since`` is when they answered or chose last.
    """

    occurrence_id: int
    person_id: int
    answer: str
    is_waiting: bool
    since: datetime
    choices: Choices
    country: str | None
    home: ConversationRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person, or else a chat."""

    occurrence_id: int
    person_id: int | None = None
    where: ConversationRef | None = None

    @property
    def key(self) -> tuple[int, int | None, str, str, str]:
        """What names the recipient's reminders of the occurrence."""
        platform, chat_id, thread_id = self.where.key if self.where else ("", "", "")
        return (self.occurrence_id, self.person_id, platform, chat_id, thread_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a recipient shall get for an occurrence that starts at ``starts_at``.

    What would have been due before ``since`` is not made up for: it was not wanted then.
    """

    starts_at: datetime
    since: datetime
    wishes: tuple[Wanted, ...] = ()


class ReminderPlans:
    """Inside the caller's transaction. Several processes share the work: rows are locked."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_occurrences(self, now: datetime, limit: int) -> list[int]:
        """Occurrences whose reminders must be looked at, marked as planned, the next ones first.

        Those of their guests follow: they are marked as not planned.
        """
        rows = await self._connection.scalars(
            select(occurrence.c.id)
            .where(occurrence.c.is_planned.is_(False))
            .order_by(occurrence.c.starts_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = list(rows)
        if taken:
            await self._connection.execute(
                update(occurrence).where(occurrence.c.id.in_(taken)).values(is_planned=True)
            )
            await self._connection.execute(
                update(attendance)
                .where(attendance.c.occurrence_id.in_(taken))
                .values(is_planned=False)
            )
        return taken

    async def take_guests(self, limit: int) -> list[Guest]:
        """Answers whose reminders must be looked at, marked as planned."""
        rows = await self._connection.execute(
            select(attendance.c.occurrence_id, attendance.c.person_id)
            .where(attendance.c.is_planned.is_(False))
            .order_by(attendance.c.occurrence_id, attendance.c.person_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        keys = [(row.occurrence_id, row.person_id) for row in rows]
        if not keys:
            return []
        mine = tuple_(attendance.c.occurrence_id, attendance.c.person_id).in_(keys)
        await self._connection.execute(update(attendance).where(mine).values(is_planned=True))
        found = await self._connection.execute(
            select(
                *(attendance.c.occurrence_id, attendance.c.person_id, attendance.c.answer),
                *(attendance.c.is_waiting, attendance.c.updated_at.label("answered_at")),
                calendar_person.c.updated_at.label("chosen_at"),
                *(calendar_person.c.zone, calendar_person.c.leads, calendar_person.c.quiet),
                membership.c.country,
                *ADDRESS_COLUMNS,
            )
            .join_from(attendance, person, attendance.c.person_id == person.c.id)
            .outerjoin(calendar_person, calendar_person.c.person_id == person.c.id)
            .outerjoin(membership, membership.c.person_id == person.c.id)
            .where(mine)
        )
        return [
            Guest(
                occurrence_id=row.occurrence_id,
                person_id=row.person_id,
                answer=row.answer,
                is_waiting=row.is_waiting,
                since=max(row.answered_at, row.chosen_at or row.answered_at),
                choices=read_choices(row),
                country=row.country,
                home=address_of(row),
            )
            for row in found
        ]

    async def settle_people(self, plans: Mapping[Recipient, Plan]) -> None:
        """Let exactly these reminders of these people be waiting.

        What has gone out stays as it is, unless the start has moved since and it is wanted again.
        """
        keys = [(each.occurrence_id, each.person_id) for each in plans]
        mine = tuple_(reminder.c.occurrence_id, reminder.c.person_id).in_(keys)
        await self._settle(plans, mine)

    async def settle_chats(
        self, occurrence_ids: Collection[int], plans: Mapping[Recipient, Plan]
    ) -> None:
        """The same for all groups and channels, those without a plan as well."""
        mine = reminder.c.person_id.is_(None) & reminder.c.occurrence_id.in_(occurrence_ids)
        await self._settle(plans, mine)

    async def _settle(self, plans: Mapping[Recipient, Plan], mine: ColumnElement[bool]) -> None:
        known = await self._known(mine)
        added: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        kept: set[int] = set()
        for recipient, plan in plans.items():
            for wish in plan.wishes:
                row = known.get((*recipient.key, wish.kind, wish.lead))
                is_new = row is None or row.starts_at != plan.starts_at
                if is_new and wish.due_at < plan.since:
                    continue
                if row is None:
                    added.append(_values(recipient, plan.starts_at, wish))
                    continue
                kept.add(row.id)
                if is_new or (row.state == "waiting" and row.due_at != wish.due_at):
                    changed.append({"row": row.id, "due": wish.due_at, "start": plan.starts_at})
        gone = [row.id for row in known.values() if row.id not in kept and row.state == "waiting"]
        if gone:
            await self._connection.execute(delete(reminder).where(reminder.c.id.in_(gone)))
        if added:
            await self._connection.execute(insert(reminder), added)
        if changed:
            await self._connection.execute(_CHANGE, changed)

    async def _known(self, mine: ColumnElement[bool]) -> dict[Any, Any]:
        rows = await self._connection.execute(select(reminder).where(mine))
        return {
            (
                *(row.occurrence_id, row.person_id, row.platform, row.chat_id, row.thread_id),
                *(row.kind, row.lead),
            ): row
            for row in rows
        }


_CHANGE: Final = (
    update(reminder)
    .where(reminder.c.id == bindparam("row"))
    .values(
        due_at=bindparam("due"),
        starts_at=bindparam("start"),
        state="waiting",
        reason=None,
        done_at=None,
    )
)


def _values(recipient: Recipient, starts_at: datetime, wish: Wanted) -> dict[str, Any]:
    occurrence_id, person_id, platform, chat_id, thread_id = recipient.key
    return {
        "occurrence_id": occurrence_id,
        "person_id": person_id,
        "platform": platform,
        "chat_id": chat_id,
        "thread_id": thread_id,
        "kind": wish.kind,
        "lead": wish.lead,
        "starts_at": starts_at,
        "due_at": wish.due_at,
        "state": "waiting",
    }
