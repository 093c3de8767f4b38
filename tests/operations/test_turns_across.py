"""Turns of one conversation that come to two gateways at nearly the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.app import App, build
from bot.chat.events import (
    Author,
    CommandInvoked,
    ConversationRef,
    Event,
    IncomingFile,
    MessageReceived,
)
from bot.chat.messages import Message
from bot.clock import SystemClock
from bot.config import Settings
from bot.sharing import Gateway
from bot.store import Database
from bot.store.inbox_shared import SharedInbox
from tests.databases import on_postgres
from tests.knowledge_sample import sample_library
from tests.waiting import until

ANA = Author(platform="telegram", id="1", name="Ana", locale="en")
CHAT = ConversationRef(platform="telegram", chat_id="1")

pytestmark = on_postgres


@pytest.fixture
async def pair(database: Database) -> AsyncIterator[tuple[App, App]]:
    """Two processes that receive."""
    clock = SystemClock()
    address = database.url.render_as_string(hide_password=False)
    async with Database(address) as one, Database(address) as other:
        gateways = [
            Gateway(each, clock, owner=f"gateway-{number}", role="gateway")
            for number, each in enumerate((one, other))
        ]
        apps = [
            build(Settings(), each, sample_library(), clock=clock, gateway=gateway)
            for each, gateway in zip((one, other), gateways, strict=True)
        ]
        for gateway in gateways:
            await gateway.beat()
        yield apps[0], apps[1]
        for gateway in gateways:
            await gateway.leave()


async def say(app: App, key: str, words: str) -> str:
    now = SystemClock().now()
    event: Event
    if words.startswith("/"):
        event = CommandInvoked(id=key, conversation=CHAT, author=ANA, at=now, name=words[1:])
    else:
        event = MessageReceived(
            id=key, conversation=CHAT, author=ANA, at=now, text=words, message_id=key
        )
    reply = await app.dispatch(event)
    assert isinstance(reply, Message)
    return reply.text


async def test_each_answer_to_a_form_is_taken_for_its_own_question(
    pair: tuple[App, App], database: Database
) -> None:
    """Both have opened their turns before either may begin."""
    one, other = pair
    await say(one, "1", "/join")

    async def wait_for(many: int) -> None:
        await until(lambda: _waiting(database, many), f"{many} that wait")

    async with database.connect() as connection:
        await SharedInbox(connection).hold_conversation(":".join(CHAT.key))
        first = asyncio.ensure_future(say(one, "2", "Ana Wanjiru"))
        await wait_for(1)
        second = asyncio.ensure_future(say(other, "3", "ana@example.org"))
        await wait_for(2)
    asked = [await first, await second]
    assert asked[0] != asked[1]
    async with database.begin() as store:
        draft = await store.drafts.get(CHAT, ANA.id, SystemClock().now())
    assert draft is not None
    assert draft.step == 2
    assert list(draft.answers.values()) == ["Ana Wanjiru", "ana@example.org"]


async def test_two_pictures_of_an_album_become_one_question(
    pair: tuple[App, App], database: Database
) -> None:
    """The second turn knows the question that the first one opened."""
    one, other = pair
    await say(one, "1", "hello")
    files = (IncomingFile(kind="photo", handle="p", media_type="image/jpeg", size=9),)

    async def send(app: App, key: str) -> object:
        event = MessageReceived(
            id=key, conversation=CHAT, author=ANA, at=SystemClock().now(), text="",
            message_id=key, files=files, album="a1",
        )  # fmt: skip
        return await app.dispatch(event)

    async with database.connect() as connection:
        await SharedInbox(connection).hold_conversation(":".join(CHAT.key))
        turns = [asyncio.ensure_future(send(app, key)) for app, key in ((one, "2"), (other, "3"))]
        await until(lambda: _waiting(database, 2), "both that wait")
    await asyncio.gather(*turns)
    async with database.begin() as store:
        assert await store.questions.count_open() == 1


async def _waiting(database: Database, many: int) -> bool:
    async with database.connect() as connection:
        found = await connection.scalar(
            text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        )
    return bool(found == many)
