"""Keeps messages that show an announcement's progress fresh, and notes how far it is."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, Unreachable
from bot.chat.messages import Message
from bot.chat.ports import Adapter, Clock, Courier, Lane
from bot.chat.wire import message_to_json
from bot.store import Database, Store
from bot.store.announcement_watches import Watch
from bot.store.outages import OUTAGES

REFRESH: Final = 5.0
"""Seconds between two looks: twelve edits a minute, of the twenty that a group may have."""
SAMPLE: Final = 10.0
"""Seconds between two notes of how far an announcement is."""

Draw = Callable[[Store, int, str], Awaitable[tuple[Message, bool] | None]]
"""An announcement's progress in a language, and whether more is to come; None without one."""

_log = structlog.get_logger(__name__)


class ProgressKeeper:
    """The watched messages of one platform; what is done is shown once more, and let go."""

    def __init__(
        self, *, database: Database, clock: Clock, adapter: Adapter, courier: Courier, draw: Draw
    ) -> None:
        self._database = database
        self._clock = clock
        self._adapter = adapter
        self._courier = courier
        self._draw = draw

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop``."""
        await repeat(self.refresh, REFRESH, self._clock, stop)

    async def refresh(self) -> int:
        """Edit what has changed; returns how many messages."""
        async with self._database.begin() as store:
            watches = await store.announcement_watches.on(self._adapter.platform)
        edited = 0
        for watch in watches:
            edited += await self._refresh(watch)
        return edited

    async def _refresh(self, watch: Watch) -> bool:
        async with self._database.begin() as store:
            drawn = await self._draw(store, watch.announcement_id, watch.language)
            if drawn is None:
                await store.announcement_watches.drop(watch)
                return False
        message, has_more = drawn
        digest = hashlib.blake2b(message_to_json(message).encode(), digest_size=16).hexdigest()
        is_new = digest != watch.shown
        try:
            if is_new:
                await self._courier.carry(
                    watch.where,
                    lambda: self._adapter.edit(watch.where, watch.message_id, message),
                    lane=Lane.RELAY,
                )
        except (RateLimited, Unreachable, Ambiguous):
            return False
        except DeliveryError as error:
            _log.info("progress.gone", announcement=watch.announcement_id, error=str(error)[:80])
            has_more = False
        async with self._database.begin() as store:
            if has_more:
                await store.announcement_watches.note(watch, digest)
            else:
                await store.announcement_watches.drop(watch)
        return is_new


class ProgressSamples:
    """Notes how far each running announcement is, for its rate and its chart."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop``."""
        await repeat(self.sample, SAMPLE, self._clock, stop)

    async def sample(self) -> int:
        """One note of each that runs and has moved; returns how many."""
        now, added = self._clock.now(), 0
        async with self._database.begin() as store:
            before = await store.announcement_watches.last_samples()
            for number in await store.announcements.running():
                counts = await store.announcements.counts(number)
                settled = sum(count for (_p, state), count in counts.items() if state != "queued")
                sent = sum(count for (_p, state), count in counts.items() if state == "sent")
                if settled != before.get(number):
                    await store.announcement_watches.add_sample(
                        number, now, settled=settled, sent=sent
                    )
                    added += 1
        return added


async def repeat(
    work: Callable[[], Awaitable[int]], seconds: float, clock: Clock, stop: asyncio.Event
) -> None:
    """Do ``work`` every so many seconds until ``stop``; an outage of the database passes."""
    while not stop.is_set():
        try:
            await work()
        except OUTAGES as error:
            _log.warning("upkeep.database", error=type(error).__name__)
        stopping = asyncio.ensure_future(stop.wait())
        pause = asyncio.ensure_future(clock.sleep(seconds))
        await asyncio.wait({stopping, pause}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stopping, pause):
            task.cancel()
