"""Word patterns as the content files write them, compiled once and matched on folded text.

``swallow*`` matches any ending, ``put ~ mouth`` allows up to four words between, a phrase of
several words matches in that order. Chinese patterns match anywhere, Arabic ones also behind
the joined particles (and, the, with, for).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from knowledge.search.normalise import IS_HAN, fold

_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")
_ARABIC_PREFIX: Final = r"(?:[وف]?(?:ال|بال|كال|لل|[بلك])?)"
_GAP: Final = r"(?:\W+\w+){0,4}?\W+"
_NEVER: Final = re.compile(r"(?!)")


def compile_phrases(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression that finds any of ``patterns`` in a folded text."""
    parts = [_part(pattern) for pattern in patterns if pattern.strip()]
    return re.compile("|".join(sorted(parts, key=len, reverse=True))) if parts else _NEVER


def matchable(text: str) -> str:
    """Fold a text in the way in which patterns are folded."""
    return fold(text).replace("n't", "nt").replace("'", " ")


def _part(pattern: str) -> str:
    folded = matchable(pattern).strip()
    if IS_HAN.search(folded):
        return r".{0,8}?".join(re.escape(piece.strip()) for piece in folded.split("~"))
    prefix = _ARABIC_PREFIX if _ARABIC.search(folded) else ""
    pieces = []
    for piece in folded.split("~"):
        ready = [_word(word, prefix) for word in piece.split()]
        pieces.append(r"\W+".join(ready))
    return rf"\b{_GAP.join(pieces)}"


def _word(word: str, prefix: str) -> str:
    if word.endswith("*"):
        return rf"{prefix}{re.escape(word[:-1])}\w*"
    return rf"{prefix}{re.escape(word)}\b"
