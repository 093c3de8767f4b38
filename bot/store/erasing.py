"""Forgetting a person, in one transaction; and merging two records of one person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.article_drafts import ArticleDrafts
from bot.store.asked import Asked
from bot.store.erasing_desk import KEPT, forget_names, forget_questions
from bot.store.letters import KINDS, Letters
from bot.store.person_rows import (
    Pair,
    account_tables,
    accounts_of,
    among,
    chat_tables,
    person_columns,
    private_chats_of,
)
from bot.store.schema import account, conversation, delivery, inbox, person, question
from bot.store.schema_events import attendance, reminder
from bot.store.schema_members import email_code

_KEPT_WITHOUT_PERSON: Final = frozenset(
    {"question", "announcement", "audit", "event", "asked", "article_draft"}
)
"""Rows that stay for counting or as proof of what staff did, without whom they are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How many rows went, by table; tables without any are left out."""

    rows: dict[str, int]


class Eraser:
    """Works on whatever tables there are, see ``bot.store.person_rows``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.has_erased = False
        """Whether old pages of the database file may still hold what was deleted."""

    async def forget(self, person_id: int, now: datetime) -> Erased:
        """Take somebody out of every table. Questions keep topic, language, date and state."""
        self.has_erased = True
        counts: dict[str, int] = {}
        # Before anything of theirs is held: a turn of theirs elsewhere holds its update until its
        # end, where it writes of the person.
        accounts = await accounts_of(self._connection, person_id)
        await self._forget_updates(accounts, now, counts)
        # What another process is just writing about them is awaited, and then taken out as well.
        await self._connection.execute(
            select(person.c.id).where(person.c.id == person_id).with_for_update()
        )
        late = await accounts_of(self._connection, person_id) - accounts
        await self._forget_updates(late, now, counts)
        accounts |= late
        chats = await private_chats_of(self._connection, person_id, accounts)
        await Asked(self._connection).forget_words_of(person_id)
        await ArticleDrafts(self._connection).forget_asker(person_id)
        await self._forget_questions(person_id, now, counts)
        await self._forget_relays(person_id, counts)
        await self._forget_codes(person_id)
        await self._forget_refusals(person_id, counts)
        for table in account_tables():
            await self._count(
                counts, table.name, delete(table).where(among(table, "account_id", accounts))
            )
        for table in chat_tables():
            await self._count(
                counts, table.name, delete(table).where(among(table, "chat_id", chats))
            )
        for table, column in person_columns():
            if table.name in _KEPT_WITHOUT_PERSON or table.name in KEPT:
                change = update(table).where(column == person_id).values({column.name: None})
                await self._count(counts, table.name, change)
            elif table is not account:
                await self._count(counts, table.name, delete(table).where(column == person_id))
        await self._count(
            counts, "account", delete(account).where(account.c.person_id == person_id)
        )
        await self._count(counts, "person", delete(person).where(person.c.id == person_id))
        return Erased(rows={name: count for name, count in counts.items() if count})

    async def forget_questions_before(self, moment: datetime) -> int:
        """Old questions lose their asker and their text."""
        numbers = list(
            await self._connection.scalars(
                select(question.c.id).where(
                    question.c.created_at < moment, question.c.person_id.is_not(None)
                )
            )
        )
        await forget_questions(self._connection, numbers, moment)
        for number in numbers:
            await self._connection.execute(delete(delivery).where(_tells_of(f"question:{number}")))
        self.has_erased = self.has_erased or bool(numbers)
        return len(numbers)

    async def forget_conversations_before(self, moment: datetime) -> int:
        """What was talked about last; returns how many conversations."""
        # A turn elsewhere that ended just after its account was erased may have left its state.
        is_ownerless = ~exists().where(account.c.account_id == conversation.c.account_id)
        result = await self._connection.execute(
            delete(conversation).where(or_(conversation.c.updated_at < moment, is_ownerless))
        )
        return int(result.rowcount)

    async def forget_deliveries_before(self, moment: datetime) -> int:
        """Messages that have come to their end; what still waits stays."""
        result = await self._connection.execute(
            delete(delivery).where(
                delivery.c.updated_at < moment,
                delivery.c.state.in_(("sent", "failed", "skipped")),
            )
        )
        return int(result.rowcount)

    async def merge(self, keep: int, drop: int) -> None:
        """Give all rows of ``drop`` to ``keep``; where both have one, that of ``keep`` stays."""
        # Reminders follow from the answers; the clock plans them anew.
        await self._connection.execute(delete(reminder).where(reminder.c.person_id == drop))
        await self._connection.execute(
            update(attendance)
            .where(attendance.c.person_id.in_((keep, drop)))
            .values(is_planned=False)
        )
        for table, column in person_columns():
            key = [part for part in table.primary_key.columns if part is not column]
            if column.primary_key and not key:
                await self._connection.execute(delete(table).where(column == drop))
                continue
            if column.primary_key:
                other = table.alias()
                twice = select(other.c[key[0].name]).where(
                    other.c[column.name] == keep,
                    *(other.c[part.name] == part for part in key),
                )
                await self._connection.execute(delete(table).where(column == drop, twice.exists()))
            await self._connection.execute(
                update(table).where(column == drop).values({column.name: keep})
            )
        await self._connection.execute(delete(person).where(person.c.id == drop))

    async def _forget_questions(
        self, person_id: int, now: datetime, counts: dict[str, int]
    ) -> None:
        """The person's questions, and the person's name in what was answered to others."""
        numbers = list(
            await self._connection.scalars(
                select(question.c.id).where(question.c.person_id == person_id)
            )
        )
        counts["question"] = len(numbers)
        counts["question_message"] = await forget_questions(self._connection, numbers, now)
        for number in numbers:
            told = delete(delivery).where(_tells_of(f"question:{number}"))
            await self._count(counts, "delivery", told)
        await forget_names(self._connection, person_id)

    async def _forget_relays(self, person_id: int, counts: dict[str, int]) -> None:
        """What desks were told about the person's membership."""
        sources = [f"application:{person_id}", f"member:{person_id}"]
        for source in sources:
            await self._count(counts, "delivery", delete(delivery).where(_tells_of(source)))

    async def _forget_codes(self, person_id: int) -> None:
        """The marks stay for a day, so that nobody gets around the limit of mails this way."""
        await self._connection.execute(
            update(email_code)
            .where(email_code.c.person_id == person_id)
            .values(person_id=None, email=None, code_hash=None, salt=None, state="void")
        )

    async def _forget_refusals(self, person_id: int, counts: dict[str, int]) -> None:
        """Of an address that is theirs for certain: anybody may have named another's."""
        letters = Letters(self._connection)
        for mark in await letters.marks_of(person_id):
            for kind in KINDS:
                gone = int(await letters.allow(mark, kind))
                counts["letter_refusal"] = counts.get("letter_refusal", 0) + gone

    async def _forget_updates(
        self, accounts: set[Pair], now: datetime, counts: dict[str, int]
    ) -> None:
        """Raw updates of theirs that were not handled yet; the numbers stay, as handled."""
        for platform, key in accounts:
            whole = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")
            rows = await self._connection.execute(
                select(inbox.c.update_id, inbox.c.payload).where(
                    inbox.c.platform == platform, inbox.c.payload.contains(key, autoescape=True)
                )
            )
            for row in rows.all():
                if whole.search(row.payload):
                    change = (
                        update(inbox)
                        .where(inbox.c.platform == platform, inbox.c.update_id == row.update_id)
                        .values(payload=None, done_at=now)
                    )
                    await self._count(counts, "inbox", change)

    async def _count(self, counts: dict[str, int], name: str, statement: Any) -> None:
        result = await self._connection.execute(statement)
        counts[name] = counts.get(name, 0) + int(result.rowcount)


def _tells_of(source: str) -> Any:
    return or_(delivery.c.source == source, delivery.c.source.startswith(f"{source}:"))
