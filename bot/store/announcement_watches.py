"""Who looks on while an announcement is sent, and how far it had got when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, Platform
from bot.store.dialects import upsert
from bot.store.schema_announcements import announcement, announcement_sample, announcement_watch

RATE_OVER: Final = timedelta(seconds=60)
"""The time over which the rate is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A message that shows an announcement's progress; ``shown`` is a digest of what it says."""

    announcement_id: int
    where: ConversationRef
    message_id: str
    language: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How many recipients were settled, and how many of them sent, at a moment."""

    at: datetime
    settled: int
    sent: int


class AnnouncementWatches:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def watch(
        self, number: int, where: ConversationRef, message_id: str, language: str
    ) -> None:
        """Keep a message fresh; one a chat and announcement, the latest."""
        values = {
            "message_id": message_id,
            "is_private": int(where.is_private),
            "language": language,
            "shown": "",
        }
        await self._connection.execute(
            upsert(self._connection, announcement_watch)
            .values(
                announcement_id=number, platform=where.platform, chat_id=where.chat_id, **values
            )
            .on_conflict_do_update(index_elements=list(announcement_watch.primary_key), set_=values)
        )

    async def on(self, platform: str) -> list[Watch]:
        """The messages of one platform."""
        rows = await self._connection.execute(
            select(announcement_watch)
            .where(announcement_watch.c.platform == platform)
            .order_by(announcement_watch.c.announcement_id)
        )
        return [
            Watch(
                announcement_id=row.announcement_id,
                where=ConversationRef(
                    platform=cast(Platform, row.platform),
                    chat_id=row.chat_id,
                    is_private=bool(row.is_private),
                ),
                message_id=row.message_id,
                language=row.language,
                shown=row.shown,
            )
            for row in rows
        ]

    async def note(self, watch: Watch, shown: str) -> None:
        """What the message says now."""
        await self._connection.execute(
            update(announcement_watch).where(*_same(watch)).values(shown=shown)
        )

    async def drop(self, watch: Watch) -> None:
        """Nobody looks any more, or there is nothing more to see."""
        await self._connection.execute(delete(announcement_watch).where(*_same(watch)))

    async def begin(self, number: int, meant: int, now: datetime) -> None:
        """The announcement leaves for so many recipients."""
        await self._add(number, now, settled=0, sent=0, meant=meant)

    async def add_sample(self, number: int, at: datetime, *, settled: int, sent: int) -> None:
        """Note how far it is."""
        await self._add(number, at, settled=settled, sent=sent, meant=None)

    async def meant(self, number: int) -> int:
        """How many recipients it was begun for; 0 where that was not noted."""
        found = await self._connection.scalar(
            select(func.max(announcement_sample.c.meant)).where(
                announcement_sample.c.announcement_id == number
            )
        )
        return int(found or 0)

    async def samples(self, number: int) -> list[Sample]:
        """All of them, oldest first."""
        rows = await self._connection.execute(
            select(announcement_sample)
            .where(announcement_sample.c.announcement_id == number)
            .order_by(announcement_sample.c.at)
        )
        return [Sample(at=row.at, settled=row.settled, sent=row.sent) for row in rows]

    async def last_samples(self) -> Mapping[int, int]:
        """How far each running announcement was when it was noted last."""
        rows = await self._connection.execute(
            select(
                announcement_sample.c.announcement_id,
                func.max(announcement_sample.c.settled).label("settled"),
            )
            .join_from(announcement_sample, announcement)
            .where(announcement.c.state == "running")
            .group_by(announcement_sample.c.announcement_id)
        )
        return {row.announcement_id: row.settled for row in rows}

    async def rate(self, number: int, settled: int, now: datetime) -> float | None:
        """Recipients a second over the last minute; None where it cannot be told."""
        row = (
            await self._connection.execute(
                select(announcement_sample.c.at, announcement_sample.c.settled)
                .where(
                    announcement_sample.c.announcement_id == number,
                    announcement_sample.c.at >= now - RATE_OVER,
                )
                .order_by(announcement_sample.c.at)
                .limit(1)
            )
        ).first()
        if row is None:
            return None
        seconds = (now - row.at).total_seconds()
        return (settled - row.settled) / seconds if seconds >= 1 else None

    async def _add(self, number: int, at: datetime, **values: int | None) -> None:
        await self._connection.execute(
            upsert(self._connection, announcement_sample)
            .values(announcement_id=number, at=at, **values)
            .on_conflict_do_nothing()
        )


def _same(watch: Watch) -> tuple[ColumnElement[bool], ...]:
    mine = announcement_watch.c
    return (
        mine.announcement_id == watch.announcement_id,
        mine.platform == watch.where.platform,
        mine.chat_id == watch.where.chat_id,
        mine.message_id == watch.message_id,
    )
