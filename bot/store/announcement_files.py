"""Pictures and documents of announcements, kept in the database until nothing needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, func, insert, select

from bot.chat.events import ConversationRef, IncomingFile
from bot.chat.messages import Attachment
from bot.store.fetched_files import FetchedFiles, FileState, as_wanted
from bot.store.schema_announcements import (
    announcement,
    announcement_file,
    announcement_sample,
    announcement_watch,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file without its bytes. ``error``: gone, size or kind, where it could not be had."""

    id: int
    announcement_id: int
    name: str
    media_type: str
    size: int
    state: FileState
    error: str | None


class AnnouncementFiles(FetchedFiles):
    """Inside the caller's transaction."""

    table = announcement_file
    key = announcement_file.c.id

    async def want(
        self, number: int, file: IncomingFile, name: str, where: ConversationRef
    ) -> None:
        """Note a file that somebody sent; it is fetched soon."""
        await self._connection.execute(
            insert(announcement_file).values(announcement_id=number, **as_wanted(file, name, where))
        )

    async def put(self, number: int, file: Attachment) -> None:
        """Keep a file whose bytes are here."""
        await self._connection.execute(
            insert(announcement_file).values(
                announcement_id=number,
                name=file.name,
                media_type=file.media_type,
                size=len(file.data),
                alt=file.alt,
                state="kept",
                data=file.data,
            )
        )

    async def of(self, number: int) -> list[KeptFile]:
        """The files of an announcement, without their bytes."""
        rows = await self._connection.execute(
            select(
                announcement_file.c.id,
                announcement_file.c.announcement_id,
                announcement_file.c.name,
                announcement_file.c.media_type,
                announcement_file.c.size,
                announcement_file.c.state,
                announcement_file.c.error,
            )
            .where(announcement_file.c.announcement_id == number)
            .order_by(announcement_file.c.id)
        )
        return [
            KeptFile(
                id=row.id,
                announcement_id=row.announcement_id,
                name=row.name,
                media_type=row.media_type,
                size=row.size,
                state=cast(FileState, row.state),
                error=row.error,
            )
            for row in rows
        ]

    async def attachments(self, number: int) -> tuple[Attachment, ...]:
        """The files with their bytes; a correction has those of what it corrects.

        The note that is left by a recall has none.
        """
        original = select(func.coalesce(announcement.c.revises, announcement.c.id)).where(
            announcement.c.id == number, announcement.c.kind != "delete"
        )
        rows = await self._connection.execute(
            select(announcement_file)
            .where(
                announcement_file.c.announcement_id == original.scalar_subquery(),
                announcement_file.c.state == "kept",
            )
            .order_by(announcement_file.c.id)
        )
        return tuple(
            Attachment(name=row.name, media_type=row.media_type, data=row.data, alt=row.alt)
            for row in rows
        )

    async def remove(self, number: int) -> int:
        """Drop all files of an announcement; returns how many."""
        result = await self._connection.execute(
            delete(announcement_file).where(announcement_file.c.announcement_id == number)
        )
        return int(result.rowcount)

    async def forget_before(self, moment: datetime) -> int:
        """Drop the files and the course of announcements that ended before; returns how many."""
        ended = select(announcement.c.id).where(
            announcement.c.state.in_(("done", "cancelled")), announcement.c.updated_at < moment
        )
        for table in (announcement_sample, announcement_watch):
            await self._connection.execute(delete(table).where(table.c.announcement_id.in_(ended)))
        result = await self._connection.execute(
            delete(announcement_file).where(announcement_file.c.announcement_id.in_(ended))
        )
        return int(result.rowcount)
