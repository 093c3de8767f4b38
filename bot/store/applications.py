"""Answers to the joining form that wait for the person's yes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema_members import application


class Applications:
    """One a person: a form filled in twice keeps the last answers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, person_id: int, now: datetime) -> dict[str, str] | None:
        """The answers by field, or None where there are none or they are too old."""
        raw = await self._connection.scalar(
            select(application.c.answers).where(
                application.c.person_id == person_id, application.c.expires_at > now
            )
        )
        return None if raw is None else dict(json.loads(raw))

    async def set(self, person_id: int, answers: Mapping[str, str], expires_at: datetime) -> None:
        """Keep them until ``expires_at``."""
        values = {
            "answers": json.dumps(dict(answers), ensure_ascii=False),
            "expires_at": expires_at,
        }
        await self._connection.execute(
            upsert(self._connection, application)
            .values(person_id=person_id, **values)
            .on_conflict_do_update(index_elements=[application.c.person_id], set_=values)
        )

    async def drop(self, person_id: int) -> bool:
        """Forget them; False where there were none."""
        result = await self._connection.execute(
            delete(application).where(application.c.person_id == person_id)
        )
        return bool(result.rowcount)

    async def forget_expired(self, now: datetime) -> int:
        """Drop what nobody came back to; returns how many."""
        result = await self._connection.execute(
            delete(application).where(application.c.expires_at <= now)
        )
        return int(result.rowcount)
