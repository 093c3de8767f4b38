"""The headers of one-click unsubscribing on a mail."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Self

from bot.mail import unsubscribe_headers


class WholeLine(str):
    """A header that stands on one line as it is.

    The library breaks words of more than 78 characters into encoded ones (RFC 2047), which must
    not stand in an address; RFC 5322, 2.1.1 allows 998.
    """

    name: str

    def __new__(cls, name: str, value: str) -> Self:
        """``name`` is how the library tells a finished header from a text."""
        made = super().__new__(cls, value)
        made.name = name
        return made

    def fold(self, *, policy: EmailPolicy) -> str:
        """What ``email.headerregistry.BaseHeader`` offers, without folding."""
        return f"{self.name}: {self}{policy.linesep}"


def offer_unsubscribing(mail: EmailMessage, url: str | None) -> None:
    """Put the headers on, where there is an address that they may name."""
    for name, value in unsubscribe_headers(url).items():
        mail[name] = WholeLine(name, value)
