"""What people send is cleaned once, at the edge, before anything else looks at it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

TEXT_LIMIT: Final = 4096
"""Code points of one message that the assistant reads; the longest Telegram text."""

_OVERRIDES: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u061c\ufeff]")
"""Signs that turn the direction of what follows (Unicode TR 9) and byte order marks."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_INVISIBLE: Final = re.compile("[\u200b\u2060\u00ad\u180e]")


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """``text`` without direction overrides, controls, lone surrogates and invisible signs.

    Joiners (U+200C, U+200D) stay: Arabic script and emoji need them. Line breaks stay.
    """
    text = text[: limit * 2].replace("\r\n", "\n").replace("\r", "\n")
    text = _SURROGATES.sub("\ufffd", text)
    text = _CONTROLS.sub("", _INVISIBLE.sub("", _OVERRIDES.sub("", text)))
    return unicodedata.normalize("NFC", text).strip()[:limit]


def clean_line(text: str, limit: int = 200) -> str:
    """The same for a name or a title: one line, spaces joined."""
    return " ".join(clean(text, limit).split())
