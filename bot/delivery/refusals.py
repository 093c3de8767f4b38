"""Is a "too fast" about one chat, or about the whole token?

Telegram does not say. One chat refused is that chat's affair; several different chats refused
close together, or in a row with nothing accepted between them, are the token's.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from bot.chat.ports import Clock

WINDOW: Final = 1.0
"""Seconds in which refusals count as together."""
IN_A_ROW: Final = 3


class Refusals:
    """The refusals of the last second."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._recent: deque[tuple[float, str]] = deque()
        self._in_a_row: set[str] = set()

    def accepted(self) -> None:
        """A message was taken."""
        self._in_a_row.clear()

    def is_whole_token(self, chat_id: str, *, is_global: bool) -> bool:
        """Note a refusal, and tell what it is about."""
        now = self._clock.monotonic()
        self._recent.append((now, chat_id))
        self._in_a_row.add(chat_id)
        while self._recent[0][0] <= now - WINDOW:
            self._recent.popleft()
        together = {chat for _, chat in self._recent}
        return is_global or len(together) > 1 or len(self._in_a_row) >= IN_A_ROW
