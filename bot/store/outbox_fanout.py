"""An announcement's rows, written chunk by chunk straight from the table of chats.

The rows of a correction or a recall come from the copies that were sent (``outbox_copies``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.announcements import Announcement, Announcements
from bot.store.outbox_copies import OutboxCopies
from bot.store.outbox_fanout_rows import insert_between, parameters, place, zones_between
from bot.store.schema import chat

_FOR_A_CHUNK: Final = text(
    "SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true),"
    " set_config('jit', 'off', true), set_config('synchronous_commit', 'off', true)"
)
"""Before its first ANALYZE, PostgreSQL takes a big table for a small one and sorts it anew for
each chunk (measured: 40 ms of a chunk's 45). After it, it takes a chunk for the whole table and
compiles the query first (measured: 27 ms of a chunk's 60). The disk need not be waited for: rows
and cursor are lost together, and whatever is sent is committed later and takes both along."""

_BOUNDARY: Final = (
    select(chat.c.chat_id)
    .where(chat.c.platform == bindparam("platform"), chat.c.chat_id > bindparam("after"))
    .order_by(chat.c.chat_id)
    .limit(1)
    .offset(bindparam("skipped"))
)


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
        """Look at the next ``size`` chats of one platform and write the rows of those meant.

        ``due_for`` is asked for the zones of announcements at the local hour.
        """
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_FOR_A_CHUNK)
        announcements = Announcements(self._connection)
        told = await announcements.get(number, is_locked=True, has_senders=True)
        if told is None or told.state != "running" or told.is_fanned_out:
            return Chunk(rows=0, is_last=True)
        if told.revises is not None:
            return await self._revise(told, size, now)
        platform, after = json.loads(told.cursor) if told.cursor else ("", None)
        if after is None:
            following = await self._next_platform(platform)
            if following is None:
                await announcements.set_cursor(number, told.cursor, now, is_done=True)
                return Chunk(rows=0, is_last=True)
            platform, after = following, ""
        last = await self._boundary(platform, after, size)
        dues: dict[str | None, datetime] = {}
        bounds = place(platform, after, last)
        if due_for is not None and told.timing.is_local:
            zones = zones_between(told.audience, last is not None)
            found = await self._connection.scalars(zones, bounds)
            dues = {zone: due_for(told, zone) for zone in found}
        count = len(dues) - (None in dues)
        dialect = self._connection.dialect.name
        written = await self._connection.execute(
            insert_between(dialect, told.audience, last is not None, count),
            {**bounds, **parameters(told, platform, dues, now)},
        )
        rows = int(written.rowcount)
        await announcements.set_cursor(number, json.dumps([platform, last]), now, is_done=False)
        if rows:
            await announcements.add_counts(Counter({(number, platform, "queued"): rows}))
        return Chunk(rows=rows, is_last=False)

    async def _revise(self, told: Announcement, size: int, now: datetime) -> Chunk:
        """Look at the next ``size`` rows of the outbox, and revise what they have sent."""
        copies = OutboxCopies(self._connection)
        announcements = Announcements(self._connection)
        after, end = json.loads(told.cursor) if told.cursor else (0, await copies.newest())
        last = min(after + size, end)
        written = await copies.write(told, after, last, now)
        is_done = last >= end
        await announcements.set_cursor(told.id, json.dumps([last, end]), now, is_done=is_done)
        queued = {(told.id, platform, "queued"): rows for platform, rows in written.items()}
        await announcements.add_counts(Counter(queued))
        return Chunk(rows=written.total(), is_last=is_done)

    async def _next_platform(self, after: str) -> str | None:
        found = await self._connection.scalar(
            select(func.min(chat.c.platform)).where(chat.c.platform > after)
        )
        return None if found is None else str(found)

    async def _boundary(self, platform: str, after: str, size: int) -> str | None:
        """The last chat of the chunk, meant or not; None where the platform's chats end in it.

        So an audience of few among many holds nobody up while they are looked for.
        """
        found = await self._connection.scalar(
            _BOUNDARY, {"platform": platform, "after": after, "skipped": size - 1}
        )
        return None if found is None else str(found)
