"""Documents of events, kept in the database: a standby on another machine must have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, IncomingFile, Platform
from bot.chat.messages import Attachment
from bot.store.schema_documents import event_document
from bot.store.schema_events import event_file

DocumentState = Literal["wanted", "kept", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedDocument:
    """A document to fetch by ``handle``, which somebody sent in ``where``."""

    id: int
    name: str
    media_type: str
    handle: str
    where: ConversationRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of an event. ``file`` is there once it was fetched."""

    event_id: int
    name: str
    size: int
    state: DocumentState
    file: Attachment | None


class EventDocuments:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def want(
        self,
        event_id: int,
        file: IncomingFile,
        *,
        name: str,
        title: str,
        where: ConversationRef,
        now: datetime,
    ) -> int:
        """Note a document that somebody sent; it is fetched soon. Returns its number."""
        number = await self._connection.scalar(
            insert(event_file)
            .values(event_id=event_id, kind="file", title=title, url="", added_at=now)
            .returning(event_file.c.id)
        )
        await self._connection.execute(
            insert(event_document).values(
                file_id=number,
                name=name,
                media_type=file.media_type or "application/octet-stream",
                size=file.size or 0,
                state="wanted",
                handle=file.handle,
                platform=where.platform,
                chat_id=where.chat_id,
            )
        )
        return int(number or 0)

    async def count(self, event_id: int) -> int:
        """How many an event has."""
        found = await self._connection.scalar(
            select(func.count())
            .select_from(event_document)
            .join(event_file)
            .where(event_file.c.event_id == event_id)
        )
        return int(found or 0)

    async def get(self, file_id: int) -> Document | None:
        """One, with its bytes where they are here."""
        row = (
            await self._connection.execute(
                select(event_document, event_file.c.event_id)
                .join_from(event_document, event_file)
                .where(event_document.c.file_id == file_id)
            )
        ).first()
        if row is None:
            return None
        file = None
        if row.state == "kept":
            file = Attachment(name=row.name, media_type=row.media_type, data=bytes(row.data))
        return Document(
            event_id=row.event_id,
            name=row.name,
            size=row.size,
            state=cast(DocumentState, row.state),
            file=file,
        )

    async def wanted(self, platform: str, limit: int = 5) -> list[WantedDocument]:
        """Documents to fetch from a platform, the oldest first."""
        rows = await self._connection.execute(
            select(event_document)
            .where(event_document.c.state == "wanted", event_document.c.platform == platform)
            .order_by(event_document.c.file_id)
            .limit(limit)
        )
        return [
            WantedDocument(
                id=row.file_id,
                name=row.name,
                media_type=row.media_type,
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
        return await self._settle(file_id, state="failed")

    async def _settle(self, file_id: int, **values: object) -> bool:
        result = await self._connection.execute(
            update(event_document)
            .where(event_document.c.file_id == file_id, event_document.c.state == "wanted")
            .values(handle=None, platform=None, chat_id=None, **values)
        )
        return bool(result.rowcount)
