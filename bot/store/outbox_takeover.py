"""What a sender that was replaced left behind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.outbox_claims import Scope
from bot.store.outbox_rows import COLUMNS, OutboxRow, read_rows
from bot.store.schema import delivery

SWEEP_LIMIT = 500
"""Rows settled in one transaction."""


class OutboxTakeover:
    """Rows of earlier epochs, inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    async def reclaim(self, now: datetime) -> int:
        """Make ready what was claimed and never armed; returns how many rows."""
        result = await self._connection.execute(
            update(delivery)
            .where(
                *self._scope.rows(),
                delivery.c.state == "claimed",
                delivery.c.epoch < self._scope.lease.epoch,
            )
            .values(state="ready", owner=None, lease_until=None, updated_at=now)
        )
        return int(result.rowcount)

    async def doubtful(self, before: datetime) -> list[OutboxRow]:
        """Rows that were being sent, and whose lease ran out before ``before``."""
        rows = await self._connection.execute(
            select(*COLUMNS)
            .where(
                *self._scope.rows(),
                delivery.c.state == "sending",
                delivery.c.epoch < self._scope.lease.epoch,
                delivery.c.lease_until < before,
            )
            .limit(SWEEP_LIMIT)
        )
        return read_rows(rows)

    async def has_doubtful(self) -> bool:
        """Whether any row of an earlier epoch is still being sent."""
        found = await self._connection.scalar(
            select(delivery.c.id)
            .where(
                *self._scope.rows(),
                delivery.c.state == "sending",
                delivery.c.epoch < self._scope.lease.epoch,
            )
            .limit(1)
        )
        return found is not None

    async def settle(
        self,
        row: OutboxRow,
        state: str,
        now: datetime,
        *,
        error: str | None = None,
    ) -> bool:
        """Decide a doubtful row; its epoch stays, so that a late answer can still correct it."""
        values = {"state": state, "error": error, "updated_at": now}
        if state == "ready":
            values["owner"] = None
        result = await self._connection.execute(
            update(delivery)
            .where(
                delivery.c.id == row.id,
                delivery.c.state == "sending",
                delivery.c.epoch < self._scope.lease.epoch,
            )
            .values(**values)
        )
        return bool(result.rowcount)
