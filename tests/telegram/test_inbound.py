"""Updates as Telegram sends them, and the events that come of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.inbound import Inbound
from bot.adapters.telegram.incoming import BotIdentity, Incoming, Migration
from bot.chat.events import (
    CommandInvoked,
    MessageEdited,
    MessageReceived,
)
from tests.telegram.stage import HandClock

BOT = {"id": 9, "is_bot": True, "first_name": "Bot", "username": "insop_bot"}
ANA = {"id": 5, "is_bot": False, "first_name": "Ana", "last_name": "Li", "language_code": "pt-BR"}
PRIVATE = {"id": 5, "type": "private", "first_name": "Ana"}
PRESS = {"id": "4", "from": ANA, "chat_instance": "c", "data": "x"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Soil"}


def inbound() -> Inbound:
    return Inbound(BotIdentity(id=9, username="insop_bot"), ["ask", "start"], HandClock())


def message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    return {"message_id": 77, "date": 1_772_355_600, "chat": chat, "from": ANA, **content}


def read(kind: str = "message", **content: Any) -> Incoming | Migration | None:
    return inbound().read({"update_id": 31, kind: content})


def event_of(found: Incoming | Migration | None) -> Any:
    assert isinstance(found, Incoming)
    return found.event


def entity(kind: str, offset: int, length: int) -> list[dict[str, Any]]:
    return [{"type": kind, "offset": offset, "length": length}]


def test_a_private_text() -> None:
    found = read(**message(text="  what is \u202epH\u202c? "))
    event = event_of(found)
    assert isinstance(event, MessageReceived)
    assert (event.id, event.text, event.message_id) == ("31", "what is pH?", "77")
    assert (event.author.id, event.author.name, event.author.locale) == ("5", "Ana Li", "pt-BR")
    assert event.conversation.key == ("telegram", "5", "")
    assert event.conversation.is_private
    assert event.at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert isinstance(found, Incoming)
    assert found.quotes is None


def test_a_deep_link_is_the_text_of_start() -> None:
    event = event_of(read(**message(text="/start q_12-A", entities=entity("bot_command", 0, 6))))
    assert isinstance(event, CommandInvoked)
    assert (event.name, event.text, event.message_id) == ("start", "q_12-A", "77")


def test_a_command_for_this_bot_in_a_group() -> None:
    found = read(
        **message(GROUP, text="/Ask@INSOP_bot lead?", entities=entity("bot_command", 0, 14))
    )
    event = event_of(found)
    assert isinstance(event, CommandInvoked)
    assert (event.name, event.text) == ("ask", "lead?")
    assert not event.conversation.is_private
    assert isinstance(found, Incoming)
    assert found.quotes == "77"


@pytest.mark.parametrize(
    ("text", "length"), [("/ask@other_bot lead?", 14), ("/roll 6", 5)], ids=["named", "unknown"]
)
def test_commands_of_other_bots_are_left_alone(text: str, length: int) -> None:
    assert read(**message(GROUP, text=text, entities=entity("bot_command", 0, length))) is None


def test_a_command_for_another_bot_is_left_alone_in_private_too() -> None:
    found = read(**message(text="/ask@other_bot x", entities=entity("bot_command", 0, 14)))
    assert found is None


def test_group_talk_is_not_for_the_bot() -> None:
    assert read(**message(GROUP, text="lunch?")) is None
    mention = entity("mention", 0, 6)
    assert read(**message(GROUP, text="@other lunch?", entities=mention)) is None


def test_a_mention_is_cut_out_even_after_emoji() -> None:
    text = "🌱🌱 @Insop_Bot what is pH?"
    event = event_of(read(**message(GROUP, text=text, entities=entity("mention", 5, 10))))
    assert isinstance(event, MessageReceived)
    assert event.text == "🌱🌱  what is pH?"


def test_a_mention_without_a_username() -> None:
    mention = [{"type": "text_mention", "offset": 0, "length": 3, "user": BOT}]
    event = event_of(read(**message(GROUP, text="Bot, what is pH?", entities=mention)))
    assert event.text == "what is pH?"


def test_a_reply_to_the_bot_carries_what_it_answers() -> None:
    asked = {"message_id": 70, "date": 1, "chat": GROUP, "from": BOT, "text": "Which country?"}
    event = event_of(read(**message(GROUP, text="Kenya", reply_to_message=asked)))
    assert (event.replied_to, event.replied_text) == ("70", "Which country?")


def test_a_reply_to_a_person_is_not_for_the_bot() -> None:
    said = {"message_id": 70, "date": 1, "chat": GROUP, "from": ANA, "text": "hi"}
    assert read(**message(GROUP, text="hi back", reply_to_message=said)) is None


def test_a_topic_that_the_bot_opened_is_not_a_reply() -> None:
    opened = {
        "message_id": 12,
        "date": 1,
        "chat": GROUP,
        "from": BOT,
        "forum_topic_created": {"name": "Desk", "icon_color": 1},
    }
    in_topic = {"message_thread_id": 12, "is_topic_message": True, "reply_to_message": opened}
    assert read(**message(GROUP, text="just talking", **in_topic)) is None
    named = message(GROUP, text="@insop_bot hi", entities=entity("mention", 0, 10), **in_topic)
    event = event_of(read(**named))
    assert event.conversation.key == ("telegram", "-1001", "12")
    assert event.replied_to is None


def test_a_reply_thread_is_no_topic() -> None:
    asked = {"message_id": 70, "date": 1, "chat": GROUP, "from": BOT, "text": "?"}
    body = message(GROUP, text="yes", message_thread_id=70, reply_to_message=asked)
    assert event_of(read(**body)).conversation.thread_id == ""


def test_a_photo_of_an_album() -> None:
    sizes = [
        {"file_id": name, "file_unique_id": name, "width": 1, "height": 1, "file_size": size}
        for name, size in (("small", 10), ("large", 900))
    ]
    event = event_of(read(**message(photo=sizes, caption="my field", media_group_id="A1")))
    assert (event.text, event.album) == ("my field", "A1")
    assert [(file.kind, file.handle, file.size) for file in event.files] == [
        ("photo", "large", 900)
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"document": {"mime_type": "text/csv", "file_name": "a.csv"}}, "document"),
        ({"voice": {"duration": 3, "mime_type": "audio/ogg"}}, "voice"),
        ({"audio": {"duration": 3}}, "audio"),
        ({"video": {"duration": 3, "width": 1, "height": 1}}, "video"),
        ({"video_note": {"duration": 3, "length": 1}}, "video"),
    ],
)
def test_files_of_each_kind(content: dict[str, dict[str, Any]], kind: str) -> None:
    name, body = next(iter(content.items()))
    event = event_of(read(**message(**{name: {"file_id": "F", "file_unique_id": "F", **body}})))
    assert [(file.kind, file.handle) for file in event.files] == [(kind, "F")]


def test_the_rest_of_an_album_follows_its_mention() -> None:
    reader = inbound()
    photo = [{"file_id": "f", "file_unique_id": "f", "width": 1, "height": 1}]
    first = message(
        GROUP,
        photo=photo,
        media_group_id="A",
        caption="@insop_bot what is this?",
        caption_entities=entity("mention", 0, 10),
    )
    second = {**message(GROUP, photo=photo, media_group_id="A"), "message_id": 78}
    other = {**message(GROUP, photo=photo, media_group_id="B"), "message_id": 79}
    assert reader.read({"update_id": 1, "message": first}) is not None
    assert reader.read({"update_id": 2, "message": second}) is not None
    assert reader.read({"update_id": 3, "message": other}) is None


def test_what_cannot_be_read_is_still_an_event_in_private() -> None:
    event = event_of(read(**message(location={"latitude": 1.0, "longitude": 2.0})))
    assert isinstance(event, MessageReceived)
    assert event.text == ""


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": {"message_id": 1, "date": 0, "chat": PRIVATE}},
        {"text": "hi", "via_bot": BOT},
        {"text": "hi", "from": {**ANA, "is_bot": True}},
        {"text": "hi", "is_automatic_forward": True},
        {"text": "hi", "chat": {"id": -1009, "type": "channel", "title": "News"}},
    ],
    ids=["service", "own-inline-post", "other-bot", "channel-forward", "channel"],
)
def test_what_is_nobodys_word_is_ignored(content: dict[str, Any]) -> None:
    assert read(**{**message(), **content}) is None


def test_an_anonymous_administrator_is_the_group() -> None:
    hidden = {
        "id": 1087968824,
        "is_bot": True,
        "first_name": "Group",
        "username": "GroupAnonymousBot",
    }
    body = message(
        GROUP, text="@insop_bot hi", entities=entity("mention", 0, 10), sender_chat=GROUP
    )
    event = event_of(read(**{**body, "from": hidden}))
    assert (event.author.id, event.author.name) == ("-1001", "Soil")


def test_a_megabyte_is_cut() -> None:
    event = event_of(read(**message(text="soil " * 200_000)))
    assert len(event.text) <= 4096


def test_channel_posts_are_ignored() -> None:
    post = {"message_id": 1, "date": 1, "chat": {"id": -1009, "type": "channel"}, "text": "x"}
    assert read("channel_post", **post) is None


def test_an_edit() -> None:
    event = event_of(read("edited_message", **message(text="better", edit_date=1_772_355_660)))
    assert isinstance(event, MessageEdited)
    assert (event.text, event.message_id) == ("better", "77")
    assert event.at == datetime(2026, 3, 1, 9, 1, tzinfo=UTC)


def test_a_migration() -> None:
    found = read(**message({"id": -44, "type": "group", "title": "G"}, migrate_to_chat_id=-1055))
    assert isinstance(found, Migration)
    assert (found.old.chat_id, found.new.chat_id) == ("-44", "-1055")
    assert not found.new.is_private


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"update_id": 1, "message": {"text": 3}},
        {"update_id": 1, "message": message(text="x") | {"chat": None}},
        {"update_id": 1, "message": message(text="x") | {"date": 10**18}},
        {"update_id": 1, "callback_query": PRESS | {"message": message() | {"chat": None}}},
    ],
)
def test_what_is_no_update_is_a_value_error(raw: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not an update"):
        inbound().read(raw)


@given(text=st.text(max_size=300), offset=st.integers(0, 320), length=st.integers(1, 320))
def test_no_text_and_no_entity_can_break_the_reader(text: str, offset: int, length: int) -> None:
    for kind in ("mention", "bot_command"):
        found = read(**message(text=text or "x", entities=entity(kind, offset, length)))
        assert found is None or isinstance(found, Incoming)
