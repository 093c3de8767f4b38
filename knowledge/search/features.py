"""From a text to weighted features: stems, concepts, word pairs and letters inside words.

Four channels, each a unit vector of its own before they are joined, so that a long word's many
letter groups cannot drown the word itself:

``w`` stems, ``k`` concepts (or the stem), ``b`` pairs of neighbouring stems with the text's start
and end, ``c`` groups of 2 to 5 letters inside words. Han characters take groups of 1 to 3 over
the run of characters instead, since Chinese writes no spaces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from knowledge.search.concepts import concepts, glossary
from knowledge.search.normalise import IS_HAN, fold, words_of_folded
from knowledge.search.stems import stem

CHANNELS: Final = ("w", "k", "b", "c")
WEIGHTS: Final = {"w": 0.16, "k": 0.32, "b": 0.20, "c": 0.32}
"""Share of each channel in the similarity of two texts; they sum to one."""

_LETTERS: Final = range(2, 6)
_MAX_WORDS: Final = 120
_REMEMBERED: Final = 1_000
"""Words whose letter groups are kept, some 2 kB each: people mistype without end."""


@dataclass(slots=True)
class FeatureMaker:
    """Makes the features of texts in one language; remembers so many words it has seen."""

    language: str
    remembered: int = _REMEMBERED
    _letters: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def words(self, text: str) -> list[str]:
        """The folded words of a text, chemical symbols spelt out."""
        return words_of_folded(fold(glossary().spell_out(text[:4_000])))[:_MAX_WORDS]

    def features(self, found: list[str]) -> dict[str, list[str]]:
        """The features of a text's words, by channel, repeated as often as they occur."""
        stems = [stem(word, self.language) for word in found]
        pairs = [f"{a} {b}" for a, b in pairwise(["^", *stems, "$"])] if stems else []
        return {
            "w": stems,
            "k": concepts(self.language).of(stems),
            "b": pairs,
            "c": list(self._letter_groups(found)),
        }

    def _letter_groups(self, found: list[str]) -> Iterable[str]:
        run: list[str] = []
        for word in found:
            if IS_HAN.match(word):
                run.append(word)
                continue
            if run:
                yield from _han_groups(run)
                run = []
            groups = self._letters.get(word)
            if groups is None:
                groups = letter_groups(word)
                if len(self._letters) >= self.remembered:
                    self._letters.clear()
                self._letters[word] = groups
            yield from groups
        if run:
            yield from _han_groups(run)


def letter_groups(word: str) -> tuple[str, ...]:
    """Every group of 2 to 5 neighbouring letters of ``<word>``."""
    marked = f"<{word[:40]}>"
    groups: list[str] = []
    for length in _LETTERS:
        if len(marked) <= length:
            groups.append(marked)
            break
        groups.extend(marked[i : i + length] for i in range(len(marked) - length + 1))
    return tuple(groups)


def _han_groups(run: list[str]) -> Iterable[str]:
    text = "".join(run)
    for length in (1, 2, 3):
        for place in range(len(text) - length + 1):
            yield text[place : place + length]
