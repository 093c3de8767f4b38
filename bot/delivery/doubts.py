"""A row that may have been sent, too long ago for its nonce: look before it is sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Literal, Protocol, runtime_checkable

import structlog

from bot.chat.errors import DeliveryError, RateLimited, RecipientGone, Undeliverable
from bot.chat.events import ConversationRef
from bot.chat.messages import Message, SentMessage
from bot.delivery.backlog import Job
from bot.delivery.nonces import NonceMemory, nonce_of
from bot.delivery.outcomes import FIRST_PAUSE
from bot.delivery.policy import SenderPolicy
from bot.store.outages import OUTAGES
from bot.store.outbox_rows import OutboxRow

Others = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Which of these messages are known to be what another row has sent."""

OthersOf = Callable[[OutboxRow, Collection[str]], Awaitable[Collection[str]]]
"""The same, of a row."""

UNREADABLE: Final[tuple[type[Exception], ...]] = (DeliveryError, *OUTAGES)
"""What keeps from looking: the platform's reasons, and the database's."""

log = structlog.get_logger(__name__)


@runtime_checkable
class History(Protocol):
    """A platform on which one can look up what was sent."""

    async def find_sent(
        self,
        to: ConversationRef,
        message: Message | None,
        *,
        nonce: str,
        since: datetime,
        others: Others,
    ) -> SentMessage | None:
        """What was sent there with this nonce; None where it certainly was not.

        ``since`` is before the first attempt. ``message`` is what would be sent now, None where
        it may have had other words then. Two announcements may say the same: messages that
        ``others`` knows are not the one. Raises ``DeliveryError``, ``Undeliverable`` where it
        will never be told, and what ``others`` raises.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is known now. ``again``: send it as if for the first time. ``later``: look again in
    ``delay`` seconds."""

    verdict: Literal["sent", "again", "later", "unknown"]
    sent: SentMessage | None = None
    delay: float = 0.0


class Doubts:
    """Asked at the last moment, when a job is about to leave."""

    def __init__(
        self,
        *,
        memory: NonceMemory,
        history: History | None,
        policy: SenderPolicy,
        others: OthersOf,
    ) -> None:
        self.memory = memory
        self._history = history
        self._others = others
        self._policy = policy

    def may_repeat(self, tried_at: datetime | None) -> bool:
        """Whether another attempt at such a row can end without a second message."""
        return self.memory.covers(tried_at) or (self.memory.exists and self._history is not None)

    def must_ask(self, job: Job) -> bool:
        """Whether this job must not simply be sent."""
        return (
            self.memory.exists
            and job.row.kind == "send"
            # Two people may say the same in the same place, and then a relay twice is better than
            # one taken for the other.
            and (job.row.on_unknown == "hold" or job.row.batch > 0)
            and job.tried_at is not None
            and not self.memory.covers(job.tried_at)
        )

    async def ask(self, job: Job) -> Finding:
        """Look it up; one request. Where that cannot be done, the row's own word counts."""
        given_up = Finding(verdict="again" if job.row.on_unknown == "resend" else "unknown")
        if self._history is None or job.tried_at is None:
            return given_up
        # The words of an announcement that was corrected since are not those of the first time.
        message = job.message if job.version <= 1 else None
        try:
            async with asyncio.timeout(self._policy.request_timeout):
                sent = await self._history.find_sent(
                    job.row.to,
                    message,
                    nonce=nonce_of(job.row),
                    since=job.tried_at,
                    others=partial(self._others, job.row),
                )
        except UNREADABLE as error:
            log.warning("history_unreadable", row=job.row.id, error=type(error).__name__)
            is_final = isinstance(error, Undeliverable | RecipientGone)
            if is_final or job.attempts >= self._policy.max_attempts:
                return given_up
            delay = error.retry_after if isinstance(error, RateLimited) else FIRST_PAUSE
            return Finding(verdict="later", delay=min(delay, self._policy.max_wait))
        if sent is not None:
            return Finding(verdict="sent", sent=sent)
        if self.memory.is_lost(job.tried_at):
            # It may stand farther back than anybody looked.
            return given_up
        return Finding(verdict="again")
