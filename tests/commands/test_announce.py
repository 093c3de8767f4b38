"""``insop announce``: checks before anything is stored, the sending, and the report."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from bot.cli import main
from bot.clock import SystemClock
from bot.commands.announce_texts import read_text
from bot.delivery.fanout import FanOut
from bot.store import Database
from bot.store.announcements import Announcements
from bot.store.migrating import upgrade
from bot.store.schema import chat, delivery

URL = "sqlite:///insop.db"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings, a text, and three subscribers in the database."""
    (tmp_path / "config.toml").write_text(f'[database]\nurl = "{URL}"\n', encoding="utf-8")
    (tmp_path / "news.md").write_text("The **assembly** meets.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    asyncio.run(_subscribe())
    return tmp_path


async def _subscribe() -> None:
    chats = (("telegram", "-1001", "fr"), ("telegram", "2", "en"), ("discord", "3", "en"))
    async with Database(URL) as database:
        await upgrade(database)
        async with database.connect() as connection:
            for platform, chat_id, language in chats:
                await connection.execute(
                    insert(chat).values(
                        platform=platform,
                        chat_id=chat_id,
                        kind="group",
                        status="active",
                        language=language,
                        is_desk=False,
                        has_opted_out=False,
                        updated_at=SystemClock().now(),
                    )
                )


async def _running() -> list[int]:
    async with Database(URL) as database, database.connect() as connection:
        return await Announcements(connection).running()


async def _write_rows(**first: str) -> None:
    """Write the rows of announcement 1 and set the fields of the first Telegram one."""
    async with Database(URL) as database:
        await FanOut(database=database, clock=SystemClock()).write_all(1)
        async with database.connect() as connection:
            await connection.execute(
                update(delivery).where(delivery.c.chat_id == "-1001").values(**first)
            )


def test_a_dry_run_shows_all_and_sends_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["announce", "news.md", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "assembly" in shown
    assert "/stop" in shown
    assert "Recipients: 3 (Discord 1, Telegram 2)" in shown
    assert "No version in fr: they get en" in shown
    assert asyncio.run(_running()) == []


def test_without_a_yes_nothing_is_sent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["announce", "news.md"]) == 1
    assert "Add --yes" in capsys.readouterr().err
    assert asyncio.run(_running()) == []


def test_a_yes_sends_once_and_the_same_text_only_when_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["announce", "news.md", "--yes", "--audience", "telegram,fr"]) == 0
    assert "Recipients: 1 (Telegram 1)" in capsys.readouterr().out
    assert main(["announce", "news.md", "--yes"]) == 1
    assert "sent before, as announcement 1" in capsys.readouterr().err
    assert asyncio.run(_running()) == [1]
    assert main(["announce", "news.md", "--yes", "--again"]) == 0
    assert asyncio.run(_running()) == [1, 2]


def test_a_time_and_versions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fr.md").write_text("L'assemblée.", encoding="utf-8")
    arguments = ["announce", "news.md", "--also", "fr=fr.md", "--at", "2199-05-01 09:00", "--yes"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "L'assemblée." in shown
    assert "No version" not in shown
    assert "Leaves: 2199-05-01 09:00 (Europe/Rome)" in shown
    assert "dropped after 2199-05-08 09:00" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.md"], "cannot be read"),
        (["empty.md"], "is empty"),
        (["long.md"], "at most 3500"),
        (["news.md", "--audience", "everybody"], "choose all"),
        (["news.md", "--audience", ""], "needs a name"),
        (["news.md", "--audience", "country=Atlantis"], "no such country"),
        (["news.md", "--audience", "all,fr"], "leave the other names out"),
        (["news.md", "--at", "2001-01-01 09:00"], "has passed"),
        (["news.md", "--at", "tomorrow"], "write it like"),
        (["news.md", "--expires", "2001-01-01 09:00"], "dropped before it leaves"),
        (["news.md", "--also", "xx=news.md"], "LANG one of"),
        (["news.md", "--also", "en=news.md"], "already"),
        (["news.md", "--yes", "--dry-run"], "exclude"),
        (["news.md", "7"], "belong to"),
        (["report"], "Name the announcement"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_stored(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    (folder / "empty.md").write_text(" \n", encoding="utf-8")
    (folder / "long.md").write_text("x" * 3501, encoding="utf-8")
    assert main(["announce", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert asyncio.run(_running()) == []


def test_a_text_is_cleaned_like_one_of_a_chat(tmp_path: Path) -> None:
    path = tmp_path / "odd.md"
    path.write_bytes("\ufeffSo\u202eil\x00 \u200bday\r\n\r\nin Rome\n".encode())
    assert read_text(str(path)) == "Soil day\n\nin Rome"


def test_nobody_in_the_audience(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["announce", "news.md", "--audience", "ru", "--yes"]) == 1
    assert "Nobody is in this audience" in capsys.readouterr().err
    assert asyncio.run(_running()) == []


def test_the_report_in_numbers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["announce", "news.md", "--yes"])
    asyncio.run(_write_rows(state="unknown", error="no answer"))
    capsys.readouterr()
    assert main(["announce", "report", "1"]) == 0
    shown = capsys.readouterr().out
    assert "Announcement 1: running, 3 recipients" in shown
    assert "telegram\tunknown\t1" in shown
    assert "fr\tunknown\t1" in shown
    assert "unknown\tno answer\t1" in shown
    assert "telegram -1001" in shown


def test_the_report_row_by_row_runs_no_formula(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["announce", "news.md", "--yes"])
    asyncio.run(_write_rows(state="failed", error='=HYPERLINK("x")'))
    capsys.readouterr()
    assert main(["announce", "report", "1", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 3
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert {row["chat"] for row in rows} == {"'-1001", "2", "3"}
    assert main(["announce", "report", "1", "--csv", "out.csv"]) == 0
    assert (folder / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfplatform,chat,")


def test_a_report_on_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["announce", "report", "9"]) == 1
    assert "no announcement 9" in capsys.readouterr().err
