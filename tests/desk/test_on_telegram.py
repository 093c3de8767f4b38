"""The desk as a forum group on the Telegram stand-in, from the asker's phone to the contact's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import build, prepare_database
from bot.delivery.marking import Marking
from tests.desk import worker
from tests.desk.worker import Place, serve
from tests.telegram.loopback.people import Group, Person
from tests.telegram.loopback.server import LoopbackServer
from tests.waiting import until


@pytest.fixture
async def server() -> AsyncIterator[LoopbackServer]:
    async with LoopbackServer() as started:
        yield started


@pytest.fixture
def group(server: LoopbackServer) -> Group:
    return server.group("Desk", topics=("General",))


@pytest.fixture
async def nat(server: LoopbackServer, group: Group, tmp_path: Path) -> AsyncIterator[Person]:
    """The contact, while the assistant runs."""
    contact = server.user("Natalia")
    serving = asyncio.create_task(serve(place(server, group, contact, tmp_path)))
    yield contact
    serving.cancel()
    async with asyncio.timeout(30):
        await asyncio.gather(serving, return_exceptions=True)


def place(server: LoopbackServer, group: Group, contact: Person, folder: Path) -> Place:
    """Telegram alone."""
    return Place(
        database=f"sqlite:///{folder / 'x.db'}",
        telegram=server.url,
        group=group.id,
        natalia=f"telegram:{contact.id}",
    )


async def ask(ana: Person, words: str) -> None:
    await ana.says("/contact")
    await ana.sees("What is your question?")
    await ana.says(words)
    await ana.sees("has the number")


async def test_a_topic_a_reply_a_deleted_topic_and_an_album(
    server: LoopbackServer, group: Group, nat: Person
) -> None:
    ana = server.user("Ana")
    await ask(ana, "Is my well safe?")
    await nat.sees("Reply here to answer", chat=group)
    topic = group.thread("Is my well safe?")
    await nat.says("Have it tested.", chat=group, topic=topic)
    await ana.sees("Have it tested.")
    # Somebody deletes the topic; the asker writes on, and a new one holds everything.
    group.delete_topic(topic)
    await ana.says("Where?")
    await nat.sees("Where?", chat=group)
    fresh = group.thread("Is my well safe?")
    assert fresh != topic
    told = [s.text for s in group.shown() if s.raw.get("message_thread_id") == fresh]
    assert "Is my well safe?" in told[0]
    assert "Have it tested." in told[1]
    assert "Where?" in told[-1]
    # Files stay at Telegram and go by their handle.
    await nat.says("At a laboratory.", chat=group, topic=fresh)
    await ana.sees("At a laboratory.")


async def test_articles_are_found_and_sent_in_a_topic(
    server: LoopbackServer, group: Group, nat: Person
) -> None:
    ana = server.user("Ana")
    await ask(ana, "Is my well safe?")
    await nat.sees("Reply here to answer", chat=group)
    topic = group.thread("Is my well safe?")
    await nat.presses("Find an answer", chat=group)
    await nat.sees("What shall I look for?", chat=group)
    await nat.says("lead limits", chat=group, topic=topic)
    found = await nat.sees("Lead and health", chat=group)
    assert found.raw["message_thread_id"] == topic
    press = await nat.presses("Send: Lead and health", chat=group)
    assert await nat.sees_toast(press) == "Sent to the asker."
    await ana.sees("Short answer on lead and health")
    await nat.sees("Short answer on lead and health", chat=group)
    press = await nat.presses("Send: Lead and health", chat=group)
    assert await nat.sees_toast(press) == "The asker was sent this article already."
    await nat.says("#FIND soil sample", chat=group, topic=topic)
    await nat.sees("Taking a soil sample", chat=group)
    await ana.blocks()
    await nat.presses("Send: Taking a soil sample", chat=group)
    await nat.sees("has blocked the assistant or left", chat=group)
    assert not any("soil sample" in seen.text for seen in ana.shown())


async def test_what_contacts_say_elsewhere_in_the_group_is_not_passed_on(
    server: LoopbackServer, group: Group, nat: Person
) -> None:
    ana = server.user("Ana")
    await ask(ana, "Is my well safe?")
    await nat.sees("Reply here to answer", chat=group)
    await nat.says("Who has lunch?", chat=group, topic="General")
    await nat.says("Who has lunch now?", chat=group)
    await nat.says("Test it.", chat=group, topic=group.thread("well"))
    await ana.sees("Test it.")
    assert not any("lunch" in seen.text for seen in ana.shown())


async def test_a_group_without_topics_answers_by_replies(
    server: LoopbackServer, tmp_path: Path
) -> None:
    plain = server.group("Plain desk")
    nat, ana = server.user("Natalia"), server.user("Ana")
    serving = asyncio.create_task(serve(place(server, plain, nat, tmp_path)))
    try:
        await ask(ana, "Is my well safe?")
        seen = await nat.sees("Reply here to answer", chat=plain)
        await nat.says("Lunch?", chat=plain)
        await nat.presses("I take it", chat=plain)
        await ana.sees("has taken your question")
        await nat.says("Test it.", chat=plain, reply_to=seen.message_id)
        await ana.sees("Test it.")
        assert not any("Lunch" in each.text for each in ana.shown())
    finally:
        serving.cancel()
        async with asyncio.timeout(30):
            await asyncio.gather(serving, return_exceptions=True)


async def test_an_asker_who_blocks_is_told_to_the_contact(
    server: LoopbackServer, group: Group, nat: Person
) -> None:
    ana = server.user("Ana")
    await ask(ana, "Is my well safe?")
    await nat.sees("Reply here to answer", chat=group)
    await ana.blocks()
    await nat.says("Test it.", chat=group, topic=group.thread("well"))
    await nat.sees("has blocked the assistant", chat=group)


@pytest.mark.parametrize(
    "refusal", ["PHOTO_INVALID_DIMENSIONS", "not enough rights to send photos to the chat"]
)
async def test_of_a_file_that_is_refused_the_words_arrive(
    server: LoopbackServer, group: Group, nat: Person, refusal: str
) -> None:
    server.fail("sendPhoto", 400, f"Bad Request: {refusal}", times=2)
    server.world.files["photo-large"] = b"a picture"
    ana = server.user("Ana")
    await ana.sends_photo("Is my well safe?")
    await ana.sees("in other words")
    await ana.presses("Ask a person")
    head = await nat.sees("Reply here to answer", chat=group)
    assert "Is my well safe?" in head.text
    assert "1 file could not be passed on" in head.text
    await nat.says("Have it tested.", chat=group, topic=group.thread("well"))
    await ana.sees("Have it tested.")
    await ana.sends_photo("And this one?")

    def is_added() -> bool:
        added = [seen.text for seen in group.shown() if "And this one?" in seen.text]
        return bool(added) and "1 file could not be passed on" in added[0]

    # A group is written to once in three seconds.
    await until(is_added)


@pytest.fixture
async def marked(server: LoopbackServer, group: Group, tmp_path: Path) -> AsyncIterator[Person]:
    """The contact, while the assistant runs and sets signs as ``insop run`` does."""
    contact = server.user("Natalia")
    where = place(server, group, contact, tmp_path)
    settings = worker.settings_of(where)
    stop = asyncio.Event()
    async with await prepare_database(settings) as database:
        app = build(settings, database, worker.library_of(where))
        adapter = worker._telegram(app)
        work = Marking(
            database=database,
            clock=app.clock,
            platform="telegram",
            marker=adapter,
            pacer=worker._pacer(app, "telegram"),
        )
        serving = asyncio.create_task(worker.run(app))
        beside = [
            asyncio.create_task(adapter.stand_ready(stop)),
            asyncio.create_task(work.run(stop)),
        ]
        yield contact
        stop.set()
        await asyncio.gather(*beside)
        serving.cancel()
        async with asyncio.timeout(30):
            await asyncio.gather(serving, return_exceptions=True)


async def shows(server: LoopbackServer, chat: int, message: int, sign: str) -> None:
    """Wait for the bot's reaction."""
    async with asyncio.timeout(20), server.world.changed:
        await server.world.changed.wait_for(
            lambda: server.world.reactions.get((chat, message)) == sign
        )


async def test_each_sees_on_the_own_message_where_it_stands(
    server: LoopbackServer, group: Group, marked: Person
) -> None:
    nat = marked
    server.world.files["photo-large"] = b"a picture"
    server.world.file_names["photo-large"] = "picture.jpg"
    ana = server.user("Ana")
    photo = await ana.sends_photo()
    await ana.sees("a person will")
    await nat.sees("Reply here to answer", chat=group)
    await shows(server, ana.id, photo, "👌")
    topic = group.thread("📷")
    answer = await nat.says("Have it tested.", chat=group, topic=topic)
    await shows(server, group.id, answer, "👍")
    await ana.blocks()
    lost = await nat.says("At a laboratory.", chat=group, topic=topic)
    await shows(server, group.id, lost, "💔")
    await nat.sees("has blocked the assistant", chat=group)
    refused = [method for method, _ in server.refusals if not method.endswith("ForumTopic")]
    assert refused == ["sendMessage"]


async def test_a_group_without_reactions_loses_nothing(
    server: LoopbackServer, group: Group, marked: Person
) -> None:
    nat = marked
    server.fail("setMessageReaction", 400, "Bad Request: REACTION_INVALID", times=2)
    ana = server.user("Ana")
    await ask(ana, "Is my well safe?")
    await nat.sees("Reply here to answer", chat=group)
    topic = group.thread("well")
    await nat.says("Have it tested.", chat=group, topic=topic)
    await ana.sees("Have it tested.")
    await server.until_called("setMessageReaction", within=20)
    await nat.says("At a laboratory.", chat=group, topic=topic)
    await ana.sees("At a laboratory.")


async def test_in_a_group_a_person_is_asked_for_in_private(
    server: LoopbackServer, group: Group, nat: Person
) -> None:
    meeting = server.group("Farmers")
    ana = server.user("Ana")
    await ana.says("/ask xyzzy plugh frobnicate", chat=meeting)
    await ana.sees("I did not find", chat=meeting)
    await ana.presses("Ask a person", chat=meeting)
    seen = await ana.sees("Please write to me in a private chat", chat=meeting)
    assert "xyzzy" not in seen.text
    await ana.says("/start person")
    await ana.sees("has the number")
    await nat.sees("xyzzy plugh frobnicate", chat=group)
    assert not any("number" in each.text for each in meeting.shown())
