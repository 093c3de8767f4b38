"""``insop route`` with contacts of several rules: to whom, by when, and every rule that counted."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.chat.events import Author, ConversationRef
from bot.cli import main
from bot.store import Database, Store
from bot.store.migrating import upgrade
from tests.commands.articles import write_articles

Output = pytest.CaptureFixture[str]
Work = Callable[[Store], Awaitable[object]]

CONTACTS = """
[[contact]]
id = "amina"
name = "Amina"
email = "amina@example.org"
deputies = ["bo"]
capacity = 1
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
hours = "00:00-23:59"

[[contact]]
id = "bo"
name = "Bo"
email = "bo@example.org"
countries = ["SN"]
languages = ["fr"]

[[contact]]
id = "cho"
name = "Cho"
email = "cho@example.org"
urgent = true
groups = ["mapping"]
"""


@pytest.fixture
def contacts(here: Path) -> Path:
    """The current folder, with three contacts and a database."""
    write_articles(here, CONTACTS)
    assert main(["db", "upgrade"]) == 0
    return here


def change(folder: Path, work: Work) -> None:
    """Do something in the database, as the assistant would."""

    async def do() -> None:
        async with Database(f"sqlite:///{folder / 'insop.db'}") as database:
            await upgrade(database)
            async with database.begin() as store:
                await work(store)

    asyncio.run(do())


def test_who_takes_all_gets_what_nobody_names(contacts: Path, capsys: Output) -> None:
    capsys.readouterr()
    assert main(["route", "how do i take a soil sample"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "topic basics, language en, country unknown, ordinary"
    assert "  language       bo: takes only fr, the question has en" in out
    assert "  working group  cho: takes only mapping, the question has none" in out
    assert "  chosen         amina: 0 open" in out
    assert "→ Amina <amina@example.org>" in out
    assert out[-1].startswith("  due ")
    assert out[-1].endswith(" Europe/Rome")


def test_whoever_names_the_country_and_language_goes_first(contacts: Path, capsys: Output) -> None:
    capsys.readouterr()
    assert main(["route", "du plomb", "--lang", "fr", "--country", "sn", "--topic", "health"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("topic health, language fr, country SN, ordinary\n")
    assert "bo: matches by country, language; 0 open" in out
    assert "→ Bo <bo@example.org>" in out
    assert "  then Amina" in out


def test_urgent_questions_and_groups(contacts: Path, capsys: Output) -> None:
    capsys.readouterr()
    assert main(["route", "lead limits", "--urgent", "--group", "mapping"]) == 0
    out = capsys.readouterr().out
    assert ", urgent\n" in out
    assert "cho: matches by working group; takes urgent ones; 0 open" in out
    assert "→ Cho <cho@example.org>" in out


def test_an_absence_and_open_questions_count(contacts: Path, capsys: Output) -> None:
    now = datetime.now(UTC)

    async def ask(store: Store) -> None:
        author = Author(platform="telegram", id="1", name="Ana", locale="en")
        member = await store.people.recognise(author, now)
        where = ConversationRef(platform="telegram", chat_id="1")
        number = await store.questions.open(
            person_id=member.id, where=where, text="x", language="en", now=now
        )
        await store.connection.exec_driver_sql(
            f"UPDATE question SET owner = 'amina' WHERE id = {number}"
        )

    change(contacts, ask)
    capsys.readouterr()
    assert main(["route", "lead limits"]) == 0
    assert "everybody who fits has as much as they can take" in capsys.readouterr().out
    change(contacts, lambda store: store.contact_absences.begin("amina", now, None))
    assert main(["route", "lead limits"]) == 0
    out = capsys.readouterr().out
    assert "  absence        amina: is away; bo stands in" in out
    assert "→ Bo <bo@example.org>" in out


def test_nobody_to_send_it_to_is_a_failure(here: Path, capsys: Output) -> None:
    write_articles(here, "")
    assert main(["route", "lead limits"]) == 1
    assert "There is no contact; fill knowledge/contacts.toml." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--country", "Senegal"], "--country Senegal: write a code of two letters, like SN"),
        (["--country", "XX"], "--country XX: write a code of two letters, like SN"),
        (["--lang", "de"], "--lang de: choose one of en, fr, es, ar, ru, zh."),
    ],
)
def test_what_is_no_country_or_language_is_said(
    here: Path, capsys: Output, options: list[str], said: str
) -> None:
    assert main(["route", "lead", *options]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"{said}\n")
    assert list(here.iterdir()) == []


def test_a_newer_database_is_one_sentence(contacts: Path, capsys: Output) -> None:
    connection = sqlite3.connect(contacts / "insop.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    capsys.readouterr()
    assert main(["route", "lead limits"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "9999" in told.err
    assert told.err.count("\n") == 1
