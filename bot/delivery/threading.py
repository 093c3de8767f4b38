"""Makes, renames and closes the threads that questions have at the desks of one platform.

The tables say what there should be; whatever differs is put right, again and again. A thread
that somebody deleted is made anew, with everything that was said.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, RecipientGone, Undeliverable
from bot.chat.events import ConversationRef, Platform
from bot.chat.ports import Clock, ThreadKeeper
from bot.delivery.waking import wait_first
from bot.desk.relaying import Relay
from bot.store import Database
from bot.store.desk_threads import DeskThread
from bot.store.outages import OUTAGES

POLL: Final = 1.0
TRIES: Final = 5
"""Failures after which a question shares the desk's chat instead."""

_log = structlog.get_logger(__name__)


class Threads:
    """One task a platform; of several processes, one."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        platform: Platform,
        keeper: ThreadKeeper,
        relay: Relay,
    ) -> None:
        self._database = database
        self._clock = clock
        self._platform = platform
        self._keeper = keeper
        self._relay = relay
        self._resume_at = 0.0
        self._later: dict[tuple[int, str], float] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop``."""
        while not stop.is_set():
            try:
                await self.step()
            except OUTAGES as error:
                _log.warning("threads.database", error=type(error).__name__)
            await wait_first(self._clock, POLL, stop)

    async def step(self) -> int:
        """Put right what differs now; returns how many threads were looked at."""
        if self._clock.monotonic() < self._resume_at:
            return 0
        async with self._database.begin() as store:
            wanted = await store.desk_threads.unfinished(self._platform)
        for number, thread in enumerate(wanted):
            key, now = (thread.question, thread.desk), self._clock.monotonic()
            if self._later.get(key, 0.0) > now:
                continue
            self._later.pop(key, None)
            try:
                await self._settle(thread)
            except RateLimited as error:
                if thread.state == "wanted":
                    self._resume_at = now + error.retry_after
                    return number
                # A thread has its own narrow limit of renames (Discord: two in ten minutes).
                self._later[key] = now + error.retry_after
            except DeliveryError as error:
                await self._failed(thread, error)
        return len(wanted)

    async def _settle(self, thread: DeskThread) -> None:
        is_closed = thread.title.startswith("✅")
        if thread.state == "wanted":
            await self._open(thread)
            return
        try:
            await self._keeper.change_thread(thread.where, thread.title, is_closed=is_closed)
        except (Undeliverable, RecipientGone):
            _log.info("thread.lost", question=thread.question, platform=self._platform)
            await self._open(thread)
            return
        async with self._database.begin() as store:
            now = self._clock.now()
            await store.desk_threads.change(thread, now, state="open", shown=thread.title, tries=0)

    async def _open(self, thread: DeskThread) -> None:
        desk = _desk_of(thread)
        made = await self._keeper.open_thread(desk, thread.title)
        await self._settle_in(thread, made or desk, has_thread=made is not None)

    async def _settle_in(
        self, thread: DeskThread, where: ConversationRef, *, has_thread: bool
    ) -> None:
        _log.info("thread.opened", question=thread.question, has_thread=has_thread)
        async with self._database.begin() as store:
            await store.desk_threads.change(
                thread,
                self._clock.now(),
                state="open",
                chat_id=where.chat_id,
                thread_id=where.thread_id,
                has_thread=has_thread,
                shown=thread.title,
                tries=0,
            )
            question = await store.questions.get(thread.question)
            if question is None or question.state == "forgotten":
                return
            for place in await store.desk_threads.of(thread.question):
                if place.platform == thread.platform and place.desk == thread.desk:
                    await self._relay.fill(store, question, place, self._clock.now())

    async def _failed(self, thread: DeskThread, error: DeliveryError) -> None:
        _log.warning("thread.failed", question=thread.question, error=type(error).__name__)
        if isinstance(error, Ambiguous) or thread.tries + 1 < TRIES:
            async with self._database.begin() as store:
                tries = thread.tries + 1
                await store.desk_threads.change(thread, self._clock.now(), tries=tries)
            return
        # The question must be seen all the same: it shares the desk's chat.
        await self._settle_in(thread, _desk_of(thread), has_thread=False)


def _desk_of(thread: DeskThread) -> ConversationRef:
    return ConversationRef(platform=thread.platform, chat_id=thread.desk, is_private=False)
