"""Whether an answer helped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema import feedback


class Feedback:
    """One vote a person, article and language; the last press counts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def vote(
        self, person_id: int, article: str, language: str, vote: int, now: datetime
    ) -> None:
        """Keep a vote: 1 helped, -1 did not."""
        values = {"vote": vote, "at": now}
        await self._connection.execute(
            upsert(self._connection, feedback)
            .values(person_id=person_id, article=article, language=language, **values)
            .on_conflict_do_update(index_elements=list(feedback.primary_key), set_=values)
        )
