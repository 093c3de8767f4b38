"""The database: migrations, group commit, what a failed unit leaves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

import migrations
from bot.chat.events import Author, ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.store import Database
from bot.store.database import HEAD, DatabaseError
from bot.store.migrating import upgrade
from bot.store.schema import metadata
from tests.clock import ManualClock


async def test_migrations_build_exactly_the_tables_of_the_code(database: Database) -> None:
    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with database.connect() as connection:
        assert await connection.run_sync(compare) == []
    assert await database.revision() == HEAD


def test_head_is_the_last_migration() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_current_head() == HEAD


async def test_upgrading_twice_changes_nothing_and_a_newer_database_is_refused(
    database: Database,
) -> None:
    assert await upgrade(database) is False
    async with database.connect() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer than this release"):
        await upgrade(database)


async def test_errors_do_not_quote_what_people_wrote(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as caught:
        async with database.connect() as connection:
            await connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "mine"})
    assert "mine" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///{tmp}/file/sub/x.db", "cannot be made"),
        ("sqlite:///{tmp}/file", "not a database"),
        ("postgresql://u:geheim@127.0.0.1:1:1/x", "not a database URL"),
        ("postgresql://u:geheim@127.0.0.1:1/x", "that the server runs"),
    ],
)
async def test_a_database_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, url: str, words: str
) -> None:
    (tmp_path / "file").write_text("no database " * 100, encoding="utf-8")
    with pytest.raises(DatabaseError, match=words) as caught:
        async with Database(url.format(tmp=tmp_path)) as database:
            await database.revision()
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_failed_unit_is_undone_and_its_neighbours_stay(
    database: Database, clock: ManualClock
) -> None:
    async def write(number: int) -> None:
        async with database.begin() as store:
            await store.inbox.begin("telegram", str(number), clock.now())
            if number % 3 == 0:
                raise RuntimeError("fails")

    results = await asyncio.gather(*(write(n) for n in range(60)), return_exceptions=True)
    assert sum(isinstance(result, RuntimeError) for result in results) == 20
    async with database.connect() as connection:
        count = (await connection.execute(text("SELECT count(*) FROM inbox"))).scalar()
    assert count == 40


async def test_a_cancelled_unit_does_not_hold_up_the_others(
    database: Database, clock: ManualClock
) -> None:
    entered = asyncio.Event()

    async def hang() -> None:
        async with database.begin() as store:
            await store.inbox.begin("telegram", "hung", clock.now())
            entered.set()
            await asyncio.Event().wait()

    async def write(key: str) -> None:
        async with database.begin() as store:
            await store.inbox.begin("telegram", key, clock.now())

    hung = asyncio.create_task(hang())
    await entered.wait()
    waiting = [asyncio.create_task(write(str(n))) for n in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    hung.cancel()
    results = await asyncio.gather(hung, *waiting, return_exceptions=True)
    assert [isinstance(each, asyncio.CancelledError) for each in results] == [
        True,
        False,
        True,
        False,
    ]
    async with database.connect() as connection:
        rows = (await connection.execute(text("SELECT update_id FROM inbox"))).scalars().all()
    assert sorted(rows) == ["0", "2"]


async def test_what_was_acknowledged_is_in_the_file(tmp_path: Path, clock: ManualClock) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'insop.db'}"
    async with Database(url) as first:
        await upgrade(first)
        async with first.begin() as store:
            await store.inbox.begin("telegram", "1", clock.now())
        # A second process looks while the first is still open.
        async with Database(url) as second, second.begin() as store:
            assert await store.inbox.begin("telegram", "1", clock.now()) is False


async def test_one_source_and_recipient_is_queued_once(
    database: Database, clock: ManualClock
) -> None:
    where = ConversationRef(platform="telegram", chat_id="1")
    async with database.begin() as store:
        results = [
            await store.outbox.add(
                "question:1",
                where,
                Message(text="x"),
                lane=Lane.RELAY,
                on_unknown="resend",
                now=clock.now(),
            )
            for _ in range(2)
        ]
    assert results == [True, False]


async def test_a_new_name_is_kept(database: Database, clock: ManualClock) -> None:
    async with database.begin() as store:
        first = await store.people.recognise(
            Author(platform="discord", id="1", name="Ana"), clock.now()
        )
        again = await store.people.recognise(
            Author(platform="discord", id="1", name="Ana María", locale="es"), clock.now()
        )
        row = (await store.connection.execute(text("SELECT name, locale FROM account"))).one()
    assert first.id == again.id
    assert tuple(row) == ("Ana María", "es")


def test_a_url_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(DatabaseError, match="not a database URL"):
        Database("nonsense")


async def test_a_server_that_is_away_is_named_without_its_password() -> None:
    async with Database("postgresql://ana:hunter2@127.0.0.1:1/none") as database:
        with pytest.raises(DatabaseError) as caught:
            await database.revision()
    assert "cannot be reached" in str(caught.value)
    assert "hunter2" not in str(caught.value)
