"""Never more than so many requests in any second, as the platform counts them.

What counts is when the platform saw a request, and that lies between its leaving and its answer.
A request that took longer than the quickest of late may have been seen that much later. So the
request that is one ceiling further may leave a second after the latest moment at which this one
can have been seen, less the time that it will be under way itself. A stall on either side then
costs one slot and not a refusal, and no share of the ceiling need be given away against it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from bot.chat.ports import Clock

SECOND: Final = 1.0
LONGEST_DOUBT: Final = 1.0
"""Seconds after leaving at which a request counts as seen, however long its answer takes."""
LOOK: Final = 0.01
"""Seconds until it is looked again whether an answer has come meanwhile."""
GUARD: Final = 0.001
"""Seconds of distance to the platform's own rounding."""
_MEMORY: Final = 10.0
"""Seconds for which the quickest round trip is remembered, at least, and twice that at most."""


@dataclass(slots=True, eq=False)
class Departure:
    """A request on its way; times are monotonic."""

    left_at: float
    answered_at: float | None = None


class SlidingWindow:
    """The departures of the last seconds."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._departures: deque[Departure] = deque()
        self._quickest = self._quickest_before = float("inf")
        self._renew_at = clock.monotonic() + _MEMORY

    def wait(self, size: int) -> float:
        """Seconds until one more request may leave where ``size`` are allowed in a second.

        The longest that it may be: an answer that comes meanwhile may shorten it.
        """
        if len(self._departures) < size:
            return 0.0
        crowding = self._departures[-size]
        return max(0.0, self._seen_by(crowding) + SECOND + GUARD - self._clock.monotonic())

    def left(self, size: int) -> float:
        """As ``wait``, where what counts is when requests left."""
        if len(self._departures) < size:
            return 0.0
        return max(0.0, self._departures[-size].left_at + SECOND - self._clock.monotonic())

    def look(self, size: int) -> float:
        """Seconds until it is worth asking again; 0 where a request may leave."""
        wait = self.wait(size)
        return min(wait, LOOK) if wait > LONGEST_DOUBT / 2 else wait

    def leave(self, at: float) -> Departure:
        """A request leaves."""
        while self._departures and self._departures[0].left_at < at - 2 * SECOND:
            self._departures.popleft()
        departure = Departure(left_at=at)
        self._departures.append(departure)
        return departure

    def answered(self, departure: Departure) -> None:
        """Its answer is here, whatever it says."""
        departure.answered_at = self._clock.monotonic()
        took = departure.answered_at - departure.left_at
        if departure.answered_at >= self._renew_at:
            self._renew_at = departure.answered_at + _MEMORY
            self._quickest, self._quickest_before = float("inf"), self._quickest
        self._quickest = min(self._quickest, took)

    def _seen_by(self, departure: Departure) -> float:
        latest = departure.left_at + LONGEST_DOUBT
        if departure.answered_at is None:
            return latest
        quickest = min(self._quickest, self._quickest_before)
        delay = departure.answered_at - departure.left_at - quickest
        return min(latest, departure.left_at + max(0.0, delay))
