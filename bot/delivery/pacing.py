"""Slots: when the next message of a token may leave, and when the next to one chat.

One virtual scheduler a token (the generic cell rate algorithm): each send moves the time of the
next by ``1 / rate``. The courier takes its slot at once and waits for it; the sender only takes a
slot that is due, so a reply that somebody waits for is never behind more than one queued message.
That is what keeps the rate free for the higher lanes: what they do not use is lent to
announcements, and called back within one slot.
"""

from __future__ import annotations

from bot.chat.ports import Clock
from bot.delivery.chat_turns import ChatTurns
from bot.delivery.limits import PlatformLimits
from bot.delivery.pace import AdaptivePace


class Pacer:
    """Everything of one bot token that sends must share one of these."""

    def __init__(self, *, limits: PlatformLimits, clock: Clock) -> None:
        self.limits = limits
        self.chats = ChatTurns(limits=limits, clock=clock)
        self.pace = AdaptivePace(
            ceiling=limits.rate, highest=limits.highest_rate, margin=limits.share, clock=clock
        )
        self._clock = clock
        self._next_at = clock.monotonic()
        # Timers wake late, and the rate would sag if that were not made up for; the rest of the
        # allowance for jitter is the network's.
        self._catch_up = (1.0 - limits.share) * 0.4

    @property
    def rate(self) -> float:
        """Messages a second at present."""
        return self.pace.rate

    def wait(self) -> float:
        """Seconds until a slot is free; 0 where one is."""
        return max(0.0, self._next_at - self._clock.monotonic())

    def take(self, cost: float = 1.0) -> float:
        """Take the next slot, ``cost`` requests wide; returns the seconds until it begins."""
        now = self._clock.monotonic()
        begins = max(self._next_at, now - self._catch_up)
        self._next_at = begins + cost / self.rate
        return max(0.0, begins - now)
