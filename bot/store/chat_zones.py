"""The time zones of chats: chosen there, or gathered from what their people told."""

from __future__ import annotations

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.store.schema import account, chat
from bot.store.schema_events import calendar_person
from bot.store.schema_members import membership


class ChatZones:
    """``chat.zone``, an IANA name; inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, where: ConversationRef) -> str | None:
        """The zone of a chat, where it is known."""
        return await self._connection.scalar(
            select(chat.c.zone).where(
                chat.c.platform == where.platform, chat.c.chat_id == where.chat_id
            )
        )

    async def set(self, where: ConversationRef, zone: str) -> None:
        """Keep what was chosen in a chat that is known."""
        await self._connection.execute(
            update(chat)
            .where(chat.c.platform == where.platform, chat.c.chat_id == where.chat_id)
            .values(zone=zone)
        )

    async def gather(self) -> None:
        """Give private chats the zone that their people chose for the calendar."""
        chosen = (
            select(func.max(calendar_person.c.zone))
            .join_from(calendar_person, account, calendar_person.c.person_id == account.c.person_id)
            .where(
                account.c.platform == chat.c.platform,
                account.c.account_id == chat.c.chat_id,
                calendar_person.c.zone.is_not(None),
            )
            .scalar_subquery()
        )
        await self._connection.execute(
            update(chat).where(chat.c.kind == "private", chosen.is_not(None)).values(zone=chosen)
        )

    async def countries_without(self) -> list[str]:
        """Countries of members whose private chats have no zone yet."""
        found = await self._connection.scalars(
            select(membership.c.country)
            .join_from(membership, account, membership.c.person_id == account.c.person_id)
            .join(
                chat,
                (account.c.platform == chat.c.platform) & (account.c.account_id == chat.c.chat_id),
            )
            .where(chat.c.zone.is_(None), membership.c.country.is_not(None))
            .distinct()
        )
        return [country for country in found if country]

    async def set_by_country(self, country: str, zone: str) -> None:
        """The zone of a country that has one clock, for its members' private chats."""
        theirs = exists().where(
            account.c.platform == chat.c.platform,
            account.c.account_id == chat.c.chat_id,
            membership.c.person_id == account.c.person_id,
            membership.c.country == country,
        )
        await self._connection.execute(
            update(chat)
            .where(chat.c.kind == "private", chat.c.zone.is_(None), theirs)
            .values(zone=zone)
        )
