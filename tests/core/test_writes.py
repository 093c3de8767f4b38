"""What waits for the end of a unit: written once, in order, or not at all."""

from __future__ import annotations

import contextlib

from sqlalchemy import event, func, select

from bot.chat.events import ConversationRef
from bot.store import Database
from bot.store.conversations import ConversationState
from bot.store.schema_teaching import asked
from bot.store.unit import Store
from bot.store.writes import Write
from tests.clock import ManualClock
from tests.databases import on_both

HERE = ConversationRef(platform="telegram", chat_id="5", is_private=True)
ONE, TWO = (ConversationState(last_text=text) for text in ("one", "two"))


def counted(store: Store, clock: ManualClock) -> Write:
    return store.teaching.asked.adding(
        1,
        decision="answer",
        language="fr",
        topic=None,
        article=None,
        words="",
        now=clock.now(),
    )


@on_both
async def test_all_of_a_turn_is_written_in_one_trip_where_there_are_trips(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    async with database.begin() as store:
        await store.people.add_all(["Ana"], now)
        await store.inbox.accept("telegram", [("7", "{}")], now)
    statements: list[str] = []
    engine = database.engine.sync_engine
    listen = lambda *at: statements.append(at[2])  # noqa: E731
    async with database.begin() as store:
        store.at_end(store.conversations.later(HERE, "5", ONE, now))
        store.at_end(counted(store, clock))
        store.at_end(store.inbox.replying("telegram", "7", "hello"))
        event.listen(engine, "before_cursor_execute", listen)
    event.remove(engine, "before_cursor_execute", listen)
    assert len(statements) == (3 if database.is_sqlite else 1)
    async with database.begin() as store:
        assert await store.conversations.get(HERE, "5") == ONE
        assert await store.inbox.pending("telegram") == ["{}"]
        row = (await store.connection.execute(select(asked))).one()
        assert (row.person_id, row.decision, row.language) == (1, "answer", "fr")
        await store.inbox.take("telegram", "7", now)
        assert await store.inbox.reply_of("telegram", "7") == "hello"


@on_both
async def test_two_of_a_kind_are_both_written(database: Database, clock: ManualClock) -> None:
    async with database.begin() as store:
        await store.people.add_all(["Ana"], clock.now())
        store.at_end(counted(store, clock))
        store.at_end(counted(store, clock))
        store.at_end(store.conversations.later(HERE, "5", ONE, clock.now()))
    async with database.begin() as store:
        assert await store.connection.scalar(select(func.count()).select_from(asked)) == 2
        assert await store.conversations.get(HERE, "5") == ONE


@on_both
async def test_the_last_word_counts(database: Database, clock: ManualClock) -> None:
    now = clock.now()
    async with database.begin() as store:
        store.at_end(store.conversations.later(HERE, "5", ONE, now))
        assert await store.conversations.get(HERE, "5") == ONE
        store.at_end(store.conversations.later(HERE, "5", TWO, now))
        assert await store.conversations.get(HERE, "5") == TWO
        store.at_end(store.conversations.later(HERE, "6", ONE, now))
        await store.conversations.set(HERE, "6", TWO, now)
        assert await store.conversations.get(HERE, "6") == TWO
    async with database.begin() as store:
        assert await store.conversations.get(HERE, "5") == TWO
        assert await store.conversations.get(HERE, "6") == TWO


@on_both
async def test_what_fails_leaves_nothing(database: Database, clock: ManualClock) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with database.begin() as store:
            store.at_end(store.conversations.later(HERE, "5", ONE, clock.now()))
            _ = 1 / 0
    async with database.begin() as store:
        assert await store.conversations.get(HERE, "5") == ConversationState()
