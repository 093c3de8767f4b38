"""What staff say that unanswered questions should have matched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema_teaching import label


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """``article`` is None where no article answers the question."""

    source: str
    language: str
    words: str
    article: str | None


class Labels:
    """One a question; the last word counts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def set(self, given: Label, person_id: int | None, now: datetime) -> None:
        """Keep a label; ``person_id`` is the asker."""
        values = {"article": given.article, "at": now}
        await self._connection.execute(
            upsert(self._connection, label)
            .values(
                source=given.source,
                person_id=person_id,
                language=given.language,
                words=given.words,
                **values,
            )
            .on_conflict_do_update(index_elements=[label.c.source], set_=values)
        )

    async def all(self) -> list[Label]:
        """All of them, the oldest first."""
        rows = await self._connection.execute(select(label).order_by(label.c.id))
        return [
            Label(source=row.source, language=row.language, words=row.words, article=row.article)
            for row in rows
        ]
