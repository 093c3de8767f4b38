"""Armed rows leave here, one slot at a time, and their outcome is decided."""

from __future__ import annotations

import asyncio
import heapq
import math
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from bot.chat.errors import Ambiguous, DeliveryError, FilesAway, RateLimited
from bot.chat.measuring import NO_METER, Meter
from bot.chat.messages import SentMessage
from bot.chat.ports import Adapter, Carry, Clock
from bot.delivery.backlog import Backlog, Job
from bot.delivery.breaker import Breaker
from bot.delivery.doubts import Doubts
from bot.delivery.leadership import Leadership
from bot.delivery.outcomes import Decision, decide
from bot.delivery.pacing import Pacer
from bot.delivery.policy import SenderPolicy
from bot.delivery.refusals import Refusals
from bot.delivery.requesting import Requests
from bot.delivery.waking import wait_first
from bot.store.outbox import AT_ONCE
from bot.store.outbox_rows import Result

if TYPE_CHECKING:
    from bot.delivery.journal import Journal

_IDLE: Final = 3600.0

log = structlog.get_logger(__name__)


class _Undecided(Exception):
    """Nothing was sent; what comes next is noted."""


class Launcher:
    """Call ``load`` with armed jobs; ``run`` sends them at the pacer's word."""

    def __init__(
        self,
        *,
        adapter: Adapter,
        clock: Clock,
        policy: SenderPolicy,
        leadership: Leadership,
        carry: Carry | None = None,
        backlog: Backlog,
        pacer: Pacer,
        doubts: Doubts,
        meter: Meter = NO_METER,
    ) -> None:
        self._meter = meter
        self._requests = Requests(adapter=adapter, carry=carry, policy=policy)
        self._clock = clock
        self._policy = policy
        self._leadership = leadership
        self._backlog = backlog
        self._pacer = pacer
        self._doubts = doubts
        self._refusals = Refusals(clock=clock)
        self._breaker = Breaker(clock=clock)
        self._armed: list[tuple[int, int, Job]] = []
        self._sequence = 0
        self._loaded = asyncio.Event()
        self._in_flight: set[asyncio.Task[None]] = set()
        self.journal: Journal

    @property
    def in_flight(self) -> int:
        """Requests without an answer yet."""
        return len(self._in_flight)

    def room(self) -> int:
        """How many jobs to arm now: what can leave until the commit after the next."""
        ahead = 2 * max(self._policy.flush, self.journal.cycle)
        wanted = math.ceil(self._pacer.rate * ahead) + 1
        bound = self._policy.max_in_flight - len(self._in_flight)
        allowed = self._breaker.allowed(len(self._in_flight) + len(self._armed))
        if allowed is not None:
            bound = min(bound, allowed)
        return max(0, min(wanted - len(self._armed), bound))

    def load(self, jobs: list[Job]) -> None:
        """Jobs whose ``sending`` is on disk."""
        for job in jobs:
            self._sequence += 1
            heapq.heappush(self._armed, (job.row.lane, self._sequence, job))
        if jobs:
            self._loaded.set()

    def unload(self) -> list[Job]:
        """Take back what has not left."""
        jobs = [job for _, _, job in self._armed]
        self._armed.clear()
        for job in jobs:
            self._pacer.chats.end(job.row.to, was_sent=False)
        return jobs

    async def run(self) -> None:
        """Send for ever."""
        while True:
            if not self._armed:
                self._loaded.clear()
                await wait_first(self._clock, _IDLE, self._loaded)
                continue
            wait = self._pacer.wait()
            if wait > 0:
                await self._clock.sleep(wait)
                continue
            if not self._leadership.may_send():
                # The row may be somebody else's by now; our own commit will tell.
                for job in self.unload():
                    is_unsent = job.tried_at is None
                    self.journal.note(Result(row=job.row, state="claimed", is_unsent=is_unsent))
                    self._backlog.put_back(job)
                continue
            job = heapq.heappop(self._armed)[2]
            self._pacer.book(job.cost)
            task = asyncio.create_task(self._deliver(job))
            self._in_flight.add(task)
            task.add_done_callback(self._landed)
            self.journal.wake.set()

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("delivery_faulty", error=type(error).__name__, exc_info=error)

    async def finish(self, seconds: float) -> None:
        """Wait for the answers that are out, but not for ever; the rest stays in doubt."""
        if self._in_flight:
            everything = asyncio.ensure_future(asyncio.wait(set(self._in_flight)))
            over = asyncio.ensure_future(self._clock.sleep(seconds))
            await asyncio.wait((everything, over), return_when=asyncio.FIRST_COMPLETED)
            for task in (everything, over, *self._in_flight):
                task.cancel()
            await asyncio.gather(everything, over, *self._in_flight, return_exceptions=True)

    async def _deliver(self, job: Job) -> None:
        departure = self._pacer.leave()
        sent_at = departure.left_at
        try:
            try:
                must_ask = self._doubts.must_ask(job)
                sent = await (self._ask(job) if must_ask else self._requests.make(job))
            finally:
                self._pacer.answered(departure)
        except _Undecided:
            self._pacer.chats.end(job.row.to, was_sent=False)
        except DeliveryError as error:
            self._pacer.chats.end(job.row.to)
            self._decide(job, error, sent_at)
        except BaseException:
            self._pacer.chats.end(job.row.to)
            raise
        else:
            self.journal.note(
                Result(
                    row=job.row,
                    state="sent",
                    message_id=sent.message_id if sent else job.row.message_id,
                    parts=_other_parts(sent),
                    version=self._version(job),
                )
            )
            self._pacer.chats.end(job.row.to)
            self._count(job, "sent", self._clock.monotonic() - sent_at)
            self._pacer.pace.accepted(sent_at)
            self._refusals.accepted()
            self._breaker.arrived()

    def _version(self, job: Job) -> int:
        """0 where a nonce may have brought back what an earlier attempt sent, in older words."""
        is_repeat = job.attempts > 1 and self._pacer.limits.nonce_window > 0
        return 0 if is_repeat and job.version > 1 else job.version

    async def _ask(self, job: Job) -> SentMessage | None:
        """What an earlier attempt sent; raises ``_Undecided`` where it is to leave later, if at
        all."""
        finding = await self._doubts.ask(job)
        match finding.verdict:
            case "sent":
                return finding.sent
            case "unknown":
                self.journal.note(Result(row=job.row, state="unknown", error="interrupted"))
                self._count(job, "unknown", 0.0)
            case "later":
                self.journal.note(Result(row=job.row, state="claimed"))
                self._backlog.put_back(job, finding.delay)
            case "again":
                job.tried_at = None
                self.journal.note(Result(row=job.row, state="claimed", is_unsent=True))
                self._backlog.put_back(job)
        raise _Undecided

    def _decide(self, job: Job, error: DeliveryError, sent_at: float) -> None:
        now = self._clock.monotonic()
        if isinstance(error, Ambiguous):
            job.tried_at = job.tried_at or job.armed_at
        decision = decide(
            error,
            job.row,
            self._policy,
            attempts=job.attempts,
            is_repeat_harmless=self._doubts.may_repeat(job.tried_at),
            has_moved=job.has_moved,
            # A relay that cannot arrive any more is told as such, whatever became of it before.
            may_have_arrived=job.tried_at is not None and job.row.batch > 0,
        )
        log.info(
            "message_not_sent",
            platform=job.row.to.platform,
            row=job.row.id,
            lane=job.row.lane.name,
            state=decision.state,
            reason=decision.error,
            attempt=job.attempts,
        )
        self._count(job, decision.state, now - sent_at, is_throttled=isinstance(error, RateLimited))
        self._note_platform(job, error, decision, sent_at)
        if decision.moved_to is not None:
            self.journal.note_move(job, decision.moved_to)
        elif decision.state != "retry":
            self.journal.note(
                Result(row=job.row, state=decision.state, error=decision.error),
                is_chat_gone=decision.is_chat_gone,
            )
        else:
            self._retry(job, decision)

    def _note_platform(
        self, job: Job, error: DeliveryError, decision: Decision, sent_at: float
    ) -> None:
        if isinstance(error, FilesAway):
            # Says nothing about the platform that the message goes to.
            return
        if decision.is_outage:
            self._breaker.failed(sent_at)
            return
        self._breaker.arrived()
        if isinstance(error, RateLimited):
            # Publishing, and changing what is published, have hourly limits of their own, which
            # say nothing about messages.
            is_apart = job.row.kind != "send" and error.retry_after > self._policy.max_wait
            if is_apart and not error.is_global:
                return
            self._pacer.chats.halt(job.row.to, error.retry_after)
            if self._refusals.is_whole_token(job.row.to.chat_id, is_global=error.is_global):
                self._backlog.halt(job.row.lane, error.retry_after)
                self._pacer.pace.refused(sent_at)

    def _count(self, job: Job, outcome: str, took: float, *, is_throttled: bool = False) -> None:
        labels = {"platform": job.row.to.platform, "lane": job.row.lane.name.lower()}
        self._meter.count("sends", outcome=outcome, **labels)
        self._meter.observe("send_seconds", took, **labels)
        if is_throttled:
            self._meter.count("throttled", **labels)
        if outcome == "sent" and job.row.due_at > AT_ONCE:
            late = (self._clock.now() - job.row.due_at).total_seconds()
            self._meter.observe("lateness_seconds", late, **labels)

    def _retry(self, job: Job, decision: Decision) -> None:
        # Of several messages the first may have arrived before the second was refused.
        is_unsent = job.tried_at is None and job.cost == 1
        if not is_unsent:
            job.tried_at = job.tried_at or job.armed_at
        if decision.delay > self._policy.max_wait:
            due_at = self._clock.now() + timedelta(seconds=decision.delay)
            self.journal.note(
                Result(
                    row=job.row,
                    state="ready",
                    error=decision.error,
                    due_at=due_at,
                    is_unsent=is_unsent,
                )
            )
            return
        result = Result(row=job.row, state="claimed", error=decision.error, is_unsent=is_unsent)
        self.journal.note(result)
        self._backlog.put_back(job, decision.delay)


def _other_parts(sent: SentMessage | None) -> tuple[str, ...]:
    return tuple(part for part in sent.parts if part != sent.message_id) if sent else ()
