"""What an earlier sender left: claimed rows go back, rows in doubt are decided.

A row that was being sent may still arrive until its lease and the longest request are over; only
then is it looked at. A platform that knows nonces gets the message again, with the same nonce,
while it still remembers it. Else the row's own word counts: ``resend``, or ``hold`` for staff.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Protocol

import structlog

from bot.chat.errors import DeliveryError
from bot.chat.events import ConversationRef
from bot.chat.messages import SentMessage
from bot.chat.ports import Clock
from bot.delivery.gate import Gate
from bot.delivery.launching import nonce_of
from bot.delivery.policy import SenderPolicy
from bot.store.database import Database
from bot.store.outbox_claims import Scope
from bot.store.outbox_rows import OutboxRow, Result, State
from bot.store.outbox_takeover import OutboxTakeover

NONCE_MARGIN: Final = 30.0
"""Seconds that a row may still have to wait for its turn while its nonce is remembered."""

log = structlog.get_logger(__name__)


class History(Protocol):
    """A platform on which one can look up what was sent."""

    async def find_sent(self, to: ConversationRef, nonce: str) -> SentMessage | None:
        """The message with this nonce, None where there is none; raises ``DeliveryError``."""
        ...


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
        nonce_window: float,
        history: History | None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy
        self._scope = scope
        self._gate = gate
        self._nonce_window = nonce_window
        self._history = history

    async def step(self) -> bool:
        """Look once; returns whether rows are still in doubt."""
        now = self._clock.now()
        before = now - timedelta(seconds=self._policy.request_timeout)
        async with self._database.connect() as connection:
            takeover = OutboxTakeover(connection, self._scope)
            reclaimed = await takeover.reclaim(now)
            doubtful = await takeover.doubtful(before)
        if reclaimed or doubtful:
            log.info("rows_taken_over", claimed=reclaimed, doubtful=len(doubtful))
        verdicts = [(row, *await self._judge(row)) for row in doubtful]
        async with self._database.connect() as connection:
            takeover = OutboxTakeover(connection, self._scope)
            settled = []
            for row, state, message_id in verdicts:
                error = "interrupted" if state == "unknown" else None
                if await takeover.settle(row, state, now, error=error, message_id=message_id):
                    settled.append(Result(row=row, state=state))
            await self._gate.count(connection, settled, ())
            await self._gate.catch_up(connection, settled, now, is_apart=True)
            return await takeover.has_doubtful()

    async def _judge(self, row: OutboxRow) -> tuple[State, str | None]:
        if row.kind != "send" or row.on_unknown == "resend":
            return "ready", None
        sent_at = row.lease_until or self._clock.now()
        age = (self._clock.now() - sent_at).total_seconds() + self._policy.lease
        if age < self._nonce_window - NONCE_MARGIN:
            return "ready", None
        if self._history is not None:
            try:
                sent = await self._history.find_sent(row.to, nonce_of(row))
            except DeliveryError as error:
                log.warning("history_unreadable", row=row.id, error=type(error).__name__)
            else:
                return ("ready", None) if sent is None else ("sent", sent.message_id)
        return "unknown", None
