"""When to catch up: after each new session with Discord's gateway, before what comes live.

``heard`` of the backlog moves on once a minute while all is well, and stands still while the
connection is gone or something is still to be caught up with; a process that dies in the middle
leaves it where it was, and the next one begins there.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import structlog

from bot.adapters.discord.catching_up import AGE, Absence
from bot.chat.catching_up import Backlog, BacklogClosed, Place
from bot.chat.events import ACCOUNT_MARK, Event
from bot.chat.ports import Clock

TICK: Final = 60.0
"""Seconds between two notes of how far everything was heard."""
RETRY: Final = 5.0
"""Seconds until the next try while the database is away."""
HOLD: Final = 20.0
"""Seconds at most that a message waits for what was said before it."""
ROUNDS: Final = 5
"""Times that a place is tried, a minute apart, before it is given up."""

_log = structlog.get_logger(__name__)


class Visitor(Protocol):
    """What a place is visited with: ``CatchingUp``."""

    is_refused: bool

    async def visit(self, place: Place, absence: Absence) -> bool:
        """Take up what was missed in a place; False where it has to be tried again."""
        ...


@dataclass(slots=True, kw_only=True)
class _Visit:
    """``work`` is there once somebody has begun it."""

    place: Place
    work: asyncio.Task[bool] | None = None


class Sessions:
    """Told of connections by the client, and asked before each live event.

    An event waits for the list of places, which takes two looks into the database, and for the
    visit to its own place, which begins at once; for no other place.
    """

    def __init__(
        self, catching_up: Visitor, backlog: Backlog, clock: Clock, *, hold: float = HOLD
    ) -> None:
        self._catching_up = catching_up
        self._backlog = backlog
        self._clock = clock
        self._hold = hold
        self._is_due = asyncio.Event()
        self._is_listed = asyncio.Event()
        """It is known where something may have been missed."""
        self._is_connected = False
        self._absence: Absence | None = None
        self._visits: dict[str, _Visit] = {}

    def beginning(self) -> None:
        """A new session begins to talk; what it says waits until it is known what was missed."""
        self._is_listed.clear()

    def began(self, *, is_whole: bool = True) -> None:
        """A new session: nothing tells what was said before it.

        Without ``is_whole`` another one is still away, and what is said there is still missed.
        """
        self._is_connected = is_whole
        self._is_due.set()

    def resumed(self) -> None:
        """The old session goes on; Discord repeats what it missed."""
        self._is_connected = True
        if not self._is_due.is_set():
            self._is_listed.set()

    def broke(self) -> None:
        """A connection is gone; what comes by others need not wait for it."""
        self._is_connected = False

    def missed(self) -> None:
        """Something came and could not be kept."""
        self._is_due.set()

    async def before(self, event: Event) -> None:
        """Wait until what was said earlier in the same place is handled, but not for ever."""
        keys = [event.conversation.chat_id]
        if event.conversation.is_private:
            keys.append(f"{ACCOUNT_MARK}{event.author.id}")
        try:
            async with asyncio.timeout(self._hold):
                await self._is_listed.wait()
                for key in keys:
                    await self._work_of(key)
        except TimeoutError:
            _log.warning("discord.order_given_up", event_id=event.id)

    async def run(self) -> None:
        """Catch up and note how far everything was heard, until cancelled."""
        try:
            await self._run()
        finally:
            for visit in self._visits.values():
                if visit.work is not None:
                    visit.work.cancel()

    async def _run(self) -> None:
        while True:
            try:
                if self._is_due.is_set():
                    await self._catch_up()
                elif self._is_connected:
                    await self._backlog.heard("discord", self._clock.now())
            except BacklogClosed:
                _log.warning("discord.backlog_closed")
                await self._clock.sleep(RETRY)
            except Exception:
                _log.exception("discord.catching_up_broke")
                await self._clock.sleep(TICK)
            else:
                await self._pause(TICK)

    async def _catch_up(self) -> None:
        self._is_due.clear()
        now = self._clock.now()
        try:
            since = await self._backlog.since("discord")
            if since is not None:
                await self._visit_all(await self._list(since, now))
            if self._is_due.is_set():
                # Another session has begun meanwhile: all of it once more.
                return
            self._is_listed.set()
            if self._is_connected:
                await self._backlog.heard("discord", now)
        except Exception:
            self._is_due.set()
            raise

    async def _list(self, since: datetime, now: datetime) -> Absence:
        spoken = await self._backlog.spoken("discord", now - AGE)
        places = await self._backlog.places("discord")
        self._absence = absence = Absence(since=since, until=now, spoken=spoken)
        for place in places:
            self._visits.setdefault(place.where.chat_id, _Visit(place=place))
        self._is_listed.set()
        return absence

    async def _visit_all(self, absence: Absence) -> None:
        self._catching_up.is_refused = False
        failed = await self._visit_in_rounds()
        for place in failed:
            await self._backlog.lost(place, absence.since, absence.until)
        is_so = not self._catching_up.is_refused
        await self._backlog.readable("discord", is_so=is_so)

    async def _visit_in_rounds(self) -> list[Place]:
        """Returns the places that were given up."""
        failed: list[Place] = []
        for attempt in range(ROUNDS):
            failed = []
            for key, visit in list(self._visits.items()):
                if not await self._work_of(key):
                    failed.append(visit.place)
            if not failed:
                break
            _log.warning("discord.catching_up_again", places=len(failed), attempt=attempt)
            if attempt + 1 < ROUNDS:
                await self._clock.sleep(TICK)
                for place in failed:
                    self._visits.setdefault(place.where.chat_id, _Visit(place=place))
        return failed

    async def _work_of(self, key: str) -> bool:
        """Begin a visit, or wait for one that somebody else has begun."""
        visit = self._visits.get(key)
        if visit is None or self._absence is None:
            return True
        if visit.work is None:
            visit.work = asyncio.ensure_future(self._catching_up.visit(visit.place, self._absence))
        try:
            return await asyncio.shield(visit.work)
        finally:
            if visit.work.done():
                self._visits.pop(key, None)

    async def _pause(self, seconds: float) -> None:
        """Some time, or until a new session begins."""
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        due = asyncio.ensure_future(self._is_due.wait())
        try:
            await asyncio.wait({timer, due}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            due.cancel()
