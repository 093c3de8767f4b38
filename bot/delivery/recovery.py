"""What an earlier sender left: claimed rows go back, rows in doubt are decided.

A row that was being sent may still arrive until its lease and the longest request are over; only
then is it looked at. A platform that knows nonces gets the message again, with the same nonce,
while it still remembers it, which is asked again when the message leaves (``doubts``). Else the
row's own word counts: ``resend``, or ``hold`` for staff.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from bot.chat.ports import Clock
from bot.delivery.doubts import Doubts
from bot.delivery.gate import Gate
from bot.delivery.policy import SenderPolicy
from bot.store.database import Database
from bot.store.outbox_claims import Scope
from bot.store.outbox_rows import OutboxRow, Result, State
from bot.store.outbox_takeover import OutboxTakeover

PARTS: Final = 10
"""Requests that one message takes at most, for rows whose times cannot be believed."""

log = structlog.get_logger(__name__)


class Recovery:
    """``step`` until it says that nothing is left."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        policy: SenderPolicy,
        scope: Scope,
        gate: Gate,
        doubts: Doubts,
    ) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy
        self._scope = scope
        self._gate = gate
        self._doubts = doubts
        self._began = clock.monotonic()

    async def step(self) -> bool:
        """Look once; returns whether rows are still in doubt."""
        now = self._clock.now()
        before = None if self._is_all_over() else now - self._timeout
        async with self._database.connect() as connection:
            takeover = OutboxTakeover(connection, self._scope)
            reclaimed = await takeover.reclaim(now)
            doubtful = await takeover.doubtful(before)
        if reclaimed or doubtful:
            log.info("rows_taken_over", claimed=reclaimed, doubtful=len(doubtful))
        async with self._database.connect() as connection:
            takeover = OutboxTakeover(connection, self._scope)
            settled = []
            for row in doubtful:
                state = self._judge(row)
                error = "interrupted" if state == "unknown" else None
                if await takeover.settle(row, state, now, error=error):
                    settled.append(Result(row=row, state=state))
            await self._gate.count(connection, settled, ())
            await self._gate.catch_up(connection, settled, now, is_apart=True)
            return await takeover.has_doubtful()

    @property
    def _timeout(self) -> timedelta:
        return timedelta(seconds=self._policy.request_timeout)

    def _is_all_over(self) -> bool:
        """Whether nothing of an earlier term can be on its way, whatever its rows say.

        A clock that was set back makes their leases last for as long as it was set back.
        """
        longest = self._policy.lease + PARTS * self._policy.request_timeout
        return self._clock.monotonic() - self._began > longest

    def _judge(self, row: OutboxRow) -> State:
        is_harmless = row.kind != "send" or row.on_unknown == "resend"
        return "ready" if is_harmless or self._doubts.may_repeat(row.tried_at) else "unknown"
