"""Documents of events, kept in the database: a standby on another machine must have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, insert, select

from bot.chat.events import ConversationRef, IncomingFile
from bot.chat.messages import Attachment
from bot.store.fetched_files import FetchedFiles, FileState, as_wanted
from bot.store.schema_documents import event_document
from bot.store.schema_events import event_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of an event. ``file`` is there once it was fetched."""

    event_id: int
    name: str
    size: int
    state: FileState
    file: Attachment | None


class EventDocuments(FetchedFiles):
    """Inside the caller's transaction."""

    table = event_document
    key = event_document.c.file_id

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
            insert(event_document).values(file_id=number, **as_wanted(file, name, where))
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
            state=cast(FileState, row.state),
            file=file,
        )
