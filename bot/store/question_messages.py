"""What askers and contacts say to each other in a question."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import IncomingFile, Platform
from bot.store.schema_desk import question_message

Kind = Literal["asker", "contact", "note", "bot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file by the handle of the platform that it came from; the bytes stay there."""

    platform: Platform
    kind: Literal["photo", "document", "voice", "audio", "video"]
    handle: str
    name: str = ""
    media_type: str = ""
    size: int | None = None

    @classmethod
    def received(cls, platform: Platform, file: IncomingFile) -> StoredFile:
        """A file of an event."""
        return cls(
            platform=platform,
            kind=file.kind,
            handle=file.handle,
            name=file.name or "",
            media_type=file.media_type or "",
            size=file.size,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionMessage:
    """``text`` is markup; ``author`` is the name under which it is shown. Times in UTC."""

    id: int
    question: int
    kind: Kind
    person_id: int | None
    author: str
    text: str
    language: str | None
    album: str | None
    files: tuple[StoredFile, ...]
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    version: int


class QuestionMessages:
    """Kept before anything is sent; see ``bot.store.question_copies`` for where each one stands."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        number: int,
        *,
        kind: Kind,
        text: str,
        now: datetime,
        person_id: int | None = None,
        author: str = "",
        language: str | None = None,
        files: Sequence[StoredFile] = (),
        album: str | None = None,
    ) -> QuestionMessage:
        """Keep one message of question ``number``."""
        inserted = await self._connection.execute(
            insert(question_message)
            .values(
                question_id=number,
                kind=kind,
                person_id=person_id,
                author=author,
                text=text,
                language=language,
                album=album,
                files=_written(files),
                created_at=now,
            )
            .returning(question_message)
        )
        return _message(inserted.one())

    async def get(self, message_id: int) -> QuestionMessage | None:
        """One message, or None."""
        found = await self._read(question_message.c.id == message_id)
        return found[0] if found else None

    async def of(self, number: int, kinds: Collection[Kind] | None = None) -> list[QuestionMessage]:
        """All of a question in order, of some kinds only where they are named."""
        condition = question_message.c.question_id == number
        if kinds is not None:
            condition &= question_message.c.kind.in_(kinds)
        return await self._read(condition)

    async def in_album(self, number: int, album: str) -> QuestionMessage | None:
        """The message that the first picture of an album began."""
        found = await self._read(
            (question_message.c.question_id == number) & (question_message.c.album == album)
        )
        return found[0] if found else None

    async def is_first(self, message: QuestionMessage) -> bool:
        """Whether the question began with it."""
        earlier = question_message.c.id < message.id
        found = await self._connection.scalar(
            select(question_message.c.id)
            .where(question_message.c.question_id == message.question, earlier)
            .limit(1)
        )
        return found is None

    async def add_file(self, message: QuestionMessage, file: StoredFile, text: str = "") -> None:
        """One more picture of an album; its caption is added where it has one."""
        values: dict[str, Any] = {"files": _written((*message.files, file))}
        if text:
            values["text"] = f"{message.text}\n{text}".strip()
        await self._set(message.id, values)

    async def edit(self, message_id: int, text: str, now: datetime) -> None:
        """Its author changed the words."""
        await self._change(message_id, {"text": text, "edited_at": now})

    async def delete(self, message_id: int, now: datetime) -> None:
        """Its author took it back: the words and files go, that it was there stays."""
        await self._change(message_id, {"text": "", "files": "[]", "deleted_at": now})

    async def move(self, number: int, to: int) -> None:
        """Two questions are one from now on."""
        await self._connection.execute(
            update(question_message)
            .where(question_message.c.question_id == number)
            .values(question_id=to)
        )

    async def _change(self, message_id: int, values: dict[str, Any]) -> None:
        await self._set(message_id, {**values, "version": question_message.c.version + 1})

    async def _set(self, message_id: int, values: dict[str, Any]) -> None:
        await self._connection.execute(
            update(question_message).where(question_message.c.id == message_id).values(**values)
        )

    async def _read(self, condition: ColumnElement[bool]) -> list[QuestionMessage]:
        rows = await self._connection.execute(
            select(question_message).where(condition).order_by(question_message.c.id)
        )
        return [_message(row) for row in rows]


def _message(row: Any) -> QuestionMessage:
    return QuestionMessage(
        id=row.id,
        question=row.question_id,
        kind=cast(Kind, row.kind),
        person_id=row.person_id,
        author=row.author,
        text=row.text,
        language=row.language,
        album=row.album,
        files=tuple(StoredFile(**each) for each in json.loads(row.files)),
        created_at=row.created_at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
        version=row.version,
    )


def _written(files: Sequence[StoredFile]) -> str:
    return json.dumps([asdict(each) for each in files], ensure_ascii=False)
