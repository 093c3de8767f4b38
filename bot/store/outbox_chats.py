"""What sending teaches about chats: gone, moved, no longer wanting to hear."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.chat.ports import Lane
from bot.store.dialects import upsert
from bot.store.outbox_rows import OutboxRow
from bot.store.schema import chat, delivery, muted_topic

# Built once: they are part of every commit of the sender.
_STANDINGS: Final = (
    select(delivery.c.id, chat.c.status, chat.c.migrated_to, chat.c.has_opted_out)
    .join(
        chat,
        and_(chat.c.platform == delivery.c.platform, chat.c.chat_id == delivery.c.chat_id),
    )
    .where(
        delivery.c.id.in_(bindparam("ids", expanding=True)),
        delivery.c.lane >= int(Lane.REMINDER),
        or_(chat.c.status != "active", chat.c.has_opted_out),
    )
)
_MUTED: Final = (
    select(delivery.c.id)
    .join(
        muted_topic,
        and_(
            muted_topic.c.platform == delivery.c.platform,
            muted_topic.c.chat_id == delivery.c.chat_id,
        ),
    )
    .where(
        delivery.c.id.in_(bindparam("ids", expanding=True)),
        muted_topic.c.topic == bindparam("of"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A recipient that something is to be known of before sending."""

    row_id: int
    status: str
    migrated_to: str | None
    has_opted_out: bool


class OutboxChats:
    """Inside the sender's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def standings(self, ids: Collection[int]) -> list[Standing]:
        """The recipients among these rows that are not simply reachable.

        Answers and relays (lanes above reminders) are always tried: the person may be back.
        """
        rows = await self._connection.execute(_STANDINGS, {"ids": list(ids)})
        return [
            Standing(
                row_id=row.id,
                status=row.status,
                migrated_to=row.migrated_to,
                has_opted_out=row.has_opted_out,
            )
            for row in rows
        ]

    async def muted(self, ids: Collection[int], topic: str) -> set[int]:
        """The rows among these whose chat has switched the topic off."""
        rows = await self._connection.scalars(_MUTED, {"ids": list(ids), "of": topic})
        return set(rows)

    async def mark_gone(self, to: ConversationRef, now: datetime) -> None:
        """The chat blocked the assistant, or is no more."""
        await self._connection.execute(
            upsert(self._connection, chat)
            .values(
                platform=to.platform,
                chat_id=to.chat_id,
                kind="private" if to.is_private else "group",
                status="gone",
                is_desk=False,
                has_opted_out=False,
                updated_at=now,
            )
            .on_conflict_do_update(
                index_elements=list(chat.primary_key),
                set_={"status": "gone", "updated_at": now},
            )
        )

    async def move(self, row: OutboxRow, to: ConversationRef, now: datetime) -> bool:
        """Take a chat to its new address, with this row; False where it got the same there."""
        await self._take_over(row.to, to, now)
        same = (
            delivery.c.source == row.source,
            delivery.c.platform == to.platform,
            delivery.c.chat_id == to.chat_id,
            delivery.c.thread_id == to.thread_id,
        )
        is_doubled = await self._connection.scalar(select(exists().where(*same)))
        if is_doubled:
            return False
        await self._connection.execute(
            update(delivery)
            .where(delivery.c.id == row.id)
            .values(chat_id=to.chat_id, thread_id=to.thread_id, is_private=to.is_private)
        )
        return True

    async def _take_over(self, old: ConversationRef, to: ConversationRef, now: datetime) -> None:
        known = (
            await self._connection.execute(
                select(chat).where(chat.c.platform == old.platform, chat.c.chat_id == old.chat_id)
            )
        ).first()
        values = dict(known._mapping) if known is not None else {}
        values |= {
            "platform": to.platform,
            "chat_id": to.chat_id,
            "kind": values.get("kind", "private" if to.is_private else "group"),
            "status": "active",
            "migrated_to": None,
            "is_desk": values.get("is_desk", False),
            "has_opted_out": values.get("has_opted_out", False),
            "updated_at": now,
        }
        inherited = {key: values[key] for key in ("status", "is_desk", "updated_at")}
        await self._connection.execute(
            upsert(self._connection, chat)
            .values(**values)
            .on_conflict_do_update(index_elements=list(chat.primary_key), set_=inherited)
        )
        if known is not None:
            await self._connection.execute(
                update(chat)
                .where(chat.c.platform == old.platform, chat.c.chat_id == old.chat_id)
                .values(status="migrated", migrated_to=to.chat_id, is_desk=False, updated_at=now)
            )
