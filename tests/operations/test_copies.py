"""Backups that are whole and checked, restores that destroy nothing, copies row by row."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import Author, ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.chat.troubles import Troubles
from bot.cli import main
from bot.config_operations import BackupSettings
from bot.operations.daily_backup import DailyBackup
from bot.store import Database
from bot.store.backups import prune, restore_backup, verify, write_backup
from bot.store.copying import CopyError, compare_all, opened
from bot.store.database import async_url
from bot.store.migrating import upgrade
from tests.clock import ManualClock

NOW = datetime(2026, 4, 22, 3, 0, tzinfo=UTC)


async def fill(database: Database, people: int = 50) -> None:
    """People with names of many scripts, questions, messages in many states."""
    async with database.begin() as store:
        for number in range(people):
            name = f'Ана 李 علي ’"{number}'
            author = Author(platform="telegram", id=str(number), name=name, locale="ru")
            member = await store.people.recognise(author, NOW)
            to = ConversationRef(platform="telegram", chat_id=str(number))
            await store.questions.open(
                person_id=member.id, where=to, text=f"Wohin? 🧪\n{number}", language="de", now=NOW
            )
            await store.outbox.add(
                f"q:{number}", to, Message(text="x"), lane=Lane.RELAY, on_unknown="hold", now=NOW
            )


async def people(connection: AsyncConnection) -> int:
    return int(await connection.scalar(text("SELECT count(*) FROM person")) or 0)


@pytest.fixture(params=["sqlite", "postgres"])
async def filled(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with something in it."""
    if request.param == "postgres":
        make: Callable[[], str] = request.getfixturevalue("new_postgres")
        url = make()
    else:
        url = f"sqlite:///{tmp_path / 'insop.db'}"
    async with Database(url) as database:
        await upgrade(database)
        await fill(database)
        yield database


async def test_a_backup_is_the_database_though_others_write(
    filled: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"

    async def write_on() -> None:
        for number in range(100, 140):
            author = Author(platform="telegram", id=str(number), name="new", locale=None)
            async with filled.begin() as store:
                await store.people.recognise(author, NOW)

    writing = asyncio.create_task(write_on())
    path = await asyncio.to_thread(write_backup, filled.url, folder, NOW)
    await writing
    assert path.name == "insop-20260422-030000.db"
    assert path.stat().st_mode & 0o077 == 0
    assert list(folder.iterdir()) == [path]
    assert verify(path) > 150
    async with Database(f"sqlite:///{path}") as copy, copy.connect() as connection:
        persons = await people(connection)
        accounts = await connection.scalar(text("SELECT count(*) FROM account"))
        assert 50 <= persons <= 90
        assert persons == accounts, "half of somebody's first turn was copied"


async def test_a_restored_backup_is_the_same(
    filled: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = await asyncio.to_thread(write_backup, filled.url, tmp_path / "copies", NOW)
    if filled.is_sqlite:
        target = async_url(f"sqlite:///{tmp_path / 'new' / 'insop.db'}")
    else:
        make: Callable[[], str] = request.getfixturevalue("new_postgres")
        target = async_url(make())
        async with Database(target.render_as_string(hide_password=False)) as made:
            await upgrade(made)
    await asyncio.to_thread(restore_backup, path, target, NOW, replaces=False)
    with opened(filled.url) as old, opened(target) as new:
        compare_all(old, new)
    async with Database(target.render_as_string(hide_password=False)) as restored:
        await fill(restored, people=51)
        async with restored.connect() as connection:
            assert await people(connection) == 51


async def test_a_restore_puts_aside_what_was_there(tmp_path: Path, database: Database) -> None:
    await fill(database, people=3)
    path = await asyncio.to_thread(write_backup, database.url, tmp_path / "copies", NOW)
    await fill(database, people=9)
    with pytest.raises(CopyError, match="--replace"):
        restore_backup(path, database.url, NOW, replaces=False)
    with pytest.raises(CopyError, match="in use"):
        restore_backup(path, database.url, NOW, replaces=True)
    await database.close()
    aside = restore_backup(path, database.url, NOW, replaces=True)
    assert aside is not None
    for file, expected in ((aside, 9), (Path(str(database.url.database)), 3)):
        connection = sqlite3.connect(file)
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (expected,)
        connection.close()


async def test_what_is_no_sound_backup_is_refused(tmp_path: Path, database: Database) -> None:
    await fill(database)
    path = await asyncio.to_thread(write_backup, database.url, tmp_path / "copies", NOW)
    damaged = tmp_path / "damaged.db"
    raw = bytearray(path.read_bytes())
    raw[8192:20000] = b"\xff" * 11808
    damaged.write_bytes(raw)
    other = tmp_path / "other.db"
    other.write_bytes(b"not a database at all")
    newer = tmp_path / "newer.db"
    newer.write_bytes(path.read_bytes())
    connection = sqlite3.connect(newer)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    target = async_url(f"sqlite:///{tmp_path / 'target.db'}")
    for file in (damaged, other, newer, tmp_path / "missing.db"):
        with pytest.raises(CopyError):
            restore_backup(file, target, NOW, replaces=True)
    assert not (tmp_path / "target.db").exists()


async def test_sqlite_to_postgres_and_on(
    database: Database, new_postgres: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    await fill(database)
    await database.close()
    source, target = f"sqlite:///{database.url.database}", new_postgres()
    assert await asyncio.to_thread(main, ["db", "copy", source, target]) == 0
    assert "copied and compared, row by row" in capsys.readouterr().out
    with opened(async_url(source)) as old, opened(async_url(target)) as new:
        compare_all(old, new)
        new.execute(text("UPDATE person SET name = 'x' WHERE id = 7"))
        with pytest.raises(CopyError, match=r"Row 7 of the table person is not the same\.$"):
            compare_all(old, new)
        new.rollback()
    async with Database(target) as moved:
        await fill(moved, people=51)
    assert await asyncio.to_thread(main, ["db", "copy", source, target]) == 1
    assert "is not empty" in capsys.readouterr().err


async def test_every_day_once_and_the_old_ones_go(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    settings = BackupSettings(folder=str(folder), hour=3, keep=2)
    troubles = Troubles()
    daily = DailyBackup(
        database=database, clock=clock, troubles=troubles, settings=settings, zone="Europe/Rome"
    )
    assert daily._next_due() == clock.now(), "the first one is made at once"
    assert await daily.make()
    due = daily._next_due()
    assert due.isoformat() == "2026-04-23T03:00:00+02:00"
    for _ in range(3):
        clock.advance((daily._next_due() - clock.now()).total_seconds())
        assert await daily.make()
    assert len(list(folder.iterdir())) == 2
    folder.chmod(0o700)
    blocked = DailyBackup(
        database=database,
        clock=clock,
        troubles=troubles,
        settings=BackupSettings(folder=str(tmp_path / "insop.db")),
        zone="Europe/Rome",
    )
    assert not await blocked.make()
    assert "backup" in troubles.current
    assert await daily.make()
    assert "backup" not in troubles.current


def test_the_newest_are_kept(tmp_path: Path) -> None:
    names = [f"insop-2026040{day}-030000.db" for day in range(1, 6)]
    for name in (*names, "other.db"):
        (tmp_path / name).touch()
    assert [path.name for path in prune(tmp_path, 2)] == names[:3]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names[3:], "other.db"]


def test_the_command_says_where_it_wants_to_write(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["db", "backup"]) == 2
    assert "insop db backup FOLDER" in capsys.readouterr().err
    assert main(["db", "backup", "copies"]) == 1
    assert main(["db", "upgrade"]) == 0
    assert main(["db", "backup", "copies"]) == 0
    assert "rows, checked." in capsys.readouterr().out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_makes_belongs_to_whom_the_folder_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service runs under a user of its own, and an administrator works as root."""
    home = tmp_path / "lib"
    home.mkdir()
    os.chown(home, 61184, 61184)
    file = home / "insop.db"
    monkeypatch.setenv("INSOP_DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.chdir(tmp_path)
    assert main(["db", "upgrade"]) == 0
    assert file.stat().st_uid == 61184
    assert main(["db", "backup", str(home)]) == 0
    (backup,) = home.glob("insop-*")
    assert backup.stat().st_uid == 61184
    assert main(["db", "restore", str(backup), "--replace"]) == 0
    assert file.stat().st_uid == file.stat().st_gid == 61184
