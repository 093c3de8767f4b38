"""The secretariat: who belongs to it, and where each is written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, Platform, private_chat_with
from bot.chat.turn import Role
from bot.store.schema import account, person

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


def _rank(chat: ConversationRef) -> int:
    return _ORDER.index(chat.platform) if chat.platform in _ORDER else len(_ORDER)
