"""A question's history: who did what and when, without a word of what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_desk import question_event


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEvent:
    """``actor`` is a contact's id, or empty for the asker and the assistant."""

    at: datetime
    kind: str
    actor: str
    detail: str


class QuestionEvents:
    """Only ever added to."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        number: int,
        kind: str,
        now: datetime,
        *,
        person_id: int | None = None,
        actor: str = "",
        detail: str = "",
    ) -> None:
        """Note that something happened; ``detail`` holds ids, never texts."""
        await self._connection.execute(
            insert(question_event).values(
                question_id=number,
                at=now,
                kind=kind,
                person_id=person_id,
                actor=actor,
                detail=detail[:200],
            )
        )

    async def of(self, number: int) -> list[QuestionEvent]:
        """The history of one question, oldest first."""
        rows = await self._connection.execute(
            select(question_event)
            .where(question_event.c.question_id == number)
            .order_by(question_event.c.id)
        )
        return [
            QuestionEvent(at=row.at, kind=row.kind, actor=row.actor, detail=row.detail)
            for row in rows
        ]

    async def move(self, number: int, to: int) -> None:
        """Two questions are one from now on."""
        await self._connection.execute(
            update(question_event)
            .where(question_event.c.question_id == number)
            .values(question_id=to)
        )
