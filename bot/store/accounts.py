"""The accounts of a person, what the person may do, and where they are written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import Author, ConversationRef, Platform, private_chat_with
from bot.chat.turn import Role
from bot.store.schema import account, person


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person on one platform."""

    platform: Platform
    account_id: str
    name: str

    @property
    def chat(self) -> ConversationRef:
        """The private chat with it."""
        return private_chat_with(self.platform, self.account_id)


class Accounts:
    """One person may have several."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, person_id: int) -> list[Account]:
        """All accounts of a person."""
        rows = await self._connection.execute(
            select(account.c.platform, account.c.account_id, account.c.name)
            .where(account.c.person_id == person_id)
            .order_by(account.c.platform, account.c.account_id)
        )
        return [
            Account(platform=cast(Platform, row.platform), account_id=row.account_id, name=row.name)
            for row in rows
        ]

    async def role(self, person_id: int) -> Role | None:
        """What was granted to a person; None where there is no such person."""
        found = await self._connection.scalar(select(person.c.role).where(person.c.id == person_id))
        return None if found is None else Role(found)

    async def grant(self, person_id: int, role: Role) -> None:
        """Let a person do what ``role`` may; the configuration may let an account do more."""
        await self._connection.execute(
            update(person).where(person.c.id == person_id).values(role=int(role))
        )

    async def language(self, person_id: int) -> str | None:
        """The language that a person chose."""
        return await self._connection.scalar(
            select(person.c.language).where(person.c.id == person_id)
        )

    async def set_home(self, person_id: int, where: ConversationRef | None) -> None:
        """Keep where the assistant writes to a person by itself: one of the accounts' chats.

        It is the person's choice where there are several accounts, and the one chat that hears
        announcements.
        """
        await self._connection.execute(
            update(person)
            .where(person.c.id == person_id)
            .values(
                home_platform=where.platform if where else None,
                home_chat=where.chat_id if where else None,
            )
        )

    async def home(self, person_id: int) -> ConversationRef | None:
        """That chat, or None where there is none."""
        row = (
            await self._connection.execute(
                select(person.c.home_platform, person.c.home_chat).where(person.c.id == person_id)
            )
        ).first()
        if row is None or row.home_chat is None:
            return None
        return ConversationRef(platform=cast(Platform, row.home_platform), chat_id=row.home_chat)

    async def part(self, person_id: int, author: Author, now: datetime) -> ConversationRef | None:
        """Give one account a record of its own; returns a chat of the accounts that stay."""
        inserted = await self._connection.execute(
            insert(person).values(name=author.name, role=0, created_at=now).returning(person.c.id)
        )
        await self._connection.execute(
            update(account)
            .where(account.c.platform == author.platform, account.c.account_id == author.id)
            .values(person_id=inserted.scalar_one())
        )
        home = await self.home(person_id)
        staying = [each.chat for each in await self.of(person_id)]
        return home if home in staying else next(iter(staying), None)
