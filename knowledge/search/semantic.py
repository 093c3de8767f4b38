"""The optional extra: sentence embeddings beside the words (``pip install .[semantic]``).

Off by default. Nothing here imports the library until `load_encoder` is called, and a download
never starts from here unless the model's name is not a folder and not an installed package.

Both searches rank on their own; scores are added and the calibrated chances averaged, so either
can carry a question that the other does not understand.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np

from knowledge.search.confidence import Calibration, calibrate
from knowledge.search.matcher import Match, Matcher
from knowledge.search.repair import SpellingRepair
from knowledge.search.vectors import Floats

Encoder = Callable[[Sequence[str]], Floats]
"""From texts to rows of unit length."""

_MODEL_FILES: Final = ("modules.json", "config_sentence_transformers.json", "config.json")
_DEEP: Final = 50


class SemanticUnavailable(RuntimeError):
    """The extra is not installed, or the model cannot be loaded; the message says which."""


def load_encoder(model: str) -> Encoder:
    """An encoder from a model's name, its folder, or an installed package that carries it.

    Raises `SemanticUnavailable`.
    """
    try:
        library: Any = importlib.import_module("sentence_transformers")
    except ImportError as error:
        raise SemanticUnavailable(
            "sentence embeddings are not installed: pip install 'insop-assistant[semantic]'"
        ) from error
    place = find_model(model)
    try:
        network = library.SentenceTransformer(str(place) if place else model, device="cpu")
    except (OSError, ValueError, RuntimeError) as error:
        raise SemanticUnavailable(f"the model {model!r} cannot be loaded: {error}") from error

    def encode(texts: Sequence[str]) -> Floats:
        rows = network.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, np.float32)

    return encode


def find_model(model: str) -> Path | None:
    """A model's folder on this machine: the name itself, or inside a package of that name."""
    folder = Path(model)
    if folder.is_dir():
        return folder
    try:
        found = metadata.files(model) or []
    except (metadata.PackageNotFoundError, ValueError):
        return None
    for name in _MODEL_FILES:
        for file in found:
            if file.name == name:
                return Path(str(file.locate())).parent
    return None


@dataclass(frozen=True, slots=True)
class FusedMatcher:
    """A matcher with embeddings beside it; serves wherever a `Matcher` does."""

    lexical: Matcher
    encoder: Encoder
    rows: Floats
    semantic: Calibration

    @classmethod
    def build(cls, lexical: Matcher, encoder: Encoder) -> FusedMatcher:
        """Embed the examples and calibrate on them."""
        rows = encoder(lexical.texts) if lexical.texts else np.zeros((0, 1), np.float32)
        return cls(lexical, encoder, rows, _calibrate(rows, lexical))

    @property
    def texts(self) -> tuple[str, ...]:
        """The example texts."""
        return self.lexical.texts

    @property
    def calibration(self) -> Calibration:
        """Thresholds: those of the words."""
        return self.lexical.calibration

    @property
    def repair(self) -> SpellingRepair:
        """The words' spelling repair."""
        return self.lexical.repair

    def match(self, text: str, limit: int = 10) -> Match:
        """Rank by words and embeddings together."""
        words = self.lexical.match(text, limit=_DEEP)
        if not len(self.rows) or not words.ranked:
            return words
        closeness = self._by_entry(self.rows @ self.encoder([text])[0])
        scores = {
            entry: float(closeness[number]) for number, entry in enumerate(self.lexical.entries)
        }
        for entry, score in words.ranked:
            scores[entry] += score
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        raw, margin = _shape(closeness)
        chance = 0.5 * (words.chance + self.semantic.chance(raw))
        sureness = 0.5 * (words.sureness + self.semantic.sureness(raw, margin))
        agreed = ranked[0][0] == words.ranked[0][0]
        return replace(
            words,
            ranked=tuple((entry, round(score, 4)) for entry, score in ranked[:limit]),
            chance=chance,
            sureness=sureness if agreed else min(sureness, words.sureness),
            margin=ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0),
        )

    def _by_entry(self, closeness: Floats) -> Floats:
        best = np.full(len(self.lexical.entries), -1.0, np.float32)
        np.maximum.at(best, self.lexical.examples.owners, closeness)
        return best


def _calibrate(rows: Floats, lexical: Matcher) -> Calibration:
    """Ask every example with itself, and with its entry, left out."""
    right: list[tuple[float, float]] = []
    wrong: list[tuple[float, float]] = []
    outside: list[tuple[float, float]] = []
    owners = lexical.examples.owners
    for number, row in enumerate(rows):
        closeness = rows @ row
        closeness[number] = -1.0
        best = np.full(len(lexical.entries), -1.0, np.float32)
        np.maximum.at(best, owners, closeness)
        is_right = int(best.argmax()) == int(owners[number])
        (right if is_right else wrong).append(_shape(best))
        best[owners[number]] = -1.0
        outside.append(_shape(best))
    return calibrate(right, wrong, outside)


def _shape(best: Floats) -> tuple[float, float]:
    """The best closeness, and how far it is ahead."""
    if len(best) < 2:
        return float(best.max(initial=0.0)), 1.0
    second, first = np.partition(best, len(best) - 2)[-2:]
    return float(first), float(first - second)
