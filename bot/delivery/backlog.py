"""Claimed work in memory: who goes next.

Lanes in strict order; inside a lane, batches by deficit round robin (Shreedhar and Varghese,
SIGCOMM 1995), so that an announcement of three-part messages does not crowd out one of single
ones. A row whose chat may not get a message yet is parked, and the rest of that chat behind it.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Clock, Lane
from bot.store.outbox_rows import OutboxRow

BUSY_LOOK: Final = 0.05
"""Seconds until a chat with a message in flight is looked at again."""


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """A claimed row and its message.

    ``cost`` is the requests that it will take, ``attempts`` how often it was armed, ``armed_at``
    when it was so last. ``tried_at`` is the first attempt that may have arrived before that, None
    where none can have.
    """

    row: OutboxRow
    message: Message
    cost: int = 1
    version: int = 0
    attempts: int = 0
    tried_at: datetime | None = None
    armed_at: datetime | None = None
    has_moved: bool = False

    def relocated(self, to: ConversationRef) -> Job:
        """The same job for the chat's new address."""
        return replace(self, row=replace(self.row, to=to), has_moved=True)


@dataclass(slots=True)
class _Flow:
    """One batch in one lane."""

    jobs: deque[Job] = field(default_factory=deque)
    deficit: int = 0


class Backlog:
    """``wait_for`` tells the seconds until a job's chat is free; None while it is busy."""

    def __init__(self, *, clock: Clock, wait_for: Callable[[Job], float | None]) -> None:
        self._clock = clock
        self._wait_for = wait_for
        self._lanes: dict[Lane, dict[int, _Flow]] = {lane: {} for lane in Lane}
        self._halted_until: dict[Lane, float] = {}
        self._parked: list[tuple[float, int, Job]] = []
        self._parked_chats: Counter[str] = Counter()
        self._sequence = 0

    def __len__(self) -> int:
        waiting = sum(len(flow.jobs) for flows in self._lanes.values() for flow in flows.values())
        return waiting + len(self._parked)

    @property
    def parked(self) -> int:
        """Jobs that wait for their chat."""
        return len(self._parked)

    def size(self, lane: Lane, batch: int) -> int:
        """Jobs of one batch that are not parked."""
        flow = self._lanes[lane].get(batch)
        return len(flow.jobs) if flow else 0

    def add(self, jobs: Iterable[Job]) -> None:
        """New work, behind what there is."""
        for job in jobs:
            self._flow(job).jobs.append(job)

    def put_back(self, job: Job, delay: float = 0.0) -> None:
        """Work to try again, ahead of its batch, not before ``delay`` seconds."""
        if delay > 0:
            self._park(job, self._clock.monotonic() + delay)
        else:
            self._flow(job).jobs.appendleft(job)

    def halt(self, lane: Lane, seconds: float) -> None:
        """Take nothing from this lane for a while; the others go on."""
        until = self._clock.monotonic() + seconds
        self._halted_until[lane] = max(self._halted_until.get(lane, until), until)

    def take(self, limit: int) -> list[Job]:
        """Up to ``limit`` jobs that may go now, the highest lane first."""
        self._unpark()
        taken: list[Job] = []
        chosen: set[str] = set()
        now = self._clock.monotonic()
        for lane in Lane:
            if self._halted_until.get(lane, now) <= now:
                self._take_from(self._lanes[lane], limit, taken, chosen)
        return taken

    def drop(self, batch: int) -> list[Job]:
        """Take a whole batch out: it was paused or cancelled."""
        return self._remove(lambda job: job.row.batch == batch)

    def clear(self) -> list[Job]:
        """Take everything out."""
        return self._remove(lambda _: True)

    def next_look(self) -> float | None:
        """Seconds until something held up may go; None where nothing is held up."""
        now = self._clock.monotonic()
        times = [until for lane, until in self._halted_until.items() if self._lanes[lane]]
        if self._parked:
            times.append(self._parked[0][0])
        ahead = [at - now for at in times if at > now]
        return min(ahead) if ahead else None

    def _take_from(
        self, flows: dict[int, _Flow], limit: int, taken: list[Job], chosen: set[str]
    ) -> None:
        while flows and len(taken) < limit:
            batch, flow = next(iter(flows.items()))
            flow.deficit += 1
            while flow.jobs and len(taken) < limit and flow.jobs[0].cost <= flow.deficit:
                job = flow.jobs.popleft()
                if not self._must_park(job, chosen):
                    flow.deficit -= job.cost
                    chosen.add(job.row.to.chat_id)
                    taken.append(job)
            # To the end of the ring; an empty flow keeps no credit.
            del flows[batch]
            if flow.jobs:
                flows[batch] = flow

    def _must_park(self, job: Job, chosen: set[str]) -> bool:
        chat = job.row.to.chat_id
        if self._parked_chats[chat]:
            self._park(
                job, max(at for at, _, other in self._parked if other.row.to.chat_id == chat)
            )
            return True
        wait = None if chat in chosen else self._wait_for(job)
        if wait == 0:
            return False
        self._park(job, self._clock.monotonic() + (BUSY_LOOK if wait is None else wait))
        return True

    def _park(self, job: Job, at: float) -> None:
        self._sequence += 1
        heapq.heappush(self._parked, (at, self._sequence, job))
        self._parked_chats[job.row.to.chat_id] += 1

    def _unpark(self) -> None:
        now = self._clock.monotonic()
        due: list[Job] = []
        while self._parked and self._parked[0][0] <= now:
            job = heapq.heappop(self._parked)[2]
            self._forget_parked(job)
            due.append(job)
        for job in reversed(due):
            self._flow(job).jobs.appendleft(job)

    def _remove(self, is_out: Callable[[Job], bool]) -> list[Job]:
        removed = [job for _, _, job in self._parked if is_out(job)]
        for job in removed:
            self._forget_parked(job)
        self._parked = [entry for entry in self._parked if not is_out(entry[2])]
        heapq.heapify(self._parked)
        for flows in self._lanes.values():
            for batch, flow in list(flows.items()):
                removed += [job for job in flow.jobs if is_out(job)]
                flow.jobs = deque(job for job in flow.jobs if not is_out(job))
                if not flow.jobs:
                    del flows[batch]
        return removed

    def _forget_parked(self, job: Job) -> None:
        chat = job.row.to.chat_id
        self._parked_chats[chat] -= 1
        if not self._parked_chats[chat]:
            del self._parked_chats[chat]

    def _flow(self, job: Job) -> _Flow:
        return self._lanes[job.row.lane].setdefault(job.row.batch, _Flow())
