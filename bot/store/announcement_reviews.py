"""The second person's yes to an announcement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Message
from bot.store.announcements import Announcement, Announcements
from bot.store.dialects import upsert
from bot.store.schema_announcements import announcement, announcement_review, announcement_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Numbers of people, None where they were forgotten or nobody has decided yet."""

    author: int | None
    proposed_by: int | None
    decided_by: int | None
    is_approved: bool | None

    def is_own(self, person_id: int) -> bool:
        """Whether somebody would approve their own announcement."""
        return person_id in (self.author, self.proposed_by)


class AnnouncementReviews:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def propose(self, number: int, person_id: int | None, now: datetime) -> bool:
        """Let a draft wait for somebody else's yes; False where it is no draft any more.

        ``person_id`` is None for the command line.
        """
        if not await self._move(number, "draft", "proposed", now):
            return False
        values = {
            "proposed_by": person_id,
            "proposed_at": now,
            "decided_by": None,
            "decided_at": None,
            "is_approved": None,
        }
        await self._connection.execute(
            upsert(self._connection, announcement_review)
            .values(announcement_id=number, **values)
            .on_conflict_do_update(
                index_elements=[announcement_review.c.announcement_id], set_=values
            )
        )
        return True

    async def of(self, number: int) -> Review | None:
        """The review of an announcement; None where none was asked for."""
        row = (
            await self._connection.execute(
                select(announcement_review, announcement.c.created_by)
                .join_from(announcement_review, announcement)
                .where(announcement_review.c.announcement_id == number)
            )
        ).first()
        if row is None:
            return None
        return Review(
            author=row.created_by,
            proposed_by=row.proposed_by,
            decided_by=row.decided_by,
            is_approved=None if row.is_approved is None else bool(row.is_approved),
        )

    async def send_back(self, number: int, person_id: int, now: datetime) -> bool:
        """Make it a draft again; False where it does not wait for a yes."""
        if not await self._move(number, "proposed", "draft", now):
            return False
        await self._decide(number, person_id, 0, now)
        return True

    async def approve(self, number: int, person_id: int, now: datetime) -> None:
        """Write the yes down; ``AnnouncementDrafts.start`` lets it leave."""
        await self._decide(number, person_id, 1, now)

    async def keep_correction(
        self, told: Announcement, texts: Mapping[str, Message], person_id: int | None, now: datetime
    ) -> int:
        """Keep the corrected texts until somebody says yes to them; returns their draft's number.

        An earlier correction that waits is dropped.
        """
        await self.drop_corrections(told.id)
        draft = await Announcements(self._connection).create(
            told.audience, texts, now=now, created_by=person_id, kind="edit"
        )
        await self._connection.execute(
            insert(announcement_review).values(announcement_id=draft, corrects=told.id)
        )
        return draft

    async def corrects(self, draft: int) -> int | None:
        """The announcement that a draft corrects; None where it is no correction."""
        return await self._connection.scalar(
            select(announcement_review.c.corrects).where(
                announcement_review.c.announcement_id == draft
            )
        )

    async def drop_corrections(self, number: int) -> None:
        """Forget the corrections of an announcement that wait for a yes, or have had it."""
        drafts = list(
            await self._connection.scalars(
                select(announcement_review.c.announcement_id).where(
                    announcement_review.c.corrects == number
                )
            )
        )
        for table, column in (
            (announcement_review, announcement_review.c.announcement_id),
            (announcement_text, announcement_text.c.announcement_id),
            (announcement, announcement.c.id),
        ):
            await self._connection.execute(delete(table).where(column.in_(drafts)))

    async def _decide(self, number: int, person_id: int, verdict: int, now: datetime) -> None:
        await self._connection.execute(
            update(announcement_review)
            .where(announcement_review.c.announcement_id == number)
            .values(decided_by=person_id, decided_at=now, is_approved=verdict)
        )

    async def _move(self, number: int, before: str, after: str, now: datetime) -> bool:
        result = await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number, announcement.c.state == before)
            .values(state=after, updated_at=now)
        )
        return bool(result.rowcount)
