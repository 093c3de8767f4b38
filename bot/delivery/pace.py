"""How fast a token may send right now: the ceiling as far as it is known.

It starts at the documented rate. When the platform refuses for the token as a whole, the ceiling
is what it took in the fuller of the two seconds before, counted once all answers are in; after a
quiet while the pace feels its way up again, waiting longer after each attempt that fails (additive
increase, multiplicative decrease, with the measured rate as a short cut).
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

SETTLING: Final = 0.4
"""Seconds after a refusal until the answers to what left before it are in."""

_STEP: Final = 0.97
"""A bucket that holds a reserve shows no lower rate at first: then the pace goes down in steps."""
_DEEPEST: Final = 0.5
"""No single refusal halves the pace: what it measures may be a stall of our own."""
_BRUSH: Final = 0.95
"""A refusal after a second at more than this share of the ceiling is a brush with it: a stall
somewhere squeezed messages together. Only a second brush soon after says that it is lower."""
_BRUSH_STEP: Final = 0.99
_BRUSH_HOLD: Final = 5.0
_BRUSHES_APART: Final = 15.0
_LOWEST: Final = 0.2
_WINDOW: Final = 1.0


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
        self._ignore_before = float("-inf")
        self._refused_at: float | None = None
        self._settles_at = float("inf")
        self._brushed_at = float("-inf")
        self._hold = FIRST_HOLD
        self._grow_at = clock.monotonic() + FIRST_HOLD
        self._grown_from: float | None = None

    @property
    def rate(self) -> float:
        """What to send a second now."""
        if self._clock.monotonic() >= self._settles_at:
            self._settle()
        return self._ceiling * self._margin

    @property
    def ceiling(self) -> float:
        """What the platform takes a second, as far as is known."""
        return self._ceiling

    def accepted(self, sent_at: float) -> None:
        """A message that left at ``sent_at`` (monotonic) was taken."""
        now = self._clock.monotonic()
        self._accepted.append(sent_at)
        while self._accepted and self._accepted[0] < now - 4 * _WINDOW:
            self._accepted.popleft()
        if self._ceiling < self._highest and now >= self._grow_at and self._refused_at is None:
            self._grow(now)

    def refused(self, sent_at: float) -> None:
        """The token as a whole was told to slow down, by the answer to what left at ``sent_at``.

        What left before the last cut tells nothing new.
        """
        if sent_at <= self._ignore_before:
            return
        if self._refused_at is None:
            self._refused_at = sent_at
            self._settles_at = self._clock.monotonic() + SETTLING
        else:
            self._refused_at = min(self._refused_at, sent_at)

    def _settle(self) -> None:
        assert self._refused_at is not None
        first = self._refused_at
        measured = max(self._taken_in(first), self._taken_in(first - _WINDOW))
        self._refused_at = None
        self._settles_at = float("inf")
        now = self._ignore_before = self._clock.monotonic()
        is_brush = measured >= self._ceiling * self._margin * _BRUSH
        if is_brush and now - self._brushed_at > _BRUSHES_APART and self._grown_from is None:
            self._brushed_at = now
            self._ceiling *= _BRUSH_STEP
            self._grow_at = now + _BRUSH_HOLD
            return
        cut = min(self._ceiling * _STEP, measured)
        self._ceiling = max(cut, self._ceiling * _DEEPEST, _LOWEST)
        if self._grown_from is not None:
            self._hold = min(self._hold * 2, LONGEST_HOLD)
        self._grown_from = None
        self._grow_at = now + self._hold

    def _taken_in(self, end: float) -> int:
        """Accepted in the second before ``end``; a stall leaves one short, seldom two."""
        return sum(1 for at in self._accepted if end - _WINDOW < at <= end)

    def _grow(self, now: float) -> None:
        if self._grown_from is None:
            self._grown_from = self._ceiling
        self._ceiling = min(self._ceiling * (1 + GROWTH), self._highest)
        self._grow_at = now + _WINDOW
        if self._ceiling >= self._grown_from * 1.2:
            # Far above the last refusal: that ceiling is history.
            self._grown_from = self._ceiling
            self._hold = FIRST_HOLD
