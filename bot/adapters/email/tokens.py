"""Signed tokens that tie a mail to one question and one address, for a while.

A token is ``<number>-<expiry>-<signature>``: the question's number, the last day on which it
counts (days since 2020 in base 36) and 80 bits of HMAC-SHA256 (RFC 2104) in base 32. It holds no
capital letter, since mail servers on the way may change their case (RFC 5321, 2.4).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

VALID_FOR: Final = timedelta(days=365)
"""An answer may come late, and a closed question may be taken up again."""

STEP: Final = 30
"""Days for which tokens are the same, so that a thread keeps its subject."""

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_TOKEN: Final = re.compile(
    r"(?<![a-z0-9])(\d{1,12})-([0-9a-z]{2,4})-([a-z2-7]{16})(?![a-z0-9])", re.IGNORECASE | re.ASCII
)

Verdict = Literal["right", "wrong", "expired"]


@dataclass(frozen=True, slots=True)
class Token:
    """As it was found, believed or not."""

    number: int
    expiry: str
    signature: str

    def __str__(self) -> str:
        return f"{self.number}-{self.expiry}-{self.signature}"


class Tokens:
    """Makes and checks tokens with one secret of at least 16 bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("a secret needs at least 16 bytes")
        self._secret = secret

    def make(self, number: int, address: str, now: datetime) -> Token:
        """For mail about question ``number`` to ``address``."""
        days = (now + VALID_FOR - _EPOCH).days
        expiry = _base36(days + -days % STEP)
        return Token(number, expiry, self._sign(number, address, expiry))

    def check(self, token: Token, address: str, now: datetime) -> Verdict:
        """Whether it was made here for ``address``, and still counts."""
        expected = self._sign(token.number, address, token.expiry)
        if not hmac.compare_digest(expected.encode(), token.signature.encode()):
            return "wrong"
        last = _EPOCH + timedelta(days=int(token.expiry, 36) + 1)
        return "right" if now < last else "expired"

    def _sign(self, number: int, address: str, expiry: str) -> str:
        text = f"insop-mail\0{number}\0{same_address(address)}\0{expiry}"
        digest = hmac.digest(self._secret, text.encode("utf-8", "replace"), hashlib.sha256)
        return b32encode(digest[:10]).decode("ascii").lower()


def find_tokens(text: str) -> list[Token]:
    """All that looks like one, in order."""
    return [
        Token(int(number), expiry.lower(), signature.lower())
        for number, expiry, signature in _TOKEN.findall(text[:100_000])
    ]


def same_address(address: str) -> str:
    """One form for an address: case tells no two mailboxes of one server apart in practice."""
    return address.strip().casefold()


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, rest = divmod(value, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
