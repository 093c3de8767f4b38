"""An announcement's rows, written chunk by chunk straight from the table of chats.

The rows of a correction or a recall come from the copies that were sent (``outbox_copies``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ports import Lane
from bot.store.announcements import Announcement, Announcements
from bot.store.dialects import upsert
from bot.store.outbox_copies import TERMINAL_WAITS, OutboxCopies
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


DueFor = Callable[[Announcement, str | None], datetime]
"""When a chat is due whose zone is this, None where it is not known."""


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
        due_for: DueFor | None = None,
    ) -> Chunk:
        """Write the rows of the next ``size`` chats of one platform.

        ``due_for`` is asked for the zones of announcements at the local hour.
        """
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_WALK_THE_INDEX)
        announcements = Announcements(self._connection)
        told = await announcements.get(number, is_locked=True, has_senders=True)
        if told is None or told.state != "running" or told.is_fanned_out:
            return Chunk(rows=0, is_last=True)
        if told.revises is not None:
            return await self._revise(told, told.revises, size, now)
        platform, after = json.loads(told.cursor) if told.cursor else ("", None)
        if after is None:
            following = await self._next_platform(platform)
            if following is None:
                await announcements.set_cursor(number, told.cursor, now, is_done=True)
                return Chunk(rows=0, is_last=True)
            platform, after = following, ""
        wanted = told.audience.conditions()
        boundary = await self._boundary(wanted, platform, after, size)
        dues: dict[str | None, datetime] = {}
        if due_for is not None and told.timing.is_local:
            zones = await self._zones(wanted, platform, after, boundary)
            dues = {zone: due_for(told, zone) for zone in zones}
        rows = await self._insert(told, wanted, platform, after, boundary, now, dues)
        await announcements.set_cursor(number, json.dumps([platform, boundary]), now, is_done=False)
        if rows:
            await announcements.add_counts(Counter({(number, platform, "queued"): rows}))
        return Chunk(rows=rows, is_last=False)

    async def _revise(self, told: Announcement, number: int, size: int, now: datetime) -> Chunk:
        copies = OutboxCopies(self._connection)
        announcements = Announcements(self._connection)
        platform, last = json.loads(told.cursor) if told.cursor else ("", None)
        if last is None:
            following = await copies.next_platform(number, platform)
            if following is None:
                await announcements.set_cursor(told.id, told.cursor, now, is_done=True)
                return Chunk(rows=0, is_last=True)
            platform = following
        after = None if last is None else (datetime.fromisoformat(last[0]), int(last[1]))
        chunk = await copies.write(told, platform, after, size, now)
        place = None if chunk.last is None else [chunk.last[0].isoformat(), chunk.last[1]]
        await announcements.set_cursor(told.id, json.dumps([platform, place]), now, is_done=False)
        if chunk.rows:
            await announcements.add_counts(Counter({(told.id, platform, "queued"): chunk.rows}))
        return Chunk(rows=chunk.rows, is_last=False)

    async def _zones(
        self,
        wanted: tuple[ColumnElement[bool], ...],
        platform: str,
        after: str,
        boundary: str | None,
    ) -> list[str | None]:
        chosen = select(chat.c.zone).where(*_between(platform, after, boundary), *wanted)
        return list(await self._connection.scalars(chosen.distinct()))

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
        dues: Mapping[str | None, datetime],
    ) -> int:
        expiries: dict[str | None, datetime] = {}
        expires_at = told.expires_at
        if platform == "console":
            closes_at = max([told.due_at, *dues.values()]) + TERMINAL_WAITS
            expires_at = min(expires_at or closes_at, closes_at)
        elif told.expires_at is not None:
            # Who is due later has as long to read it as everybody else.
            lasts = told.expires_at - told.due_at
            expiries = {zone: max(told.due_at, at) + lasts for zone, at in dues.items()}
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
            "due_at": _by_zone(dues, told.due_at),
            "expires_at": _by_zone(expiries, expires_at),
            "epoch": literal(0),
            "attempts": literal(0),
            "updated_at": literal(now, UtcDateTime),
        }
        chosen = (
            select(*(value.label(name) for name, value in values.items()))
            .where(*_between(platform, after, boundary), *wanted)
            .order_by(chat.c.chat_id)
        )
        result = await self._connection.execute(
            upsert(self._connection, delivery)
            .from_select(list(values), chosen)
            .on_conflict_do_nothing()
            .execution_options(preserve_rowcount=True)
        )
        return int(result.rowcount)


def _between(platform: str, after: str, boundary: str | None) -> list[ColumnElement[bool]]:
    found = [chat.c.platform == platform, chat.c.chat_id > after]
    return found if boundary is None else [*found, chat.c.chat_id <= boundary]


def _by_zone(
    times: Mapping[str | None, datetime], otherwise: datetime | None
) -> ColumnElement[Any]:
    known = {zone: literal(at, UtcDateTime) for zone, at in times.items() if zone is not None}
    default = literal(times.get(None, otherwise), UtcDateTime)
    return case(known, value=chat.c.zone, else_=default) if known else default
