"""Keeps a platform's outage from turning thousands of messages into unknowns.

After a few sends in a row that ended in doubt or never left, sending stops for a while, then one
message at a time probes; the first that arrives opens the way again.
"""

from __future__ import annotations

from typing import Final

from bot.chat.ports import Clock

OPEN_AFTER: Final = 3
"""Outages in a row."""
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds between probes; doubled each time."""


class Breaker:
    """``allowed`` is how many more messages may be in flight now."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._in_a_row = 0
        self._pause = FIRST_PAUSE
        self._closed_until = float("-inf")

    @property
    def is_tripped(self) -> bool:
        """Whether sends have failed in a row."""
        return self._in_a_row >= OPEN_AFTER

    def allowed(self, in_flight: int) -> int | None:
        """None for no bound; 0 while the pause lasts; then a single probe."""
        if not self.is_tripped:
            return None
        if self._clock.monotonic() < self._closed_until:
            return 0
        return max(0, 1 - in_flight)

    def wait(self) -> float:
        """Seconds until the next probe may go."""
        return max(0.0, self._closed_until - self._clock.monotonic())

    def arrived(self) -> None:
        """The platform answered, whatever it said."""
        self._in_a_row = 0
        self._pause = FIRST_PAUSE

    def failed(self, sent_at: float) -> None:
        """A send that left at ``sent_at`` ended in doubt, or could not leave."""
        self._in_a_row += 1
        if self.is_tripped and sent_at >= self._closed_until:
            self._closed_until = self._clock.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
