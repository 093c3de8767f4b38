"""Sessions with a backlog in memory and visits that last as long as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.adapters.discord.catching_up import Absence
from bot.adapters.discord.sessions import Sessions
from bot.chat.catching_up import BacklogClosed, Place, Spoken
from bot.chat.events import Platform
from tests.clock import ManualClock
from tests.waiting import until

LONG = 600.0
"""Seconds that an event may wait; longer than any test."""


class Memory:
    """``bot.chat.catching_up.Backlog``; closed while ``is_closed``."""

    def __init__(self, since: datetime | None) -> None:
        self.until = since
        self.here: list[Place] = []
        self.is_closed = False
        self.told: list[Place] = []
        self.refusals: list[bool] = []
        self.notes = 0
        self.tries = 0

    async def since(self, platform: Platform) -> datetime | None:
        self.tries += 1
        if self.is_closed:
            raise BacklogClosed
        return self.until

    async def heard(self, platform: Platform, until: datetime) -> None:
        self.notes += 1
        self.until = until

    async def places(self, platform: Platform) -> Sequence[Place]:
        return self.here

    async def spoken(self, platform: Platform, since: datetime) -> Mapping[str, Sequence[Spoken]]:
        return {}

    async def unheard(self, platform: Platform, ids: Collection[str]) -> set[str]:
        return set(ids)

    async def lost(self, place: Place, since: datetime, until: datetime) -> None:
        self.told.append(place)

    async def gone(self, place: Place) -> None:
        raise AssertionError

    async def readable(self, platform: Platform, *, is_so: bool) -> None:
        self.refusals.append(not is_so)


class Visits:
    """A visit lasts until its place is let go; ``faults`` fail first."""

    def __init__(self) -> None:
        self.is_refused = False
        self.begun: list[str] = []
        self.absences: list[Absence] = []
        self.faults: dict[str, int] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.cancelled = 0

    def hold_up(self, place: Place) -> asyncio.Event:
        return self.gates.setdefault(place.where.chat_id, asyncio.Event())

    async def visit(self, place: Place, absence: Absence) -> bool:
        key = place.where.chat_id
        self.begun.append(key)
        self.absences.append(absence)
        try:
            if key in self.gates:
                await self.gates[key].wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.faults[key] = self.faults.get(key, 0) - 1
        return self.faults[key] < 0


class World:
    """Sessions with all of that."""

    def __init__(self, *, hold: float = LONG) -> None:
        self.clock = ManualClock()
        self.start = self.clock.now()
        self.backlog = Memory(self.start - timedelta(hours=1))
        self.visits = Visits()
        self.sessions = Sessions(self.visits, self.backlog, self.clock, hold=hold)
        self._task: asyncio.Task[None] | None = None

    def run(self) -> asyncio.Task[None]:
        self._task = asyncio.create_task(self.sessions.run())
        return self._task

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def connect(self) -> None:
        self.sessions.beginning()
        self.sessions.began()

    async def has_heard_now(self) -> None:
        await until(lambda: self.backlog.until == self.clock.now(), "all to be heard")

    async def has_idled(self) -> None:
        """Whatever can go on without time passing has done so."""
        for _ in range(50):
            await asyncio.sleep(0)
