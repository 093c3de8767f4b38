"""Rows that edit or delete the copies of an announcement that have arrived."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ports import Lane
from bot.store.announcements import Announcement
from bot.store.dialects import upsert
from bot.store.outbox import AT_ONCE
from bot.store.schema import UtcDateTime, delivery
from bot.store.schema_announcements import announcement_count

DELETABLE_FOR: Final = {"telegram": timedelta(hours=47)}
"""How old a message may be to be deleted; older ones are edited. Telegram grants 48 hours
(https://core.telegram.org/bots/api#deletemessage), and the row may have to wait for its turn."""

TERMINAL_WAITS: Final = timedelta(minutes=10)
"""How long something is kept for a terminal that is closed: nobody else can send it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesChunk:
    """``rows`` were written; ``last`` is where to go on, None where there are no more."""

    rows: int
    last: tuple[datetime, int] | None


class OutboxCopies:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def next_platform(self, number: int, after: str) -> str | None:
        """The platform after this one on which the announcement went out."""
        found = await self._connection.scalar(
            select(func.min(announcement_count.c.platform)).where(
                announcement_count.c.announcement_id == number,
                announcement_count.c.platform > after,
            )
        )
        return None if found is None else str(found)

    async def write(
        self,
        told: Announcement,
        platform: str,
        after: tuple[datetime, int] | None,
        size: int,
        now: datetime,
    ) -> CopiesChunk:
        """Write the rows for the next ``size`` copies of one platform."""
        mine = [*_sent(told), delivery.c.platform == platform]
        place = tuple_(delivery.c.due_at, delivery.c.id)
        if after is not None:
            mine.append(place > tuple_(literal(after[0], UtcDateTime), literal(after[1])))
        boundary = (
            await self._connection.execute(
                select(delivery.c.due_at, delivery.c.id)
                .where(*mine)
                .order_by(delivery.c.due_at, delivery.c.id)
                .limit(1)
                .offset(size - 1)
            )
        ).first()
        last = None if boundary is None else (boundary.due_at, int(boundary.id))
        if last is not None:
            mine.append(place <= tuple_(literal(last[0], UtcDateTime), literal(last[1])))
        platforms = await self._insert(told, mine, now)
        return CopiesChunk(rows=len(platforms), last=last)

    async def revise(self, told: Announcement, ids: Collection[int], now: datetime) -> list[str]:
        """Write the rows for these copies; returns the platform of each that was written."""
        return await self._insert(told, [*_sent(told), delivery.c.id.in_(ids)], now)

    async def _insert(
        self, told: Announcement, mine: list[ColumnElement[bool]], now: datetime
    ) -> list[str]:
        values = _values(told, now)
        chosen: Select[Any] = select(*(value.label(name) for name, value in values.items())).where(
            *mine, delivery.c.version < told.version, delivery.c.message_id.is_not(None)
        )
        rows = await self._connection.scalars(
            upsert(self._connection, delivery)
            .from_select(list(values), chosen)
            .on_conflict_do_nothing()
            .returning(delivery.c.platform)
        )
        return list(rows)


def _sent(told: Announcement) -> list[ColumnElement[bool]]:
    return [
        delivery.c.state == "sent",
        delivery.c.lane == int(Lane.ANNOUNCEMENT),
        delivery.c.batch == told.revises,
    ]


def _values(told: Announcement, now: datetime) -> dict[str, ColumnElement[Any]]:
    copied = ("platform", "chat_id", "thread_id", "is_private", "language", "message_id", "parts")
    values: dict[str, ColumnElement[Any]] = {name: delivery.c[name] for name in copied}
    return values | {
        "source": literal(f"announcement:{told.id}"),
        "lane": literal(int(Lane.ANNOUNCEMENT)),
        "batch": literal(told.id),
        "kind": _kind(told, now),
        "version": literal(0),
        "on_unknown": literal(told.on_unknown),
        "state": literal("ready"),
        "due_at": literal(AT_ONCE, UtcDateTime),
        "expires_at": case(
            (delivery.c.platform == "console", literal(now + TERMINAL_WAITS, UtcDateTime)),
            else_=literal(told.expires_at, UtcDateTime),
        ),
        "epoch": literal(0),
        "attempts": literal(0),
        "updated_at": literal(now, UtcDateTime),
    }


def _kind(told: Announcement, now: datetime) -> ColumnElement[Any]:
    if told.kind != "delete":
        return literal(told.kind)
    too_old = [
        and_(
            delivery.c.platform == platform,
            delivery.c.updated_at < literal(now - age, UtcDateTime),
        )
        for platform, age in DELETABLE_FOR.items()
    ]
    return case((or_(*too_old), literal("edit")), else_=literal("delete"))
