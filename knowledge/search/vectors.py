"""Sparse vectors over the features: the vocabulary, its weights, and both directions of look-up.

Weights are (1 + ln tf) · idf^0.7, each channel scaled to its share. A feature of a question that
no example has counts in the question's length at the highest idf: it makes the question less
like everything, which is what refusal needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from knowledge.search.features import CHANNELS, WEIGHTS

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

_IDF_POWER: Final = 0.7


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Feature numbers and weights; ``unseen`` is the share of its mass that no example has."""

    ids: Ints
    values: Floats
    unseen: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Feature numbers by channel, and each feature's idf weight."""

    ids: Mapping[str, Mapping[str, int]]
    idf: Floats
    highest: float

    def vector(self, features: Mapping[str, list[str]]) -> SparseVector:
        """The weighted vector of a text; its length is one when every feature is known."""
        numbers: list[int] = []
        weights: list[float] = []
        unseen = 0.0
        for channel in CHANNELS:
            known, values, lost = self._channel(channel, features[channel])
            numbers.extend(known)
            weights.extend(values)
            unseen += WEIGHTS[channel] * lost
        return SparseVector(
            np.asarray(numbers, np.int32), np.asarray(weights, np.float32), min(1.0, unseen)
        )

    def _channel(self, channel: str, names: list[str]) -> tuple[list[int], list[float], float]:
        table = self.ids[channel]
        idf = self.idf
        known: list[int] = []
        values: list[float] = []
        total = missing = 0.0
        for name, count in Counter(names).items():
            tf = 1.0 + log(count) if count > 1 else 1.0
            number = table.get(name)
            if number is None:
                missing += (tf * self.highest) ** 2
                continue
            value = tf * float(idf[number])
            total += value * value
            known.append(number)
            values.append(value)
        scale = sqrt(WEIGHTS[channel] / (total + missing)) if total + missing else 0.0
        lost = missing / (total + missing) if total + missing else 1.0
        return known, [value * scale for value in values], lost

    def state(self) -> dict[str, Any]:
        """Arrays to store; the inverse of `restore`."""
        return {
            "idf": self.idf,
            "highest": np.float64(self.highest),
            **{f"names_{c}": pack(self.ids[c]) for c in CHANNELS},
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Vocabulary:
        """Rebuild from `state`."""
        ids: dict[str, dict[str, int]] = {}
        start = 0
        for channel in CHANNELS:
            names = unpack(state[f"names_{channel}"])
            ids[channel] = dict(zip(names, range(start, start + len(names)), strict=True))
            start += len(names)
        return cls(ids=ids, idf=state["idf"], highest=float(state["highest"]))


def weigh(texts: int, occurring: int) -> float:
    """The weight of a feature that stands in ``occurring`` of ``texts``."""
    return float((log((1 + texts) / (1 + occurring)) + 1.0) ** _IDF_POWER)


def pack(names: Sequence[str] | Mapping[str, int]) -> npt.NDArray[np.uint8]:
    """Strings as one array of bytes; none may hold a line break."""
    return np.frombuffer("\n".join(names).encode("utf-8"), np.uint8)


def unpack(data: npt.NDArray[np.uint8]) -> list[str]:
    """The inverse of `pack`."""
    text = data.tobytes().decode("utf-8")
    return text.split("\n") if text else []
