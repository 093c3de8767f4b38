"""Two gateways on one PostgreSQL: one takes up what the other leaves, none answers twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from benchmarks.cluster import is_clean, main, options_of
from bot.chat.events import Author, ConversationRef, MessageReceived
from bot.chat.messages import Message
from bot.chat.turn import Reply
from bot.clock import SystemClock
from bot.operations.electing import Elected
from bot.sharing import Gateway
from bot.store import Database
from bot.store.listening import listen
from bot.store.migrating import upgrade

ANA = Author(platform="telegram", id="1", name="Ana", locale="es")
CHAT = ConversationRef(platform="telegram", chat_id="1")


@pytest.fixture
async def url(new_postgres: Callable[[], str]) -> str:
    made = new_postgres()
    async with Database(made) as database:
        await upgrade(database)
    return made


@pytest.fixture
async def databases(url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Two processes' connections."""
    async with Database(url) as one, Database(url) as other:
        yield one, other


@pytest.fixture
async def pair(databases: tuple[Database, Database]) -> AsyncIterator[tuple[Gateway, Gateway]]:
    """Two gateways that live."""
    clock = SystemClock()
    made = [
        Gateway(database, clock, owner=f"gateway-{number}", role="gateway")
        for number, database in enumerate(databases)
    ]
    for gateway in made:
        await gateway.beat()
    yield made[0], made[1]
    for gateway in made:
        await gateway.leave()


def event(key: str) -> MessageReceived:
    return MessageReceived(
        id=key, conversation=CHAT, author=ANA, at=SystemClock().now(), text="hola", message_id="1"
    )


async def answering(_: object) -> Reply:
    return Message(text="an answer")


async def die(gateway: Gateway) -> None:
    """As ``kill -9``: the server drops the lock with the connection."""
    await gateway._lock.release()


async def test_the_living_keep_what_is_theirs(pair: tuple[Gateway, Gateway]) -> None:
    one, other = pair
    await one.accept("telegram", [("7", '{"update_id": 7}')])
    assert await other.pending("telegram") == []


async def test_what_the_dead_did_not_handle_is_handled(pair: tuple[Gateway, Gateway]) -> None:
    one, other = pair
    await one.accept("telegram", [("7", '{"update_id": 7}')])
    await die(one)
    assert await other.pending("telegram") == ['{"update_id": 7}']
    assert await other.pending("telegram") == []
    reply = await other.shared(answering)(event("7"))
    assert isinstance(reply, Message)
    assert reply.text == "an answer"


async def test_what_the_dead_may_have_answered_is_not_answered_again(
    pair: tuple[Gateway, Gateway], databases: tuple[Database, Database]
) -> None:
    one, other = pair
    await one.accept("telegram", [("7", '{"update_id": 7}')])
    async with databases[0].begin() as store:
        await store.inbox.take("telegram", "7", SystemClock().now())
        store.at_end(store.inbox.replying("telegram", "7", "{}"))
    await die(one)
    assert await other.pending("telegram") == ['{"update_id": 7}']

    async def never(_: object) -> Reply:
        raise AssertionError("answered twice")

    reply = await other.shared(never)(event("7"))
    assert isinstance(reply, Message)
    assert "answer" not in reply.text or "interrupted" in reply.text
    await other.answered("telegram", "7")
    await die(other)
    assert await one.pending("telegram") == []


async def test_an_update_that_comes_to_both_is_answered_by_one(
    pair: tuple[Gateway, Gateway],
) -> None:
    one, other = pair
    for gateway in pair:
        await gateway.accept("telegram", [("7", '{"update_id": 7}')])
    repeated = asyncio.ensure_future(other.shared(answering)(event("7")))
    assert await one.shared(answering)(event("7")) is not None
    await one.answered("telegram", "7")
    assert await asyncio.wait_for(repeated, 10) is None


async def test_an_update_that_comes_again_after_a_death_is_taken_over(
    pair: tuple[Gateway, Gateway],
) -> None:
    one, other = pair
    await one.accept("telegram", [("7", '{"update_id": 7}')])
    await die(one)
    await other.accept("telegram", [("7", '{"update_id": 7}')])
    assert await asyncio.wait_for(other.shared(answering)(event("7")), 10) is not None


async def test_one_is_elected_and_the_other_follows(
    databases: tuple[Database, Database],
) -> None:
    clock, worked, stops = SystemClock(), [], [asyncio.Event(), asyncio.Event()]
    began = [asyncio.Event(), asyncio.Event()]

    async def stand(number: int) -> None:
        async def work(over: asyncio.Event) -> None:
            worked.append(number)
            began[number].set()
            await over.wait()

        elected = Elected(
            database=databases[number], clock=clock, name="clock", owner=f"process-{number}"
        )
        await elected.run(work, stops[number])

    first = asyncio.create_task(stand(0))
    await asyncio.wait_for(began[0].wait(), 10)
    second = asyncio.create_task(stand(1))
    stops[0].set()
    await asyncio.wait_for(began[1].wait(), 10)
    stops[1].set()
    await asyncio.gather(first, second)
    assert worked == [0, 1]


async def test_new_messages_wake_the_sender_of_another_process(
    databases: tuple[Database, Database],
) -> None:
    from bot.chat.ports import Lane

    clock, stop, poked = SystemClock(), asyncio.Event(), asyncio.Queue[None]()
    task = asyncio.create_task(listen(databases[0], clock, lambda: poked.put_nowait(None), stop))
    await asyncio.wait_for(poked.get(), 10)
    async with databases[1].begin() as store:
        await store.outbox.add(
            "x", CHAT, Message(text="x"), lane=Lane.RELAY, on_unknown="hold", now=clock.now()
        )
    await asyncio.wait_for(poked.get(), 10)
    stop.set()
    await asyncio.wait_for(task, 10)


async def test_a_cluster_under_kills_loses_and_doubles_nothing(
    request: pytest.FixtureRequest,
) -> None:
    request.getfixturevalue("postgres")
    short = ["--kills", "2", "--every", "4", "--questions", "10", "--recipients", "60"]
    account = await main(options_of(short))
    assert is_clean(account), account
    assert account["questions"] > 20
    assert account["recipients"] == 60
