"""Which of a person's chats hear announcements: one copy, where the person wants it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, private_chat_with
from bot.store.dialects import upsert
from bot.store.schema import account, chat, muted_topic


class Reach:
    """Keeps ``chat.has_opted_out`` and ``muted_topic`` in step with what somebody chose.

    The sender looks at both once more before each message, so a change holds at once.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def set(
        self,
        person_id: int,
        home: ConversationRef | None,
        *,
        wanted: Collection[str],
        topics: Collection[str],
        language: str | None,
        now: datetime,
    ) -> None:
        """Let ``home`` hear the ``wanted`` ones of ``topics``, and the other chats nothing."""
        chats = dict.fromkeys(await self._chats_of(person_id), False)
        if home is not None:
            chats[home.platform, home.chat_id] = True
        for (platform, chat_id), is_home in chats.items():
            muted = [topic for topic in topics if topic not in wanted] if is_home else []
            await self._put(platform, chat_id, not (is_home and wanted), language, now)
            await self._mute(platform, chat_id, muted)

    async def keep_one(self, person_id: int, home: ConversationRef, now: datetime) -> None:
        """Let no other chat of the person hear announcements than ``home``."""
        for platform, chat_id in await self._chats_of(person_id):
            if (platform, chat_id) != home.key[:2]:
                await self._connection.execute(
                    update(chat)
                    .where(chat.c.platform == platform, chat.c.chat_id == chat_id)
                    .values(has_opted_out=True, updated_at=now)
                )

    async def _chats_of(self, person_id: int) -> list[tuple[str, str]]:
        rows = await self._connection.execute(
            select(account.c.platform, account.c.account_id).where(account.c.person_id == person_id)
        )
        return [private_chat_with(row.platform, row.account_id).key[:2] for row in rows]

    async def _put(
        self, platform: str, chat_id: str, has_opted_out: bool, language: str | None, now: datetime
    ) -> None:
        values = {"has_opted_out": has_opted_out, "language": language, "updated_at": now}
        statement = upsert(self._connection, chat).values(
            platform=platform,
            chat_id=chat_id,
            kind="private",
            status="active",
            is_desk=False,
            **values,
        )
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=list(chat.primary_key), set_=values)
        )

    async def _mute(self, platform: str, chat_id: str, muted: Collection[str]) -> None:
        await self._connection.execute(
            delete(muted_topic).where(
                muted_topic.c.platform == platform, muted_topic.c.chat_id == chat_id
            )
        )
        if muted:
            await self._connection.execute(
                insert(muted_topic),
                [{"platform": platform, "chat_id": chat_id, "topic": topic} for topic in muted],
            )
