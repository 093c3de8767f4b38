"""Grouped commits: what leaves is written down before, what became of it after.

One transaction every ``policy.flush`` seconds holds the results since the last one and the rows
that are to leave next. Nothing leaves before the commit that says so. While the database cannot
be reached, results are kept and nothing new leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from bot.chat.events import ConversationRef
from bot.chat.ports import Clock
from bot.delivery.backlog import Backlog, Job
from bot.delivery.gate import Gate
from bot.delivery.leadership import Leadership
from bot.delivery.pacing import Pacer
from bot.delivery.policy import SenderPolicy
from bot.delivery.waking import wait_first
from bot.store.database import Database
from bot.store.outages import OUTAGES
from bot.store.outbox_chats import OutboxChats
from bot.store.outbox_claims import OutboxClaims, Scope
from bot.store.outbox_rows import Result

OUTAGE_PAUSES: Final = (0.25, 0.5, 1.0, 2.0)
"""Seconds between attempts while the database is out of reach; the last one repeats."""

LONGEST_CYCLE: Final = 0.1
"""Seconds between commits, at most, that armed rows are to bridge."""

log = structlog.get_logger(__name__)


class Journal:
    """Takes jobs from the backlog and hands them over armed; collects results."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        policy: SenderPolicy,
        scope: Scope,
        leadership: Leadership,
        backlog: Backlog,
        pacer: Pacer,
        gate: Gate,
        room: Callable[[], int],
        load: Callable[[list[Job]], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy
        self._scope = scope
        self._leadership = leadership
        self._backlog = backlog
        self._pacer = pacer
        self._gate = gate
        self._room = room
        self._load = load
        self._results: list[Result] = []
        self._gone: list[ConversationRef] = []
        self._moved: list[tuple[Job, ConversationRef]] = []
        self._outages = 0
        self.cycle = policy.flush
        """Seconds from one commit to the next, as it has been of late."""
        self.wake = asyncio.Event()
        self.suspects_loss = asyncio.Event()
        """Set when rows turned out not to be held any more."""
        self.known: set[int] = set()
        """Rows that this process is at work on."""

    @property
    def has_results(self) -> bool:
        """Whether something is not on disk yet."""
        return bool(self._results or self._moved)

    def note(self, result: Result, *, is_chat_gone: bool = False) -> None:
        """Write this down with the next commit."""
        self._results.append(result)
        if is_chat_gone:
            self._gone.append(result.row.to)
        self.wake.set()

    def note_move(self, job: Job, to: ConversationRef) -> None:
        """Write down the chat's new address with the next commit, then send there."""
        self._moved.append((job, to))
        self.wake.set()

    async def run(self, over: asyncio.Event) -> None:
        """Commit until ``over`` is set. Never cancelled in the middle of a commit."""
        while not over.is_set():
            look = self._backlog.next_look()
            await wait_first(
                self._clock, self._policy.poll if look is None else look, self.wake, over
            )
            self.wake.clear()
            began = self._clock.monotonic()
            pause = self._policy.flush
            if not await self.flush():
                pause = OUTAGE_PAUSES[min(self._outages, len(OUTAGE_PAUSES)) - 1]
                self.wake.set()
            took = self._clock.monotonic() - began
            self.cycle += (min(max(took, pause), LONGEST_CYCLE) - self.cycle) * 0.2
            await wait_first(self._clock, pause - took, over)

    async def flush(self, *, may_arm: bool = True) -> bool:
        """One commit; False where the database did not take it."""
        room = self._room() if may_arm and self._leadership.may_send() else 0
        jobs = self._backlog.take(room) if room > 0 else []
        results, self._results = self._results, []
        gone, self._gone = self._gone, []
        moved, self._moved = self._moved, []
        if not (jobs or results or moved):
            return True
        for job in jobs:
            self._pacer.chats.begin(job.row.to)
        try:
            armed, stopped, arrived = await asyncio.shield(self._commit(jobs, results, gone, moved))
        except OUTAGES as error:
            self._outages += 1
            log.warning("journal_commit_failed", error=type(error).__name__, row=len(jobs))
            self._results = results + self._results
            self._gone = gone + self._gone
            self._moved = moved + self._moved
            for job in reversed(jobs):
                self._pacer.chats.end(job.row.to, was_sent=False)
                self._backlog.put_back(job)
            return False
        self._outages = 0
        self._settle(jobs, armed, stopped)
        for job in arrived:
            self._backlog.put_back(job)
            self.wake.set()
        self._forget(results)
        return True

    async def _commit(
        self,
        jobs: list[Job],
        results: list[Result],
        gone: list[ConversationRef],
        moved: list[tuple[Job, ConversationRef]],
    ) -> tuple[set[int], set[int], list[Job]]:
        now = self._clock.now()
        left = max(0.0, self._leadership.deadline - self._clock.monotonic())
        parts = max((job.cost for job in jobs), default=1)
        until = now + timedelta(seconds=left + (parts - 1) * self._policy.request_timeout)
        async with self._database.connect() as connection:
            claims = OutboxClaims(connection, self._scope)
            chats = OutboxChats(connection)
            arrived, doubled = [], []
            for job, to in moved:
                if await chats.move(job.row, to, now):
                    arrived.append(job.relocated(to))
                else:
                    doubled.append(
                        Result(row=job.row, state="skipped", error="reached by its new address")
                    )
            for to in gone:
                await chats.mark_gone(to, now)
            stops = await self._gate.stops(connection, jobs, now)
            written, late = await claims.record([*results, *doubled, *stops], now)
            await self._gate.count(connection, written, late)
            await self._gate.catch_up(connection, [*written, *late], now)
            stopped = {result.row.id for result in stops}
            ids = [job.row.id for job in jobs if job.row.id not in stopped]
            armed = await claims.arm(ids, now, until) if ids else set()
        for job in jobs:
            job.armed_at = now
        self.known -= {result.row.id for result in doubled}
        return armed, stopped, arrived

    def _settle(self, jobs: list[Job], armed: set[int], stopped: set[int]) -> None:
        ready = [job for job in jobs if job.row.id in armed]
        for job in jobs:
            if job.row.id not in armed:
                self._pacer.chats.end(job.row.to, was_sent=False)
                self.known.discard(job.row.id)
                if job.row.id not in stopped:
                    self.suspects_loss.set()
        for job in ready:
            job.attempts += 1
        self._load(ready)

    def _forget(self, results: list[Result]) -> None:
        self.known -= {result.row.id for result in results if result.state != "claimed"}
