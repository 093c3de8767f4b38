"""Which chats hear announcements because they said so, and which said no."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.store.dialects import upsert
from bot.store.schema import chat, muted_topic


class Subscriptions:
    """``chat.has_opted_out``, which the sender looks at once more before each message."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_subscribed(self, where: ConversationRef) -> bool | None:
        """Whether a chat hears announcements; None for one that is not known."""
        row = (
            await self._connection.execute(
                select(chat.c.has_opted_out).where(
                    chat.c.platform == where.platform, chat.c.chat_id == where.chat_id
                )
            )
        ).first()
        return None if row is None else not row.has_opted_out

    async def language(self, where: ConversationRef) -> str | None:
        """The language that a chat is written to in, where it is known."""
        return await self._connection.scalar(
            select(chat.c.language).where(
                chat.c.platform == where.platform, chat.c.chat_id == where.chat_id
            )
        )

    async def begin(self, where: ConversationRef, language: str, now: datetime) -> bool:
        """Subscribe a chat that is not known yet; False where it has a say of its own already."""
        result = await self._connection.execute(
            self._row(where, language, now, has_opted_out=False)
            .on_conflict_do_nothing()
            .execution_options(preserve_rowcount=True)
        )
        return bool(result.rowcount)

    async def subscribe(self, where: ConversationRef, language: str, now: datetime) -> None:
        """Let a chat hear announcements, in ``language``."""
        changed = {
            "has_opted_out": False,
            "status": "active",
            "language": language,
            "updated_at": now,
        }
        await self._connection.execute(
            self._row(where, language, now, has_opted_out=False).on_conflict_do_update(
                index_elements=list(chat.primary_key), set_=changed
            )
        )

    async def stop(self, where: ConversationRef, language: str, now: datetime) -> None:
        """Let a chat hear none, also of those that are on their way."""
        await self._connection.execute(
            self._row(where, language, now, has_opted_out=True).on_conflict_do_update(
                index_elements=list(chat.primary_key),
                set_={"has_opted_out": True, "updated_at": now},
            )
        )

    async def set_language(self, where: ConversationRef, language: str, now: datetime) -> None:
        """Write to a known chat in another language from now on."""
        await self._connection.execute(
            update(chat)
            .where(chat.c.platform == where.platform, chat.c.chat_id == where.chat_id)
            .values(language=language, updated_at=now)
        )

    async def move(self, old: ConversationRef, new: ConversationRef, now: datetime) -> None:
        """Take what a group chose to its new address, where nothing was chosen yet."""
        row = (
            await self._connection.execute(
                select(chat.c.has_opted_out, chat.c.language, chat.c.zone).where(
                    chat.c.platform == old.platform, chat.c.chat_id == old.chat_id
                )
            )
        ).first()
        if row is None:
            return
        statement = self._row(new, row.language, now, has_opted_out=row.has_opted_out)
        await self._connection.execute(statement.values(zone=row.zone).on_conflict_do_nothing())
        for topic in await self.muted(old):
            if topic not in await self.muted(new):
                await self.mute(new, topic)

    async def muted(self, where: ConversationRef) -> frozenset[str]:
        """The topics that a chat has switched off."""
        found = await self._connection.scalars(
            select(muted_topic.c.topic).where(
                muted_topic.c.platform == where.platform, muted_topic.c.chat_id == where.chat_id
            )
        )
        return frozenset(found)

    async def mute(self, where: ConversationRef, topic: str) -> None:
        """Switch a topic off."""
        await self._connection.execute(
            upsert(self._connection, muted_topic)
            .values(platform=where.platform, chat_id=where.chat_id, topic=topic)
            .on_conflict_do_nothing()
        )

    async def unmute(self, where: ConversationRef, topic: str) -> None:
        """Switch a topic on again."""
        await self._connection.execute(
            delete(muted_topic).where(
                muted_topic.c.platform == where.platform,
                muted_topic.c.chat_id == where.chat_id,
                muted_topic.c.topic == topic,
            )
        )

    def _row(
        self,
        where: ConversationRef,
        language: str | None,
        now: datetime,
        *,
        has_opted_out: bool,
    ) -> Any:
        return upsert(self._connection, chat).values(
            platform=where.platform,
            chat_id=where.chat_id,
            kind="private" if where.is_private else "group",
            status="active",
            language=language,
            is_desk=False,
            has_opted_out=has_opted_out,
            updated_at=now,
        )
