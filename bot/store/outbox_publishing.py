"""Announcements in channels that others follow: which copies are to be published, and when.

Publishing is a row of the outbox with the kind ``publish``, so it survives a crash, is tried
again and reported like a message.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import String, and_, case, cast, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.chat.ports import Lane
from bot.store.dialects import upsert
from bot.store.schema import UtcDateTime, delivery
from bot.store.schema_announcements import announcement

LOOKED_AT: Final = 500
"""Copies looked at in one transaction."""
_PREFIX: Final = "publish:"
_UNFOLLOWED: Final = "nobody can follow it"

_publishing = delivery.alias()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of announcement ``number`` that has arrived in a channel."""

    number: int
    to: ConversationRef
    message_id: str
    expires_at: datetime | None


class OutboxPublishing:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def unpublished(self, platform: Any, since: datetime) -> list[Copy]:
        """Copies in groups and channels of what was announced ``since``, oldest first."""
        rows = await self._connection.execute(
            select(
                delivery.c.batch,
                delivery.c.chat_id,
                delivery.c.thread_id,
                delivery.c.message_id,
                delivery.c.expires_at,
            )
            .join(announcement, announcement.c.id == delivery.c.batch)
            .where(
                announcement.c.kind == "send",
                or_(
                    announcement.c.state.in_(("running", "paused")),
                    and_(announcement.c.state == "done", announcement.c.updated_at >= since),
                ),
                delivery.c.platform == platform,
                delivery.c.state == "sent",
                delivery.c.lane == int(Lane.ANNOUNCEMENT),
                delivery.c.is_private.is_(False),
                delivery.c.message_id.is_not(None),
                ~exists().where(
                    and_(
                        _publishing.c.source == _PREFIX + cast(delivery.c.batch, String),
                        _publishing.c.platform == delivery.c.platform,
                        _publishing.c.chat_id == delivery.c.chat_id,
                        _publishing.c.thread_id == delivery.c.thread_id,
                    )
                ),
            )
            .order_by(delivery.c.id)
            .limit(LOOKED_AT)
        )
        return [
            Copy(
                number=row.batch,
                to=ConversationRef(
                    platform=platform,
                    chat_id=row.chat_id,
                    thread_id=row.thread_id,
                    is_private=False,
                ),
                message_id=row.message_id,
                expires_at=row.expires_at,
            )
            for row in rows
        ]

    async def taken(self, platform: str, since: datetime) -> dict[str, list[datetime]]:
        """When something was, or will be, published in each channel, from ``since`` on."""
        at = case((delivery.c.state == "sent", delivery.c.updated_at), else_=delivery.c.due_at)
        rows = await self._connection.execute(
            select(delivery.c.chat_id, at).where(
                delivery.c.platform == platform,
                delivery.c.state.in_(("ready", "claimed", "sending", "sent", "unknown")),
                delivery.c.lane == int(Lane.ANNOUNCEMENT),
                delivery.c.batch == 0,
                delivery.c.kind == "publish",
                at > literal(since, UtcDateTime),
            )
        )
        found: dict[str, list[datetime]] = defaultdict(list)
        for row in rows:
            found[row.chat_id].append(row[1])
        return found

    async def add(self, copy: Copy, due_at: datetime, now: datetime) -> None:
        """Publish a copy at this time."""
        await self._connection.execute(
            upsert(self._connection, delivery)
            .values(
                source=f"{_PREFIX}{copy.number}",
                platform=copy.to.platform,
                chat_id=copy.to.chat_id,
                thread_id=copy.to.thread_id,
                is_private=False,
                lane=int(Lane.ANNOUNCEMENT),
                kind="publish",
                on_unknown="resend",
                state="ready",
                due_at=due_at,
                expires_at=copy.expires_at,
                epoch=0,
                attempts=0,
                message_id=copy.message_id,
                updated_at=now,
            )
            .on_conflict_do_nothing()
        )

    async def pass_over(self, copy: Copy, now: datetime) -> None:
        """Remember that this copy's channel has no followers."""
        await self.add(copy, now, now)
        await self._connection.execute(
            update(delivery)
            .where(
                delivery.c.source == f"{_PREFIX}{copy.number}",
                delivery.c.platform == copy.to.platform,
                delivery.c.chat_id == copy.to.chat_id,
                delivery.c.thread_id == copy.to.thread_id,
                delivery.c.state == "ready",
            )
            .values(state="skipped", error=_UNFOLLOWED)
        )

    async def give_up(self, number: int, now: datetime) -> None:
        """Publish no copies of this announcement any more: it was recalled."""
        await self._connection.execute(
            update(delivery)
            .where(delivery.c.source == f"{_PREFIX}{number}", delivery.c.state == "ready")
            .values(state="skipped", error="recalled", updated_at=now)
        )

    async def totals(self, number: int) -> Counter[tuple[str, str]]:
        """Copies by state of their publishing and reason, without those that nobody can follow."""
        rows = await self._connection.execute(
            select(delivery.c.state, delivery.c.error, func.count())
            .where(delivery.c.source == f"{_PREFIX}{number}")
            .group_by(delivery.c.state, delivery.c.error)
        )
        found = Counter({(row[0], row[1] or ""): row[2] for row in rows})
        return Counter({key: count for key, count in found.items() if key[1] != _UNFOLLOWED})
