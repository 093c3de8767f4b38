"""The measuring itself: the protocol, the figures, the report on the articles."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from knowledge.evaluation import evaluate_knowledge, evaluate_set, read_set, same_examples
from knowledge.measures import accuracy, auroc, misspell, recall, reciprocal_rank, refused_at
from tests.knowledge.small_base import BASE, collection

DATA = Path(__file__).resolve().parents[3] / "shared" / "bench" / "data"
KEYS = {
    "acc@1",
    "recall@3",
    "mrr",
    "auroc",
    "oos@10",
    "kb_false_refusal",
    "kb_oos_refused",
    "query_ms",
    "build_s",
    "rss_mb",
}


def a_set(folder: Path, **changes: Any) -> Path:
    pool = {
        f"entry{n}": [
            f"tell me of {word} please",
            f"what is {word}",
            f"{word} facts",
            f"why {word}",
        ]
        for n, word in enumerate(("lead", "cadmium", "sampling", "compost", "eggs", "diesel"))
    }
    data = {
        "name": "small",
        "lang": "en",
        "fixed": False,
        "pool": pool,
        "test": [["lead news", "entry0"], ["compost news", "entry3"]],
        "oos_test": ["football results", "pizza recipe"],
        **changes,
    }
    path = folder / "small.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_the_protocol_gives_every_figure(tmp_path: Path) -> None:
    figures = evaluate_set(a_set(tmp_path), k=3)
    assert figures.keys() >= KEYS
    assert figures["acc@1"] == 1.0
    assert figures["auroc"] == 1.0
    assert figures["examples"] == 18


def test_an_official_split_keeps_the_whole_pool(tmp_path: Path) -> None:
    assert evaluate_set(a_set(tmp_path, fixed=True), k=3)["examples"] == 24


def test_the_draw_is_the_protocols(tmp_path: Path) -> None:
    path = a_set(tmp_path)
    pool = json.loads(path.read_text("utf-8"))["pool"]
    draw = random.Random(1000 * 3 + 7)
    expected = {entry: tuple(draw.sample(pool[entry], 3)) for entry in sorted(pool)}
    assert read_set(path, k=3, seed=7).base == expected


def test_no_questions_out_of_scope_is_no_error(tmp_path: Path) -> None:
    figures = evaluate_set(a_set(tmp_path, oos_test=[]))
    assert (figures["auroc"], figures["oos@10"], figures["kb_oos_refused"]) == (None, None, None)


@pytest.mark.parametrize("content", ["[]", "{}", "no json", '{"pool": 3}'])
def test_another_format_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match="no data set in the benchmark's format"):
        read_set(path)


def test_measures_by_hand() -> None:
    ranks = [0, 1, None, 0]
    assert accuracy(ranks) == 0.5
    assert recall(ranks, 3) == 0.75
    assert reciprocal_rank(ranks) == pytest.approx(2.5 / 4)
    assert auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)
    assert refused_at([0.2, 0.8, 0.9, 1.0], [0.1, 0.95], 0.25) == 0.5


def test_misspelling_changes_one_or_two_letters() -> None:
    draw = random.Random(3)
    for _ in range(50):
        text = misspell("pesticide", draw)
        assert abs(len(text) - 9) <= 2
    assert misspell("123 ?", draw) == "123 ?"


def test_the_articles_are_weighed() -> None:
    report = evaluate_knowledge(collection())
    english = report["languages"]["en"]
    assert english["articles"] == len(BASE)
    assert 0 <= english["acc@1"] <= 1
    assert {row["article"] for row in english["weakest"]} <= set(BASE)
    assert report["same_example"] == []


def test_the_same_example_twice_names_both_articles() -> None:
    texts = {**BASE, "lead-again": {"en": ("Lead again", "Lead limits?")}}
    problems = same_examples(collection(texts))
    assert len(problems) == 1
    assert "lead-limits" in str(problems[0])
    assert "lead-again" in str(problems[0])


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the public data sets are not at {DATA.name}/")
@pytest.mark.parametrize(
    ("name", "accuracy_from", "auroc_from"),
    [("askubuntu", 0.95, 0.88), ("corpus50_es", 0.95, 0.92), ("hint3_curekart", 0.83, 0.88)],
)
def test_figures_on_public_sets_do_not_fall(
    name: str, accuracy_from: float, auroc_from: float
) -> None:
    figures = evaluate_set(DATA / f"{name}.json")
    assert figures["acc@1"] >= accuracy_from
    assert figures["auroc"] >= auroc_from
