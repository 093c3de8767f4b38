"""What a turn reads first, and connections that rested."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from bot.chat.events import Author, ConversationRef
from bot.chat.forms import Field, Form
from bot.store import Database
from bot.store import database as module
from bot.store.conversations import ConversationState
from bot.store.drafts import Draft
from bot.store.opening import open_turn
from tests.clock import ManualClock
from tests.databases import on_both, on_postgres

HERE = ConversationRef(platform="telegram", chat_id="5", is_private=True)
ELSEWHERE = ConversationRef(platform="telegram", chat_id="6", is_private=False)
ANA = Author(platform="telegram", id="5", name="Ana", locale="fr")
FORM = Form(id="f", title="F", fields=(Field(name="a", label="A"),))
DRAFT = Draft(form=FORM, answers={"a": "x"}, step=0)


@on_both
async def test_one_statement_reads_who_speaks_and_where_they_stand(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    async with database.begin() as store:
        new = await open_turn(store, HERE, ANA, now)
        assert await store.drafts.get(HERE, ANA.id, now) is None
        await store.drafts.set(HERE, ANA.id, DRAFT, now + timedelta(hours=1))
        await store.conversations.set(HERE, ANA.id, ConversationState(last_text="lead?"), now)
    async with database.begin() as store:
        statements: list[str] = []
        engine = database.engine.sync_engine
        listen = lambda *at: statements.append(at[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listen)
        member = await open_turn(store, HERE, ANA, now)
        draft = await store.drafts.get(HERE, ANA.id, now)
        state = await store.conversations.get(HERE, ANA.id)
        event.remove(engine, "before_cursor_execute", listen)
    assert len(statements) == 1
    assert (member.id, member.name) == (new.id, "Ana")
    assert draft == DRAFT
    assert state.last_text == "lead?"


async def test_what_was_foreseen_is_forgotten_when_it_changes_or_belongs_elsewhere(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    async with database.begin() as store:
        await open_turn(store, HERE, ANA, now)
        await store.drafts.set(HERE, ANA.id, DRAFT, now + timedelta(hours=1))
        await store.conversations.set(HERE, ANA.id, ConversationState(last_text="one"), now)
        await open_turn(store, HERE, ANA, now)
        assert await store.drafts.drop(HERE, ANA.id)
        await store.conversations.set(HERE, ANA.id, ConversationState(last_text="two"), now)
        assert await store.drafts.get(HERE, ANA.id, now) is None
        assert (await store.conversations.get(HERE, ANA.id)).last_text == "two"
        await open_turn(store, HERE, ANA, now)
        assert (await store.conversations.get(ELSEWHERE, ANA.id)).last_text == ""


async def test_a_draft_whose_time_is_over_is_not_foreseen(
    database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    async with database.begin() as store:
        await open_turn(store, HERE, ANA, now)
        await store.drafts.set(HERE, ANA.id, DRAFT, now)
        await open_turn(store, HERE, ANA, now)
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
