"""What is said of an event in each language, and the files and recordings that belong to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.event_rows import FALLBACK, EventText, Meeting
from bot.store.schema_documents import event_document
from bot.store.schema_events import event_file, event_text, occurrence

FileKind = Literal["file", "recording"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFile:
    """Something that belongs to an event, or to one of its occurrences.

    ``url`` is empty of a document that was sent, see ``bot.store.event_documents``.
    """

    id: int
    event_id: int
    occurrence_id: int | None
    kind: FileKind
    title: str
    url: str
    added_at: datetime


class EventTexts:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(
        self, event_id: int, texts: Mapping[str, EventText], *, is_new: bool = False
    ) -> None:
        """Replace all; raises ``ValueError`` without a text for all other languages."""
        if FALLBACK not in texts:
            raise ValueError("an event needs a text for all other languages")
        if not is_new:
            await self._connection.execute(
                delete(event_text).where(event_text.c.event_id == event_id)
            )
        await self._connection.execute(
            insert(event_text),
            [
                {
                    "event_id": event_id,
                    "language": language,
                    "title": text.title,
                    "text": text.text,
                    "link": text.link,
                    "audience": text.audience,
                }
                for language, text in texts.items()
            ],
        )

    async def add_file(
        self,
        event_id: int,
        *,
        kind: FileKind,
        title: str,
        url: str,
        now: datetime,
        occurrence_id: int | None = None,
    ) -> int:
        """Keep a link; returns its number. A ``recording`` is told to those who were there."""
        found = await self._connection.scalar(
            insert(event_file)
            .values(
                event_id=event_id,
                occurrence_id=occurrence_id,
                kind=kind,
                title=title,
                url=url,
                added_at=now,
            )
            .returning(event_file.c.id)
        )
        assert found is not None
        if kind == "recording":
            mine = occurrence.c.event_id == event_id
            if occurrence_id is not None:
                mine = occurrence.c.id == occurrence_id
            await self._connection.execute(update(occurrence).where(mine).values(is_planned=False))
        return int(found)

    async def files(self, event_id: int, occurrence_id: int | None = None) -> list[EventFile]:
        """What belongs to the event as a whole, and to this one of its occurrences."""
        rows = await self._connection.execute(
            select(event_file)
            .where(
                event_file.c.event_id == event_id,
                event_file.c.occurrence_id.is_(None)
                | (event_file.c.occurrence_id == occurrence_id),
            )
            .order_by(event_file.c.id)
        )
        return [_read_file(row) for row in rows]

    async def recordings(self, meetings: Mapping[int, Meeting]) -> dict[int, EventFile]:
        """The first recording of each occurrence that has one, by the occurrence's number."""
        singles = {
            meeting.event.id: number
            for number, meeting in meetings.items()
            if not meeting.event.is_series
        }
        rows = await self._connection.execute(
            select(event_file)
            .where(
                event_file.c.kind == "recording",
                event_file.c.occurrence_id.in_(meetings)
                | (event_file.c.occurrence_id.is_(None) & event_file.c.event_id.in_(singles)),
            )
            .order_by(event_file.c.id)
        )
        found: dict[int, EventFile] = {}
        for row in rows:
            number = row.occurrence_id or singles[row.event_id]
            found.setdefault(number, _read_file(row))
        return found

    async def remove_file(self, file_id: int) -> None:
        """Take a link away."""
        mine = event_document.c.file_id == file_id
        await self._connection.execute(delete(event_document).where(mine))
        await self._connection.execute(delete(event_file).where(event_file.c.id == file_id))


def _read_file(row: Any) -> EventFile:
    return EventFile(
        id=row.id,
        event_id=row.event_id,
        occurrence_id=row.occurrence_id,
        kind=row.kind,
        title=row.title,
        url=row.url,
        added_at=row.added_at,
    )


async def texts_of(
    connection: AsyncConnection, event_ids: Collection[int]
) -> dict[int, dict[str, EventText]]:
    """The texts of many events, by event and language."""
    found: dict[int, dict[str, EventText]] = {number: {} for number in event_ids}
    if not event_ids:
        return found
    rows = await connection.execute(select(event_text).where(event_text.c.event_id.in_(event_ids)))
    for row in rows:
        found[row.event_id][row.language] = EventText(
            title=row.title, text=row.text, link=row.link, audience=row.audience
        )
    return found
