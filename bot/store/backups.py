"""Backups: one SQLite file each, whichever database it is of; verified once it is written.

SQLite's online backup copies pages while others write. PostgreSQL is read in one snapshot and
copied row by row. Either way the file is checked before it gets its name, and only the one who
made it may read it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from bot.store.copying import CopyError, check_release, compare_all, copy_all, empty_all, opened
from bot.store.database import HEAD
from bot.store.ownership import hand_over

_NAME: Final = "insop-%Y%m%d-%H%M%S.db"
_PAGES: Final = 512
"""Pages copied before writers get a turn."""


def write_backup(url: URL, folder: Path, now: datetime) -> Path:
    """Blocks; call it in a thread. Raises ``CopyError`` or ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / now.strftime(_NAME)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        if url.get_backend_name() == "sqlite":
            _copy_pages(Path(url.database or ""), part)
        else:
            _copy_rows(url, part)
        verify(part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise CopyError(f"The backup failed: {type(error).__name__}.") from error
    finally:
        part.unlink(missing_ok=True)
    hand_over(path)
    return path


def verify(path: Path) -> int:
    """Check a backup's pages and release; returns its rows. Raises ``CopyError``."""
    if not path.is_file():
        raise CopyError(f"{path} is no file.")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise CopyError(f"{path.name} is damaged.")
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            # The names are the file's own, and quoted.
            rows = sum(
                connection.execute(
                    'SELECT count(*) FROM "' + name.replace('"', '""') + '"'
                ).fetchone()[0]
                for (name,) in names
            )
    except sqlite3.Error as error:
        raise CopyError(f"{path.name} is no backup of the assistant, or is damaged.") from error
    if found is None or found[0] > HEAD:
        release = None if found is None else found[0]
        raise CopyError(f"{path.name} is at migration {release}, newer than this release ({HEAD}).")
    return int(rows)


def restore_backup(path: Path, url: URL, now: datetime, *, replaces: bool) -> Path | None:
    """Put a backup in place; returns where the old SQLite file went, if there was one.

    The assistant must not run. ``replaces`` allows for a database that holds something. A backup
    of an older release is restored as it is: the next start brings its tables up.
    """
    verify(path)
    if url.get_backend_name() != "sqlite":
        _restore_rows(path, url, replaces=replaces)
        return None
    target = Path(url.database or "")
    aside: Path | None = None
    if target.exists() and target.stat().st_size:
        if not replaces:
            raise CopyError(f"{target} exists; with --replace it is put aside.")
        _refuse_if_used(target)
        aside = target.with_name(f"{target.name}.before-{now:%Y%m%d-%H%M%S}")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    shutil.copyfile(path, part)
    part.chmod(0o600)
    verify(part)
    if aside is not None:
        target.rename(aside)
        for suffix in ("-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
    part.replace(target)
    hand_over(target)
    return aside


def made_at(path: Path) -> datetime | None:
    """When a backup was made, by its name; aware. None where the file is somebody else's."""
    try:
        return datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


def backups_in(folder: Path) -> list[Path]:
    """The oldest first."""
    return sorted(path for path in folder.glob("insop-*.db") if made_at(path) is not None)


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest ``keep``; returns what went. Other files are left alone."""
    found = backups_in(folder)
    old = found[:-keep] if keep else found
    for path in old:
        path.unlink()
    return old


def _copy_pages(source: Path, part: Path) -> None:
    if not source.is_file():
        raise CopyError(f"There is no database at {source}.")
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as origin,
        closing(sqlite3.connect(part)) as target,
    ):
        origin.backup(target, pages=_PAGES, sleep=0.005)
        # A file of its own, without a log beside it.
        target.execute("PRAGMA journal_mode=DELETE")


def _copy_rows(url: URL, part: Path) -> None:
    _make_tables(part)
    target_url = make_url(f"sqlite:///{part}")
    with opened(url) as source, opened(target_url) as target:
        source.execute(text("SET TRANSACTION READ ONLY"))
        copy_all(source, target)
        compare_all(source, target)


def _make_tables(part: Path) -> None:
    """This release's tables, stamped with its migration."""
    from bot.store.schema import metadata

    with opened(make_url(f"sqlite:///{part}")) as target:
        metadata.create_all(target)
        target.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        target.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _restore_rows(path: Path, url: URL, *, replaces: bool) -> None:
    with opened(make_url(f"sqlite:///{path}")) as source, opened(url) as target:
        check_release(source)
        check_release(target)
        is_used = target.execute(
            text("SELECT count(*) FROM sender_lease WHERE until > clock_timestamp()")
        ).scalar()
        if is_used:
            raise CopyError("The assistant is running on this database; stop it first.")
        if replaces:
            empty_all(target)
        copy_all(source, target)
        compare_all(source, target)


def _refuse_if_used(target: Path) -> None:
    try:
        with closing(sqlite3.connect(target, timeout=0.5)) as connection:
            # In this mode nobody else may have the file open.
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.rollback()
    except sqlite3.OperationalError as error:
        raise CopyError(f"{target} is in use; stop the assistant first.") from error
    except sqlite3.DatabaseError:
        return
