"""``insop announce`` with chosen people, files, each reader's hour, corrections and recalls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.cli import main
from bot.store import Database
from bot.store.schema import delivery
from bot.store.schema_announcements import announcement
from tests.commands.test_announce import URL, _running, _write_rows, folder

__all__ = ["folder"]

Capture = pytest.CaptureFixture[str]


async def _all(query: Any) -> list[Any]:
    async with Database(URL) as database, database.connect() as connection:
        return list(await connection.execute(query))


async def _deliver() -> None:
    """Count announcement 1's rows as sent."""
    async with Database(URL) as database, database.begin() as store:
        from collections import Counter

        await store.connection.execute(update(delivery).values(state="sent", message_id="7"))
        await store.announcements.add_counts(Counter({(1, "telegram", "sent"): 3}))


def test_the_looks_of_each_platform_and_a_file(folder: Path, capsys: Capture) -> None:
    (folder / "plan.pdf").write_bytes(b"%PDF-1.7")
    arguments = ["announce", "news.md", "--attach", "plan.pdf", "--audience", "chats=group"]
    assert main([*arguments, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "Telegram: one message: document with " in shown
    assert "of 1024 characters, plan.pdf [Stop these messages · Choose topics]" in shown
    assert "Discord: one message: embed with " in shown
    assert "Quiet: nobody gets it between 21:00-08:00" in shown
    assert main([*arguments, "--yes"]) == 0

    async def kept() -> Any:
        async with Database(URL) as database, database.begin() as store:
            return (await store.announcements.texts(1))["fr"].attachments

    (file,) = asyncio.run(kept())
    assert (file.name, file.data) == ("plan.pdf", b"%PDF-1.7")


def test_each_readers_hour_and_no_quiet_hours(folder: Path, capsys: Capture) -> None:
    hour = ["--hour", "2199-05-01 09:00", "--any-hour"]
    assert main(["announce", "news.md", *hour, "--yes"]) == 0
    assert "Leaves: 2199-05-01 09:00 on each reader's clock" in capsys.readouterr().out
    (row,) = asyncio.run(_all(select(announcement)))
    assert (row.wall_time, row.zone, row.quiet) == ("2199-05-01T09:00", "Europe/Rome", None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["news.md", "--attach", "missing.pdf"], "cannot be read"),
        (["news.md", "--attach", "empty.pdf"], "is empty"),
        (["news.md", "--attach", "setup.exe"], "is a program"),
        (["news.md", "--attach", "large.pdf"], "Discord takes at most 10 MB"),
        (["news.md", "--hour", "soon"], "write it like"),
        (["news.md", "--hour", "2001-01-01 09:00"], "has passed"),
        (["news.md", "--hour", "2199-01-01 09:00", "--at", "+3h"], "exclude"),
        (["correct"], "Name the announcement"),
        (["recall"], "Name the announcement"),
    ],
)
def test_wrong_use_is_refused(
    folder: Path, capsys: Capture, arguments: list[str], words: str
) -> None:
    (folder / "empty.pdf").touch()
    (folder / "setup.exe").write_bytes(b"MZ")
    (folder / "large.pdf").write_bytes(bytes(10 * 1024 * 1024 + 1))
    assert main(["announce", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert asyncio.run(_running()) == []


def test_correct_and_recall(folder: Path, capsys: Capture) -> None:
    (folder / "better.md").write_text("The assembly meets in June.", encoding="utf-8")
    assert main(["announce", "correct", "1", "better.md"]) == 1
    assert "no announcement 1 that was sent" in capsys.readouterr().err
    main(["announce", "news.md", "--yes"])
    asyncio.run(_write_rows(state="sent"))
    asyncio.run(_deliver())
    capsys.readouterr()
    assert main(["announce", "correct", "1"]) == 2
    assert main(["announce", "correct", "1", "news.md", "--yes"]) == 1
    assert "nothing to correct" in capsys.readouterr().err
    assert main(["announce", "correct", "1", "better.md", "--dry-run"]) == 0
    assert "3 copies have arrived" in capsys.readouterr().out
    assert main(["announce", "correct", "1", "better.md", "--yes"]) == 0
    assert "insop announce report 2" in capsys.readouterr().out
    assert main(["announce", "recall", "1", "--yes"]) == 0
    assert "3 copies have arrived and are taken away" in capsys.readouterr().out
    kinds = [row.kind for row in asyncio.run(_all(select(announcement)))]
    assert kinds == ["send", "edit", "delete"]
    assert main(["announce", "recall", "1", "--yes"]) == 2
    assert "was recalled" in capsys.readouterr().err


def test_pause_resume_cancel(folder: Path, capsys: Capture) -> None:
    main(["announce", "news.md", "--yes"])
    for command, code in (("pause", 0), ("pause", 1), ("resume", 0), ("cancel", 0), ("resume", 1)):
        assert main(["announce", command, "1"]) == code
    (row,) = asyncio.run(_all(select(announcement)))
    assert row.state == "cancelled"


def test_with_two_secretaries_it_waits_for_a_yes(folder: Path, capsys: Capture) -> None:
    with (folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[roles]\nsecretariat = ["telegram:1", "telegram:5"]\n')
    assert main(["announce", "news.md", "--yes"]) == 0
    assert "waits for a second person's yes" in capsys.readouterr().out
    (row,) = asyncio.run(_all(select(announcement)))
    assert row.state == "proposed"
    asked = {each.chat_id for each in asyncio.run(_all(select(delivery)))}
    assert asked == {"1", "5"}
