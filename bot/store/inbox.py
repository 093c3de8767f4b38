"""Updates by the platform's own id, so that each is handled once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import insert_for, upsert
from bot.store.schema import UtcDateTime, inbox


class Inbox:
    """Accepted updates, with their raw text until they are done."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def accept(
        self, platform: str, updates: Sequence[tuple[str, str]], now: datetime
    ) -> None:
        """Keep ``(id, raw JSON)`` pairs; ids that are known already stay as they are."""
        statement = upsert(self._connection, inbox).on_conflict_do_nothing()
        rows = [
            {"platform": platform, "update_id": key, "accepted_at": now, "payload": raw}
            for key, raw in updates
        ]
        if rows:
            await self._connection.execute(statement, rows)

    async def begin(self, platform: str, update_id: str, now: datetime) -> bool:
        """Mark an update as done in this transaction; False where it was done before.

        Takes the row's lock, so that of two processes with the same update one waits and
        then learns that it is done.
        """
        statement = _begin(self._connection.dialect.name)
        values = {"platform": platform, "update_id": update_id, "now": now}
        return (await self._connection.execute(statement, values)).first() is not None

    async def pending(self, platform: str) -> list[str]:
        """Raw updates that were accepted and never done, oldest first."""
        rows = await self._connection.scalars(
            select(inbox.c.payload)
            .where(
                inbox.c.platform == platform,
                inbox.c.done_at.is_(None),
                inbox.c.payload.is_not(None),
            )
            .order_by(inbox.c.accepted_at, func.length(inbox.c.update_id), inbox.c.update_id)
        )
        return [str(row) for row in rows]

    async def forget_before(self, moment: datetime) -> int:
        """Drop done updates from before ``moment``; returns how many."""
        result = await self._connection.execute(
            delete(inbox).where(inbox.c.done_at.is_not(None), inbox.c.accepted_at < moment)
        )
        return int(result.rowcount)


@cache
def _begin(dialect: str) -> Any:
    now = bindparam("now", type_=UtcDateTime)
    return (
        insert_for(dialect, inbox)
        .values(
            platform=bindparam("platform"),
            update_id=bindparam("update_id"),
            accepted_at=now,
            done_at=now,
        )
        .on_conflict_do_update(
            index_elements=[inbox.c.platform, inbox.c.update_id],
            set_={"done_at": now, "payload": None},
            where=inbox.c.done_at.is_(None),
        )
        .returning(inbox.c.update_id)
    )
