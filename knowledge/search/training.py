"""Training the dense models, and what they would have said of each example had it been missing.

The softmax is trained with the fixed Hessian bound of Böhning (1992), with Nesterov's momentum.
Leaving examples out needs no second training. For ridge, with M = K + noise and coefficients A,
the scores of a left-out set G are Y_G - (M^-1_GG)^-1 A_G, exactly; for the softmax the same form
with its working targets is a close first-order answer (Rasmussen & Williams 2006, section 5.4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from knowledge.search.ranking import NOISE, DenseModel, sharpen
from knowledge.search.vectors import Floats, Ints

_HALF: Final = np.float32(0.5)
SOFT_SHARE: Final = 0.1
_SOFT_PENALTY: Final = 0.03
_SOFT_STEPS: Final = 20
_SOFT_WORK: Final = 1.2e11
"""Multiplications after which the softmax is trained in fewer steps, down to none."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The model, and the scores of every example: itself left out, and its entry left out."""

    model: DenseModel
    one_out: Floats
    entry_out: Floats


def train(gram: Floats, owners: Ints, entries: int) -> Trained:
    """Train on the examples' similarities and owners (sorted by owner)."""
    targets = np.zeros((len(owners), entries), np.float32)
    targets[np.arange(len(owners)), owners] = 1.0
    groups = [np.flatnonzero(owners == owner) for owner in np.unique(owners)]
    identity = np.eye(len(owners), dtype=np.float32)

    inverse = _inverse(gram + NOISE * identity)
    linear = _HALF * (inverse @ targets)
    one_out, entry_out = _left_out(_HALF * targets, linear, inverse, groups)

    sharp_gram = sharpen(gram)
    inverse = _inverse(sharp_gram + NOISE * identity)
    sharp = _HALF * (inverse @ targets)
    _add(one_out, entry_out, _left_out(_HALF * targets, sharp, inverse, groups))

    soft, inverse = _softmax(gram, targets)
    soft = np.float32(SOFT_SHARE) * (soft - soft.mean(axis=1, keepdims=True))
    working = gram @ soft + np.float32(2.0 * _SOFT_PENALTY) * soft
    _add(one_out, entry_out, _left_out(working, soft, _HALF * inverse, groups))

    model = DenseModel.of(linear + soft, sharp, gram)
    return Trained(model, one_out, entry_out)


def _inverse(matrix: Floats) -> Floats:
    """The inverse of a symmetric positive definite matrix, by Cholesky; overwrites it."""
    from scipy.linalg.lapack import spotrf, spotri

    factor, failed = spotrf(matrix, lower=1, overwrite_a=1)
    half, failed_too = spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:  # cannot happen with noise on the diagonal
        raise ArithmeticError("the similarities of the examples are no covariance")
    lower = np.tril(half)
    inverse: Floats = lower + np.tril(half, -1).T
    return inverse


def _add(one_out: Floats, entry_out: Floats, more: tuple[Floats, Floats]) -> None:
    one_out += more[0]
    entry_out += more[1]


def _left_out(
    working: Floats, coefficients: Floats, inverse: Floats, groups: list[np.typing.NDArray[np.intp]]
) -> tuple[Floats, Floats]:
    """Scores with each example, and with each group of examples, left out of the training.

    ``working`` are the targets that the coefficients fit, noise included.
    """
    one_out = working - coefficients / inverse.diagonal()[:, None]
    entry_out = working.copy()
    for group in groups:
        block = inverse[np.ix_(group, group)]
        entry_out[group] -= np.linalg.solve(block, coefficients[group])
    return one_out, entry_out


def _softmax(gram: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """Coefficients of a softmax over the examples, rare entries weighed up, and the inverse
    of its curvature's bound."""
    examples, entries = targets.shape
    work = 2.0 * examples * examples * entries
    steps = min(_SOFT_STEPS, int(_SOFT_WORK / max(work, 1.0)))
    counts = targets.sum(axis=0)
    weights = np.sqrt(counts.mean() / counts)[targets.argmax(axis=1)].astype(np.float32)
    penalty = (_SOFT_PENALTY / weights)[:, None]
    inverse = _inverse(_HALF * gram + np.diagflat(penalty))
    before = ahead = np.zeros_like(targets)
    momentum = 1.0
    for _ in range(steps):
        values = gram @ ahead
        values -= values.max(axis=1, keepdims=True)
        np.exp(values, out=values)
        values /= values.sum(axis=1, keepdims=True)
        after = ahead + inverse @ (targets - values - penalty * ahead)
        following = (1.0 + np.sqrt(1.0 + 4.0 * momentum * momentum)) / 2.0
        ahead = after + np.float32((momentum - 1.0) / following) * (after - before)
        before, momentum = after, following
    return before, inverse
