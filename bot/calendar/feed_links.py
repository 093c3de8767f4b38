"""The addresses of the calendar feed: one a language, which nobody can guess.

The feed holds what every reader may see. Its address is kept from search engines all the same, so
it carries a signature that only this installation can make.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection
from typing import Final

PURPOSE: Final = "calendar"
"""The name of the key in ``store.site_keys``."""
_SIGNATURE: Final = 12
"""Bytes: 96 bits are beyond guessing over the web."""


def feed_token(key: bytes, language: str) -> str:
    """What stands in the address, ``fr-…``."""
    digest = hmac.digest(key, language.encode(), hashlib.sha256)[:_SIGNATURE]
    return f"{language}-{base64.urlsafe_b64encode(digest).decode('ascii')}"


def feed_language(key: bytes, token: str, languages: Collection[str]) -> str | None:
    """The language of a token; None for one that this installation did not make."""
    language = token.partition("-")[0]
    if language not in languages or not token.isascii():
        return None
    return language if hmac.compare_digest(token, feed_token(key, language)) else None


def feed_url(public_url: str, key: bytes, language: str) -> str:
    """The whole address, for calendar programs."""
    return f"{public_url}/calendar/{feed_token(key, language)}.ics"
