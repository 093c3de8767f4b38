"""``insop db upgrade|status|restore|copy`` on the command line: what the operator reads."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from bot.store.database import HEAD

Output = pytest.CaptureFixture[str]

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(autouse=True)
def settings(here: Path) -> None:
    """The database is ``insop.db`` in the current folder, backups go to ``copies``."""
    (here / "config.toml").write_text(
        '[database]\nurl = "sqlite:///insop.db"\n[backup]\nfolder = "copies"\nkeep = 2\n',
        encoding="utf-8",
    )


def people(path: str) -> list[str]:
    """Who is in a database file."""
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM person ORDER BY id")]


def add_person(path: str, name: str) -> None:
    """Somebody new, with nothing else."""
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(person)") if row[3]]
        values = {
            column: "2026-04-22 10:00:00.000000" if "_at" in column else 0 for column in columns
        }
        values |= {"name": name}
        values.pop("id", None)
        marks = ", ".join("?" for _ in values)
        connection.execute(
            f"INSERT INTO person ({', '.join(values)}) VALUES ({marks})", list(values.values())
        )
        connection.commit()


def test_the_state_is_told_before_and_after_an_upgrade(capsys: Output) -> None:
    assert main(["db", "status"]) == 1
    assert f"empty; this release needs {HEAD}. Run: insop db upgrade" in capsys.readouterr().out
    assert main(["db", "upgrade"]) == 0
    assert f"upgraded to migration {HEAD}." in capsys.readouterr().out
    assert main(["db", "upgrade"]) == 0
    assert f"already at migration {HEAD}." in capsys.readouterr().out
    assert main(["db", "status"]) == 0
    assert f"at migration {HEAD}, as this release needs." in capsys.readouterr().out


def test_older_tables_are_told_by_their_migration(capsys: Output) -> None:
    main(["db", "upgrade"])
    with closing(sqlite3.connect("insop.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    capsys.readouterr()
    assert main(["db", "status"]) == 1
    assert "at migration 0001; this release needs" in capsys.readouterr().out


def test_tables_of_a_newer_release_are_left_alone(capsys: Output) -> None:
    main(["db", "upgrade"])
    with closing(sqlite3.connect("insop.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    capsys.readouterr()
    assert main(["db", "upgrade"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "9999" in told.err
    assert told.err.count("\n") == 1


def test_a_backup_is_put_back_and_the_old_file_kept(here: Path, capsys: Output) -> None:
    main(["db", "upgrade"])
    add_person("insop.db", "Ana")
    assert main(["db", "backup"]) == 0
    (copy,) = (here / "copies").iterdir()
    add_person("insop.db", "Bob")
    capsys.readouterr()
    assert main(["db", "restore", str(copy)]) == 1
    assert "with --replace it is put aside" in capsys.readouterr().err
    assert people("insop.db") == ["Ana", "Bob"]
    assert main(["db", "restore", str(copy), "--replace"]) == 0
    out = capsys.readouterr().out
    assert "Start the assistant with: insop run" in out
    (aside,) = here.glob("insop.db.before-*")
    assert f"What was there is now {aside.name}." in out
    assert people("insop.db") == ["Ana"]
    assert people(str(aside)) == ["Ana", "Bob"]


def test_only_so_many_backups_are_kept_in_the_folder_of_the_settings(here: Path) -> None:
    main(["db", "upgrade"])
    folder = here / "copies"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"insop-2020010{day}-030000.db").touch()
    assert main(["db", "backup"]) == 0
    kept = sorted(path.name for path in folder.iterdir())
    assert kept[0] == "insop-20200103-030000.db"
    assert len(kept) == 2
    assert main(["db", "backup", "elsewhere"]) == 0
    assert len(list((here / "elsewhere").iterdir())) == 1


def test_what_is_no_backup_is_not_put_in_place(here: Path, capsys: Output) -> None:
    (here / "holiday.db").write_bytes(b"not a database")
    assert main(["db", "restore", "holiday.db"]) == 1
    assert "holiday.db is no backup of the assistant" in capsys.readouterr().err
    assert main(["db", "restore", "missing.db"]) == 1
    assert "missing.db is no file." in capsys.readouterr().err
    assert not (here / "insop.db").exists()


def test_a_copy_is_counted_and_never_onto_something(capsys: Output) -> None:
    main(["db", "upgrade"])
    add_person("insop.db", "Ana")
    capsys.readouterr()
    source, target = "sqlite:///insop.db", "sqlite:///other.db"
    assert main(["db", "copy", source, source]) == 1
    assert "FROM and TO are the same database." in capsys.readouterr().err
    assert main(["db", "copy", source, target]) == 0
    assert "tables copied and compared, row by row." in capsys.readouterr().out
    assert people("other.db") == ["Ana"]
    assert main(["db", "copy", source, target]) == 1
    assert "of the target is not empty." in capsys.readouterr().err


@pytest.mark.parametrize("command", ["upgrade", "status"])
def test_a_server_that_is_away_is_one_sentence(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("INSOP_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/insop")
    assert main(["db", command]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "secret" not in told.err


def test_a_server_that_is_away_stops_copies_and_restores(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    away = "postgresql://nobody:secret@127.0.0.1:1/insop"
    main(["db", "upgrade"])
    main(["db", "backup", "copies"])
    (copy,) = Path("copies").iterdir()
    capsys.readouterr()
    assert main(["db", "copy", "sqlite:///insop.db", away]) == 1
    monkeypatch.setenv("INSOP_DATABASE_URL", away)
    assert main(["db", "restore", str(copy)]) == 1
    assert main(["db", "backup", "copies"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 3
    assert "secret" not in told.err
    assert list(Path("copies").iterdir()) == [copy]
