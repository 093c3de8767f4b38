"""Which of the six languages a text is written in, from its script and its little words.

A chat message is too short for statistics of letters alone, so the script decides first
(Han, Arabic, Cyrillic), then common words, then letters and endings. Russian and Arabic in Latin
letters are recognised by their own lists.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from knowledge.search.normalise import MAX_CHARACTERS, fold, words_of_folded

_SCRIPTS: Final = (
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("latin", re.compile(r"[A-Za-z\u00c0-\u024f]")),
)
_HAN_WEIGHT: Final = 3
"""A Han character says about as much as three letters."""

_SHORT: Final = 3
"""Letters of a word that may as well be another language's, or somebody's name."""

_ENDING: Final = 0.2
"""What an ending says of a language, where a word of it says 1."""

_UNMISTAKABLE: Final = frozenset({"kak", "kto", "gde", "msh"})
"""Short words that are neither."""

_ARABIZI_DIGIT: Final = re.compile(r"(?<=[a-z])[2357]|[2357](?=[a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A language, how sure we are (0 to 1), and whether it is spelt in Latin letters.

    ``is_transliterated`` is only ever true for Russian and Arabic.
    """

    language: str
    confidence: float
    is_transliterated: bool = False


@dataclass(frozen=True, slots=True)
class _Clues:
    words: frozenset[str]
    letters: frozenset[str]
    ends: tuple[str, ...]
    latin: frozenset[str]


@lru_cache(maxsize=1)
def _clues() -> Mapping[str, _Clues]:
    table = tomllib.loads(files("knowledge").joinpath("languages.toml").read_text("utf-8"))
    return {
        language: _Clues(
            words=frozenset(entry.get("words", "").split()),
            letters=frozenset(entry.get("letters", "")),
            ends=tuple(entry.get("ends", ())),
            latin=frozenset(entry.get("latin", "").split()),
        )
        for language, entry in table.items()
    }


def common_words(language: str) -> frozenset[str]:
    """The little words of a language, folded; empty for Chinese, Arabic and Russian script."""
    return _clues()[language].words


class LanguageDetector:
    """Detects the language; ``vocabulary`` may add each language's own words (folded)."""

    def __init__(self, vocabulary: Mapping[str, Iterable[str]] | None = None) -> None:
        self._vocabulary = {k: frozenset(v) for k, v in (vocabulary or {}).items()}

    def detect(self, text: str, default: str = "en") -> Detection:
        """The language of ``text``; ``default`` with confidence 0 where nothing speaks."""
        text = text[:MAX_CHARACTERS]
        script, share = _script(text)
        if script is None:
            return Detection(language=default, confidence=0.0)
        if script != "latin":
            return Detection(language=script, confidence=share)
        return self._latin(text, default)

    def _latin(self, text: str, default: str) -> Detection:
        found = words_of_folded(fold(text))
        scores = {
            language: self._score(language, found, text.lower()) for language in ("en", "fr", "es")
        }
        clues = _clues()
        total = max(1, len(found))
        tokens = found + re.findall(r"[a-z0-9]+", fold(text))
        others = self._vocabulary.get(default, frozenset()) if default in scores else frozenset()
        for language in ("ru", "ar"):
            hits = {token for token in tokens if token in clues[language].latin}
            own = hits - _latin_words() - others
            is_meant = bool(own) if language == default else _speaks(own, total)
            scores[language] = 1.2 * len(hits) if is_meant else 0.0
        if scores["ar"]:
            scores["ar"] += len(_ARABIZI_DIGIT.findall(fold(text)))
        best = max(scores, key=lambda language: (scores[language], language == default))
        if scores[best] <= _ENDING:
            # One ending says as little as a surname's.
            return Detection(language=default, confidence=0.0)
        rest = max(score for language, score in scores.items() if language != best)
        confidence = (scores[best] - rest) / (scores[best] + 0.5)
        return Detection(
            language=best,
            confidence=round(min(1.0, confidence * min(1.0, scores[best] / total + 0.4)), 3),
            is_transliterated=best in ("ru", "ar"),
        )

    def _score(self, language: str, found: list[str], lower: str) -> float:
        clues = _clues()[language]
        own = self._vocabulary.get(language, frozenset())
        score = 0.0
        for word in found:
            if word in clues.words:
                score += 1.0
            elif word in own:
                score += 0.5
            elif len(word) > 4 and word.endswith(clues.ends):
                score += _ENDING
        return score + 0.8 * sum(letter in lower for letter in clues.letters)


@lru_cache(maxsize=1)
def _latin_words() -> frozenset[str]:
    return frozenset[str]().union(*(common_words(language) for language in ("en", "fr", "es")))


def _speaks(own: set[str], words: int) -> bool:
    """Whether words of Russian or Arabic in Latin letters are more than a name or a chance.

    Short ones often are: Ana, da Silva, el, man. They count together, or beside a longer one.
    """
    if any(len(word) > _SHORT or word in _UNMISTAKABLE for word in own):
        return True
    return len(own) > 1 and 2 * len(own) >= words


def _script(text: str) -> tuple[str | None, float]:
    """The script with the most weight in the text, and its share."""
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS}
    counts["zh"] *= _HAN_WEIGHT
    total = sum(counts.values())
    if not total:
        return None, 0.0
    best = max(counts, key=lambda name: counts[name])
    return best, round(counts[best] / total, 3)


@lru_cache(maxsize=1)
def _default_detector() -> LanguageDetector:
    return LanguageDetector()


def detect_language(text: str, default: str = "en") -> Detection:
    """The language of ``text``, from the built-in words alone."""
    return _default_detector().detect(text, default)
