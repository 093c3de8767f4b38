"""Announcements before they leave, and what was sent before.

Each change of a draft gives it a new version, so that a yes to an older one can be refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Message
from bot.chat.wire import message_from_json
from bot.store.announcements import FALLBACK, Announcements, AnnouncementState, Timing
from bot.store.audience import Audience
from bot.store.schema_announcements import (
    announcement,
    announcement_file,
    announcement_review,
    announcement_text,
)

LOOKED_BACK = 500
"""Announcements among which an equal text is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When an announcement was written, and when it is to leave and to be dropped."""

    created_at: datetime
    due_at: datetime
    expires_at: datetime | None
    timing: Timing

    @property
    def has_time(self) -> bool:
        """Whether a time was named; else it leaves when it is confirmed."""
        return self.due_at > self.created_at


class AnnouncementDrafts:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, person_id: int) -> int | None:
        """The number of the draft that somebody has begun, the latest where there are several."""
        found = await self._connection.scalar(
            select(announcement.c.id)
            .where(
                announcement.c.created_by == person_id,
                announcement.c.state == "draft",
                announcement.c.kind == "send",
            )
            .order_by(announcement.c.id.desc())
            .limit(1)
        )
        return None if found is None else int(found)

    async def plan(self, number: int) -> Plan | None:
        """Its times, whatever its state."""
        row = (
            await self._connection.execute(
                select(
                    announcement.c.created_at,
                    announcement.c.due_at,
                    announcement.c.expires_at,
                    announcement.c.wall_time,
                    announcement.c.zone,
                    announcement.c.quiet,
                ).where(announcement.c.id == number)
            )
        ).first()
        if row is None:
            return None
        return Plan(
            created_at=row.created_at,
            due_at=row.due_at,
            expires_at=row.expires_at,
            timing=Timing(wall_time=row.wall_time, zone=row.zone, quiet=row.quiet),
        )

    async def set_audience(self, number: int, audience: Audience, now: datetime) -> bool:
        """Choose anew who is told; False where it is no draft any more."""
        result = await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number, announcement.c.state == "draft")
            .values(
                audience=audience.to_json(),
                version=announcement.c.version + 1,
                updated_at=now,
            )
        )
        return bool(result.rowcount)

    async def set_due(self, number: int, due_at: datetime | None, now: datetime) -> bool:
        """Name the time at which a draft leaves, None for "when it is confirmed".

        It lasts as long as before. False where it is no draft any more.
        """
        plan = await self.plan(number)
        if plan is None:
            return False
        due = due_at or plan.created_at
        expires = None if plan.expires_at is None else due + (plan.expires_at - plan.due_at)
        result = await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number, announcement.c.state == "draft")
            .values(
                due_at=due,
                expires_at=expires,
                wall_time=None,
                version=announcement.c.version + 1,
                updated_at=now,
            )
        )
        return bool(result.rowcount)

    async def set_timing(self, number: int, timing: Timing, now: datetime) -> bool:
        """Name a time on each reader's clock, or quiet hours; False where it is no draft."""
        await self.set_due(number, None, now)
        result = await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number, announcement.c.state == "draft")
            .values(wall_time=timing.wall_time, zone=timing.zone, quiet=timing.quiet)
        )
        return bool(result.rowcount)

    async def set_quiet(self, number: int, quiet: str | None, now: datetime) -> None:
        """Hold a draft back in these hours of each reader's clock; None: in none."""
        await self.touch(number, now)
        await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number, announcement.c.state == "draft")
            .values(quiet=quiet)
        )

    async def start(
        self, number: int, now: datetime, *, only_from: AnnouncementState = "draft"
    ) -> bool:
        """Let a draft leave; False where it is none any more, so that nothing leaves twice.

        One without a time of its own, or whose time has passed, leaves now and lasts as long.
        """
        plan = await self.plan(number)
        if plan is None:
            return False
        due = max(plan.due_at, now)
        expires = None if plan.expires_at is None else due + (plan.expires_at - plan.due_at)
        result = await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number, announcement.c.state == only_from)
            .values(state="running", due_at=due, expires_at=expires, updated_at=now)
        )
        return bool(result.rowcount)

    async def touch(self, number: int, now: datetime) -> None:
        """Give a draft a new version: something that belongs to it has changed."""
        await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number, announcement.c.state == "draft")
            .values(version=announcement.c.version + 1, updated_at=now)
        )

    async def discard(self, number: int) -> bool:
        """Drop a draft with its texts; False where it is none."""
        announcements = Announcements(self._connection)
        told = await announcements.get(number, is_locked=True)
        if told is None or told.state != "draft":
            return False
        for table in (announcement_text, announcement_file, announcement_review):
            await self._connection.execute(delete(table).where(table.c.announcement_id == number))
        await self._connection.execute(delete(announcement).where(announcement.c.id == number))
        return True

    async def set_texts(self, number: int, texts: Mapping[str, Message], now: datetime) -> bool:
        """Replace the texts of a draft; False where it is none."""
        announcements = Announcements(self._connection)
        told = await announcements.get(number, is_locked=True)
        if told is None or told.state != "draft":
            return False
        await announcements.correct(number, texts, now)
        return True

    async def recipients(self, audience: Audience) -> Counter[tuple[str, str]]:
        """How many chats are meant now, by platform and language (empty where not known)."""
        rows = await self._connection.execute(audience.count())
        return Counter({(row.platform, row.language or ""): row[2] for row in rows})

    async def sent_before(
        self, text: str, *, but: int | None = None
    ) -> tuple[int, datetime] | None:
        """The latest announcement that left with the same words, and when it was begun."""
        rows = await self._connection.execute(
            select(announcement.c.id, announcement.c.created_at, announcement_text.c.payload)
            .join_from(
                announcement,
                announcement_text,
                announcement_text.c.announcement_id == announcement.c.id,
            )
            .where(
                announcement.c.state.not_in(("draft", "proposed")),
                announcement.c.revises.is_(None),
                announcement_text.c.language == FALLBACK,
            )
            .order_by(announcement.c.id.desc())
            .limit(LOOKED_BACK)
        )
        wanted = _words(text)
        for row in rows:
            if row.id != but and _words(message_from_json(row.payload).text) == wanted:
                return int(row.id), row.created_at
        return None


def _words(text: str) -> str:
    return " ".join(text.casefold().split())
