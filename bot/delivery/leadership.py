"""One active sender a bot token: the election, the term, and its end.

The lease decides; its epoch fences whoever lost it. The token's lock (``bot.store.outbox_locks``)
only tells a stand-by sooner that the holder is dead.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.chat.ports import Clock
from bot.delivery.policy import SenderPolicy
from bot.delivery.waking import wait_first
from bot.store.database import Database
from bot.store.outages import OUTAGES
from bot.store.outbox_leases import Lease, OutboxLeases
from bot.store.outbox_locks import TokenLock

OVERDUE: Final = 2.0
"""Seconds past the lease after which even a holder of the lock is replaced: it hangs, or the
network between it and the database does."""

log = structlog.get_logger(__name__)


class Leadership:
    """``lease`` is the present term; ``deadline`` (monotonic) ends the right to send.

    ``not_before``: the sender of the last term lived until then, by its own clock.
    """

    def __init__(
        self, *, database: Database, clock: Clock, token_id: str, owner: str, policy: SenderPolicy
    ) -> None:
        self._database = database
        self._clock = clock
        self._token_id = token_id
        self._owner = owner
        self._policy = policy
        self._lock = TokenLock(database, token_id)
        self.lease: Lease | None = None
        self.deadline = float("-inf")
        self.not_before: datetime | None = None
        self._seen: tuple[Lease, float] | None = None

    def may_send(self) -> bool:
        """Whether the lease still holds by this process's own clock."""
        return self._clock.monotonic() < self.deadline

    async def campaign(self, stop: asyncio.Event) -> Lease | None:
        """Stand by until elected; None when ``stop`` came first."""
        is_standing_by = False
        while not stop.is_set():
            try:
                lease = await self._try_take()
            except OUTAGES as error:
                log.warning("sender_election_failed", error=type(error).__name__)
                lease = None
            if lease is not None:
                log.info("sender_elected", token=self._token_id, epoch=lease.epoch)
                return lease
            if not is_standing_by:
                log.info("sender_standing_by", token=self._token_id)
                is_standing_by = True
            await wait_first(self._clock, self._policy.standby_poll, stop)
        return None

    async def renew(self) -> bool:
        """Extend the term; False where another sender began one. Raises on an outage."""
        assert self.lease is not None
        asked_at = self._clock.monotonic()
        until = self._clock.now() + timedelta(seconds=self._policy.lease)
        has_lock = await self._retake_lock()
        async with self._database.connect() as connection:
            is_mine = await OutboxLeases(connection).renew(self.lease, until, has_lock=has_lock)
        if is_mine:
            self.deadline = asked_at + self._policy.lease
        return is_mine

    async def resign(self) -> None:
        """End the term, so that a stand-by begins at once. Never raises on an outage."""
        lease, self.lease = self.lease, None
        self.deadline = float("-inf")
        try:
            if lease is not None:
                async with self._database.connect() as connection:
                    await OutboxLeases(connection).give_up(lease, self._clock.now())
        except OUTAGES as error:
            log.warning("sender_resignation_lost", error=type(error).__name__)
        finally:
            await self._lock.release()

    async def _retake_lock(self) -> bool:
        """Take the lock (again) where its connection broke; being without it is no harm."""
        try:
            return await self._lock.try_take()
        except OUTAGES as error:
            log.info("sender_lock_lost", token=self._token_id, error=type(error).__name__)
            return False

    async def _try_take(self) -> Lease | None:
        is_locked = await self._lock.try_take()
        asked_at = self._clock.monotonic()
        now = self._clock.now()
        async with self._database.connect() as connection:
            leases = OutboxLeases(connection)
            last = await leases.get(self._token_id)
            is_vacant = last is None or _is_vacant(last, now, is_locked=is_locked)
            if last is not None and not is_vacant and not self._has_fallen_silent(last):
                if not last.has_lock:
                    # Its owner will want the lock with its next renewal.
                    await self._lock.release()
                return None
            until = now + timedelta(seconds=self._policy.lease)
            lease = await leases.take(self._token_id, self._owner, until, has_lock=is_locked)
        if last is not None:
            self.not_before = last.until - timedelta(seconds=self._policy.lease)
        self.lease = lease
        self.deadline = asked_at + self._policy.lease
        return lease

    def _has_fallen_silent(self, last: Lease) -> bool:
        """Whether nobody renewed it for too long by this clock, however far ahead it ends.

        A wall clock that was set back would keep everybody out for as long as that.
        """
        now = self._clock.monotonic()
        if self._seen is None or self._seen[0] != last:
            self._seen = (last, now)
        return now - self._seen[1] > self._policy.lease + OVERDUE


def _is_vacant(last: Lease, now: datetime, *, is_locked: bool) -> bool:
    """Whether the last owner is dead, has resigned, or has not renewed for too long."""
    if last.until <= now and is_locked:
        return True
    if last.has_lock and is_locked:
        return True
    return last.until + timedelta(seconds=OVERDUE) < now
