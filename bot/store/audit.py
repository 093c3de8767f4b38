"""Who of the staff looked at or changed what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import person
from bot.store.schema_members import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """``actor`` is a name, or empty where it was the command line or somebody forgotten."""

    at: datetime
    actor: str
    via: str
    action: str
    subject_id: int | None
    detail: str


class Audit:
    """Rows that are only added to; ``detail`` holds names of fields and counts, no contents."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        action: str,
        *,
        actor_id: int | None,
        via: str,
        now: datetime,
        subject_id: int | None = None,
        detail: str = "",
    ) -> None:
        """Write down one act; ``via`` is a platform or ``cli``."""
        await self._connection.execute(
            insert(audit).values(
                at=now,
                actor_id=actor_id,
                via=via,
                action=action,
                subject_id=subject_id,
                detail=detail[:200],
            )
        )

    async def last(self, limit: int, *, subject_id: int | None = None) -> list[Entry]:
        """The newest first, of one person or of all."""
        query = (
            select(audit, person.c.name.label("actor"))
            .join_from(audit, person, audit.c.actor_id == person.c.id, isouter=True)
            .order_by(audit.c.id.desc())
            .limit(limit)
        )
        if subject_id is not None:
            query = query.where(audit.c.subject_id == subject_id)
        return [
            Entry(
                at=row.at,
                actor=row.actor or "",
                via=row.via,
                action=row.action,
                subject_id=row.subject_id,
                detail=row.detail,
            )
            for row in await self._connection.execute(query)
        ]

    async def forget_before(self, moment: datetime) -> int:
        """Drop what is older; returns how many."""
        result = await self._connection.execute(delete(audit).where(audit.c.at < moment))
        return int(result.rowcount)
