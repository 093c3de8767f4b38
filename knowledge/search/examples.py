"""The matrix of example texts, looked up by example and by feature.

Plain compressed arrays instead of a SciPy matrix: a question needs two gathers and a bincount,
and loading SciPy would cost more than the look-up of a hundred questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import local
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from knowledge.search.vectors import Floats, Ints, SparseVector

Weights = npt.NDArray[np.float16] | npt.NDArray[np.float32]

_IN_FULL: Final = 10_000
"""Examples up to which weights are kept in full: half of each takes time to widen."""

_BUDGET: Final = 30_000
"""Postings that a question may touch in the coarse look-up of a large knowledge base."""


_BLOCK: Final = 100
"""Columns multiplied at once: few enough that BLAS stays on this thread. Waking its pool costs
tens of milliseconds where another process keeps a core busy."""


class _Scratch(local):
    """A dense row a thread, kept between questions and always left at zero."""

    row: Floats = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class ExampleMatrix:
    """Rows are examples, sorted by entry; ``owners`` holds each row's entry number."""

    starts: Ints
    columns: Ints
    values: Weights
    by_feature_starts: Ints
    rows: Ints
    row_values: Weights
    owners: Ints
    _scratch: _Scratch

    @classmethod
    def of(
        cls, rows: Ints, columns: Ints, values: Floats, owners: Sequence[int], features: int
    ) -> ExampleMatrix:
        """From row, column and weight of each cell, sorted by row."""
        starts = np.zeros(len(owners) + 1, np.int32)
        np.cumsum(np.bincount(rows, minlength=len(owners)), out=starts[1:])
        by_feature = np.zeros(features + 1, np.int32)
        np.cumsum(np.bincount(columns, minlength=features), out=by_feature[1:])
        order = np.argsort(columns, kind="stable")
        kept: Weights = values if len(owners) <= _IN_FULL else values.astype(np.float16)
        return cls(
            starts,
            columns,
            kept,
            by_feature,
            rows[order],
            kept[order],
            np.asarray(owners, np.int32),
            _Scratch(),
        )

    def __len__(self) -> int:
        return len(self.owners)

    def similarities(self, vector: SparseVector) -> Floats:
        """The similarity of the question to every example."""
        return self._accumulate(vector.ids, vector.values)

    def coarse(self, vector: SparseVector) -> Floats:
        """Like `similarities`, from the rarest features alone: for a large knowledge base."""
        counts = self.by_feature_starts[vector.ids + 1] - self.by_feature_starts[vector.ids]
        order = np.argsort(counts, kind="stable")
        within = np.cumsum(counts[order]) <= _BUDGET
        within[:1] = True
        chosen = order[within]
        return self._accumulate(vector.ids[chosen], vector.values[chosen])

    def _accumulate(self, ids: Ints, values: Floats) -> Floats:
        first = self.by_feature_starts[ids]
        counts = self.by_feature_starts[ids + 1] - first
        total = int(counts.sum())
        if not total:
            return np.zeros(len(self), np.float32)
        places = _spread(first, counts, total)
        weights = self.row_values.take(places) * np.repeat(values, counts)
        sums = np.bincount(self.rows.take(places), weights=weights, minlength=len(self))
        return sums.astype(np.float32)

    def exact(self, vector: SparseVector, rows: npt.NDArray[np.intp]) -> Floats:
        """The similarity of the question to some examples, over all features."""
        row = self._row()
        row[vector.ids] = vector.values
        first = self.starts[rows]
        counts = self.starts[rows + 1] - first
        places = _spread(first, counts, int(counts.sum()))
        products = row[self.columns[places]] * self.values[places]
        row[vector.ids] = 0.0
        owner = np.repeat(np.arange(len(rows)), counts)
        return np.bincount(owner, weights=products, minlength=len(rows)).astype(np.float32)

    def gram(self, rows: npt.NDArray[np.intp]) -> Floats:
        """The similarities of some examples to each other."""
        first = self.starts[rows]
        counts = self.starts[rows + 1] - first
        places = _spread(first, counts, int(counts.sum()))
        _, numbers = np.unique(self.columns[places], return_inverse=True)
        dense = np.zeros((len(rows), int(numbers.max(initial=0)) + 1), np.float32)
        dense[np.repeat(np.arange(len(rows)), counts), numbers] = self.values[places]
        total = np.zeros((len(rows), len(rows)), np.float32)
        for begin in range(0, dense.shape[1], _BLOCK):
            block = np.ascontiguousarray(dense[:, begin : begin + _BLOCK])
            total += block @ np.ascontiguousarray(block.T)
        return total

    def full_gram(self) -> Floats:
        """The similarities of all examples to each other; for building only."""
        from scipy.sparse import csr_array

        shape = (len(self), len(self.by_feature_starts) - 1)
        sparse = csr_array((self.values.astype(np.float32), self.columns, self.starts), shape=shape)
        gram: Floats = (sparse @ sparse.T).toarray().astype(np.float32)
        return gram

    def _row(self) -> Floats:
        size = len(self.by_feature_starts) - 1
        if len(self._scratch.row) != size:
            self._scratch.row = np.zeros(size, np.float32)
        return self._scratch.row

    def state(self) -> dict[str, Any]:
        """Arrays to store; the inverse of `restore`."""
        return {
            "starts": self.starts,
            "columns": self.columns,
            "values": self.values,
            "by_feature_starts": self.by_feature_starts,
            "rows": self.rows,
            "row_values": self.row_values,
            "owners": self.owners,
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> ExampleMatrix:
        """Rebuild from `state`."""
        return cls(
            state["starts"],
            state["columns"],
            state["values"],
            state["by_feature_starts"],
            state["rows"],
            state["row_values"],
            state["owners"],
            _Scratch(),
        )


def _spread(first: Ints, counts: Ints, total: int) -> npt.NDArray[np.int64]:
    """The numbers first[i], first[i]+1, … counts[i] of each, one after the other."""
    ends = np.cumsum(counts)
    places: npt.NDArray[np.int64] = np.arange(total) + np.repeat(first - (ends - counts), counts)
    return places
