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
    """A letter did not leave; ``is_final`` where trying again would fail again."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.is_final = is_final


class MailTransport(Protocol):
    """Carries letters; holds no queue and never tries twice."""

    async def send(self, letter: Letter) -> None:
        """Hand one letter over; raises ``MailError``."""
        ...
