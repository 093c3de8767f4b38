"""Questions that the assistant could not answer and a person must."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.store.schema import person, question


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """``number`` is what people are told. ``first_text`` is how it was first put, if twice.

    ``candidates`` are the article ids that had been shown.
    """

    number: int
    person_id: int
    asker: str
    where: ConversationRef
    text: str
    first_text: str
    candidates: tuple[str, ...]
    language: str
    topic: str | None
    state: str
    is_urgent: bool
    created_at: datetime


class Questions:
    """The secretariat's queue."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(
        self,
        *,
        person_id: int,
        where: ConversationRef,
        text: str,
        first_text: str = "",
        candidates: tuple[str, ...] = (),
        language: str,
        topic: str | None = None,
        is_urgent: bool = False,
        now: datetime,
    ) -> int:
        """Store a question and return its number."""
        inserted = await self._connection.execute(
            insert(question)
            .values(
                person_id=person_id,
                platform=where.platform,
                chat_id=where.chat_id,
                thread_id=where.thread_id,
                is_private=where.is_private,
                text=text,
                first_text=first_text,
                candidates=json.dumps(candidates),
                language=language,
                topic=topic,
                state="open",
                is_urgent=is_urgent,
                created_at=now,
            )
            .returning(question.c.id)
        )
        return int(inserted.scalar_one())

    async def get(self, number: int) -> Question | None:
        """One question, or None."""
        found = await self._read(question.c.id == number, 1)
        return found[0] if found else None

    async def list_open(self, limit: int = 20) -> list[Question]:
        """Open questions, urgent ones first, then the oldest."""
        return await self._read(question.c.state == "open", limit)

    async def count_open(self) -> int:
        """How many are open."""
        count = await self._connection.scalar(
            select(func.count()).select_from(question).where(question.c.state == "open")
        )
        return int(count or 0)

    async def _read(self, condition: ColumnElement[bool], limit: int) -> list[Question]:
        rows = await self._connection.execute(
            select(question, person.c.name.label("asker"))
            .join_from(question, person, question.c.person_id == person.c.id)
            .where(condition)
            .order_by(question.c.is_urgent.desc(), question.c.id)
            .limit(limit)
        )
        return [
            Question(
                number=row.id,
                person_id=row.person_id,
                asker=row.asker,
                where=ConversationRef(
                    platform=row.platform,
                    chat_id=row.chat_id,
                    thread_id=row.thread_id,
                    is_private=row.is_private,
                ),
                text=row.text,
                first_text=row.first_text,
                candidates=tuple(json.loads(row.candidates)),
                language=row.language,
                topic=row.topic,
                state=row.state,
                is_urgent=row.is_urgent,
                created_at=row.created_at,
            )
            for row in rows
        ]
