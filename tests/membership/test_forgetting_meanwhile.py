"""Somebody is forgotten while something else of theirs is under way in another process."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select, text

from bot.chat.events import Author, ConversationRef
from bot.store import Database
from bot.store.conversations import ConversationState
from bot.store.opening import open_turn
from bot.store.schema import account, conversation, person, question
from tests.clock import ManualClock
from tests.databases import on_postgres
from tests.waiting import until

ANA = Author(platform="telegram", id="5", name="Ana")
GROUP = ConversationRef(platform="telegram", chat_id="-6", is_private=False)


@on_postgres
async def test_what_is_written_meanwhile_is_forgotten_too(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    async with database.begin() as store:
        ana = await store.people.recognise(ANA, now)

    async def forget() -> None:
        async with database.begin() as store:
            await store.eraser.forget(ana.id, now)

    async with database.begin() as store:
        state = ConversationState(last_text="arsenic behind my house")
        await store.conversations.set(GROUP, ANA.id, state, now)
        number = await store.questions.open(
            person_id=ana.id, where=GROUP, text="Is it safe?", language="en", now=now
        )
        forgetting = asyncio.ensure_future(forget())
        await until(lambda: _is_held_up(database))
    await forgetting
    async with database.connect() as connection:
        for table in (conversation, account, person):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0
        kept = (await connection.execute(select(question).where(question.c.id == number))).one()
    assert kept.person_id is None
    assert "safe" not in str(kept)


@on_postgres
async def test_a_turn_of_theirs_elsewhere_and_being_forgotten_do_not_wait_for_each_other(
    database: Database, clock: ManualClock
) -> None:
    """The turn holds its update and writes of the person at its end only."""
    now = clock.now()
    async with database.begin() as store:
        ana = await store.people.recognise(ANA, now)
        await store.inbox.accept("telegram", [("7", '{"from": {"id": 5}}')], now)

    async def forget() -> None:
        async with database.begin() as store:
            await store.eraser.forget(ana.id, now)

    async with database.begin() as store:
        await open_turn(store, "7", GROUP, ANA, now)
        forgetting = asyncio.ensure_future(forget())
        await until(lambda: _is_held_up(database))
        counted = store.teaching.asked.adding(
            ana.id, decision="answer", language="en", topic=None, article=None, words="", now=now
        )
        state = ConversationState(last_text="arsenic behind my house")
        store.at_end(store.conversations.later(GROUP, ANA.id, state, now))
        store.at_end(counted)
    await forgetting
    async with database.connect() as connection:
        for table in (conversation, account, person):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0


async def _is_held_up(database: Database) -> bool:
    async with database.connect() as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(await connection.scalar(text(waiting)))
