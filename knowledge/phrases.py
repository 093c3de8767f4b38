"""Word patterns as the content files write them, compiled once and matched on folded text.

``swallow*`` matches any ending, ``put ~ mouth`` allows up to four words between, a phrase of
several words matches in that order. Chinese patterns match anywhere, Arabic ones also behind
the joined particles (and, the, with, for).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from knowledge.search.normalise import IS_HAN, fold

_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")
_ARABIC_PREFIX: Final = r"(?:[وف]?(?:ال|بال|كال|لل|[بلك])?)"
_GAP: Final = r"(?:\W+\w+){0,4}?\W+"
_NEVER: Final = re.compile(r"(?!)")
_WORD: Final = re.compile(r"\w+")
_HEAD: Final = 3


@dataclass(frozen=True, slots=True)
class Phrases:
    """Patterns of which most texts hold none, which is seen from how their words begin.

    ``heads`` are the beginnings (up to three letters) of what the patterns of other scripts than
    Arabic and Han can start with; None where that cannot be said.
    """

    pattern: re.Pattern[str]
    heads: frozenset[str] | None

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Phrases:
        """Compile; see `compile_phrases`."""
        patterns = tuple(patterns)
        return cls(compile_phrases(patterns), _heads_of_patterns(patterns))

    def search(self, ready: str, heads: frozenset[str] | None) -> re.Match[str] | None:
        """The first match in a folded text whose beginnings are ``heads`` (see `heads_of`)."""
        if self.heads is not None and heads is not None and self.heads.isdisjoint(heads):
            return None
        return self.pattern.search(ready)


def heads_of(ready: str) -> frozenset[str] | None:
    """How the words of a folded text begin; None where patterns match inside words as well."""
    if not ready.isascii() and (IS_HAN.search(ready) or _ARABIC.search(ready)):
        return None
    found = _WORD.findall(ready)
    return frozenset(word[:length] for word in found for length in range(1, _HEAD + 1))


def _heads_of_patterns(patterns: Iterable[str]) -> frozenset[str] | None:
    heads = set()
    for pattern in patterns:
        folded = matchable(pattern).strip()
        if not folded or IS_HAN.search(folded) or _ARABIC.search(folded):
            continue
        first = _WORD.match(folded)
        if first is None:
            return None
        heads.add(first.group()[:_HEAD])
    return frozenset(heads)


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
