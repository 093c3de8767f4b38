"""Publishes announcements to those who follow a channel, as slowly as the platform wants it.

Discord lets a channel publish ten messages an hour and puts a channel that wants more off for up
to an hour (https://github.com/discordjs/discord.js/issues/4956). So each copy gets a time that
keeps the limit; the sender does the rest, and waits as long as it is told when staff have used up
the hour by hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.chat.events import Platform
from bot.chat.ports import Clock, Publisher
from bot.delivery.waking import wait_first
from bot.store.database import Database
from bot.store.outages import OUTAGES
from bot.store.outbox_publishing import OutboxPublishing

AT_MOST: Final = 10
PERIOD: Final = timedelta(hours=1)
"""So many messages of one channel in so long."""
POLL: Final = 30.0
LOOKS_BACK: Final = timedelta(days=2)
"""An announcement that was done longer ago is left alone."""

log = structlog.get_logger(__name__)


class Publishing:
    """One task for each platform with channels to follow. Several processes do no harm."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        platform: Platform,
        publisher: Publisher,
        poke_sender: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._platform = platform
        self._publisher = publisher
        self._poke_sender = poke_sender

    async def run(self, stop: asyncio.Event) -> None:
        """Look for copies to publish until ``stop`` is set."""
        while not stop.is_set():
            try:
                if await self.plan():
                    self._poke_sender()
            except OUTAGES as error:
                log.warning("publishing_not_planned", error=type(error).__name__)
            await wait_first(self._clock, POLL, stop)

    async def plan(self) -> int:
        """Give each new copy its time; returns how many got one."""
        now = self._clock.now()
        planned = 0
        async with self._database.connect() as connection:
            publishing = OutboxPublishing(connection)
            copies = await publishing.unpublished(self._platform, now - LOOKS_BACK)
            taken = await publishing.taken(self._platform, now - PERIOD) if copies else {}
            for copy in copies:
                has_followers = self._publisher.has_followers(copy.to)
                if has_followers is None:
                    continue
                if not has_followers:
                    await publishing.pass_over(copy, now)
                    continue
                times = taken.setdefault(copy.to.chat_id, [])
                times.append(next_slot(times, now))
                await publishing.add(copy, times[-1], now)
                planned += 1
        if planned:
            log.info("publishing_planned", platform=self._platform, row=planned)
        return planned


def next_slot(taken: Sequence[datetime], now: datetime) -> datetime:
    """When a channel may publish once more, after what is in ``taken``."""
    if len(taken) < AT_MOST:
        return now
    return max(now, sorted(taken)[-AT_MOST] + PERIOD)
