"""``insop eval --labels``: the search on questions that staff labelled."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.cli import main
from bot.store import Database
from bot.store.migrating import upgrade
from bot.store.schema_teaching import label
from tests.clock import ManualClock

Output = pytest.CaptureFixture[str]


async def _write(path: Path, labels: list[tuple[str, str | None]]) -> None:
    async with Database(f"sqlite:///{path}") as database:
        await upgrade(database)
        async with database.connect() as connection:
            rows = [
                {
                    "source": f"asked:{number}",
                    "language": "en",
                    "words": words,
                    "article": article,
                    "at": ManualClock().now(),
                }
                for number, (words, article) in enumerate(labels)
            ]
            await connection.execute(insert(label), rows)


def labelled(articles: Path, *, right: int, wrong: int) -> None:
    """Questions with their article, and questions that no article answers."""
    good = [(f"how do i take a soil sample {number}", "sampling") for number in range(right)]
    bad = [(f"brass band of quokkas {number}", None) for number in range(wrong)]
    asyncio.run(_write(articles.parent / "insop.db", [*good, *bad]))


def test_a_few_labels_give_figures_and_say_how_many_are_missing(
    articles: Path, capsys: Output
) -> None:
    labelled(articles, right=4, wrong=2)
    assert main(["eval", "--labels", "--apply"]) == 0
    out = capsys.readouterr().out
    assert "en: 6 labels, 4 with an article: 4 right first, 4 among three, 0 refused" in out
    assert "of the others 0 were shown something" in out
    assert "more labels are needed to fit it." in out
    assert "Kept for no language: too few labels." in out


def test_enough_labels_are_used_from_the_next_start(articles: Path, capsys: Output) -> None:
    labelled(articles, right=40, wrong=40)
    assert main(["eval", "--labels", "--apply"]) == 0
    out = capsys.readouterr().out
    assert "(from the labels: " in out
    assert "more labels are needed" not in out
    assert "Kept for en. The assistant uses it from its next start." in out
    (kept,) = articles.parent.rglob("calibration.json")
    assert "en" in json.loads(kept.read_text(encoding="utf-8"))
    assert "quokka" not in kept.read_text(encoding="utf-8"), "nobody's words leave the database"


def test_without_apply_nothing_is_kept(articles: Path, capsys: Output) -> None:
    labelled(articles, right=40, wrong=40)
    assert main(["eval", "--labels", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["en"]["labels"] == 80
    assert told["en"]["unanswerable_shown"] == 0
    assert list(articles.parent.rglob("calibration.json")) == []


def test_a_database_that_is_newer_is_one_sentence(articles: Path, capsys: Output) -> None:
    labelled(articles, right=1, wrong=1)
    with sqlite3.connect(articles.parent / "insop.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert main(["eval", "--labels"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "9999" in told.err
