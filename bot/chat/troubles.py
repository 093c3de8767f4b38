"""What this process knows to be wrong and only a person can mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

KINDS: Final = ("sender", "token", "mailbox", "disk", "backup", "history")
"""What a cause begins with; behind a colon may stand a platform or a name of the settings."""


class Troubles:
    """Reported where they are met, told to the secretariat by ``bot.operations.watching``.

    A cause is a kind of ``KINDS``, as in ``token:discord``; never an address, a name or a text.
    """

    def __init__(self) -> None:
        self._current: dict[str, str] = {}

    @property
    def current(self) -> Mapping[str, str]:
        """Causes and a word on each, such as the class of an error."""
        return dict(self._current)

    def report(self, cause: str, detail: str = "") -> None:
        """It is wrong; harmless to repeat. Raises ``ValueError`` for an unknown kind."""
        if cause.partition(":")[0] not in KINDS:
            raise ValueError(f"{cause!r} is no known kind of trouble")
        self._current[cause] = detail

    def settle(self, cause: str) -> None:
        """It is well (again)."""
        self._current.pop(cause, None)
