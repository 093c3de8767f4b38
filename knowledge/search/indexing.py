"""Building vocabulary and example matrix together, in one pass over the texts.

Every feature gets a number when it is first met, and an example is kept as numbers and counts
alone; weights and lengths are then worked out for all examples at once. A hundred thousand
examples pass through here, so no feature strings are held twice.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from knowledge.search.examples import ExampleMatrix
from knowledge.search.features import CHANNELS, WEIGHTS, FeatureMaker
from knowledge.search.vectors import Vocabulary, weigh

_PRUNE_FROM: Final = 3_000
"""From this many examples on, letter groups and pairs that stand in one example only are left
out: the words themselves still say it, and the matrix shrinks by a third."""

_PRUNED: Final = ("b", "c")

Numbers = npt.NDArray[Any]


class _Channel:
    """One channel's features while reading: numbers by name, and each example's counts."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.ids = array("i")
        self.counts = array("H")
        self.lengths = array("i")

    def read(self, features: Sequence[str]) -> None:
        names = self.names
        counts = Counter(features)
        self.ids.extend([names.setdefault(name, len(names)) for name in counts])
        self.counts.extend([min(count, 65_535) for count in counts.values()])
        self.lengths.append(len(counts))

    def weigh(
        self, examples: int, share: float, prune: bool
    ) -> tuple[dict[str, int], Numbers, Numbers, Numbers, Numbers]:
        """Kept names, their idf, and rows, columns and weights of the examples."""
        ids = np.frombuffer(self.ids, np.int32) if self.ids else np.zeros(0, np.int32)
        counts = np.frombuffer(self.counts, np.uint16) if self.ids else np.zeros(0, np.uint16)
        lengths = np.frombuffer(self.lengths, np.int32)
        texts = np.bincount(ids, minlength=len(self.names))
        table = np.array([weigh(examples, n) for n in range(int(texts.max(initial=0)) + 1)])
        idf = table[texts] if len(self.names) else np.zeros(0)
        rows = np.repeat(np.arange(examples, dtype=np.int32), lengths)
        values = (1.0 + np.log(counts, dtype=np.float32)) * idf[ids].astype(np.float32)
        squares = np.bincount(rows, weights=values * values, minlength=examples)
        scale = np.sqrt(share / np.maximum(squares, 1e-12)).astype(np.float32)
        values *= scale[rows]
        names, kept = self.names, np.ones(len(self.names), bool)
        if prune:
            kept = texts > 1
            renumber = np.cumsum(kept) - 1
            mask = kept[ids]
            ids, rows, values = renumber[ids[mask]].astype(np.int32), rows[mask], values[mask]
            chosen = kept.tolist()
            names = {
                name: number
                for number, name in enumerate(
                    name for name, is_kept in zip(names, chosen, strict=True) if is_kept
                )
            }
        return names, idf[kept], rows, ids, values


def build_index(
    found: Sequence[Sequence[str]], owners: Sequence[int], maker: FeatureMaker
) -> tuple[Vocabulary, ExampleMatrix]:
    """Vocabulary and matrix of examples, each given as its folded words."""
    channels = {channel: _Channel() for channel in CHANNELS}
    for words in found:
        for channel, features in maker.features(list(words)).items():
            channels[channel].read(features)
    prune = len(found) >= _PRUNE_FROM
    ids: dict[str, dict[str, int]] = {}
    parts: list[tuple[Numbers, Numbers, Numbers]] = []
    idf: list[Numbers] = []
    start = 0
    for channel in CHANNELS:
        names, weights, rows, columns, values = channels.pop(channel).weigh(
            len(found), WEIGHTS[channel], prune and channel in _PRUNED
        )
        ids[channel] = {name: number + start for name, number in names.items()}
        parts.append((rows, columns + np.int32(start), values))
        idf.append(weights)
        start += len(names)
    vocabulary = Vocabulary(
        ids=ids,
        idf=np.concatenate(idf).astype(np.float32),
        highest=weigh(len(found), 0),
    )
    rows, columns, values = (np.concatenate([part[i] for part in parts]) for i in range(3))
    parts.clear()
    order = np.argsort(rows, kind="stable")
    matrix = ExampleMatrix.of(rows[order], columns[order], values[order], owners, start)
    return vocabulary, matrix
