"""Measures of a search with refusal, as benchmarks define them; all between 0 and 1."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence

import numpy as np


def accuracy(ranks: Sequence[int | None]) -> float:
    """Share of questions whose right entry came first (rank 0; None means not found)."""
    return recall(ranks, 1)


def recall(ranks: Sequence[int | None], count: int) -> float:
    """Share of questions whose right entry is among the first ``count``."""
    if not ranks:
        return 0.0
    return sum(rank is not None and rank < count for rank in ranks) / len(ranks)


def reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """Mean of 1 / (rank + 1); an entry that was not found counts zero."""
    if not ranks:
        return 0.0
    return sum(1 / (rank + 1) for rank in ranks if rank is not None) / len(ranks)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """Chance that a question in scope has more confidence than one out of scope; ties half."""
    if not inside or not outside:
        return None
    beyond = np.sort(np.asarray(outside, float))
    within = np.asarray(inside, float)
    below = np.searchsorted(beyond, within, side="left")
    up_to = np.searchsorted(beyond, within, side="right")
    return float((below + up_to).sum() / 2 / (len(within) * len(beyond)))


def refused_at(inside: Sequence[float], outside: Sequence[float], share: float) -> float | None:
    """Share of out-of-scope questions refused when ``share`` of those in scope are."""
    if not inside or not outside:
        return None
    threshold = float(np.quantile(np.asarray(inside, float), share))
    return float((np.asarray(outside, float) < threshold).mean())


def misspell(text: str, chance: random.Random) -> str:
    """The text with one or two letters left out, doubled up, replaced or swapped at random."""
    alphabet = sorted({letter for letter in text.lower() if letter.isalpha()})
    if all(letter.isascii() for letter in alphabet):
        alphabet = list(string.ascii_lowercase)
    for _ in range(chance.choice((1, 2))):
        places = [place for place, letter in enumerate(text) if letter.isalpha()]
        if not places:
            break
        place = chance.choice(places)
        other = chance.choice(alphabet)
        before, here, after = text[:place], text[place], text[place + 1 :]
        text = chance.choice(
            (
                before + after,
                before + other + here + after,
                before + other + after,
                before + after[:1] + here + after[1:],
            )
        )
    return text
