"""The platforms' own entries for occurrences, such as Discord's scheduled events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema_events import event_mirror


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """``external_id`` is None before the platform gave one; ``digest`` is of what was written."""

    occurrence_id: int
    platform: str
    server_id: str
    external_id: str | None
    digest: str
    failures: int
    due_at: datetime


class EventMirrors:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, platform: str, server_id: str) -> list[Mirror]:
        """All entries on one server."""
        rows = await self._connection.execute(
            select(event_mirror)
            .where(event_mirror.c.platform == platform, event_mirror.c.server_id == server_id)
            .order_by(event_mirror.c.occurrence_id)
        )
        return [_read(row) for row in rows]

    async def put(self, mirror: Mirror) -> None:
        """Keep what is known of an entry."""
        values = {
            "external_id": mirror.external_id,
            "digest": mirror.digest,
            "failures": mirror.failures,
            "due_at": mirror.due_at,
        }
        await self._connection.execute(
            upsert(self._connection, event_mirror)
            .values(
                occurrence_id=mirror.occurrence_id,
                platform=mirror.platform,
                server_id=mirror.server_id,
                **values,
            )
            .on_conflict_do_update(index_elements=list(event_mirror.primary_key), set_=values)
        )

    async def remove(self, mirror: Mirror) -> None:
        """The entry is no longer there."""
        await self._connection.execute(
            delete(event_mirror).where(
                event_mirror.c.occurrence_id == mirror.occurrence_id,
                event_mirror.c.platform == mirror.platform,
                event_mirror.c.server_id == mirror.server_id,
            )
        )


def _read(row: Any) -> Mirror:
    return Mirror(
        occurrence_id=row.occurrence_id,
        platform=row.platform,
        server_id=row.server_id,
        external_id=row.external_id,
        digest=row.digest,
        failures=row.failures,
        due_at=row.due_at,
    )
