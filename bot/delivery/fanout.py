"""Writes the rows of running announcements, a little ahead of the sender.

Each chunk and the cursor behind it are one transaction, short enough (``HOLD`` seconds) not to
hold anybody up; the size of the chunks follows from how long the last one took.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final

import structlog

from bot.chat.ports import Clock
from bot.delivery.local_hours import due_in
from bot.delivery.waking import wait_first
from bot.store.announcements import Announcements
from bot.store.database import Database
from bot.store.outages import OUTAGES
from bot.store.outbox_fanout import Chunk, DueFor, OutboxFanOut
from bot.store.outbox_reports import OutboxReports

HOLD: Final = 0.016
"""Seconds that a chunk's transaction should take; 50 ms is the most that it may."""
FIRST: Final = 500
SMALLEST: Final = 500
LARGEST: Final = 20_000
"""Chats of a chunk. Smaller ones cost as much: most of it would be the commit."""
POLL: Final = 1.0
SWEEP: Final = 30.0
"""Seconds between looks for rows that nobody has sent in time."""
AHEAD: Final = 5_000
"""Rows written and not yet settled, above which the fan-out waits for the sender."""

log = structlog.get_logger(__name__)


class FanOut:
    """``poke_senders`` is called when there are new rows. Two at once do no harm.

    ``due_for`` tells when a chat of some zone is due, for announcements at the local hour.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        poke_senders: Callable[[], None] = lambda: None,
        due_for: DueFor = due_in,
        ahead: int = AHEAD,
    ) -> None:
        self._database = database
        self._clock = clock
        self._poke_senders = poke_senders
        self._due_for = due_for
        self._ahead = ahead
        self._size = FIRST
        self._sweep_at = float("-inf")
        self._poked = asyncio.Event()
        self.longest_hold = 0.0
        """The longest that a chunk's transaction has taken, in seconds."""

    def poke(self) -> None:
        """An announcement was started or resumed: look at once."""
        self._poked.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve all running announcements until ``stop``."""
        while not stop.is_set():
            self._poked.clear()
            try:
                has_moved = await self._round()
            except OUTAGES as error:
                log.warning("fanout_failed", error=type(error).__name__)
                has_moved = False
            if not has_moved:
                await wait_first(self._clock, POLL, stop, self._poked)

    async def write_all(self, number: int) -> int:
        """Write all rows of one announcement without waiting; returns how many."""
        total = 0
        while True:
            chunk = await self.write_chunk(number)
            total += chunk.rows
            if chunk.is_last:
                return total

    async def write_chunk(self, number: int) -> Chunk:
        """One transaction's worth."""
        began = self._clock.monotonic()
        async with self._database.connect() as connection:
            # What was waited for the connection is not held by this chunk.
            began = self._clock.monotonic()
            chunk = await OutboxFanOut(connection).write(
                number, self._size, self._clock.now(), due_for=self._due_for
            )
        took = self._clock.monotonic() - began
        self.longest_hold = max(self.longest_hold, took)
        if not chunk.is_last:
            factor = min(1.5, max(0.5, HOLD / max(took, 1e-6)))
            self._size = int(min(LARGEST, max(SMALLEST, self._size * factor)))
        return chunk

    async def _round(self) -> bool:
        """One chunk for each announcement that has room; False where none had."""
        async with self._database.connect() as connection:
            numbers = await Announcements(connection).running()
            cancelled = await Announcements(connection).cancelled()
        has_moved = False
        for number in cancelled:
            has_moved = await self._take_back(number) or has_moved
        if self._clock.monotonic() >= self._sweep_at:
            is_clean = not [number for number in numbers if await self._sweep(number)]
            self._sweep_at = self._clock.monotonic() + (SWEEP if is_clean else 0.0)
            has_moved = has_moved or not is_clean
        for number in numbers:
            async with self._database.connect() as connection:
                announcements = Announcements(connection)
                told = await announcements.get(number)
                counts = await announcements.counts(number)
                left = open_rows(counts)
                if told is None:
                    continue
                if told.is_fanned_out and left <= 0:
                    await announcements.set_state(
                        number, "done", self._clock.now(), only_from=("running",)
                    )
                    log.info("announcement_done", announcement=number)
                    continue
            # In the order of chats, those who are due first may come last.
            has_room = left < self._ahead or told.timing.is_local
            if not told.is_fanned_out and has_room:
                chunk = await self.write_chunk(number)
                has_moved = True
                if chunk.rows:
                    self._poke_senders()
        return has_moved

    async def _sweep(self, number: int) -> bool:
        """Skip some of the rows that nobody has sent in time; False where there are none."""
        now = self._clock.now()
        async with self._database.connect() as connection:
            counts = await Announcements(connection).counts(number)
            skipped = 0
            for platform in sorted({platform for platform, _ in counts}):
                reports = OutboxReports(connection)
                skipped += await reports.skip_expired(number, platform, FIRST, now)
        if skipped:
            log.info("announcement_expired", announcement=number, row=skipped)
        return skipped > 0

    async def _take_back(self, number: int) -> bool:
        """One chunk of a cancelled announcement; False where the rest is at the sender."""
        now = self._clock.now()
        async with self._database.connect() as connection:
            announcements = Announcements(connection)
            counts = await announcements.counts(number)
            skipped = 0
            for platform in sorted({platform for platform, _ in counts}):
                skipped += await OutboxReports(connection).skip_ready(number, platform, FIRST, now)
            counts = await announcements.counts(number)
            if open_rows(counts) <= 0:
                await announcements.set_cursor(number, None, now, is_done=True)
        return skipped > 0


def open_rows(counts: Counter[tuple[str, str]]) -> int:
    """Rows that are written and not settled, from ``Announcements.counts``."""
    queued = sum(count for (_, state), count in counts.items() if state == "queued")
    return 2 * queued - counts.total()
