"""Spelling repair: a long word that the knowledge base does not know becomes a near one it does.

Near is RapidFuzz's optimal string alignment distance: 1 for words of 4 letters or more, 2 from 8
letters. One edit leaves a word's first or last letter in place, so only known words that share
one of them are measured. Words with a digit and everyday words are never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.language import common_words
from knowledge.search.concepts import concepts
from knowledge.search.normalise import IS_HAN
from knowledge.search.stems import stem
from knowledge.search.vectors import pack, unpack

_SHORTEST: Final = 4
_SHORTEST_BY_LANGUAGE: Final = {"ar": 6}
"""Short Arabic words lie too close together: one letter makes another root."""

_FAR_FROM: Final = 8


@dataclass(frozen=True, slots=True)
class SpellingRepair:
    """Repairs the words of questions; ``counts`` are the known words with their frequency."""

    language: str
    counts: Mapping[str, int]
    stems: frozenset[str]
    edges: Mapping[str, tuple[str, ...]]

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
        edges: dict[str, list[str]] = {}
        for word in counts:
            if len(word) >= _SHORTEST - 1 and word.isalpha():
                edges.setdefault(f"{word[0]}-", []).append(word)
                edges.setdefault(f"-{word[-1]}", []).append(word)
        return cls(
            language=language,
            counts=dict(counts),
            stems=frozenset(stem(word, language) for word in counts),
            edges={key: tuple(found) for key, found in edges.items()},
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
        shortest = _SHORTEST_BY_LANGUAGE.get(self.language, _SHORTEST)
        if len(word) < shortest or len(word) > 40 or not word.isalpha() or self.knows(word):
            return None
        allowed = 2 if len(word) >= _FAR_FROM else 1
        candidates = (*self.edges.get(f"{word[0]}-", ()), *self.edges.get(f"-{word[-1]}", ()))
        if not candidates:
            return None
        distances = process.cdist(
            [word], candidates, scorer=OSA.distance, score_cutoff=allowed, dtype=np.uint8
        )[0]
        nearest = int(distances.min())
        if nearest > allowed:
            return None
        near = [candidates[place] for place in np.flatnonzero(distances == nearest)]
        return min(near, key=lambda known: (-self.counts[known], known))

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
