"""Asking the knowledge base its own questions: what it would say had it never seen them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from knowledge.search.confidence import raw_confidence
from knowledge.search.examples import ExampleMatrix
from knowledge.search.nearest import NEAR, largest, margin_of, rank_near
from knowledge.search.ranking import DenseModel, local_variance
from knowledge.search.training import Trained
from knowledge.search.vectors import Floats, SparseVector

_SAMPLE: Final = 400


@dataclass(slots=True)
class LeftOut:
    """Raw confidence and margin of right and wrong rankings with the example itself left out,
    and of questions whose whole entry is left out. ``found`` are (example, entry found)."""

    right: list[tuple[float, float]] = field(default_factory=list)
    wrong: list[tuple[float, float]] = field(default_factory=list)
    outside: list[tuple[float, float]] = field(default_factory=list)
    found: list[tuple[int, int]] = field(default_factory=list)

    def add(self, example: int, owner: int, found: int, tried: tuple[float, float]) -> None:
        """Count one example that was left out by itself."""
        (self.right if found == owner else self.wrong).append(tried)
        self.found.append((example, found))


def left_out(
    examples: ExampleMatrix, trained: Trained | None, sample: int | None = _SAMPLE
) -> LeftOut:
    """Try every example, or ``sample`` of them where there is no dense model.

    An entry with a single example cannot be tried by itself, only as a question from outside.
    """
    result = LeftOut()
    if not len(examples):
        return result
    sizes = np.bincount(examples.owners)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    numbers: Sequence[int] = range(len(examples))
    if trained is None and sample is not None:
        numbers = random.Random(0).sample(numbers, min(sample, len(numbers)))
    entries = len(sizes)
    for number in numbers:
        owner = int(examples.owners[number])
        group = range(int(starts[owner]), int(starts[owner + 1]))
        if trained is not None:
            _try_dense(result, examples, trained, number, group)
            continue
        if len(group) > 1:
            vector = _vector(examples, number, range(number, number + 1))
            ranking = rank_near(examples, vector, entries, (number,))
            best = int(ranking.scores.argmax())
            result.add(number, owner, best, (ranking.raw, ranking.margin))
        ranking = rank_near(examples, _vector(examples, number, group), entries, group)
        result.outside.append((ranking.raw, ranking.margin))
    return result


def _try_dense(
    result: LeftOut, examples: ExampleMatrix, trained: Trained, number: int, group: range
) -> None:
    owner = int(examples.owners[number])
    similarities = trained.model.alike_to(number)
    similarities[number] = 0.0
    if len(group) > 1:
        scores = trained.one_out[number]
        unseen = _vector(examples, number, range(number, number + 1)).unseen
        tried, best = _raw(examples, trained.model, scores, similarities, unseen)
        result.add(number, owner, best, tried)
    similarities[group.start : group.stop] = 0.0
    scores = trained.entry_out[number].copy()
    scores[owner] = -1.0
    unseen = _vector(examples, number, group).unseen
    result.outside.append(_raw(examples, trained.model, scores, similarities, unseen)[0])


def _raw(
    examples: ExampleMatrix,
    model: DenseModel,
    scores: Floats,
    similarities: Floats,
    unseen: float,
) -> tuple[tuple[float, float], int]:
    best = int(scores.argmax())
    near = largest(similarities, NEAR)
    near = near[similarities[near] > 0.0]
    variance = 1.0
    if len(near):
        variance = local_variance(model.alike(near), similarities[near])
    nearest = float(similarities[examples.owners == best].max(initial=0.0))
    raw = raw_confidence(float(scores[best]), variance, nearest, unseen)
    return (raw, margin_of(scores)), best


def _vector(examples: ExampleMatrix, number: int, without: range) -> SparseVector:
    """An example's vector, where what only the examples ``without`` have counts as unseen."""
    begin, end = examples.starts[number], examples.starts[number + 1]
    columns = examples.columns[begin:end]
    values = examples.values[begin:end].astype(np.float32)
    first, last = examples.starts[without.start], examples.starts[without.stop]
    inside = np.searchsorted(np.sort(examples.columns[first:last]), columns, side="right")
    inside -= np.searchsorted(np.sort(examples.columns[first:last]), columns, side="left")
    everywhere = examples.by_feature_starts[columns + 1] - examples.by_feature_starts[columns]
    known = float((values[everywhere > inside] ** 2).sum())
    return SparseVector(columns, values, max(0.0, 1.0 - known))
