"""Slots: when the next message of a token may leave, and when the next to one chat.

One virtual scheduler a token (the generic cell rate algorithm): each send moves the time of the
next by ``1 / rate``; a sliding window keeps what a stall has squeezed together from meeting the
ceiling. The courier takes its slot at once and waits for it; the sender only takes a slot that
is due, so a reply that somebody waits for is never behind more than one queued message. That is
what keeps the rate free for the higher lanes: what they do not use is lent to announcements, and
called back within one slot.
"""

from __future__ import annotations

from typing import Final

from bot.chat.ports import Clock
from bot.delivery.chat_turns import ChatTurns
from bot.delivery.limits import PlatformLimits
from bot.delivery.pace import AdaptivePace
from bot.delivery.window import LOOK, Departure, SlidingWindow

CATCH_UP: Final = 0.02
"""Seconds of lateness that are made up for: timers wake late, and the rate would sag."""

WINDOWED_UP_TO: Final = 200
"""Messages a second above which no single request's answer is waited for: there a stall holds so
many of them that they would stay in a clump. There the moment of leaving counts, and a wider
margin makes up for not knowing more."""
_CATCH_UP_UNWINDOWED: Final = 0.012
_FULLEST: Final = 0.975
"""Share of such a ceiling that may leave in a second, so that catching up meets no ceiling."""


class Pacer:
    """Everything of one bot token that sends must share one of these."""

    def __init__(self, *, limits: PlatformLimits, clock: Clock) -> None:
        self.limits = limits
        self.chats = ChatTurns(limits=limits, clock=clock)
        self.pace = AdaptivePace(
            ceiling=limits.rate, highest=limits.highest_rate, margin=limits.share, clock=clock
        )
        self._clock = clock
        self._window = SlidingWindow(clock=clock)
        self._catch_up = CATCH_UP if limits.rate <= WINDOWED_UP_TO else _CATCH_UP_UNWINDOWED
        self._next_at = clock.monotonic()
        self._crowded_out = 0

    @property
    def rate(self) -> float:
        """Messages a second at present."""
        return self.pace.rate

    @property
    def is_calm(self) -> bool:
        """Whether less than half of what may leave in a second has left in the last one."""
        return self._window.left(max(1, int(self.rate / 2))) == 0

    def wait(self) -> float:
        """Seconds until it is worth asking again whether a queued message may leave; 0: now."""
        wait = max(self._next_at - self._clock.monotonic(), self._look())
        return LOOK if wait <= 0 and self._crowded_out else max(0.0, wait)

    def book(self, cost: float = 1.0) -> float:
        """Take the next slot, ``cost`` requests wide; returns the seconds until it begins."""
        now = self._clock.monotonic()
        begins = max(self._next_at, now - self._catch_up)
        self._next_at = begins + cost / self.rate
        return max(0.0, begins - now)

    async def slot(self) -> Departure:
        """Wait for the next slot, ahead of what is queued, and leave in it."""
        await self._clock.sleep(self.book())
        self._crowded_out += 1
        try:
            while (look := self._look()) > 0:
                await self._clock.sleep(look)
            return self.leave()
        finally:
            self._crowded_out -= 1

    def leave(self) -> Departure:
        """A request leaves now; tell ``answered`` when its answer is here."""
        return self._window.leave(self._clock.monotonic())

    def answered(self, departure: Departure) -> None:
        """An answer came, or will not come any more."""
        self._window.answered(departure)

    def _look(self) -> float:
        ceiling = self.pace.ceiling
        if ceiling > WINDOWED_UP_TO:
            return self._window.left(int(ceiling * _FULLEST))
        return self._window.look(max(1, int(ceiling)))
