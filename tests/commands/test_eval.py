"""``insop eval``: what whoever looks after the search reads, and what is said of wrong use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.commands.articles import QUESTIONS
from tests.knowledge.test_evaluation import a_set
from tests.knowledge.test_loader import GOOD, write

Output = pytest.CaptureFixture[str]


def figures(out: str) -> dict[str, str]:
    """The lines of the plain report by their names."""
    found = (line.split(maxsplit=1) for line in out.strip().splitlines())
    return {name: shown.strip() for name, shown in found}


def test_the_figures_of_a_data_set_stand_one_a_line(here: Path, capsys: Output) -> None:
    assert main(["eval", str(a_set(here)), "--k", "3"]) == 0
    told = figures(capsys.readouterr().out)
    assert (told["set"], told["k"], told["examples"]) == ("small", "3", "18")
    assert (told["acc@1"], told["typos"]) == ("1.000", "False")
    assert told["query_ms"].startswith("p50 ")


def test_what_a_set_cannot_tell_is_a_dash(here: Path, capsys: Output) -> None:
    assert main(["eval", str(a_set(here, oos_test=[]))]) == 0
    told = figures(capsys.readouterr().out)
    assert told["auroc"] == told["oos@10"] == told["kb_oos_refused"] == "–"


def test_the_same_as_json_with_slips_of_the_fingers(here: Path, capsys: Output) -> None:
    assert main(["eval", str(a_set(here)), "--k", "3", "--typos", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["set"], told["typos"]) == ("small", True)


@pytest.mark.parametrize(
    "changes",
    [
        {"pool": None},
        {"test": [["only a question"]]},
        {"pool": {}},
        {"test": [], "oos_test": []},
    ],
    ids=["no pool", "a question without its entry", "empty pool", "nothing asked"],
)
def test_what_is_no_data_set_is_one_sentence_with_its_name(
    here: Path, capsys: Output, changes: dict[str, Any]
) -> None:
    assert main(["eval", str(a_set(here, **changes))]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("small.json ")
    assert told.err.count("\n") == 1
    assert str(here) not in told.err


def test_files_that_cannot_be_read_are_named(here: Path, capsys: Output) -> None:
    (here / "bytes.json").write_bytes(b"\xff\xfe{")
    assert main(["eval", "bytes.json"]) == 2
    assert capsys.readouterr().err.startswith("bytes.json is no data set")
    assert main(["eval", "missing.json"]) == 2
    assert "missing.json: cannot be read: No such file" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("words", [[], ["set.json", "--knowledge"]])
def test_one_thing_has_to_be_named(words: list[str], capsys: Output) -> None:
    assert main(["eval", *words]) == 2
    assert capsys.readouterr().err.startswith("Name a data set, --knowledge")


def test_the_articles_are_told_by_language_with_the_weakest(articles: Path, capsys: Output) -> None:
    assert main(["eval", "--knowledge"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 articles, each example left out once:")
    assert "right first, of 12 examples in 3 articles" in out
    weakest = next(line for line in out.splitlines() if line.startswith("  weakest: "))
    assert all(key in weakest for key in QUESTIONS)


def test_examples_that_two_articles_share_are_named(articles: Path, capsys: Output) -> None:
    taken = QUESTIONS["lead"][1]
    content = GOOD.format(id="copy").replace("question about copy?", taken)
    write(articles, "copy", content)
    assert main(["eval", "--knowledge"]) == 0
    out = capsys.readouterr().out
    assert "reword one of them" in out
    assert f"“{taken}”" in out
    assert "is taken for" in out
    assert main(["eval", "--knowledge", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["articles"] == 4
    assert len(told["same_example"]) == 1
