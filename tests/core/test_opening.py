"""What a turn reads first, and connections that rested."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from bot.chat.events import Author, ConversationRef
from bot.chat.forms import Field, Form
from bot.chat.turn import Member
from bot.store import Database, Store
from bot.store import database as module
from bot.store.conversations import ConversationState
from bot.store.drafts import Draft
from bot.store.inbox import Taken
from bot.store.opening import open_turn
from tests.clock import ManualClock
from tests.databases import on_both, on_postgres

HERE = ConversationRef(platform="telegram", chat_id="5", is_private=True)
ELSEWHERE = ConversationRef(platform="telegram", chat_id="6", is_private=False)
ANA = Author(platform="telegram", id="5", name="Ana", locale="fr")
NUMBERS = count(1)
FORM = Form(id="f", title="F", fields=(Field(name="a", label="A"),))
DRAFT = Draft(form=FORM, answers={"a": "x"}, step=0)


async def opened(store: Store, now: datetime) -> Member:
    """Somebody who writes something new."""
    found = await open_turn(store, f"new-{next(NUMBERS)}", HERE, ANA, now)
    assert found.taken.is_first
    assert found.member is not None
    return found.member


@on_both
async def test_one_statement_reads_who_speaks_and_where_they_stand(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    async with database.begin() as store:
        new = await opened(store, now)
        assert await store.drafts.get(HERE, ANA.id, now) is None
        await store.drafts.set(HERE, ANA.id, DRAFT, now + timedelta(hours=1))
        await store.conversations.set(HERE, ANA.id, ConversationState(last_text="lead?"), now)
    async with database.begin() as store:
        statements: list[str] = []
        engine = database.engine.sync_engine
        listen = lambda *at: statements.append(at[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listen)
        member = await opened(store, now)
        draft = await store.drafts.get(HERE, ANA.id, now)
        state = await store.conversations.get(HERE, ANA.id)
        event.remove(engine, "before_cursor_execute", listen)
    assert len(statements) == (2 if database.is_sqlite else 1)
    assert (member.id, member.name) == (new.id, "Ana")
    assert draft == DRAFT
    assert state.last_text == "lead?"


@on_both
async def test_an_update_opens_one_turn(database: Database, clock: ManualClock) -> None:
    now = clock.now()
    async with database.begin() as store:
        await store.inbox.accept("telegram", [("7", "{}")], now)
    for is_first in (True, False):
        async with database.begin() as store:
            found = await open_turn(store, "7", HERE, ANA, now)
            assert found.taken == Taken(is_first=is_first, is_kept=is_first)
            assert (found.member is not None) is is_first
    async with database.begin() as store:
        assert await store.inbox.pending("telegram") == ["{}"]


@on_both
async def test_an_update_that_was_rolled_back_opens_a_turn_again(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    with contextlib.suppress(ZeroDivisionError):
        async with database.begin() as store:
            await open_turn(store, "8", HERE, ANA, now)
            _ = 1 / 0
    async with database.begin() as store:
        found = await open_turn(store, "8", HERE, ANA, now)
    assert found.taken == Taken(is_first=True)


@on_postgres
async def test_of_two_processes_with_the_same_update_one_opens_a_turn(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    both = asyncio.Barrier(2)

    async def one() -> bool:
        await both.wait()
        async with database.begin() as store:
            return (await open_turn(store, "9", HERE, ANA, now)).taken.is_first

    assert sorted(await asyncio.gather(one(), one())) == [False, True]


@on_both
async def test_where_nobody_was_seen_yet_no_draft_of_another_is_taken(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    bob = replace(ANA, id="6", name="Bob")
    async with database.begin() as store:
        await opened(store, now)
        await store.drafts.set(HERE, ANA.id, DRAFT, now + timedelta(hours=1))
        found = await open_turn(store, "10", HERE, bob, now)
        assert found.member is not None
        assert found.member.name == "Bob"
        assert await store.drafts.get(HERE, bob.id, now) is None


async def test_what_was_foreseen_is_forgotten_when_it_changes_or_belongs_elsewhere(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    async with database.begin() as store:
        await opened(store, now)
        await store.drafts.set(HERE, ANA.id, DRAFT, now + timedelta(hours=1))
        await store.conversations.set(HERE, ANA.id, ConversationState(last_text="one"), now)
        await opened(store, now)
        assert await store.drafts.drop(HERE, ANA.id)
        await store.conversations.set(HERE, ANA.id, ConversationState(last_text="two"), now)
        assert await store.drafts.get(HERE, ANA.id, now) is None
        assert (await store.conversations.get(HERE, ANA.id)).last_text == "two"
        await opened(store, now)
        assert (await store.conversations.get(ELSEWHERE, ANA.id)).last_text == ""


async def test_a_draft_whose_time_is_over_is_not_foreseen(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    async with database.begin() as store:
        await opened(store, now)
        await store.drafts.set(HERE, ANA.id, DRAFT, now)
        await opened(store, now)
        assert await store.drafts.get(HERE, ANA.id, now) is None


@on_postgres
@pytest.mark.parametrize(("rested", "failures"), [(True, 0), (False, 1)])
async def test_a_server_that_was_away_costs_a_rested_connection_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, rested: bool, failures: int
) -> None:
    monkeypatch.setattr(module, "_FRESH", 0.0 if rested else 3600.0)
    async with Database(database.url.render_as_string(hide_password=False)) as other:
        async with other.connect() as connection:
            mine = await connection.scalar(text("SELECT pg_backend_pid()"))
        async with database.connect() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        failed = 0
        for _ in range(3):
            try:
                async with other.connect() as connection:
                    assert await connection.scalar(text("SELECT 1")) == 1
            except DBAPIError:
                failed += 1
    assert failed == failures
