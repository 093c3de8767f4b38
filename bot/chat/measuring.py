"""What is counted while the assistant works: a port without platform or library.

Values of labels come from short fixed lists (platforms, lanes, languages, decisions), never from
people: no names, no texts, no numbers of chats.
"""

from __future__ import annotations

from typing import Final, Protocol

from bot.chat.turn import Turn


class Meter(Protocol):
    """Called on hot paths: must be quick and never raise."""

    def turn(self, turn: Turn, seconds: float) -> None:
        """A turn was handled and committed, in so many seconds."""
        ...

    def count(self, name: str, **labels: str) -> None:
        """Something happened once. ``bot.web.metrics`` lists the names and their labels."""
        ...

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Something took so many seconds."""
        ...


class NoMeter:
    """Counts nothing: for tests, the terminal and single commands."""

    def turn(self, turn: Turn, seconds: float) -> None:
        """See ``Meter``."""

    def count(self, name: str, **labels: str) -> None:
        """See ``Meter``."""

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """See ``Meter``."""


NO_METER: Final = NoMeter()
