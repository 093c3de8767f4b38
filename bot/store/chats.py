"""Chats that the assistant writes to by itself: people, groups, desks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.store.dialects import upsert
from bot.store.schema import chat


class Chats:
    """Their status and what they are for."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def set_status(
        self,
        where: ConversationRef,
        status: str,
        now: datetime,
        *,
        migrated_to: str | None = None,
    ) -> None:
        """Record that a chat is active, blocked, gone or migrated."""
        await self._put(where, now, {"status": status, "migrated_to": migrated_to})

    async def set_desk(self, where: ConversationRef, is_desk: bool, now: datetime) -> None:
        """Make a chat one of the secretariat's desks, or no longer."""
        await self._put(where, now, {"is_desk": is_desk})

    async def desks(self, platform: str) -> list[ConversationRef]:
        """The desks of one platform that can be reached."""
        rows = await self._connection.execute(
            select(chat.c.chat_id, chat.c.kind).where(
                chat.c.platform == platform, chat.c.is_desk, chat.c.status == "active"
            )
        )
        return [
            ConversationRef(
                platform=platform,  # type: ignore[arg-type]  # the column holds only platforms
                chat_id=row.chat_id,
                is_private=row.kind == "private",
            )
            for row in rows
        ]

    async def _put(self, where: ConversationRef, now: datetime, values: dict[str, object]) -> None:
        changed = {**values, "updated_at": now}
        await self._connection.execute(
            upsert(self._connection, chat)
            .values(
                platform=where.platform,
                chat_id=where.chat_id,
                **{
                    "kind": "private" if where.is_private else "group",
                    "status": "active",
                    "is_desk": False,
                    # Groups and desks hear announcements only once somebody subscribes them.
                    "has_opted_out": not where.is_private or "is_desk" in values,
                    **changed,
                },
            )
            .on_conflict_do_update(index_elements=list(chat.primary_key), set_=changed)
        )
