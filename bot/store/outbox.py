"""Messages that must reach somebody else, or later: rows of ``delivery``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.chat.wire import message_to_json
from bot.store.dialects import upsert
from bot.store.schema import delivery

AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""``due_at`` of what is due at once: a clock set back later must not hold it up."""


class Outbox:
    """Written in the transaction that caused them, sent by ``bot.delivery``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        source: str,
        to: ConversationRef,
        message: Message,
        *,
        lane: Lane,
        on_unknown: str,
        now: datetime,
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> bool:
        """Queue one message; False where ``source`` already has one for this recipient.

        ``on_unknown`` says what happens when nobody knows whether it arrived: ``hold`` for
        staff to decide, or ``resend``. Both times are aware.
        """
        result = await self._connection.execute(
            upsert(self._connection, delivery)
            .values(
                source=source,
                platform=to.platform,
                chat_id=to.chat_id,
                thread_id=to.thread_id,
                is_private=to.is_private,
                lane=int(lane),
                payload=message_to_json(message),
                on_unknown=on_unknown,
                state="ready",
                due_at=due_at or AT_ONCE,
                expires_at=expires_at,
                epoch=0,
                attempts=0,
                updated_at=now,
            )
            .on_conflict_do_nothing()
            .execution_options(preserve_rowcount=True)
        )
        return bool(result.rowcount)

    async def change(
        self,
        source: str,
        to: ConversationRef,
        message_id: str,
        message: Message | None,
        *,
        lane: Lane,
        now: datetime,
    ) -> None:
        """Queue the edit of a message that was sent, or with None its deletion."""
        await self._connection.execute(
            upsert(self._connection, delivery)
            .values(
                source=source,
                platform=to.platform,
                chat_id=to.chat_id,
                thread_id=to.thread_id,
                is_private=to.is_private,
                lane=int(lane),
                kind="delete" if message is None else "edit",
                payload=None if message is None else message_to_json(message),
                message_id=message_id,
                on_unknown="resend",
                state="ready",
                due_at=AT_ONCE,
                epoch=0,
                attempts=0,
                updated_at=now,
            )
            .on_conflict_do_nothing()
        )

    async def replace(self, source: str, message: Message, now: datetime) -> bool:
        """Put other words into what has not left yet; False where it has, may have, or is gone."""
        result = await self._connection.execute(
            update(delivery)
            .where(
                delivery.c.source == source,
                delivery.c.state == "ready",
                delivery.c.tried_at.is_(None),
            )
            .values(payload=message_to_json(message), updated_at=now)
        )
        return bool(result.rowcount)
