"""From updates to answers: committed first, then answered, with so many at once and no more."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog

from bot.adapters.telegram.inbound import Inbound
from bot.adapters.telegram.incoming import Incoming, Migration
from bot.chat.events import ConversationRef
from bot.chat.ports import Inbox

_log = structlog.get_logger(__name__)

IN_FLIGHT: Final = 256
"""Updates being answered at once; further ones wait at Telegram."""
_REMEMBERED: Final = 4096
"""Update ids kept in memory, so that a repeat is not answered twice by this process."""

Moved = Callable[[ConversationRef, ConversationRef], Awaitable[None]]
"""Told (old, new) when a group's address has changed; must be harmless to repeat."""


class Intake:
    """Shared by polling and webhook. ``answer`` is called once for each new update."""

    def __init__(
        self,
        *,
        inbound: Inbound,
        inbox: Inbox,
        answer: Callable[[Incoming], Awaitable[None]],
        on_moved: Moved,
        in_flight: int = IN_FLIGHT,
    ) -> None:
        self._inbound = inbound
        self._inbox = inbox
        self._answer = answer
        self._on_moved = on_moved
        self._slots = asyncio.Semaphore(in_flight)
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Commit the updates to the inbox and start to answer them.

        Inline queries are not kept: an answer is worth nothing seconds later. Returns when all
        are committed and started: from then on they count as received. Raises what the inbox
        raises; then none may count as received.
        """
        read = [(raw, found) for raw in updates if (found := self._read(raw)) is not None]
        for _, found in read:
            if isinstance(found, Migration):
                await self._on_moved(found.old, found.new)
        new = [
            (raw, found)
            for raw, found in read
            if isinstance(found, Incoming) and found.event.id not in self._seen
        ]
        if not new:
            return
        kept = [(found.event.id, json.dumps(raw)) for raw, found in new if found.inline_id is None]
        if kept:
            await self._inbox.accept("telegram", kept)
        for _, found in new:
            await self._start(found)

    async def replay(self) -> None:
        """Answer what an earlier process committed and did not finish."""
        for text in await self._inbox.pending("telegram"):
            found = self._read(json.loads(text))
            if isinstance(found, Incoming):
                await self._start(found)

    async def drain(self, seconds: float) -> None:
        """Let what has begun finish, for so many seconds at most; the inbox keeps the rest."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                _log.warning("telegram.stop.unfinished", updates=len(late))
                await asyncio.wait(late)

    def _read(self, raw: dict[str, Any]) -> Incoming | Migration | None:
        try:
            return self._inbound.read(raw)
        except ValueError:
            _log.warning("telegram.update.unreadable", update=raw.get("update_id"))
            return None

    async def _start(self, incoming: Incoming) -> None:
        await self._slots.acquire()
        if incoming.event.id in self._seen:
            self._slots.release()
            return
        self._seen[incoming.event.id] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        task = asyncio.create_task(self._answered(incoming))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answered(self, incoming: Incoming) -> None:
        try:
            await self._answer(incoming)
        except Exception:
            _log.exception("telegram.update.failed", update=incoming.event.id)
        finally:
            # What is left is a note, gathered with others: the next one need not wait for it.
            self._slots.release()
        if incoming.inline_id is None:
            await self._note_answered(incoming.event.id)

    async def _note_answered(self, update: str) -> None:
        """Not where the answer was cut off by a stop: the next start gives it."""
        try:
            await asyncio.shield(self._inbox.answered("telegram", update))
        except Exception as error:
            # The next start answers once more, which is better than not at all.
            _log.warning("telegram.inbox.failed", updates=1, error=type(error).__name__)
