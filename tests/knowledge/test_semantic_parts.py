"""Embeddings beside the words: what the matcher does with an encoder, and without a model."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from knowledge.search.matcher import Matcher
from knowledge.search.semantic import FusedMatcher, SemanticUnavailable, find_model, load_encoder
from knowledge.search.vectors import Floats
from tests.knowledge.small_base import BASE
from tests.knowledge.test_search_semantic import meaning


@pytest.fixture(scope="module")
def words() -> Matcher:
    """The English examples of the small base."""
    return Matcher.build({key: texts["en"] for key, texts in BASE.items()}, "en")


@pytest.fixture(scope="module")
def fused(words: Matcher) -> FusedMatcher:
    return FusedMatcher.build(words, meaning)


def test_a_word_that_only_the_meaning_knows_finds_its_article(
    words: Matcher, fused: FusedMatcher
) -> None:
    asked = "plumbum"
    assert [entry for entry, _ in words.match(asked).ranked][:1] != ["lead-limits"]
    assert fused.match("how much plumbum is too much").ranked[0][0] == "lead-limits"


def test_agreement_makes_surer_and_disagreement_never_does(
    words: Matcher, fused: FusedMatcher
) -> None:
    agreed = "how much lead is too much in a garden"
    assert fused.match(agreed).ranked[0][0] == words.match(agreed).ranked[0][0] == "lead-limits"
    misled = "how do i rinse lead off an empty spray can"
    told, plain = fused.match(misled), words.match(misled)
    if told.ranked[0][0] != plain.ranked[0][0]:
        assert told.sureness <= plain.sureness


def test_the_ranking_is_in_order_and_no_longer_than_asked(fused: FusedMatcher) -> None:
    ranked = fused.match("limits for cadmium", limit=3).ranked
    assert len(ranked) == 3
    assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)
    assert fused.match("limits for cadmium").margin == pytest.approx(
        ranked[0][1] - ranked[1][1], abs=1e-3
    )


def test_what_the_words_cannot_read_stays_unknown(words: Matcher, fused: FusedMatcher) -> None:
    assert fused.match("…!?") == words.match("…!?", limit=50)


def test_it_is_calibrated_by_its_words(words: Matcher, fused: FusedMatcher) -> None:
    assert fused.texts == words.texts
    assert fused.calibration == words.calibration
    assert fused.repair is words.repair


class Network:
    """Stands in for a model of the library."""

    def __init__(self, name: str, *, device: str) -> None:
        if name == "broken":
            raise OSError("no such file")
        self.name = name
        assert device == "cpu"

    def encode(
        self, texts: Sequence[str], *, normalize_embeddings: bool, show_progress_bar: bool
    ) -> list[list[float]]:
        assert normalize_embeddings
        assert not show_progress_bar
        return meaning(texts).astype(np.float64).tolist()  # type: ignore[no-any-return]  # numpy's


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The optional library, as far as it is used."""
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = Network  # type: ignore[attr-defined]  # a module of the test's
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)


@pytest.mark.usefixtures("library")
def test_a_model_is_loaded_by_its_folder_and_gives_rows(tmp_path: Path) -> None:
    encode = load_encoder(str(tmp_path))
    rows: Floats = encode(["lead", "a sample"])
    assert rows.dtype == np.float32
    assert rows.shape == (2, 3)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0)


@pytest.mark.usefixtures("library")
def test_a_model_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(SemanticUnavailable, match="the model 'broken' cannot be loaded"):
        load_encoder("broken")


def test_the_absence_of_the_library_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(SemanticUnavailable, match=r"pip install 'insop-assistant\[semantic\]'"):
        load_encoder("any")


def test_a_package_is_a_model_only_where_it_carries_one() -> None:
    assert find_model("numpy") is None
