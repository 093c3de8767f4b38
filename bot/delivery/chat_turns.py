"""One message in flight a chat, and the spacing that the platform asks for in a chat."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.chat.events import ConversationRef
from bot.chat.ports import Clock
from bot.delivery.limits import PlatformLimits

_SWEEP_ABOVE: Final = 4096
"""Chats remembered before those whose time has passed are forgotten."""


class ChatTurns:
    """Topics of a group share its limits, so a chat is known by its ``chat_id``."""

    def __init__(self, *, limits: PlatformLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._busy: dict[str, deque[asyncio.Future[None]]] = {}
        self._free_at: dict[str, float] = {}
        self._halted_until: dict[str, float] = {}
        self._sweep_at = _SWEEP_ABOVE

    def wait(self, to: ConversationRef) -> float | None:
        """Seconds until a queued message may go to this chat; None while one is in flight."""
        if to.chat_id in self._busy:
            return None
        due = max(
            self._free_at.get(to.chat_id, float("-inf")),
            self._halted_until.get(to.chat_id, float("-inf")),
        )
        return max(0.0, due - self._clock.monotonic())

    def is_fresh(self, to: ConversationRef) -> bool:
        """Whether nothing was sent here lately, so that a refusal cannot be the chat's own."""
        return self._free_at.get(to.chat_id, float("-inf")) <= self._clock.monotonic()

    def begin(self, to: ConversationRef) -> None:
        """A message is on its way; the chat must not be busy."""
        assert to.chat_id not in self._busy
        self._busy[to.chat_id] = deque()

    def end(self, to: ConversationRef, *, was_sent: bool = True) -> None:
        """It has arrived or failed; who waits longest goes next."""
        if was_sent:
            self._space(to)
        waiting = self._busy[to.chat_id]
        while waiting:
            follower = waiting.popleft()
            if not follower.done():
                follower.set_result(None)
                return
        del self._busy[to.chat_id]

    def halt(self, to: ConversationRef, seconds: float) -> None:
        """The platform wants nothing sent here for so many seconds."""
        until = self._clock.monotonic() + seconds
        self._halted_until[to.chat_id] = max(self._halted_until.get(to.chat_id, until), until)

    @asynccontextmanager
    async def turn(self, to: ConversationRef) -> AsyncIterator[None]:
        """Hold the chat for an interactive reply: waits for what is in flight, in order."""
        waiting = self._busy.get(to.chat_id)
        if waiting is None:
            self._busy[to.chat_id] = deque()
        else:
            handed_over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            waiting.append(handed_over)
            try:
                await handed_over
            except asyncio.CancelledError:
                if handed_over.done() and not handed_over.cancelled():
                    self.end(to, was_sent=False)
                raise
        try:
            yield
        finally:
            self.end(to)

    def interactive_wait(self, to: ConversationRef) -> float:
        """Seconds until a reply may go here: a short burst is allowed, a halt is kept."""
        interval = self._limits.interval(is_private=to.is_private)
        due = self._free_at.get(to.chat_id, float("-inf")) - interval * self._limits.burst
        halted = self._halted_until.get(to.chat_id, float("-inf"))
        return max(0.0, max(due, halted) - self._clock.monotonic())

    def _space(self, to: ConversationRef) -> None:
        now = self._clock.monotonic()
        interval = self._limits.interval(is_private=to.is_private)
        if interval:
            self._free_at[to.chat_id] = max(self._free_at.get(to.chat_id, now), now) + interval
        if len(self._free_at) > self._sweep_at:
            self._free_at = {chat: at for chat, at in self._free_at.items() if at > now}
            self._halted_until = {chat: at for chat, at in self._halted_until.items() if at > now}
            self._sweep_at = max(_SWEEP_ABOVE, 2 * len(self._free_at))
