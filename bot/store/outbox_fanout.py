"""An announcement's rows, written chunk by chunk straight from the table of chats."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ports import Lane
from bot.store.announcements import Announcement, Announcements
from bot.store.dialects import upsert
from bot.store.schema import UtcDateTime, chat, delivery

_WALK_THE_INDEX: Final = text(
    "SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)"
)
"""Before its first ANALYZE, PostgreSQL takes a big table for a small one and sorts it anew for
each chunk (measured: 40 ms of a chunk's 45)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """``rows`` were written; ``is_last``: the audience is through."""

    rows: int
    is_last: bool


class OutboxFanOut:
    """Inside the caller's transaction, which also moves the cursor: a crash repeats no chunk."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def write(
        self,
        number: int,
        size: int,
        now: datetime,
        *,
        due_by_zone: Mapping[str, datetime] | None = None,
    ) -> Chunk:
        """Write the rows of the next ``size`` chats of one platform.

        ``due_by_zone`` tells when a recipient's zone is due; others get the announcement's time.
        """
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_WALK_THE_INDEX)
        announcements = Announcements(self._connection)
        told = await announcements.get(number, is_locked=True)
        if told is None or told.state != "running" or told.is_fanned_out:
            return Chunk(rows=0, is_last=True)
        platform, after = json.loads(told.cursor) if told.cursor else ("", None)
        if after is None:
            following = await self._next_platform(platform)
            if following is None:
                await announcements.set_cursor(number, told.cursor, now, is_done=True)
                return Chunk(rows=0, is_last=True)
            platform, after = following, ""
        wanted = told.audience.conditions()
        boundary = await self._boundary(wanted, platform, after, size)
        rows = await self._insert(told, wanted, platform, after, boundary, now, due_by_zone)
        await announcements.set_cursor(number, json.dumps([platform, boundary]), now, is_done=False)
        if rows:
            await announcements.add_counts(Counter({(number, platform, "queued"): rows}))
        return Chunk(rows=rows, is_last=False)

    async def _next_platform(self, after: str) -> str | None:
        found = await self._connection.scalar(
            select(func.min(chat.c.platform)).where(chat.c.platform > after)
        )
        return None if found is None else str(found)

    async def _boundary(
        self, wanted: tuple[ColumnElement[bool], ...], platform: str, after: str, size: int
    ) -> str | None:
        """The last chat of the chunk; None where the platform's chats end in it."""
        found = await self._connection.scalar(
            select(chat.c.chat_id)
            .where(chat.c.platform == platform, chat.c.chat_id > after, *wanted)
            .order_by(chat.c.chat_id)
            .limit(1)
            .offset(size - 1)
        )
        return None if found is None else str(found)

    async def _insert(
        self,
        told: Announcement,
        wanted: tuple[ColumnElement[bool], ...],
        platform: str,
        after: str,
        boundary: str | None,
        now: datetime,
        due_by_zone: Mapping[str, datetime] | None,
    ) -> int:
        due: ColumnElement[Any] = literal(told.due_at, UtcDateTime)
        if due_by_zone:
            dues = {zone: literal(at, UtcDateTime) for zone, at in due_by_zone.items()}
            due = case(dues, value=chat.c.zone, else_=due)
        values: dict[str, ColumnElement[Any]] = {
            "source": literal(f"announcement:{told.id}"),
            "platform": chat.c.platform,
            "chat_id": chat.c.chat_id,
            "thread_id": literal(""),
            "is_private": chat.c.kind == "private",
            "lane": literal(int(Lane.ANNOUNCEMENT)),
            "batch": literal(told.id),
            "kind": literal("send"),
            "language": chat.c.language,
            "version": literal(0),
            "on_unknown": literal(told.on_unknown),
            "state": literal("ready"),
            "due_at": due,
            "expires_at": literal(told.expires_at, UtcDateTime),
            "epoch": literal(0),
            "attempts": literal(0),
            "updated_at": literal(now, UtcDateTime),
        }
        chosen = (
            select(*(value.label(name) for name, value in values.items()))
            .where(chat.c.platform == platform, chat.c.chat_id > after, *wanted)
            .order_by(chat.c.chat_id)
        )
        if boundary is not None:
            chosen = chosen.where(chat.c.chat_id <= boundary)
        result = await self._connection.execute(
            upsert(self._connection, delivery)
            .from_select(list(values), chosen)
            .on_conflict_do_nothing()
            .execution_options(preserve_rowcount=True)
        )
        return int(result.rowcount)
