"""Who gets "this week in the network", and when next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar.wall import to_utc, to_wall, tzdata_version
from bot.chat.events import ConversationRef, Platform
from bot.store.dialects import upsert
from bot.store.schema_events import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One subscription. ``weekday`` 0 is Monday, ``hour`` is local in ``zone``."""

    where: ConversationRef
    language: str
    zone: str
    weekday: int = 0
    hour: int = 8
    person_id: int | None = None
    next_at: datetime | None = None
    id: int = 0


class Digests:
    """At most one subscription a conversation; inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def subscribe(self, wanted: Digest, now: datetime) -> Digest:
        """Send one each week from now on; ``person_id`` is None for a group."""
        following = next_digest(wanted, now)
        values = {
            "person_id": wanted.person_id,
            "is_private": wanted.where.is_private,
            "language": wanted.language,
            "zone": wanted.zone,
            "weekday": wanted.weekday,
            "hour": wanted.hour,
            "next_at": following,
            "tzdata": tzdata_version(),
        }
        where = wanted.where
        await self._connection.execute(
            upsert(self._connection, digest)
            .values(
                platform=where.platform,
                chat_id=where.chat_id,
                thread_id=where.thread_id,
                **values,
            )
            .on_conflict_do_update(
                index_elements=[digest.c.platform, digest.c.chat_id, digest.c.thread_id],
                set_=values,
            )
        )
        found = await self.get(where)
        assert found is not None
        return found

    async def stop(self, where: ConversationRef) -> bool:
        """Send no more; False where there was no subscription."""
        result = await self._connection.execute(delete(digest).where(*_is(where)))
        return bool(result.rowcount)

    async def get(self, where: ConversationRef) -> Digest | None:
        """A conversation's subscription."""
        row = (await self._connection.execute(select(digest).where(*_is(where)))).first()
        return None if row is None else _read(row)

    async def claim(self, now: datetime, limit: int) -> list[Digest]:
        """Those that are due, moved on to their next week, so that each comes once."""
        rows = (
            await self._connection.execute(
                select(digest)
                .where(digest.c.next_at <= now)
                .order_by(digest.c.next_at, digest.c.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        ).all()
        found = [_read(row) for row in rows]
        for each in found:
            await self._move_on(each, now)
        return found

    async def reckon_anew(self, now: datetime) -> int:
        """Reckon the next time of those written under other time zone rules; returns how many."""
        rows = await self._connection.execute(
            select(digest).where(digest.c.tzdata != tzdata_version(), digest.c.next_at > now)
        )
        found = [_read(row) for row in rows]
        for each in found:
            await self._move_on(each, now)
        return len(found)

    async def _move_on(self, each: Digest, now: datetime) -> None:
        await self._connection.execute(
            update(digest)
            .where(digest.c.id == each.id)
            .values(next_at=next_digest(each, now), tzdata=tzdata_version())
        )


def next_digest(wanted: Digest, after: datetime) -> datetime:
    """The next moment after ``after`` at which its zone shows its weekday and hour."""
    day = to_wall(after, wanted.zone).date() - timedelta(days=1)
    while True:
        if day.weekday() == wanted.weekday:
            moment = to_utc(datetime.combine(day, time(wanted.hour)), wanted.zone)
            if moment > after:
                return moment
        day += timedelta(days=1)


def _read(row: Any) -> Digest:
    return Digest(
        id=row.id,
        where=ConversationRef(
            platform=cast(Platform, row.platform),
            chat_id=row.chat_id,
            thread_id=row.thread_id,
            is_private=row.is_private,
        ),
        language=row.language,
        zone=row.zone,
        weekday=row.weekday,
        hour=row.hour,
        person_id=row.person_id,
        next_at=row.next_at,
    )


def _is(where: ConversationRef) -> tuple[Any, ...]:
    return (
        digest.c.platform == where.platform,
        digest.c.chat_id == where.chat_id,
        digest.c.thread_id == where.thread_id,
    )
