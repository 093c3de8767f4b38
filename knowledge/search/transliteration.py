"""Russian and Arabic typed in Latin letters, turned back into their own script.

Russian follows the usual romanisations (ISO 9, BGN, and what phones teach). Arabic drops its short
vowels, so words are met by their consonants among the words that the articles use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from knowledge.search.normalise import fold

_CYRILLIC: Final = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("tc", "ц"), ("ch", "ч"),
    ("sh", "ш"), ("yu", "ю"), ("ju", "ю"), ("ya", "я"), ("ja", "я"), ("yo", "е"), ("jo", "е"),
    ("ye", "е"), ("iy", "ии"), ("yy", "ыи"), ("ij", "ии"), ("yj", "ыи"), ("a", "а"), ("b", "б"),
    ("v", "в"), ("w", "в"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("j", "и"),
    ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"),
    ("t", "т"), ("u", "у"), ("f", "ф"), ("h", "х"), ("c", "ц"), ("y", "ы"), ("x", "кс"),
    ("q", "к"), ("'", "ь"), ("4", "ч"), ("6", "ш"),
)  # fmt: skip
_TO_CYRILLIC: Final = dict(_CYRILLIC)
_LATIN_PIECE: Final = re.compile("|".join(re.escape(latin) for latin, _ in _CYRILLIC))

_ARABIC_CLASSES: Final = {
    "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "h", "د": "d", "ذ": "d", "ر": "r",
    "ز": "z", "س": "s", "ش": "x", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "", "غ": "g",
    "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "", "ء": "",
}  # fmt: skip
_LATIN_CLASSES: Final = (
    ("sh", "x"), ("ch", "x"), ("kh", "h"), ("5", "h"), ("7", "h"), ("gh", "g"), ("8", "k"),
    ("th", "t"), ("dh", "d"), ("3", ""), ("2", ""), ("9", "s"), ("6", "t"), ("q", "k"), ("c", "k"),
    ("p", "b"), ("v", "f"), ("j", "j"), ("g", "j"),
)  # fmt: skip
_LATIN_WORD: Final = re.compile(r"[a-z0-9']+")
_SHORTEST: Final = 2


def to_cyrillic(text: str) -> str:
    """A Russian text in Latin letters, in Cyrillic ones (folded: й is и, ё is е)."""
    folded = _LATIN_PIECE.sub(lambda match: _TO_CYRILLIC[match.group()], fold(text))
    return re.sub(r"(?<=[бвгдзклмнпрстфхцчшщж])йе", "ье", folded)


def arabic_words(text: str, known: Iterable[str]) -> list[str]:
    """An Arabic text in Latin letters as the known Arabic words with the same consonants.

    Words without a match are left as they are.
    """
    table = _by_consonants(frozenset(known))
    found = []
    for word in _LATIN_WORD.findall(fold(text)):
        key = _consonants_of_latin(word)
        without_article = _consonants_of_latin(re.sub(r"^(?:el|al|il|l|at|as|ar|ad)-?", "", word))
        options = table.get(key) or table.get(without_article)
        found.append(options if options and len(key) >= _SHORTEST else word)
    return found


@lru_cache(maxsize=4)
def _by_consonants(known: frozenset[str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for word in sorted(known, key=lambda word: (len(word), word)):
        bare = word[2:] if word.startswith("ال") and len(word) > 4 else word
        key = _squeeze("".join(_ARABIC_CLASSES.get(letter, "") for letter in bare))
        if len(key) >= _SHORTEST:
            table.setdefault(key, word)
    return table


def _consonants_of_latin(word: str) -> str:
    for latin, group in _LATIN_CLASSES:
        word = word.replace(latin, group)
    return _squeeze(re.sub(r"[aeiouyw'h0-9]", "", word.replace("h", "h")))


def _squeeze(key: str) -> str:
    """Doubled consonants are written once or twice alike, and h is as often left out."""
    return re.sub(r"(.)\1+", r"\1", key.replace("h", ""))
