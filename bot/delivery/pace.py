"""How fast a token may send right now: the ceiling as far as it is known.

It starts at the documented rate. When the platform refuses for the token as a whole, the ceiling
is what was accepted in the second before; after a quiet while the pace feels its way up again,
waiting longer after each attempt that fails (additive increase, multiplicative decrease, with
the measured rate as a short cut).
"""

from __future__ import annotations

from collections import deque
from typing import Final

from bot.chat.ports import Clock

FIRST_HOLD: Final = 20.0
LONGEST_HOLD: Final = 320.0
"""Seconds without a refusal before the pace grows; doubled by each growth that was refused."""

GROWTH: Final = 0.02
"""Share of the ceiling that it grows by in a second."""

_STEP: Final = 0.97
"""A bucket that holds a reserve shows no lower rate at first: then the pace goes down in steps."""

_WINDOW: Final = 1.0
_LOWEST: Final = 0.2


class AdaptivePace:
    """``rate`` is in messages a second and already below the ceiling by the margin."""

    def __init__(
        self, *, ceiling: float, highest: float | None, margin: float, clock: Clock
    ) -> None:
        self._clock = clock
        self._margin = margin
        self._ceiling = ceiling
        self._highest = max(ceiling, highest or ceiling)
        self._accepted: deque[float] = deque()
        self._cut_at = float("-inf")
        self._hold = FIRST_HOLD
        self._grow_at = clock.monotonic() + FIRST_HOLD
        self._grown_from: float | None = None

    @property
    def rate(self) -> float:
        """What to send a second now."""
        return self._ceiling * self._margin

    def accepted(self, sent_at: float) -> None:
        """A message that left at ``sent_at`` (monotonic) was taken."""
        self._accepted.append(sent_at)
        now = self._clock.monotonic()
        while self._accepted and self._accepted[0] < now - 4 * _WINDOW:
            self._accepted.popleft()
        if self._ceiling < self._highest and now >= self._grow_at:
            self._grow(now)

    def refused(self, sent_at: float) -> None:
        """The token as a whole was told to slow down, by the answer to what left at ``sent_at``.

        What left before the last cut tells nothing new.
        """
        if sent_at <= self._cut_at:
            return
        now = self._clock.monotonic()
        measured = sum(1 for at in self._accepted if sent_at - _WINDOW < at <= sent_at)
        # One refusal may be a stray: never fall below half of what was held for true.
        step = self._ceiling * _STEP
        self._ceiling = max(min(step, measured), self._ceiling * 0.5, _LOWEST)
        self._cut_at = now
        if self._grown_from is not None:
            self._hold = min(self._hold * 2, LONGEST_HOLD)
        self._grown_from = None
        self._grow_at = now + self._hold

    def _grow(self, now: float) -> None:
        if self._grown_from is None:
            self._grown_from = self._ceiling
        self._ceiling = min(self._ceiling * (1 + GROWTH), self._highest)
        self._grow_at = now + _WINDOW
        if self._ceiling >= self._grown_from * 1.2:
            # Far above the last refusal: that ceiling is history.
            self._grown_from = self._ceiling
            self._hold = FIRST_HOLD
