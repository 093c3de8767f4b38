"""People and their accounts on the platforms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import Author
from bot.chat.turn import Member, Role
from bot.store.dialects import insert_for
from bot.store.schema import account, person, question
from bot.store.schema_members import notice

RECOGNISED: Final = (
    person.c.id,
    person.c.language,
    person.c.role,
    account.c.name,
    account.c.locale,
    exists().where(notice.c.person_id == person.c.id).label("has_notices"),
    exists()
    .where(question.c.person_id == person.c.id, question.c.state != "closed")
    .label("has_questions"),
)
"""The columns that ``People.met`` reads."""


def is_their_account() -> ColumnElement[bool]:
    """For a look-up by ``:platform`` and ``:account``."""
    return and_(
        account.c.platform == bindparam("platform"), account.c.account_id == bindparam("account")
    )


_RECOGNISE: Final = (
    select(*RECOGNISED)
    .join_from(account, person, account.c.person_id == person.c.id)
    .where(is_their_account())
)

_ADD: Final = insert(person).returning(person.c.id)


@cache
def _add_account(dialect: str) -> Any:
    return insert_for(dialect, account).on_conflict_do_nothing().returning(account.c.person_id)


class People:
    """One row a person, one row an account."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def recognise(self, author: Author, now: datetime) -> Member:
        """The person behind an account, made on first sight; keeps the account's name fresh."""
        row = (
            await self._connection.execute(
                _RECOGNISE, {"platform": author.platform, "account": author.id}
            )
        ).first()
        return await self.met(row, author, now)

    async def met(self, row: Any, author: Author, now: datetime) -> Member:
        """The person in a row of ``RECOGNISED``; a new one where there is none."""
        if row is None:
            return await self._add(author, now)
        if row.name != author.name or row.locale != author.locale:
            await self._connection.execute(
                update(account)
                .where(account.c.platform == author.platform, account.c.account_id == author.id)
                .values(name=author.name, locale=author.locale)
            )
        return Member(
            id=row.id,
            name=author.name,
            role=Role(row.role),
            language=row.language,
            has_notices=bool(row.has_notices),
            has_questions=bool(row.has_questions),
        )

    async def set_language(self, person_id: int, language: str | None) -> None:
        """Keep a person's choice; None means: follow the platform or the text."""
        await self._connection.execute(
            update(person).where(person.c.id == person_id).values(language=language)
        )

    async def add_all(self, names: Sequence[str], now: datetime) -> list[int]:
        """People without an account, from a list; their numbers in the same order."""
        if not names:
            return []
        inserted = await self._connection.execute(
            insert(person).returning(person.c.id, sort_by_parameter_order=True),
            [{"name": name, "role": 0, "created_at": now} for name in names],
        )
        return list(inserted.scalars())

    async def unmeet(self, person_id: int, now: datetime) -> None:
        """Let go of somebody who was first seen at ``now`` and did nothing themselves."""
        first_seen = await self._connection.scalar(
            select(person.c.created_at).where(person.c.id == person_id)
        )
        if first_seen == now:
            for table, column in ((account, account.c.person_id), (person, person.c.id)):
                await self._connection.execute(delete(table).where(column == person_id))

    async def _add(self, author: Author, now: datetime) -> Member:
        inserted = await self._connection.execute(
            _ADD, {"name": author.name, "role": 0, "created_at": now}
        )
        person_id = int(inserted.scalar_one())
        added = await self._connection.scalar(
            _add_account(self._connection.dialect.name),
            {
                "platform": author.platform,
                "account_id": author.id,
                "person_id": person_id,
                "name": author.name,
                "locale": author.locale,
            },
        )
        if added is None:
            # Their first words elsewhere came at the same moment, and are known by now.
            await self._connection.execute(delete(person).where(person.c.id == person_id))
            return await self.recognise(author, now)
        return Member(id=person_id, name=author.name)
