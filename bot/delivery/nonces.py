"""How long a platform knows a message that it has had before."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from datetime import datetime, timedelta
from typing import Final

from bot.chat.ports import Clock
from bot.store.outbox_rows import OutboxRow

NONCE_MARGIN: Final = 30.0
"""Seconds that a request may still spend on its way (Discord's library waits for its bucket)."""

CLOCK_SKEW: Final = timedelta(seconds=2)
"""By which the clocks of two machines may differ; far less than the margin."""

CLOCK_FAULT: Final = timedelta(minutes=1)
"""By which two clocks may differ; more, and one of them was set, by nobody knows how much."""


def nonce_of(row: OutboxRow) -> str:
    """20 characters, the same for every attempt at this row, by whichever process."""
    key = "\0".join((row.source, *row.to.key)).encode()
    return b32encode(hashlib.blake2b(key, digest_size=12).digest()).decode("ascii").rstrip("=")


class NonceMemory:
    """Whether a repeat is still recognised, judged from the time of the first attempt.

    That time may come from another process or machine, so it is a wall clock's, and such a clock
    may be set back. While this process runs, time goes on here all the same. ``not_before`` is the
    last moment that a sender before this one is known to have lived: where it lies ahead, nobody
    knows how much time has passed since.
    """

    def __init__(self, *, clock: Clock, window: float, not_before: datetime | None = None) -> None:
        self._clock = clock
        self._window = window
        self._started = clock.now()
        self._began = clock.monotonic()
        is_set_back = not_before is not None and not_before > self._started + CLOCK_SKEW
        self._distrusted = not_before if is_set_back else None

    @property
    def exists(self) -> bool:
        """Whether this platform knows nonces at all."""
        return self._window > 0

    def covers(self, tried_at: datetime | None) -> bool:
        """Whether what was first tried then can be repeated now without a second message.

        Never where that moment is not known, or lies ahead: then a clock was set back.
        """
        now = self._clock.now()
        if tried_at is None or not self.exists or tried_at > now + CLOCK_SKEW:
            return False
        if self._distrusted is not None and tried_at <= self._distrusted:
            return False
        age = max(now, self._ongoing()) - tried_at
        return age.total_seconds() < self._window - NONCE_MARGIN

    def is_lost(self, tried_at: datetime) -> bool:
        """Whether nobody can say when that was: a clock has been set back since, or before."""
        now = self._clock.now()
        if tried_at > now + CLOCK_FAULT or self._ongoing() > now + CLOCK_FAULT:
            return True
        before = self._distrusted
        return before is not None and before > self._started + CLOCK_FAULT and tried_at <= before

    def _ongoing(self) -> datetime:
        """Now, if nobody had set the clock since this began."""
        return self._started + timedelta(seconds=self._clock.monotonic() - self._began)
