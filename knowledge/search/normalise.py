"""One spelling for what people write in many ways: Unicode forms, accents, Arabic letters, scripts.

``fold`` is applied to articles and questions alike, so two spellings meet in the same word.
Unicode forms follow UAX #15 (NFKC, then NFKD to strip marks).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

MAX_CHARACTERS: Final = 2_000
"""Longer messages are cut here before anything else: no question needs more, and 1 MB may come."""

_LETTERS: Final = str.maketrans(
    {
        "ـ": "",  # tatweel, a stroke that only stretches a word
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ئ": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ک": "ك",
        "ی": "ي",
        "ı": "i",
        "ß": "ss",
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "µ": "u",
        "μ": "u",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
    }
)
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_REPEATED_PART = re.compile(r"([^\W\d_]{2,6}?)\1{3,}")
_ENGLISH_TAIL = re.compile(r"(?<=\w)'(?:s|re|ve|ll|d|m)\b")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
WORD: Final = re.compile(rf"[{_HAN}]|[^\W\d_{_HAN}]+|\d+(?:[.,]\d+)*")
"""A Han character, a run of letters of another script, or a number."""

IS_HAN: Final = re.compile(rf"[{_HAN}]")


def fold(text: str) -> str:
    """Fold a text to lower case without accents, invisible characters or stretched letters.

    Any string is accepted: lone surrogates, control and direction characters are dropped.
    """
    return _folded(text[:MAX_CHARACTERS])


@lru_cache(maxsize=4)
def _folded(text: str) -> str:
    """The gates, the detection and the search of one question all begin with this."""
    folded = text.lower().replace("`", "'") if text.isascii() else _fold_unicode(text)
    folded = _ENGLISH_TAIL.sub("", folded) if "'" in folded else folded
    return _REPEATED_PART.sub(r"\1", _REPEATED.sub(r"\1\1", folded))


def _fold_unicode(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join([_character(char) for char in decomposed]).translate(_LETTERS)


@lru_cache(maxsize=4096)
def _character(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf", "Cs", "Co", "Cn"}:
        return ""
    if category == "Cc":
        return " "
    if category == "Nd":
        return str(unicodedata.digit(char))
    return char


def words(text: str) -> list[str]:
    """The words of a text, folded; each Han character is a word of its own.

    An apostrophe splits ("l'eau" is two words) except in English negations ("don't" is "dont").
    """
    return words_of_folded(fold(text))


def words_of_folded(folded: str) -> list[str]:
    """Like `words`, for a text that was folded already."""
    if "'" in folded:
        folded = folded.replace("n't", "nt")
    return WORD.findall(folded)
