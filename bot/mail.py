"""E-mail as the core sees it: a letter, and something that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

LetterKind = Literal["code", "question"]
"""Mails with codes, and questions to contacts: all that the assistant sends by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A plain text for one address, in ``language`` (ISO 639-1).

    ``stop`` is the address of a page where its reader says no to more of the kind.
    """

    to: str
    subject: str
    text: str
    language: str
    stop: str | None = None


def unsubscribe_headers(url: str | None) -> dict[str, str]:
    """What a mail carries so that its reader's mail program offers one click.

    RFC 8058, 3.1 wants ``https``; without it there is the line in the text alone (RFC 2369 would
    allow the first header, but mail programs open it unasked).
    """
    if url is None or not url.startswith("https://"):
        return {}
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


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


class LetterLinks(Protocol):
    """The addresses of pages for letters, in their language; see ``bot.commands.letter_pages``."""

    def confirm(self, number: int, attempt: int, expires: datetime, language: str) -> str:
        """Where a press says that the address is one's own, for the mail of a code."""
        ...

    def stop(self, kind: LetterKind, mark: str, now: datetime, language: str) -> str:
        """Where a press says no to more letters of a kind."""
        ...


class MailTransport(Protocol):
    """Carries letters; holds no queue and never tries twice."""

    async def send(self, letter: Letter) -> None:
        """Hand one letter over; raises ``MailError``."""
        ...
