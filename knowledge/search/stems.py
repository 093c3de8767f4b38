"""Word stems by Snowball, for the five languages that have one; Chinese words stay as they are."""

from __future__ import annotations

from functools import cache, lru_cache
from threading import Lock
from typing import Final, Protocol

import snowballstemmer

_ALGORITHMS: Final = {
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "ar": "arabic",
    "ru": "russian",
}
_LOCK: Final = Lock()


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - Snowball's own name


@cache
def _stemmer(language: str) -> _Stemmer:
    stemmer: _Stemmer = snowballstemmer.stemmer(_ALGORITHMS[language])
    return stemmer


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The stem of one folded word. Safe to call from several threads."""
    if len(word) < 3 or language not in _ALGORITHMS or not word.isalpha():
        return word
    with _LOCK:  # a Snowball stemmer keeps the word it works on in itself
        return _stemmer(language).stemWord(word) or word
