"""What the knowledge base lacks: unanswered questions gathered by their wording."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz, process

from knowledge.model import Collection
from knowledge.search.normalise import IS_HAN, words

ALIKE: Final = 68.0
"""Similarity of two wordings, 0 to 100, in any order of their words."""
COMMON: Final = 0.2
"""Words in a larger share of the articles say nothing about a question."""
SHOWN_WORDS: Final = 6
SPOKEN_BY: Final = 3
"""A word that the knowledge base does not know is shown only where so many questions hold it."""
_SMALL: Final = re.compile(r"(?<![\w'’-])[^\W\d_A-ZА-ЯЁ][\w'’-]*")
COMPARED: Final = 3000
"""Questions that are gathered, the newest; more take seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """One question that found no answer."""

    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Questions of nearly the same words. ``words`` are the telling ones, never a whole text."""

    count: int
    words: tuple[str, ...]
    languages: tuple[str, ...]


class Vocabulary:
    """The words of the knowledge base, and how common each is. Takes a second or two to build."""

    def __init__(self, collection: Collection) -> None:
        holding: Counter[str] = Counter()
        for article in collection.articles.values():
            found: set[str] = set()
            for text in article.texts.values():
                parts = (text.title, *text.questions, text.short, *text.steps, text.body)
                found.update(tokens(" ".join(parts)))
            holding.update(found)
        total = max(1, len(collection.articles))
        self._share: Mapping[str, float] = {word: n / total for word, n in holding.items()}

    def __contains__(self, word: str) -> bool:
        """Whether a word, as ``tokens`` gives it, occurs."""
        return word in self._share

    def share(self, word: str) -> float:
        """The share of articles with a word, 0 to 1."""
        return self._share.get(word, 0.0)


def tokens(text: str) -> list[str]:
    """Folded words; of Chinese, whose signs stand alone, each sign with the next."""
    found = words(text)
    pairs = [
        one + other
        for one, other in pairwise(found)
        if IS_HAN.fullmatch(one) and IS_HAN.fullmatch(other)
    ]
    return [word for word in found if not IS_HAN.fullmatch(word)] + pairs


def plain_words(collection: Collection, language: str) -> frozenset[str]:
    """Words that the articles of a language write small somewhere, so that they are no names.

    Example questions do not count: they are written small throughout, names and all.
    """
    found: set[str] = set()
    for article in collection.articles.values():
        text = article.texts.get(language)
        if text is not None:
            written = " ".join((text.title, text.short, *text.steps, text.body))
            found.update(_SMALL.findall(written))
    return frozenset(found)


def largest_gaps(
    asked: Sequence[Unanswered], vocabulary: Vocabulary, *, limit: int = 10
) -> list[Gap]:
    """The largest first: each question joins the first one of its language that it is like."""
    leaders: dict[str, list[str]] = {}
    groups: dict[tuple[str, int], list[Unanswered]] = {}
    for each in asked[-COMPARED:]:
        telling = " ".join(word for word in tokens(each.text) if _tells(word, vocabulary))
        if not telling:
            continue
        known = leaders.setdefault(each.language, [])
        found = process.extractOne(telling, known, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        if found is None:
            known.append(telling)
        place = len(known) - 1 if found is None else found[2]
        groups.setdefault((each.language, place), []).append(each)
    gaps = [_gap(group, vocabulary) for group in groups.values()]
    # What cannot be shown without showing somebody's own words is left out.
    shown = [gap for gap in gaps if gap.words]
    return sorted(shown, key=lambda gap: (-gap.count, gap.words))[:limit]


def _gap(group: Sequence[Unanswered], vocabulary: Vocabulary) -> Gap:
    spoken = Counter(word for each in group for word in set(tokens(each.text)))
    telling = [
        word
        for word, count in spoken.items()
        if _tells(word, vocabulary) and (word in vocabulary or count >= SPOKEN_BY)
    ]
    telling.sort(key=lambda word: (-spoken[word], vocabulary.share(word), word))
    return Gap(
        count=len(group),
        words=tuple(telling[:SHOWN_WORDS]),
        languages=tuple(sorted({each.language for each in group})),
    )


def _tells(word: str, vocabulary: Vocabulary) -> bool:
    is_long = len(word) > 2 or bool(IS_HAN.match(word))
    return is_long and not word.isdecimal() and vocabulary.share(word) < COMMON
