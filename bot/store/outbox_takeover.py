"""What a sender that was replaced left behind."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select, update
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

    async def doubtful(self, before: datetime | None) -> list[OutboxRow]:
        """Rows that were being sent, and whose lease ran out before ``before``; None for all."""
        rows = await self._connection.execute(
            select(*COLUMNS)
            .where(
                *self._scope.rows(),
                delivery.c.state == "sending",
                delivery.c.epoch < self._scope.lease.epoch,
                *(() if before is None else (delivery.c.lease_until < before,)),
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

    async def others(self, row: OutboxRow, message_ids: Collection[str]) -> set[str]:
        """Which of these messages are known to be what another row of this chat has sent.

        It walks over all that the platform has been sent: for rows in doubt only.
        """
        found = await self._connection.execute(
            select(delivery.c.message_id, delivery.c.parts).where(
                delivery.c.platform == row.to.platform,
                delivery.c.state == "sent",
                delivery.c.kind == "send",
                delivery.c.chat_id == row.to.chat_id,
                delivery.c.id != row.id,
                or_(delivery.c.message_id.in_(message_ids), delivery.c.parts.is_not(None)),
            )
        )
        theirs = {each for row in found for each in (row.message_id, *(row.parts or "").split())}
        return theirs & set(message_ids)

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
