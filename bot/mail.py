"""E-mail as the core sees it: a letter, and something that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A plain text for one address, in ``language`` (ISO 639-1)."""

    to: str
    subject: str
    text: str
    language: str


class MailError(Exception):
    """A letter did not leave; ``is_final`` where trying again would fail again.

    ``is_unsent``: the server was not reached at all. ``is_in_doubt``: it went silent, so that the
    letter may be on its way. ``is_address``: it is the address that the server does not want.
    """

    def __init__(
        self,
        reason: str,
        *,
        is_final: bool,
        is_unsent: bool = False,
        is_in_doubt: bool = False,
        is_address: bool = False,
    ) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.is_address = is_address
        self.is_unsent = is_unsent
        self.is_in_doubt = is_in_doubt


class MailTransport(Protocol):
    """Carries letters; holds no queue and never tries twice."""

    async def send(self, letter: Letter) -> None:
        """Hand one letter over; raises ``MailError``."""
        ...
