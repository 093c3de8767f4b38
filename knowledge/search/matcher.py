"""One language's search: examples in, ranked entries with a calibrated chance out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from knowledge.search.confidence import Calibration, calibrate
from knowledge.search.examples import ExampleMatrix
from knowledge.search.features import FeatureMaker
from knowledge.search.indexing import build_index
from knowledge.search.leaving import left_out
from knowledge.search.nearest import rank_all, rank_near
from knowledge.search.ranking import DENSE_LIMIT, DenseModel
from knowledge.search.repair import SpellingRepair
from knowledge.search.training import train
from knowledge.search.vectors import Vocabulary

_WHILE_BUILDING: Final = 50_000
"""Words whose letter groups are kept while an index is built."""
_DOUBT: Final = (("w", 1), ("k", 1), ("c", 5))
"""Features without a match that a repaired word leaves behind, by channel."""

Repairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The ranking of one question: entries with ranking scores, and how sure of the first.

    ``chance`` that it can be answered and ``sureness`` that the first entry does are calibrated
    (0 to 1), made from ``raw`` and ``margin``; ``nearest`` and ``variance`` are parts of ``raw``;
    ``example`` is the number of the first entry's nearest example.
    """

    ranked: tuple[tuple[str, float], ...] = ()
    chance: float = 0.0
    sureness: float = 0.0
    raw: float = -1.0
    margin: float = 0.0
    nearest: float = 0.0
    variance: float = 1.0
    unseen: float = 1.0
    example: int = -1
    repairs: Repairs = ()


@dataclass(frozen=True, slots=True)
class Matcher:
    """Immutable and safe to share between threads."""

    language: str
    entries: tuple[str, ...]
    texts: tuple[str, ...]
    maker: FeatureMaker
    vocabulary: Vocabulary
    examples: ExampleMatrix
    model: DenseModel | None
    repair: SpellingRepair
    calibration: Calibration

    @classmethod
    def build(cls, examples: Mapping[str, Sequence[str]], language: str) -> Matcher:
        """Learn from example questions by entry; entries without a word are never found."""
        maker = FeatureMaker(language, remembered=_WHILE_BUILDING)
        entries: list[str] = []
        texts: list[str] = []
        owners: list[int] = []
        found: list[list[str]] = []
        for entry in sorted(examples):
            read = {text: maker.words(text) for text in examples[entry]}
            if not any(read.values()):
                continue
            for text, words in read.items():
                if words:
                    texts.append(text)
                    owners.append(len(entries))
                    found.append(words)
            entries.append(entry)
        vocabulary, matrix = build_index(found, owners, maker)
        trained = None
        if 0 < len(matrix) <= DENSE_LIMIT:
            trained = train(matrix.full_gram(), matrix.owners, len(entries))
        matcher = cls(
            language,
            tuple(entries),
            tuple(texts),
            FeatureMaker(language),
            vocabulary,
            matrix,
            trained.model if trained else None,
            SpellingRepair.learn(found, language),
            Calibration(),
        )
        tried = left_out(matrix, trained)
        return replace(matcher, calibration=calibrate(tried.right, tried.wrong, tried.outside))

    def words(self, text: str) -> tuple[list[str], Repairs]:
        """The folded words of a question after spelling repair, and what was repaired."""
        found = self.maker.words(text)
        repairs: list[tuple[str, str]] = []
        for place, word in enumerate(found):
            better = self.repair.repair(word)
            if better is not None:
                repairs.append((word, better))
                found[place] = better
        return found, tuple(repairs)

    def match(self, text: str, limit: int = 10) -> Match:
        """Rank the entries for a question."""
        found, repairs = self.words(text)
        if not found or not len(self.examples):
            return Match(repairs=repairs)
        features = self.maker.features(found)
        for word, _ in repairs:  # what was repaired stays in part a word that nobody knows
            for channel, count in _DOUBT:
                features[channel].extend(f"\0{number}{word}" for number in range(count))
        vector = self.vocabulary.vector(features)
        if self.model is not None:
            ranking = rank_all(self.examples, vector, self.model)
        else:
            ranking = rank_near(self.examples, vector, len(self.entries))
        scores = ranking.scores
        top = np.argpartition(-scores, min(limit, len(scores) - 1))[: limit + 1]
        top = top[np.argsort(-scores[top], kind="stable")][:limit]
        margin = ranking.margin
        return Match(
            ranked=tuple(
                (self.entries[i], round(float(scores[i]), 4)) for i in top if scores[i] > -1.0
            ),
            chance=self.calibration.chance(ranking.raw),
            raw=ranking.raw,
            sureness=self.calibration.sureness(ranking.raw, margin),
            margin=margin,
            nearest=ranking.nearest,
            variance=ranking.variance,
            unseen=vector.unseen,
            example=ranking.example,
            repairs=repairs,
        )

    def state(self) -> dict[str, Any]:
        """Arrays to store; the inverse of `restore`."""
        state = {
            **self.vocabulary.state(),
            **self.examples.state(),
            **self.repair.state(),
        }
        return {**state, **self.model.state()} if self.model else state

    @classmethod
    def restore(
        cls,
        state: Mapping[str, Any],
        language: str,
        entries: Sequence[str],
        texts: Sequence[str],
        calibration: Calibration,
    ) -> Matcher:
        """Rebuild from `state` and the plain values that were stored beside it."""
        return cls(
            language,
            tuple(entries),
            tuple(texts),
            FeatureMaker(language),
            Vocabulary.restore(state),
            ExampleMatrix.restore(state),
            DenseModel.restore(state) if "smooth" in state else None,
            SpellingRepair.restore(state, language),
            calibration,
        )
