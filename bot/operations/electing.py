"""One process at a time: receiving where a platform allows one listener, and the clock's work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog

from bot.chat.ports import Clock
from bot.delivery.leadership import Leadership
from bot.delivery.policy import SenderPolicy
from bot.delivery.waking import wait_first
from bot.store import Database
from bot.store.outages import OUTAGES

_log = structlog.get_logger(__name__)

POLICY: Final = SenderPolicy()

Work = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


class Elected:
    """Runs ``work`` while this process is the elected one of all with the same ``name``.

    A stand-by takes over within a second of the other's end, and within ``POLICY.lease`` and two
    seconds where only the network to it is gone.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        name: str,
        owner: str,
        policy: SenderPolicy = POLICY,
    ) -> None:
        self._leadership = Leadership(
            database=database, clock=clock, token_id=name, owner=owner, policy=policy
        )
        self._clock = clock
        self._name = name
        self._pause = policy.lease / 3

    @property
    def is_leading(self) -> bool:
        """Whether the work is done here."""
        return self._leadership.lease is not None

    async def run(self, work: Work, stop: asyncio.Event) -> None:
        """Stand by, work, stand by again, until ``stop``; raises what ``work`` raises."""
        while not stop.is_set():
            if await self._leadership.campaign(stop) is None:
                return
            over = asyncio.Event()
            tasks = [
                asyncio.ensure_future(work(over)),
                asyncio.ensure_future(self._keep_term()),
                asyncio.ensure_future(stop.wait()),
            ]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                over.set()
                for task in tasks[1:]:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self._leadership.resign()
            tasks[0].result()

    async def _keep_term(self) -> None:
        """Returns when the term is over."""
        while True:
            await wait_first(self._clock, self._pause)
            try:
                if not await self._leadership.renew():
                    _log.warning("elected.replaced", task=self._name)
                    return
            except OUTAGES as error:
                _log.warning("elected.not_renewed", task=self._name, error=type(error).__name__)
                if not self._leadership.may_send():
                    return
