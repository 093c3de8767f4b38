"""``insop kb``: what authors are told, and the files that they get."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from bot.cli import main
from knowledge.checks import check
from knowledge.loader import load
from tests.knowledge.test_loader import CONTACTS, GOOD, SOURCES, write

TODAY = date(2026, 4, 23)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small knowledge folder, named in ``config.toml`` of the current folder."""
    knowledge = tmp_path / "knowledge"
    (knowledge / "articles" / "en").mkdir(parents=True)
    (knowledge / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (knowledge / "contacts.toml").write_text(CONTACTS, encoding="utf-8")
    for key in ("lead", "zinc"):
        write(knowledge, key, GOOD.format(id=key))
    (tmp_path / "config.toml").write_text(f'knowledge_dir = "{knowledge}"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return knowledge


def messages(folder: Path) -> str:
    return "\n".join(str(each) for each in check(load(folder), TODAY))


def test_what_is_missing_or_repeated_is_named(folder: Path) -> None:
    write(
        folder,
        "copy",
        GOOD.format(id="copy").replace("question about copy?", "Question about LEAD"),
    )
    write(folder, "near", GOOD.format(id="near").replace("about near?", "about the lead?"))
    found = messages(folder)
    assert "the question “question about lead” stands in copy too" in found
    assert "warning: en/lead.md: 1 example questions" in found
    assert "warning: fr/lead.md: there is no translation" in found


def test_hard_words_long_sentences_and_stale_reviews_are_named(folder: Path) -> None:
    text = "We utilise lime prior to sowing. " + "word " * 40 + "."
    content = GOOD.format(id="lead").replace("A short answer.", text)
    write(folder, "lead", content.replace("2026-04-22", "2020-01-01"))
    found = messages(folder)
    assert "'utilise'; try 'use'" in found
    assert "'prior to'; try 'before'" in found
    assert "a long sentence" in found
    assert "last reviewed on 2020-01-01" in found


def test_a_translation_out_of_step_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kb", "digest", "lead"]) == 0
    digest = capsys.readouterr().out.strip()
    french = (
        '+++\nid = "lead"\ntitle = "Plomb"\nquestions = ["plomb"]\nshort = "Court."\n'
        f'translator = "t"\nreviewed = false\nsource_digest = "{digest}"\n+++\n'
    )
    write(folder, "lead", french, "fr")
    assert "out of step" not in messages(folder)
    write(folder, "lead", GOOD.format(id="lead").replace("A short", "A new short"))
    assert "error: fr/lead.md: out of step" in messages(folder)
    write(folder, "lead", GOOD.format(id="lead").replace("sources =", 'steps = ["x"]\nsources ='))
    assert "0 steps, but English has 1" in messages(folder)


def test_check_fails_on_errors_only_unless_strict(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kb", "check"]) == 0
    assert main(["kb", "check", "--strict"]) == 1
    write(folder, "lead", "broken")
    assert main(["kb", "check"]) == 1
    assert "en/lead.md:1" in capsys.readouterr().out


def test_new_writes_a_skeleton_that_loads_and_never_overwrites(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kb", "new", "nickel", "--topic", "contaminants", "--title", 'Nickel "Ni"']) == 0
    article = load(folder).articles["nickel"]
    assert article.texts["en"].title == 'Nickel "Ni"'
    assert main(["kb", "new", "nickel"]) == 1
    assert main(["kb", "new", "nickel", "--lang", "fr"]) == 0
    text = load(folder).articles["nickel"].texts["fr"]
    assert text.source_digest == article.digest
    assert not text.is_reviewed
    assert main(["kb", "new", "gone", "--lang", "fr"]) == 1
    assert "no article 'gone'" in capsys.readouterr().err


def test_exports_hold_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "lead", GOOD.format(id="lead").replace("A short", "=HYPERLINK(1) <b>"))
    assert main(["kb", "export", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in data["articles"]] == ["lead", "zinc"]
    assert main(["kb", "export", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff"))))
    assert rows[0]["short"].startswith("'=HYPERLINK")
    assert main(["kb", "export", "--output", "page.html"]) == 0
    page = Path("page.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert page.count("<article") == 2


def test_stats_count_by_topic_and_language(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kb", "stats"]) == 0
    out = capsys.readouterr().out
    assert "basics" in out
    assert "Example questions: en 2, fr 0" in out


def test_preview_shows_each_platform(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kb", "preview", "lead"]) == 0
    out = capsys.readouterr().out
    assert "Title of lead" in out
    assert '"method": "sendMessage"' in out
    assert '"embeds"' in out
    assert main(["kb", "preview", "gone"]) == 1
