"""``insop ask``: fixed keys, batches, and no database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main

KEYS = {"id", "decision", "article", "score", "language", "candidates", "text"}
DECISIONS = {"answer", "suggest", "rephrase", "handoff", "urgent", "smalltalk"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_one_question_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["ask", "--json", "What is INSOP?"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record) == KEYS
    assert record["decision"] == "answer"
    assert record["article"] == "what-is-insop"
    assert 0 <= record["score"] <= 1
    assert "Global Soil Partnership" in record["text"]
    assert not list(tmp_path.rglob("*.db"))


def test_a_batch_from_other_systems_is_read_to_its_end(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    lines = ['{"id":1,"text":"hi"}', '{"id":"\\ud800","text":"hi"}', '{"id":NaN,"text":"hi"}']
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*lines, lines[0]]).encode())
    assert main(["ask", "--batch", str(path), "--json"]) == 1
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["id"] for record in records] == [1, "\ud800", None, 1]
    assert records[2]["error"] == "not valid JSON"


def test_a_folder_is_no_batch(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--batch", ".", "--json"]) == 2
    assert capsys.readouterr().err.startswith(".: cannot be read")


def test_a_batch_gives_a_line_for_each_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    lines = [
        json.dumps({"id": 1, "text": "What is INSOP?"}),
        json.dumps({"id": "two", "text": "hola"}),
        json.dumps({"id": 3, "text": "my child swallowed weed killer", "lang": "en"}),
        json.dumps({"id": 4, "text": ""}),
        json.dumps({"id": 5, "text": "x" * 1_000_000}),
        json.dumps({"id": 6, "text": "\ud83d"}),
        json.dumps({"id": 7, "text": "土壤采样", "lang": "zh"}),
    ]
    path.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    assert main(["ask", "--batch", str(path), "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["id"] for record in records] == [1, "two", 3, 4, 5, 6, 7]
    assert all(set(record) == KEYS for record in records)
    assert {record["decision"] for record in records} <= DECISIONS
    assert records[1]["decision"] == "smalltalk"
    assert records[2]["decision"] == "urgent"
    assert records[3]["decision"] == "rephrase"
    assert records[6]["language"] == "zh"


def test_broken_lines_are_named_and_the_others_answered(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(
        '{"id": 1, "text": "What is INSOP?"}\nnot json\n[1]\n{"id": 2}\n'
        '{"id": 3, "text": "x", "lang": "tlh"}\n{"id": 4, "text": "hello"}\n',
        encoding="utf-8",
    )
    assert main(["ask", "--batch", str(path), "--json"]) == 1
    captured = capsys.readouterr()
    records = [json.loads(line) for line in captured.out.splitlines()]
    assert [record.get("id") for record in records] == [1, None, None, None, None, 4]
    assert [record["line"] for record in records if "error" in record] == [2, 3, 4, 5]
    assert captured.err.count("in.jsonl:") == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask"], "Give a question"),
        (["ask", "x", "--lang", "tlh"], "choose auto or one of"),
        (["ask", "--batch", "in.jsonl"], "--batch needs --json"),
        (["ask", "x", "--batch", "in.jsonl", "--json"], "not both"),
        (["ask", "--batch", "nowhere.jsonl", "--json"], "cannot be read"),
    ],
)
def test_wrong_use_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_plain_output_and_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "What is INSOP?", "--explain"]) == 0
    out = capsys.readouterr().out
    assert "INSOP" in out
    assert "Sources:" in out


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "insop" in capsys.readouterr().out
