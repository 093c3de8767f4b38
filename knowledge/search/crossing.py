"""A question in one language, articles in another: which matcher to ask, and in which words.

The asker's own words come first. Where they find nothing sure, the question is also put into
other words: Russian and Arabic typed in Latin letters are turned back, and the terms that the
glossary knows are turned into English, so that an article without a translation is still found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from knowledge.language import Detection
from knowledge.search.concepts import to_english
from knowledge.search.confidence import Calibration
from knowledge.search.matcher import Match
from knowledge.search.normalise import words
from knowledge.search.repair import SpellingRepair
from knowledge.search.transliteration import arabic_words, to_cyrillic

_LATIN: Final = ("en", "fr", "es")
_UNSURE: Final = 0.6
"""Below this confidence of the detection, the other languages of the script are tried as well."""
_LITTLE: Final = 2
"""Words of so many letters say little about a language: several have them."""
_GUESS_COSTS: Final = 0.1
"""What a match through translated terms gives up against one in the asker's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best match, the language and words it was found in, and that matcher's calibration.

    ``is_guess`` marks a match through translated terms: it may suggest, never answer.
    """

    match: Match
    language: str
    asked: str
    example: str
    calibration: Calibration
    is_guess: bool = False

    def scored(self, limit: int) -> list[tuple[str, float]]:
        """Entries with a confidence each: the first one's chance, shared out below it."""
        ranked = self.match.ranked[:limit]
        if not ranked:
            return []
        top = max(ranked[0][1], 0.05)
        chance = self.match.chance
        return [
            (entry, round(chance * max(0.0, min(1.0, score / top)), 4)) for entry, score in ranked
        ]


class Searcher(Protocol):
    """What is asked of one language's search: a `Matcher`, or one with embeddings beside it."""

    @property
    def texts(self) -> tuple[str, ...]: ...
    @property
    def calibration(self) -> Calibration: ...
    @property
    def repair(self) -> SpellingRepair: ...

    def match(self, text: str, limit: int = 10) -> Match:
        """Rank the entries for a question."""
        ...


@dataclass(frozen=True, slots=True)
class Crossing:
    """Asks the right matchers; immutable."""

    matchers: Mapping[str, Searcher]

    def find(self, text: str, detection: Detection) -> Found:
        """The best match over all ways to read the question."""
        tries: list[Found] = []
        for language, asked in self._readings(text, detection):
            tries.append(self._ask(language, asked))
            if _is_sure(tries[-1]):
                return tries[-1]
        translated = self._translated(text, detection)
        if translated is not None:
            tries.append(translated)
        return max(tries, key=_worth) if tries else _nothing(text, detection.language)

    def _readings(self, text: str, detection: Detection) -> list[tuple[str, str]]:
        """Language and wording to try, the likeliest first."""
        language = detection.language
        readings: list[tuple[str, str]] = []
        if detection.is_transliterated and language == "ru":
            readings.append(("ru", to_cyrillic(text)))
        elif detection.is_transliterated and "ar" in self.matchers:
            known = self.matchers["ar"].repair.counts
            readings.append(("ar", " ".join(arabic_words(text, known))))
        else:
            readings.append((language, text))
        if language in _LATIN and detection.confidence < _UNSURE:
            found = words(text)
            readings += [
                (other, text)
                for other in _LATIN
                if other != language and self._may_be(other, found, than=language)
            ]
        elif detection.is_transliterated and detection.confidence < _UNSURE:
            readings.append(("en", text))
        return [(name, asked) for name, asked in readings if name in self.matchers]

    def _may_be(self, other: str, found: list[str], *, than: str) -> bool:
        """Whether the articles of another language know as many of the words, or nearly one."""
        if other not in self.matchers or than not in self.matchers:
            return True
        mine, theirs = self.matchers[other].repair, self.matchers[than].repair
        long = [word for word in found if len(word) > _LITTLE]
        known = sum(word in mine.counts for word in long)
        if known:
            return known >= sum(word in theirs.counts for word in long)
        if any(word in theirs.counts for word in long):
            return False
        return any(mine.repair(word) is not None for word in long)

    def _ask(self, language: str, asked: str) -> Found:
        matcher = self.matchers[language]
        match = matcher.match(asked)
        return Found(
            match=match,
            language=language,
            asked=asked,
            example=matcher.texts[match.example] if match.example >= 0 else "",
            calibration=matcher.calibration,
        )

    def _translated(self, text: str, detection: Detection) -> Found | None:
        """The question's terms in English, asked of the English articles."""
        if detection.language == "en" or "en" not in self.matchers:
            return None
        asked = to_cyrillic(text) if detection.is_transliterated else text
        english, share = to_english(asked, detection.language)
        if not english:
            return None
        found = self._ask("en", english)
        covered = min(1.0, 1.25 * share)
        match = replace(
            found.match,
            chance=found.match.chance * covered,
            sureness=found.match.sureness * covered,
        )
        return replace(found, match=match, is_guess=True)


def _is_sure(found: Found) -> bool:
    return found.match.sureness >= found.calibration.answer_from


def _worth(found: Found) -> float:
    """The chance; a guess counts a little less (`_GUESS_COSTS`)."""
    return found.match.chance - (_GUESS_COSTS if found.is_guess else 0.0)


def _nothing(text: str, language: str) -> Found:
    return Found(
        match=Match(), language=language, asked=text, example="", calibration=Calibration()
    )
