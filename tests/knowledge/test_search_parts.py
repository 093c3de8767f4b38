"""The parts of the search: folding, concepts, repair, splitting, calibration."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.boundaries import boundary
from knowledge.search.arrays import map_arrays, write_arrays
from knowledge.search.concepts import glossary, to_english
from knowledge.search.confidence import ENOUGH_LABELS, Calibration, calibrate, refit
from knowledge.search.features import FeatureMaker
from knowledge.search.matcher import Matcher
from knowledge.search.normalise import fold, words
from knowledge.search.repair import SpellingRepair
from knowledge.search.splitting import split_questions
from knowledge.search.stems import stem
from knowledge.search.training import train
from knowledge.search.transliteration import to_cyrillic


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ÉTÉ", "ete"),
        ("أرضٌ", "ارض"),
        ("مدرسة", "مدرسه"),
        ("Ёлка", "елка"),
        ("ＡＢＣ", "abc"),
        ("٣٠٠", "300"),
        ("heeeeelp", "heelp"),
        ("so\u200bil", "soil"),
    ],
)
def test_two_spellings_fold_into_one(left: str, right: str) -> None:
    assert fold(left) == right


def test_han_characters_are_words() -> None:
    assert words("土壤pH值5.5") == ["土", "壤", "ph", "值", "5.5"]


def test_arabic_forms_share_a_root() -> None:
    assert stem("التربه", "ar") == stem("تربه", "ar") == stem("وتربه", "ar")


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("Pb 300 mg/kg", "lead"),
        ("limit of 7440-43-9", "cadmium"),
        ("As 20 mg/kg", "arsenic"),
    ],
)
def test_symbols_are_spelt_out(text: str, spelt: str) -> None:
    assert spelt in glossary().spell_out(text)


@pytest.mark.parametrize("text", ["As you know, lead is bad", "Se puede quemar", "NI PB"])
def test_words_are_no_symbols(text: str) -> None:
    assert glossary().spell_out(text) == text


def test_terms_become_english() -> None:
    english, share = to_english("límite de plomo en el huerto", "es")
    assert english.split() == ["limit", "lead", "garden"]
    assert 0 < share <= 1


def test_every_term_has_six_names() -> None:
    missing = {
        (concept, language)
        for concept, names in glossary().names.items()
        for language in ("en", "fr", "es", "ar", "ru", "zh")
        if not names[language]
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("word", "repaired"),
    [
        ("pestcide", "pesticide"),
        ("pestisid", "pesticide"),
        ("contianer", "container"),
        ("pesticides", None),
        ("water", None),
        ("xyz", None),
        ("pest1cide", None),
    ],
)
def test_repair(word: str, repaired: str | None) -> None:
    known = SpellingRepair.learn([["pesticide", "container", "rinse"]], "en")
    assert known.repair(word) == repaired


def test_repair_after_storing_is_the_same() -> None:
    known = SpellingRepair.learn([["pesticide", "container"]], "en")
    assert SpellingRepair.restore(known.state(), "en").repair("pestcide") == "pesticide"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("what is lead? how do I wash vegetables?", 2),
        ("How deep should I sample and where do I send it?", 2),
        ("¿Cómo tomo una muestra y dónde la envío?", 2),
        ("lead and cadmium limits", 1),
        ("Hello! How do I join?", 1),
    ],
)
def test_splitting(text: str, parts: int) -> None:
    assert len(split_questions(text)) == parts


def test_transliteration() -> None:
    assert to_cyrillic("kak vzyat probu pochvy") == "как взят пробу почвы"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("how many ml per litre", "dosage"),
        ("which antidote helps", "medical"),
        ("我要打官司", "legal"),
        ("how do I wash vegetables", None),
        ("who pays for clean-up", None),
    ],
)
def test_boundaries(text: str, name: str | None) -> None:
    assert boundary(text) == name


def test_leaving_out_in_closed_form_is_training_without() -> None:
    """Exact for the ridges; the softmax, a tenth of the sum, is a first-order answer."""
    rng = np.random.default_rng(0)
    rows = (rng.random((12, 60)) * (rng.random((12, 60)) < 0.2)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    gram = rows @ rows.T
    owners = np.repeat(np.arange(4, dtype=np.int32), 3)
    one_out = train(gram.copy(), owners, 4).one_out
    for out in range(12):
        kept = np.arange(12) != out
        again = train(gram[np.ix_(kept, kept)].copy(), owners[kept], 4).model
        expected = gram[out, kept] @ again.smooth.T
        expected += np.exp(2.0 * (gram[out, kept] - 1.0)) @ again.sharp.T
        assert np.abs(one_out[out] - expected).max() < 0.06


def test_calibration_orders_and_separates() -> None:
    right = [(0.9 + 0.01 * i, 0.5) for i in range(30)]
    wrong = [(0.4 + 0.01 * i, 0.05) for i in range(10)]
    outside = [(0.1 + 0.01 * i, 0.05) for i in range(40)]
    fitted = calibrate(right, wrong, outside)
    assert fitted.chance(1.0) > 0.8 > 0.3 > fitted.chance(0.1)
    assert fitted.sureness(1.0, 0.5) > fitted.sureness(0.5, 0.05)
    assert fitted.refused_outside > 0.8


def test_too_few_examples_keep_the_default() -> None:
    assert calibrate([(1.0, 1.0)], [], []) == Calibration()


def test_labels_count_only_once_there_are_enough() -> None:
    start = Calibration()
    right = [(1.0 + 0.01 * i, 0.6) for i in range(ENOUGH_LABELS)]
    wrong = [(0.2 + 0.01 * i, 0.1) for i in range(12)]
    assert refit(start, right[:20], wrong) is start
    fitted = refit(start, right, wrong)
    assert fitted.labels == len(right) + len(wrong)
    assert fitted.chance(1.0) > fitted.chance(0.25)


def test_large_and_small_bases_agree_on_the_plain_case() -> None:
    base = {
        f"e{n}": tuple(f"question {n} about thing{n} part{i}" for i in range(3)) for n in range(40)
    }
    dense = Matcher.build(base, "en")
    local = replace(dense, model=None)
    for n in (0, 7, 39):
        text = f"what about thing{n}"
        assert dense.match(text).ranked[0][0] == local.match(text).ranked[0][0] == f"e{n}"


def test_arrays_come_back_as_they_were_and_damage_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "arrays"
    arrays = {
        "a": np.arange(7, dtype=np.int32),
        "b": np.ones((3, 5), np.float16),
        "none": np.zeros((0, 4), np.float32),
        "c": np.float64(2.5),
    }
    with path.open("wb") as file:
        write_arrays(file, arrays)
    found = map_arrays(path)
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)
        assert not found[name].flags.writeable
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:-70], b"", whole[:90] + b"?" + whole[91:], b"x" * 500):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"."):
            map_arrays(path)


def test_what_people_mistype_fills_no_memory() -> None:
    """Every word is new; the letter groups of a thousand are kept, and of no more."""
    maker = FeatureMaker("en")
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(6_000):
            maker.features([f"contaminated{number}fields"])
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 16 * 2**20
