"""How sure: one number for a ranking, the chance that its first entry is right, two thresholds.

All comes from the knowledge base alone. Each example is asked as a question twice: once with
itself left out (it should be answered), once with its whole entry left out (it should be
refused). A one-dimensional logistic fit (Platt 1999) turns the raw confidence into a
chance, and the threshold for showing anything is the 15 % quantile of the answerable ones.
Questions that staff have labelled replace these once there are enough (`refit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import exp
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_FALSE_REFUSALS: Final = 0.15
ENOUGH_LABELS: Final = 40
_CERTAIN: Final = 0.80
"""Calibrated chance from which one article is shown as the answer."""


def raw_confidence(score: float, variance: float, nearest: float) -> float:
    """Ridge score of the first entry, lowered by what no example explains, plus nearness."""
    return score - 0.45 * variance + 0.3 * nearest


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt's line, and thresholds on the calibrated chance.

    ``false_refusals`` and ``refused_outside`` are what the fit expects of itself: the share of
    answerable questions below ``suggest_from``, and of unanswerable ones.
    """

    slope: float = 8.0
    middle: float = 0.35
    suggest_from: float = 0.35
    answer_from: float = 0.65
    false_refusals: float = 0.0
    refused_outside: float = 0.0
    labels: int = 0

    def chance(self, raw: float) -> float:
        """The calibrated chance, between 0 and 1."""
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, self.slope * (raw - self.middle)))))

    def state(self) -> dict[str, float]:
        """Plain numbers to store; pass them to the constructor to restore."""
        return asdict(self)


def calibrate(
    right: Sequence[float], wrong: Sequence[float], outside: Sequence[float]
) -> Calibration:
    """Fit from raw confidences: of right rankings, wrong rankings, unanswerable questions."""
    answerable = np.asarray([*right, *wrong], float)
    beyond = np.asarray(outside, float)
    if len(answerable) < 5 or len(right) < 3:
        return Calibration()
    negatives = np.concatenate([np.asarray(wrong, float), beyond])
    slope, middle = _platt(np.asarray(right, float), negatives)
    line = Calibration(slope=slope, middle=middle)
    cut = float(np.quantile(answerable, _FALSE_REFUSALS))
    suggest_from = min(line.chance(cut), 0.6)
    return Calibration(
        slope=slope,
        middle=middle,
        suggest_from=suggest_from,
        answer_from=max(_CERTAIN, suggest_from),
        false_refusals=float((answerable < cut).mean()),
        refused_outside=float((beyond < cut).mean()) if len(beyond) else 0.0,
        labels=0,
    )


def refit(start: Calibration, labelled: Sequence[tuple[float, bool]]) -> Calibration:
    """Set line and thresholds from questions that staff have labelled, once there are enough.

    Each is a raw confidence and whether the first article was right. With fewer than
    `ENOUGH_LABELS`, or of one kind only, ``start`` is returned unchanged.
    """
    right = np.asarray([raw for raw, is_right in labelled if is_right], float)
    wrong = np.asarray([raw for raw, is_right in labelled if not is_right], float)
    if len(labelled) < ENOUGH_LABELS or len(right) < 10 or len(wrong) < 10:
        return start
    slope, middle = _platt(right, wrong)
    line = Calibration(slope=slope, middle=middle)
    cut = float(np.quantile(right, _FALSE_REFUSALS / 2))
    suggest_from = min(line.chance(cut), 0.6)
    return Calibration(
        slope=slope,
        middle=middle,
        suggest_from=suggest_from,
        answer_from=max(_CERTAIN, suggest_from),
        false_refusals=float((right < cut).mean()),
        refused_outside=float((wrong < cut).mean()),
        labels=len(labelled),
    )


def _platt(positives: Numbers, negatives: Numbers) -> tuple[float, float]:
    """Slope and middle of a logistic curve, both classes weighing the same (Newton's method)."""
    values = np.concatenate([positives, negatives])
    truth = np.concatenate([np.full(len(positives), 0.98), np.full(len(negatives), 0.02)])
    if not len(negatives):
        return 8.0, float(np.quantile(positives, 0.1)) - 0.1
    weight = np.concatenate(
        [
            np.full(len(positives), 0.5 / len(positives)),
            np.full(len(negatives), 0.5 / len(negatives)),
        ]
    )
    centre, spread = float(values.mean()), float(values.std()) or 1.0
    design = np.stack([(values - centre) / spread, np.ones_like(values)], axis=1)
    line = np.array([1.0, 0.0])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-design @ line))
        gradient = design.T @ (weight * (chance - truth)) + 1e-4 * line
        curvature = weight * np.maximum(chance * (1 - chance), 1e-6)
        hessian = (design * curvature[:, None]).T @ design + 1e-4 * np.eye(2)
        line = line - np.linalg.solve(hessian, gradient)
    slope = max(float(line[0]), 0.05) / spread
    return slope, centre - float(line[1]) / slope
