"""Spelling repair: a long word that the knowledge base does not know becomes a near one it does.

Candidates come from a symmetric-delete index (Garbe 2012) and are judged by RapidFuzz's optimal
string alignment distance: 1 for words of 4 letters or more, 2 from 8 letters. Only words whose
stem is unknown are touched, and never a word with a digit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from rapidfuzz.distance import OSA

from knowledge.language import common_words
from knowledge.search.concepts import concepts
from knowledge.search.normalise import IS_HAN
from knowledge.search.stems import stem
from knowledge.search.vectors import pack, unpack

_SHORTEST: Final = 4
_FAR_FROM: Final = 8
_PREFIX: Final = 9
"""Only this many first letters are indexed: the index stays small and long words still meet."""


@dataclass(frozen=True, slots=True)
class SpellingRepair:
    """Repairs the words of questions; ``counts`` are the known words with their frequency."""

    language: str
    counts: Mapping[str, int]
    stems: frozenset[str]
    deletes: Mapping[str, tuple[str, ...]]

    @classmethod
    def learn(cls, texts: Iterable[list[str]], language: str) -> SpellingRepair:
        """Know every word of the texts (lists of folded words)."""
        counts: Counter[str] = Counter()
        for found in texts:
            counts.update(word for word in found if not IS_HAN.match(word))
        return cls.of(counts, language)

    @classmethod
    def of(cls, counts: Mapping[str, int], language: str) -> SpellingRepair:
        """Build the index over known words."""
        deletes: dict[str, list[str]] = {}
        for word in counts:
            if len(word) >= _SHORTEST and word.isalpha():
                for key in set(_deletes(word)):
                    deletes.setdefault(key, []).append(word)
        return cls(
            language=language,
            counts=dict(counts),
            stems=frozenset(stem(word, language) for word in counts),
            deletes={key: tuple(found) for key, found in deletes.items()},
        )

    def knows(self, word: str) -> bool:
        """Whether the word is none to repair: the knowledge base has its stem, or it is a
        common word of the language."""
        if word in self.counts:
            return True
        root = stem(word, self.language)
        return root in self.stems or root in _everyday(self.language)

    def repair(self, word: str) -> str | None:
        """The known word that was probably meant, or None to leave it alone."""
        if len(word) < _SHORTEST or len(word) > 40 or not word.isalpha() or self.knows(word):
            return None
        allowed = 2 if len(word) >= _FAR_FROM else 1
        best: tuple[int, int, str] | None = None
        for candidate in {near for key in _deletes(word) for near in self.deletes.get(key, ())}:
            distance = OSA.distance(word, candidate, score_cutoff=allowed)
            if distance > allowed or (distance == 2 and word[0] != candidate[0]):
                continue
            rank = (distance, -self.counts[candidate], candidate)
            if best is None or rank < best:
                best = rank
        return best[2] if best else None

    def state(self) -> dict[str, Any]:
        """Arrays to store; the inverse of `restore`."""
        return {
            "words": pack(self.counts),
            "word_counts": np.asarray(list(self.counts.values()), np.int32),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any], language: str) -> SpellingRepair:
        """Rebuild from `state`."""
        counts = dict(zip(unpack(state["words"]), state["word_counts"].tolist(), strict=True))
        return cls.of(counts, language)


@cache
def _everyday(language: str) -> frozenset[str]:
    """Stems of the thesaurus, the glossary and the little words."""
    little = (stem(word, language) for word in common_words(language))
    return frozenset(concepts(language).single).union(little)


def _deletes(word: str) -> Iterator[str]:
    """The word's start with up to one letter (two in long words) left out."""
    head = word[:_PREFIX]
    yield head
    once = {head[:i] + head[i + 1 :] for i in range(len(head))}
    yield from once
    if len(word) >= _FAR_FROM - 1:
        for shorter in once:
            for i in range(len(shorter)):
                yield shorter[:i] + shorter[i + 1 :]
