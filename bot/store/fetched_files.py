"""Files that somebody sent and that are fetched later: wanted, then kept or given up.

What announcements and events have in common; each has a table of its own with these columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, IncomingFile, Platform

FileState = Literal["wanted", "kept", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFile:
    """A file to fetch by ``handle``, which somebody sent in ``where``."""

    id: int
    name: str
    handle: str
    where: ConversationRef


class FetchedFiles:
    """Inside the caller's transaction. ``table`` holds the files, ``key`` is their number."""

    table: ClassVar[Table]
    key: ClassVar[ColumnElement[int]]

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def wanted(self, platform: str, limit: int = 5) -> list[WantedFile]:
        """Files to fetch from a platform, the oldest first."""
        columns = self.table.c
        rows = await self._connection.execute(
            select(
                self.key.label("number"),
                columns.name.label("title"),
                columns.handle,
                columns.platform,
                columns.chat_id,
            )
            .where(columns.state == "wanted", columns.platform == platform)
            .order_by(self.key)
            .limit(limit)
        )
        return [
            WantedFile(
                id=row.number,
                name=row.title,
                handle=row.handle,
                where=ConversationRef(platform=cast(Platform, row.platform), chat_id=row.chat_id),
            )
            for row in rows
        ]

    async def keep(self, file_id: int, media_type: str, data: bytes) -> bool:
        """The bytes are here; False where nobody wants them any more."""
        return await self._settle(
            file_id, state="kept", media_type=media_type, size=len(data), data=data
        )

    async def fail(self, file_id: int, error: str) -> bool:
        """It cannot be had; False where nobody wants it any more."""
        why = {"error": error} if "error" in self.table.c else {}
        return await self._settle(file_id, state="failed", **why)

    async def _settle(self, file_id: int, **values: object) -> bool:
        result = await self._connection.execute(
            update(self.table)
            .where(self.key == file_id, self.table.c.state == "wanted")
            .values(handle=None, platform=None, chat_id=None, **values)
        )
        return bool(result.rowcount)


def as_wanted(file: IncomingFile, name: str, where: ConversationRef) -> dict[str, Any]:
    """The columns of a file that somebody sent."""
    return {
        "name": name,
        "media_type": file.media_type or "application/octet-stream",
        "size": file.size or 0,
        "state": "wanted",
        "handle": file.handle,
        "platform": where.platform,
        "chat_id": where.chat_id,
    }
