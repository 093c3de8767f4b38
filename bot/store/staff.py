"""The secretariat: who belongs to it, and where each is written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, Platform, private_chat_with
from bot.chat.turn import Role
from bot.store.schema import account, person
from bot.store.schema_members import membership

_ORDER = ("telegram", "discord", "console")
"""Where somebody is written to who has chosen nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """``person_id`` is None for an account that has never written to the assistant."""

    person_id: int | None
    chat: ConversationRef


class Staff:
    """Roles come from the configuration, by account, and from grants, by person."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def secretaries(self, roles: Mapping[str, Role]) -> list[StaffMember]:
        """Everybody with the secretariat's role or a higher one, each person once."""
        named = {key for key, role in roles.items() if role >= Role.SECRETARIAT}
        rows = await self._connection.execute(
            select(
                account.c.platform,
                account.c.account_id,
                person.c.id,
                person.c.role,
                person.c.home_platform,
                person.c.home_chat,
            )
            .join_from(account, person, account.c.person_id == person.c.id)
            .where(
                (person.c.role >= int(Role.SECRETARIAT))
                | account.c.account_id.in_([key.partition(":")[2] for key in named])
            )
            .order_by(person.c.id)
        )
        found: dict[int, list[ConversationRef]] = {}
        homes: dict[int, ConversationRef] = {}
        known: set[str] = set()
        for row in rows:
            key = f"{row.platform}:{row.account_id}"
            if row.role < int(Role.SECRETARIAT) and key not in named:
                continue
            known.add(key)
            chat = private_chat_with(cast(Platform, row.platform), row.account_id)
            found.setdefault(row.id, []).append(chat)
            if row.home_chat is not None:
                platform = cast(Platform, row.home_platform)
                homes[row.id] = ConversationRef(platform=platform, chat_id=row.home_chat)
        members = [
            StaffMember(person_id=number, chat=homes.get(number) or min(chats, key=_rank))
            for number, chats in found.items()
        ]
        for key in sorted(named - known):
            name, _, number = key.partition(":")
            chat = private_chat_with(cast(Platform, name), number)
            members.append(StaffMember(person_id=None, chat=chat))
        return members

    async def twins(self, person_id: int, contacts: Sequence[Sequence[str]]) -> frozenset[int]:
        """Other records that are most likely the same human being.

        They confirmed the same address, or an account of each stands under one of ``contacts``
        (accounts like ``telegram:123``).
        """
        own, other = membership.alias(), membership.alias()
        found = set(
            await self._connection.scalars(
                select(other.c.person_id)
                .join_from(own, other, own.c.email == other.c.email)
                .where(
                    own.c.person_id == person_id,
                    own.c.email_confirmed_at.is_not(None),
                    other.c.email_confirmed_at.is_not(None),
                )
            )
        )
        rows = await self._connection.execute(
            select(account.c.platform, account.c.account_id).where(account.c.person_id == person_id)
        )
        mine = {f"{row.platform}:{row.account_id}" for row in rows}
        beside = {key for group in contacts if mine & set(group) for key in group}
        pairs = [key.partition(":")[::2] for key in beside]
        if pairs:
            found |= set(
                await self._connection.scalars(
                    select(account.c.person_id).where(
                        tuple_(account.c.platform, account.c.account_id).in_(pairs)
                    )
                )
            )
        return frozenset(found - {person_id})


def _rank(chat: ConversationRef) -> int:
    return _ORDER.index(chat.platform) if chat.platform in _ORDER else len(_ORDER)
