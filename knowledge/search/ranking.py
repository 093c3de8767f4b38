"""Which entry fits: kernel ridge regression and a kernel softmax over the example questions.

With K the similarities of the examples, three one-against-all models are added up: ridge on K,
ridge on exp(2(K-1)), which trusts near examples more, and a little of a softmax on K, which
learns what sets close entries apart. Up to `DENSE_LIMIT` examples they are solved once over all;
beyond, the two ridges are solved for each question over its nearest examples, which costs
about a point of accuracy and keeps a question within milliseconds.

The posterior variance of the same Gaussian process says how far a question lies from all
examples (Rasmussen & Williams 2006, eq. 2.26); it is taken over the nearest ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from knowledge.search.vectors import Floats, Ints

DENSE_LIMIT: Final = 3_000
NOISE: Final = 0.25
_SHARPNESS: Final = 2.0
_STEPS: Final = np.float32(255.0)
_STEP: Final = np.float32(1.0) / _STEPS


def sharpen(similarities: Floats) -> Floats:
    """The second kernel: near examples count more."""
    sharp: Floats = np.exp(_SHARPNESS * (similarities - 1.0), dtype=np.float32)
    return sharp


@dataclass(frozen=True, slots=True)
class DenseModel:
    """Coefficients for every entry (row) and example (column), for either kernel.

    ``smooth`` holds the linear ridge and the softmax together. ``gram`` are the examples'
    similarities to each other, in 255ths: finer than they mean anything, and a quarter of the size.
    """

    smooth: Floats
    sharp: Floats
    gram: npt.NDArray[np.uint8]

    def scores(self, similarities: Floats, entries: Ints) -> Floats:
        """The scores of some entries."""
        # einsum stays on this thread; BLAS would wake its pool and wait where a core is busy
        smooth: Floats = np.einsum("i,ji->j", similarities, self.smooth[entries])
        sharp: Floats = np.einsum("i,ji->j", sharpen(similarities), self.sharp[entries])
        return smooth + sharp

    @classmethod
    def of(cls, smooth: Floats, sharp: Floats, gram: Floats) -> DenseModel:
        """From coefficients by example (row) and entry (column), and similarities from 0 to 1."""
        return cls(
            np.ascontiguousarray(smooth.T),
            np.ascontiguousarray(sharp.T),
            np.rint(np.clip(gram, 0.0, 1.0) * _STEPS).astype(np.uint8),
        )

    def alike(self, examples: npt.NDArray[np.intp]) -> Floats:
        """The similarities of some examples to each other."""
        alike: Floats = self.gram[np.ix_(examples, examples)] * _STEP
        return alike

    def alike_to(self, example: int) -> Floats:
        """The similarities of all examples to one."""
        alike: Floats = self.gram[example] * _STEP
        return alike

    def state(self) -> dict[str, Any]:
        """Arrays to store; the inverse of `restore`."""
        return {"smooth": self.smooth, "sharp": self.sharp, "gram": self.gram}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> DenseModel:
        """Rebuild from `state`."""
        return cls(state["smooth"], state["sharp"], state["gram"])


def local_scores(gram: Floats, similarities: Floats) -> tuple[Floats, float]:
    """Ridge over a few near examples: each one's contribution to its entry, and the variance."""
    noise = NOISE * np.eye(len(gram), dtype=np.float32)
    linear = np.linalg.solve(gram + noise, similarities)
    sharp = np.linalg.solve(sharpen(gram) + noise, sharpen(similarities))
    parts: Floats = (0.5 * (linear + sharp)).astype(np.float32)
    return parts, 1.0 - float(linear @ similarities)


def local_variance(gram: Floats, similarities: Floats) -> float:
    """The share of a question that its nearest examples leave unexplained."""
    noise = NOISE * np.eye(len(gram), dtype=np.float32)
    return 1.0 - float(np.linalg.solve(gram + noise, similarities) @ similarities)
