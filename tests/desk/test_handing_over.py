""" "Ask a person" under an answer: with the pictures, and where nobody else reads along."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.events import ConversationRef, IncomingFile, MessageReceived
from bot.chat.messages import FileRef, LinkButton, Message
from bot.chat.turn import Role
from bot.config_members import MembershipSettings
from bot.store import Database
from bot.store.schema import question
from tests.clock import ManualClock
from tests.desk.people import Desks, desk_library, settings, texts, writes
from tests.stage import Persona, Stage

UNKNOWN = "xyzzy plugh frobnicate"


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> Stage:
    named = settings().model_copy(
        update={"membership": MembershipSettings(telegram_name="insop_bot")}
    )
    return Stage(database, clock, desk_library(), named)


async def shows(
    persona: Persona, handle: str, caption: str = "", *, album: str | None = None
) -> None:
    """Send a photo, one of an album where that is named."""
    photo = IncomingFile(kind="photo", handle=handle)
    event = MessageReceived(
        text=caption, message_id=f"m-{handle}", files=(photo,), album=album, **persona.common()
    )
    await persona.does(event)


def files_at(out: list[tuple[ConversationRef, str, Message]], chat_id: str) -> list[FileRef]:
    """The files that went to a chat."""
    return [file for to, _, message in out if to.chat_id == chat_id for file in message.files]


async def questions(database: Database) -> list[tuple[str, str, bool]]:
    async with database.connect() as connection:
        rows = await connection.execute(
            select(question.c.text, question.c.chat_id, question.c.is_private)
        )
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("caption", [UNKNOWN, "how do I take a soil sample?"])
async def test_a_photo_with_a_caption_goes_along(stage: Stage, desks: Desks, caption: str) -> None:
    ana = stage.persona("Ana")
    await shows(ana, "leaf", caption)
    await ana.presses_action(Action("person"))
    ana.sees("number 1")
    out = await desks.work()
    topic, thread = desks.opened
    for place in (topic, thread):
        assert [file.handle for file in files_at(out, place.chat_id)] == ["leaf"]
        assert any(caption in text for text in texts(out, place.chat_id))


async def test_a_whole_album_goes_along_whatever_happened_between(
    stage: Stage, desks: Desks
) -> None:
    ana = stage.persona("Ana")
    await shows(ana, "a", UNKNOWN, album="album")
    stage.restart()
    await shows(ana, "b", album="album")
    ana.sees_nothing()
    await shows(ana, "c", album="album")
    # Said in other words, as the assistant asked: the pictures belong to both.
    await ana.says("still xyzzy and plugh")
    await ana.presses("Ask a person")
    # The last one was slow.
    await shows(ana, "d", "and quux", album="other")
    await desks.work()
    out = await desks.work()
    out += await desks.work()
    async with stage.database.begin() as store:
        (message,) = await store.question_messages.of(1)
    assert [file.handle for file in message.files] == ["a", "b", "c"]
    assert out == []


async def test_pictures_of_a_question_that_was_answered_stay_behind(
    stage: Stage, desks: Desks
) -> None:
    ana = stage.persona("Ana")
    await shows(ana, "old", "how do I take a soil sample?")
    await ana.says(UNKNOWN)
    await ana.presses("Ask a person")
    assert files_at(await desks.work(), desks.opened[0].chat_id) == []


async def test_a_late_picture_of_the_album_joins_the_question(stage: Stage, desks: Desks) -> None:
    ana = stage.persona("Ana")
    await shows(ana, "a", UNKNOWN, album="album")
    await ana.presses("Ask a person")
    await shows(ana, "b", album="album")
    stage.clock.advance(10)
    out = await desks.work()
    assert [file.handle for file in files_at(out, desks.opened[0].chat_id)] == ["a", "b"]


async def test_without_a_name_the_camera_says_nothing(stage: Stage, desks: Desks) -> None:
    zoe = stage.persona("Zoe")
    await shows(zoe, "drums", UNKNOWN)
    await zoe.says("still xyzzy and plugh")
    await zoe.presses("Ask without my name")
    out = await desks.work()
    (file,) = files_at(out, desks.opened[0].chat_id)
    assert file.is_stripped


async def test_a_picture_of_an_emergency_goes_along(stage: Stage, desks: Desks) -> None:
    ana = stage.persona("Ana")
    await shows(ana, "a", "my child drank pesticide", album="album")
    ana.sees("number 1")
    await shows(ana, "b", album="album")
    stage.clock.advance(10)
    out = await desks.work()
    assert [file.handle for file in files_at(out, desks.opened[0].chat_id)] == ["a", "b"]


async def test_in_a_channel_of_discord_it_goes_on_in_private(
    stage: Stage, desks: Desks, database: Database
) -> None:
    zoe = stage.persona("Zoe", platform="discord", chat_id="55")
    await zoe.says(f"/ask {UNKNOWN}")
    await zoe.presses("Ask a person")
    (receipt,) = zoe.last
    assert isinstance(receipt, Message)
    assert receipt.is_ephemeral
    zoe.sees("number 1", "in a private message")
    assert await questions(database) == [(UNKNOWN, "user:discord-Zoe", True)]
    await desks.work()
    ser = desks.contact("Ser", role=Role.EXPERT)
    await writes(ser, "No plugh at all.")
    out = await desks.work()
    places = {to.chat_id for to, _, message in out if "No plugh" in message.text}
    assert "55" not in places
    assert "user:discord-Zoe" in places


@pytest.mark.parametrize("choice", ["", "hidden"])
async def test_in_a_group_of_telegram_a_link_leads_to_the_private_chat(
    stage: Stage, desks: Desks, database: Database, choice: str
) -> None:
    group = stage.persona("Zoe", chat_id="-100")
    await shows(group, "leaf", UNKNOWN)
    await group.presses_action(Action("person", *filter(None, (choice,))))
    group.sees_not("number")
    group.sees_not("xyzzy")
    (said,) = group.last
    assert isinstance(said, Message)
    ((link,),) = said.rows
    assert link == LinkButton(
        label="Open a private chat", url="https://t.me/insop_bot?start=person"
    )
    assert await questions(database) == []
    # Whoever else follows the link has asked nothing.
    bob = stage.persona("Bob")
    await bob.says(UNKNOWN)
    await bob.says("/start person")
    bob.sees("What is your question?")
    zoe = stage.persona("Zoe")
    await zoe.says("/start person")
    zoe.sees("number 1")
    assert ("does not see your name" in zoe.screen) == bool(choice)
    assert await questions(database) == [(UNKNOWN, "telegram-Zoe", True)]
    out = await desks.work()
    (file,) = files_at(out, desks.opened[0].chat_id)
    assert (file.handle, file.is_stripped) == ("leaf", bool(choice))
    # Neither the link nor the button hands the same over again.
    await zoe.says("/start person")
    zoe.sees("What is your question?")
    await group.presses_action(Action("person"))
    (said,) = group.last
    assert isinstance(said, Message)
    assert said.rows[0][0].url.endswith("?start=contact")  # type: ignore[union-attr]  # A link.


async def test_what_is_asked_in_between_takes_the_wish_away(
    stage: Stage, database: Database
) -> None:
    group = stage.persona("Zoe", chat_id="-100")
    await group.says(f"/ask {UNKNOWN}")
    await group.presses_action(Action("person"))
    zoe = stage.persona("Zoe")
    await zoe.says("how do I take a soil sample?")
    await zoe.says("/start person")
    zoe.sees("What is your question?")
    assert await questions(database) == []
