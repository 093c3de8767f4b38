"""How sure: one number for a ranking, the chance that its first entry is right, two thresholds.

All comes from the knowledge base alone. Each example is asked as a question twice: once with
itself left out (it should be answered), once with its whole entry left out (it should be
refused). A one-dimensional logistic fit (Platt 1999) turns the raw confidence into a
chance, and the threshold for showing anything is the 12 % quantile of the answerable ones.
Questions that staff have labelled replace these once there are enough (`refit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import exp
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_FALSE_REFUSALS: Final = 0.12
ENOUGH_LABELS: Final = 40
_OUTSIDE_SHARE: Final = 0.25
"""Weight of an unanswerable question beside an answerable one, where sureness is fitted."""

_SURE: Final = 0.70
"""Sureness from which one article is shown as the answer.

Examples left out are harder than real questions, so the true share of right first articles lies
higher: on the 164 questions of the tests 135 reach it, one of them with the wrong article.
"""


def raw_confidence(score: float, variance: float, nearest: float, unseen: float) -> float:
    """The first entry's score, plus nearness, less what no example explains or has ever held.

    The weights were chosen on CLINC150, Curekart, corpus50 en and xSID en, and lie on a plateau.
    """
    return score - 0.2 * variance + 0.3 * nearest - 0.2 * unseen


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve over confidence, one over confidence and margin, and two thresholds.

    ``suggest_from`` is a chance (see `chance`), ``answer_from`` a sureness (see `sureness`).
    ``false_refusals`` and ``refused_outside`` are what the fit expects of itself: the share of
    answerable questions below ``suggest_from``, and of unanswerable ones. ``labels`` counts the
    questions labelled by staff that it rests on.
    """

    slope: float = 8.0
    middle: float = 0.35
    sure_raw: float = 4.0
    sure_margin: float = 6.0
    sure_offset: float = -3.0
    suggest_from: float = 0.35
    answer_from: float = _SURE
    false_refusals: float = 0.0
    refused_outside: float = 0.0
    labels: int = 0

    def chance(self, raw: float) -> float:
        """The chance that the question can be answered at all, between 0 and 1."""
        return _logistic(self.slope * (raw - self.middle))

    def sureness(self, raw: float, margin: float) -> float:
        """The chance that the first entry is the right one, between 0 and 1."""
        return _logistic(self.sure_raw * raw + self.sure_margin * margin + self.sure_offset)

    def state(self) -> dict[str, float]:
        """Plain numbers to store; pass them to the constructor to restore."""
        return asdict(self)


Tried = Sequence[tuple[float, float]]
"""Raw confidence and margin of questions that were tried."""


def calibrate(right: Tried, wrong: Tried, outside: Tried) -> Calibration:
    """Fit from questions ranked rightly, wrongly, and unanswerable ones."""
    if len(right) < 3 or len(right) + len(wrong) < 5:
        return Calibration()
    good, bad, beyond = (np.asarray(part, float).reshape(-1, 2) for part in (right, wrong, outside))
    answerable = np.concatenate([good, bad])[:, 0]
    refused = np.concatenate([bad, beyond])
    line = _platt(good[:, :1], refused[:, :1], np.ones(len(refused)))
    weights = np.concatenate([np.ones(len(bad)), np.full(len(beyond), _OUTSIDE_SHARE)])
    sure = _platt(good, refused, weights * len(good) / len(answerable), is_balanced=False)
    slope = max(float(line[0]), 0.05)
    cut = float(np.quantile(answerable, _FALSE_REFUSALS))
    fitted = Calibration(slope=slope, middle=-float(line[1]) / slope)
    return replace(
        fitted,
        sure_raw=float(sure[0]),
        sure_margin=float(sure[1]),
        sure_offset=float(sure[2]),
        suggest_from=min(fitted.chance(cut), 0.6),
        false_refusals=float((answerable < cut).mean()),
        refused_outside=float((beyond[:, 0] < cut).mean()) if len(beyond) else 0.0,
    )


def refit(start: Calibration, right: Tried, wrong: Tried) -> Calibration:
    """Set curves and thresholds from questions that staff have labelled, once there are enough.

    With fewer than `ENOUGH_LABELS`, or hardly any of one kind, ``start`` comes back unchanged.
    """
    if len(right) + len(wrong) < ENOUGH_LABELS or min(len(right), len(wrong)) < 10:
        return start
    fitted = calibrate(right, wrong, ())
    good = np.asarray(right, float)[:, 0]
    bad = np.asarray(wrong, float)[:, 0]
    cut = float(np.quantile(good, _FALSE_REFUSALS / 2))
    return replace(
        fitted,
        suggest_from=min(fitted.chance(cut), 0.6),
        false_refusals=float((good < cut).mean()),
        refused_outside=float((bad < cut).mean()),
        labels=len(right) + len(wrong),
    )


def _platt(
    positives: Numbers, negatives: Numbers, weights: Numbers, is_balanced: bool = True
) -> Numbers:
    """Coefficients and offset of a logistic fit by Newton's method (``weights``: negatives')."""
    values = np.concatenate([positives, negatives])
    truth = np.concatenate([np.full(len(positives), 0.98), np.full(len(negatives), 0.02)])
    weight = np.concatenate([np.ones(len(positives)), weights])
    if is_balanced and len(negatives):
        weight[: len(positives)] *= weights.sum() / len(positives)
    weight /= weight.sum()
    centre, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-3)
    design = np.column_stack([(values - centre) / spread, np.ones(len(values))])
    line = np.zeros(design.shape[1])
    ridge = 1e-3 * np.eye(len(line))
    for _ in range(40):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ line, -30, 30)))
        gradient = design.T @ (weight * (chance - truth)) + ridge @ line
        curvature = weight * np.maximum(chance * (1 - chance), 1e-4)
        line = line - np.linalg.solve((design * curvature[:, None]).T @ design + ridge, gradient)
    slopes = np.maximum(line[:-1], 0.0) / spread
    return np.append(slopes, line[-1] - float(slopes @ centre))


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, value))))
