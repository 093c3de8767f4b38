"""Calendars of others that are read again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema_events import event_feed

LEASE: Final = timedelta(minutes=10)
"""How long a reading may take before another process tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFeed:
    """``digest`` is that of the file last taken in; ``error`` is a sentence for staff."""

    id: int
    url: str
    state: str
    etag: str | None
    digest: str | None
    failures: int
    error: str | None
    read_at: datetime | None


class EventFeeds:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, url: str, now: datetime, *, is_read_again: bool) -> EventFeed:
        """The feed of an address, made where there is none. A file has one that is never read."""
        values = {
            "state": "active" if is_read_again else "stopped",
            "failures": 0,
            "next_at": now,
        }
        await self._connection.execute(
            upsert(self._connection, event_feed)
            .values(url=url, **values)
            .on_conflict_do_update(
                index_elements=[event_feed.c.url], set_={"state": values["state"]}
            )
        )
        row = (
            await self._connection.execute(select(event_feed).where(event_feed.c.url == url))
        ).one()
        return _read(row)

    async def all(self) -> list[EventFeed]:
        """All of them."""
        rows = await self._connection.execute(select(event_feed).order_by(event_feed.c.id))
        return [_read(row) for row in rows]

    async def claim(self, now: datetime) -> EventFeed | None:
        """One that is due, kept from others for ``LEASE``."""
        row = (
            await self._connection.execute(
                select(event_feed)
                .where(event_feed.c.state == "active", event_feed.c.next_at <= now)
                .order_by(event_feed.c.next_at, event_feed.c.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
        ).first()
        if row is None:
            return None
        await self._put(row.id, next_at=now + LEASE)
        return _read(row)

    async def stop(self, feed_id: int) -> None:
        """Read it no more; its events stay."""
        await self._put(feed_id, state="stopped")

    async def was_read(
        self,
        feed_id: int,
        *,
        etag: str | None,
        digest: str | None,
        next_at: datetime,
        now: datetime,
    ) -> None:
        """It went well."""
        await self._put(
            feed_id,
            etag=etag,
            digest=digest,
            failures=0,
            error=None,
            next_at=next_at,
            read_at=now,
        )

    async def failed(self, feed: EventFeed, error: str, next_at: datetime) -> None:
        """It did not; what was read before stays."""
        await self._put(feed.id, failures=feed.failures + 1, error=error[:300], next_at=next_at)

    async def _put(self, feed_id: int, **values: Any) -> None:
        await self._connection.execute(
            update(event_feed).where(event_feed.c.id == feed_id).values(**values)
        )


def _read(row: Any) -> EventFeed:
    return EventFeed(
        id=row.id,
        url=row.url,
        state=row.state,
        etag=row.etag,
        digest=row.digest,
        failures=row.failures,
        error=row.error,
        read_at=row.read_at,
    )
