"""The sender of one bot token: stands by, is elected, sends the outbox, hands over."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from typing import Any, Final

import structlog

from bot.chat.measuring import NO_METER, Meter
from bot.chat.ports import Adapter, Carry, Clock
from bot.delivery.backlog import Backlog
from bot.delivery.doubts import Doubts, History
from bot.delivery.feeding import Feeder
from bot.delivery.gate import Gate
from bot.delivery.journal import Journal
from bot.delivery.launching import Launcher
from bot.delivery.leadership import Leadership
from bot.delivery.limits import limits_for
from bot.delivery.nonces import NonceMemory
from bot.delivery.pacing import Pacer
from bot.delivery.policy import SenderPolicy
from bot.delivery.recovery import Recovery
from bot.delivery.texts import Texts
from bot.delivery.waking import wait_first
from bot.store.database import Database
from bot.store.outages import OUTAGES
from bot.store.outbox_claims import OutboxClaims, Scope
from bot.store.outbox_leases import Lease
from bot.store.outbox_rows import OutboxRow, Result
from bot.store.outbox_takeover import OutboxTakeover

CLOSING_TRIES: Final = 3

log = structlog.get_logger(__name__)


class Sender:
    """Sends the rows of the adapter's platform, of ``only_chat`` alone where it is given.

    ``token_id`` names the bot token (never the token itself): of all senders with the same one,
    on whatever machine, one is active. ``owner`` is unique to this process and start. ``pacer``
    is shared with the token's ``InteractiveCourier``. ``history`` looks up what was sent, where
    the platform can.
    """

    def __init__(
        self,
        *,
        database: Database,
        adapter: Adapter,
        clock: Clock,
        token_id: str,
        owner: str,
        policy: SenderPolicy | None = None,
        pacer: Pacer | None = None,
        only_chat: str | None = None,
        history: History | None = None,
        carry: Carry | None = None,
        meter: Meter = NO_METER,
    ) -> None:
        self._meter = meter
        self._database = database
        self._adapter = adapter
        self._carry = carry
        self._clock = clock
        self._policy = policy or SenderPolicy()
        self._pacer = pacer or Pacer(limits=limits_for(adapter.platform), clock=clock)
        self._only_chat = only_chat
        self._history = history
        self._leadership = Leadership(
            database=database, clock=clock, token_id=token_id, owner=owner, policy=self._policy
        )
        self._poked = asyncio.Event()

    @property
    def is_active(self) -> bool:
        """Whether this is the token's one active sender; else it stands by."""
        return self._leadership.lease is not None

    def poke(self) -> None:
        """There is something new in the outbox: look at once."""
        self._poked.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set, then finish or release what is in hand and return."""
        while not stop.is_set():
            lease = await self._leadership.campaign(stop)
            if lease is not None:
                await _Term(self, lease).serve(stop)

    def _scope(self, lease: Lease) -> Scope:
        return Scope(platform=self._adapter.platform, lease=lease, only_chat=self._only_chat)


class _Term:
    """One lease's worth of sending."""

    def __init__(self, sender: Sender, lease: Lease) -> None:
        self._database = sender._database
        self._clock = sender._clock
        self._policy = policy = sender._policy
        self._leadership = sender._leadership
        self._pacer = pacer = sender._pacer
        self._scope = sender._scope(lease)
        self._poked = sender._poked
        self._backlog = Backlog(
            clock=self._clock, wait_for=lambda job: pacer.chats.wait(job.row.to)
        )
        texts = Texts()
        gate = Gate(texts=texts)
        doubts = Doubts(
            memory=NonceMemory(
                clock=self._clock,
                window=pacer.limits.nonce_window,
                not_before=self._leadership.not_before,
            ),
            history=sender._history,
            policy=policy,
            others=self._others,
        )
        self._launcher = Launcher(
            adapter=sender._adapter,
            carry=sender._carry,
            clock=self._clock,
            policy=policy,
            leadership=self._leadership,
            backlog=self._backlog,
            pacer=pacer,
            doubts=doubts,
            meter=sender._meter,
        )
        self._journal = self._launcher.journal = Journal(
            database=self._database,
            clock=self._clock,
            policy=policy,
            scope=self._scope,
            leadership=self._leadership,
            backlog=self._backlog,
            pacer=pacer,
            gate=gate,
            room=self._launcher.room,
            load=self._launcher.load,
        )
        self._feeder = Feeder(
            database=self._database,
            clock=self._clock,
            policy=policy,
            scope=self._scope,
            backlog=self._backlog,
            pacer=pacer,
            journal=self._journal,
            texts=texts,
            text_limit=sender._adapter.capabilities.text_limit,
            poked=self._poked,
        )
        self._recovery = Recovery(
            database=self._database,
            clock=self._clock,
            policy=policy,
            scope=self._scope,
            gate=gate,
            doubts=doubts,
        )
        self._over = asyncio.Event()
        self._is_lost = False

    async def serve(self, stop: asyncio.Event) -> None:
        """Send until stopped, or until another sender has taken over."""
        loops = [
            asyncio.create_task(loop)
            for loop in (
                self._feeder.run(),
                self._launcher.run(),
                self._keep_lease(),
                self._recover(),
                _until(stop),
            )
        ]
        journal = asyncio.create_task(self._journal.run(self._over))
        try:
            await asyncio.wait([*loops, journal], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._over.set()
            await asyncio.shield(self._end(loops, journal))
        for task in (*loops, journal):
            if not task.cancelled() and task.exception() is not None:
                task.result()

    async def _keep_lease(self) -> None:
        """Returns when the term is lost."""
        while True:
            await wait_first(self._clock, self._policy.lease / 3, self._journal.suspects_loss)
            self._journal.suspects_loss.clear()
            try:
                if not await self._leadership.renew():
                    self._is_lost = True
                    log.warning("sender_replaced", token=self._scope.lease.token_id)
                    return
            except OUTAGES as error:
                log.warning("lease_not_renewed", error=type(error).__name__)
                await self._clock.sleep(min(0.5, self._policy.lease / 3))

    async def _recover(self) -> None:
        is_left = True
        while True:
            try:
                is_left = await self._recovery.step()
                self._poked.set()
            except OUTAGES as error:
                log.warning("recovery_failed", error=type(error).__name__)
            # A sender that was replaced may have claimed once more after the first look.
            await self._clock.sleep(self._policy.poll if is_left else self._policy.lease)

    async def _others(self, row: OutboxRow, message_ids: Collection[str]) -> set[str]:
        async with self._database.connect() as connection:
            return await OutboxTakeover(connection, self._scope).others(row, message_ids)

    async def _end(self, loops: list[asyncio.Task[Any]], journal: asyncio.Task[Any]) -> None:
        for task in loops:
            task.cancel()
        await asyncio.gather(*loops, journal, return_exceptions=True)
        for job in self._launcher.unload():
            is_unsent = job.tried_at is None
            self._journal.note(Result(row=job.row, state="ready", is_unsent=is_unsent))
        for job in self._backlog.clear():
            self._journal.note(Result(row=job.row, state="ready"))
        await self._launcher.finish(self._policy.grace)
        for job in self._backlog.clear():
            self._journal.note(Result(row=job.row, state="ready"))
        for _ in range(CLOSING_TRIES):
            if await self._journal.flush(may_arm=False) and not self._journal.has_results:
                break
            await self._clock.sleep(self._policy.flush)
        if not self._is_lost:
            await self._release()
        await self._leadership.resign()

    async def _release(self) -> None:
        try:
            async with self._database.connect() as connection:
                await OutboxClaims(connection, self._scope).release(self._clock.now())
        except OUTAGES as error:
            log.warning("rows_not_released", error=type(error).__name__)


def _until(stop: asyncio.Event) -> Coroutine[Any, Any, Any]:
    return stop.wait()
