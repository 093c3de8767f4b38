"""``insop chat`` and ``insop report`` where they cannot do what was asked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main

Output = pytest.CaptureFixture[str]


@pytest.fixture
def newer(articles: Path) -> None:
    """The tables are of a release to come."""
    assert main(["db", "upgrade"]) == 0
    with closing(sqlite3.connect("insop.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--as", " \u200b "], "--as needs a name."),
        (["--lang", "de"], "--lang de: choose one of en, fr, es, ar, ru, zh."),
    ],
)
def test_a_conversation_needs_a_name_and_a_language_we_know(
    here: Path, capsys: Output, words: list[str], said: str
) -> None:
    assert main(["chat", *words]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"{said}\n")
    assert list(here.iterdir()) == []


@pytest.mark.usefixtures("newer")
@pytest.mark.parametrize("command", [["chat"], ["report"]])
def test_newer_tables_are_one_sentence(capsys: Output, command: list[str]) -> None:
    capsys.readouterr()
    assert main(command) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "9999" in told.err
    assert told.err.count("\n") == 1


@pytest.mark.usefixtures("articles")
def test_a_report_that_cannot_be_written_is_still_printed(capsys: Output) -> None:
    assert main(["report", "--csv", "no/such/folder/x.csv"]) == 1
    told = capsys.readouterr()
    assert f"{datetime.now(UTC):%Y-}" in told.out
    assert "x.csv: cannot be written (No such file or directory)." in told.err


@pytest.mark.parametrize("month", ["2026", "2026-13", "yesterday"])
def test_a_month_is_written_with_its_year(here: Path, capsys: Output, month: str) -> None:
    assert main(["report", "--month", month]) == 2
    assert capsys.readouterr().err == "--month: write it like 2026-11.\n"
    assert list(here.iterdir()) == []
