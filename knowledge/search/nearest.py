"""Ranking one question: over all examples where the models are dense, else over the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from knowledge.search.confidence import raw_confidence
from knowledge.search.examples import ExampleMatrix
from knowledge.search.ranking import DenseModel, local_scores, local_variance
from knowledge.search.vectors import Floats, SparseVector

NEAR: Final = 48
"""Examples that the local models look at."""

_COARSE: Final = 200


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of all entries, -1 where an entry was not looked at; see `Match` for the rest."""

    scores: Floats
    raw: float
    nearest: float
    variance: float
    example: int

    @property
    def margin(self) -> float:
        """How far the first entry is ahead of the second."""
        return margin_of(self.scores)


def rank_all(examples: ExampleMatrix, vector: SparseVector, model: DenseModel) -> Ranking:
    """Score the entries of the nearest examples with the models trained over all examples."""
    similarities = examples.similarities(vector)
    near = largest(similarities, NEAR)
    entries = np.unique(examples.owners[near])
    scores = np.full(len(model.smooth), -1.0, np.float32)
    scores[entries] = model.scores(similarities, entries)
    best = int(scores.argmax())
    variance = local_variance(model.alike(near), similarities[near])
    own = np.flatnonzero(examples.owners == best)
    if not len(own):  # an entry without any example can only win where nothing matches
        return Ranking(scores, raw_confidence(0.0, 1.0, 0.0, 1.0), 0.0, 1.0, -1)
    example = int(own[similarities[own].argmax()])
    nearest = float(similarities[example])
    raw = raw_confidence(float(scores[best]), variance, nearest, vector.unseen)
    return Ranking(scores, raw, nearest, variance, example)


def rank_near(
    examples: ExampleMatrix, vector: SparseVector, entries: int, without: Sequence[int] = ()
) -> Ranking:
    """Score the entries of the nearest examples, some of which may be left out."""
    rough = examples.coarse(vector)
    rough[list(without)] = -1.0
    rows = largest(rough, _COARSE)
    rows = rows[rough[rows] > 0.0]
    scores = np.full(entries, -1.0, np.float32)
    if not len(rows):
        return Ranking(scores, raw_confidence(0.0, 1.0, 0.0, 1.0), 0.0, 1.0, -1)
    exact = examples.exact(vector, rows)
    near = largest(exact, NEAR)
    rows, exact = rows[near], exact[near]
    parts, variance = local_scores(examples.gram(rows), exact)
    owners = examples.owners[rows]
    scores[owners] = 0.0
    np.add.at(scores, owners, parts)
    best = int(scores.argmax())
    own = np.flatnonzero(owners == best)
    place = int(own[exact[own].argmax()])
    nearest = float(exact[place])
    raw = raw_confidence(float(scores[best]), variance, nearest, vector.unseen)
    return Ranking(scores, raw, nearest, variance, int(rows[place]))


def largest(values: Floats, count: int) -> npt.NDArray[np.intp]:
    """The places of the ``count`` largest values, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(-values, count)[:count]


def margin_of(scores: Floats) -> float:
    """How far the best score is ahead of the second best; scores below zero count as zero."""
    if len(scores) < 2:
        return max(0.0, float(scores.max(initial=0.0)))
    second, best = np.partition(scores, len(scores) - 2)[-2:]
    return max(0.0, float(best)) - max(0.0, float(second))
