"""Rows that edit or delete the copies of an announcement that have arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ports import Lane
from bot.store.announcements import Announcement
from bot.store.dialects import upsert
from bot.store.outbox import AT_ONCE
from bot.store.schema import UtcDateTime, delivery

DELETABLE_FOR: Final = {"telegram": timedelta(hours=47)}
"""How old a message may be to be deleted; older ones are edited. Telegram grants 48 hours
(https://core.telegram.org/bots/api#deletemessage), and the row may have to wait for its turn."""

TERMINAL_WAITS: Final = timedelta(minutes=10)
"""How long something is kept for a terminal that is closed: nobody else can send it there."""


class OutboxCopies:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def newest(self) -> int:
        """The number of the newest row: what comes later leaves in the latest words."""
        return int(await self._connection.scalar(select(func.max(delivery.c.id))) or 0)

    async def write(self, told: Announcement, after: int, last: int, now: datetime) -> Counter[str]:
        """Write the rows for the copies among these rows; returns how many by platform.

        A stretch of the table by number is found at once, wherever it begins.
        """
        stretch = [delivery.c.id > after, delivery.c.id <= last]
        return Counter(await self._insert(told, [*_sent(told), *stretch], now))

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
