"""``insop route`` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import main


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_question_without_words_is_one_plain_sentence(
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["route", text]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Write the question")
    assert list(tmp_path.iterdir()) == []


def test_a_question_is_given_to_somebody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["route", "lead in my garden", "--country", "sn"]) == 0
    assert "\N{RIGHTWARDS ARROW} " in capsys.readouterr().out
