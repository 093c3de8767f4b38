"""Corrections and recalls: what is done to the copies of an announcement that have arrived.

Each is an announcement of its own, whose rows edit or delete, so that it is paced, counted,
paused, cancelled and reported like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Message
from bot.store.announcements import Announcement, Announcements, AnnouncementState, CountKey, Kind
from bot.store.outbox_copies import OutboxCopies
from bot.store.outbox_publishing import OutboxPublishing
from bot.store.schema_announcements import announcement


class AnnouncementRevisions:
    """Inside the caller's transaction. One that runs takes the place of the one before."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._announcements = Announcements(connection)

    async def correct(
        self,
        number: int,
        texts: Mapping[str, Message],
        now: datetime,
        *,
        created_by: int | None = None,
    ) -> int | None:
        """Replace the text: in what has not left at once, in what has arrived by an edit.

        ``texts`` as for ``Announcements.create``, with the same files as before. Returns the
        number of the correction, by which it is followed and stopped; None where there is
        nothing to correct: a draft, a recalled announcement, a correction itself.
        """
        told = await self._open(number)
        if told is None:
            return None
        version = await self._announcements.correct(number, texts, now)
        return await self._begin(told, "edit", texts, version, now, created_by)

    async def recall(
        self,
        number: int,
        notes: Mapping[str, Message],
        now: datetime,
        *,
        created_by: int | None = None,
    ) -> int | None:
        """Stop it, and take away what has arrived; else put a short note in its place.

        ``notes`` are the notes by language, as ``texts`` of ``correct``; so is what is returned.
        """
        told = await self._open(number)
        if told is None:
            return None
        await OutboxPublishing(self._connection).give_up(number, now)
        version = told.version + 1
        await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number)
            .values(state="cancelled", version=version, updated_at=now)
        )
        return await self._begin(told, "delete", notes, version, now, created_by)

    async def of(self, number: int) -> list[tuple[int, str, AnnouncementState]]:
        """Number, kind and state of the corrections and the recall of one, oldest first."""
        rows = await self._connection.execute(
            select(announcement.c.id, announcement.c.kind, announcement.c.state)
            .where(announcement.c.revises == number)
            .order_by(announcement.c.id)
        )
        return [(row.id, row.kind, row.state) for row in rows]

    async def catch_up(self, number: int, ids: Collection[int], now: datetime) -> int:
        """Revise copies that were on their way when the revision began; returns how many."""
        revision = await self._connection.scalar(
            select(func.max(announcement.c.id)).where(
                announcement.c.revises == number, announcement.c.state != "cancelled"
            )
        )
        told = None if revision is None else await self._announcements.get(revision)
        if told is None:
            return 0
        platforms = await OutboxCopies(self._connection).revise(told, ids, now)
        added: Counter[CountKey] = Counter((told.id, platform, "queued") for platform in platforms)
        await self._announcements.add_counts(added)
        await self._announcements.set_state(told.id, "running", now, only_from=("done",))
        return added.total()

    async def _begin(
        self,
        told: Announcement,
        kind: Kind,
        texts: Mapping[str, Message],
        version: int,
        now: datetime,
        created_by: int | None,
    ) -> int:
        for earlier, _, _ in await self.of(told.id):
            await self._announcements.set_state(
                earlier, "cancelled", now, only_from=("running", "paused", "done")
            )
        return await self._announcements.create(
            told.audience,
            texts,
            now=now,
            on_unknown="resend",
            created_by=created_by,
            state="running",
            kind=kind,
            revises=told.id,
            version=version,
        )

    async def _open(self, number: int) -> Announcement | None:
        told = await self._announcements.get(number, is_locked=True)
        if told is None or told.state in ("draft", "proposed") or told.revises is not None:
            return None
        is_recalled = any(kind == "delete" for _, kind, _ in await self.of(number))
        return None if is_recalled else told
