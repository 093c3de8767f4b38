"""Presses, inline queries, and changes of the bot's own standing, as events."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.telegram.incoming import UNREADABLE_ACTION, Incoming
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, ChatStatusChanged, InlineQueried, MemberJoined
from tests.telegram.test_inbound import ANA, BOT, GROUP, PRIVATE, event_of, read


def press(data: str | None, **content: Any) -> dict[str, Any]:
    return {"id": "c1", "from": ANA, "chat_instance": "x", "data": data, **content}


def test_a_press() -> None:
    shown = {"message_id": 70, "date": 1, "chat": GROUP, "from": BOT, "text": "?"}
    found = read("callback_query", **press("more:lead", message=shown))
    event = event_of(found)
    assert isinstance(event, ActionPressed)
    assert (event.action, event.message_id) == (Action("more", "lead"), "70")
    assert event.conversation.key == ("telegram", "-1001", "")
    assert isinstance(found, Incoming)
    assert (found.callback_id, found.pressed, found.quotes) == ("c1", "70", None)


def test_a_press_on_a_message_that_is_no_longer_accessible() -> None:
    gone = {"message_id": 70, "date": 0, "chat": PRIVATE}
    event = event_of(read("callback_query", **press("more", message=gone)))
    assert event.conversation.key == ("telegram", "5", "")


@pytest.mark.parametrize("data", [None, "", ":x", "\ud800"])
def test_forged_data_is_still_an_event(data: str | None) -> None:
    event = event_of(read("callback_query", **press(data, inline_message_id="i")))
    assert event.action == UNREADABLE_ACTION or event.action.name == "\ud800"
    assert event.conversation.key == ("telegram", "5", "")


def test_an_inline_query() -> None:
    query = {"id": "q1", "from": ANA, "query": " lead ", "offset": ""}
    found = read("inline_query", **query)
    event = event_of(found)
    assert isinstance(event, InlineQueried)
    assert event.text == "lead"
    assert isinstance(found, Incoming)
    assert found.inline_id == "q1"


def status(chat: dict[str, Any], old: str, new: str, **member: Any) -> dict[str, Any]:
    return {
        "chat": chat,
        "from": ANA,
        "date": 1_772_355_600,
        "old_chat_member": {"user": BOT, "status": old, "until_date": 0},
        "new_chat_member": {"user": BOT, "status": new, "until_date": 0, **member},
    }


@pytest.mark.parametrize(
    ("chat", "old", "new", "expected"),
    [
        (PRIVATE, "member", "kicked", "blocked"),
        (PRIVATE, "kicked", "member", "active"),
        (GROUP, "member", "kicked", "gone"),
        (GROUP, "member", "left", "gone"),
    ],
)
def test_block_and_removal(chat: dict[str, Any], old: str, new: str, expected: str) -> None:
    event = event_of(read("my_chat_member", **status(chat, old, new)))
    assert isinstance(event, ChatStatusChanged)
    assert event.status == expected


def test_the_bot_is_added_to_a_group() -> None:
    event = event_of(read("my_chat_member", **status(GROUP, "left", "member")))
    assert isinstance(event, MemberJoined)
    assert event.is_bot_itself
    assert read("my_chat_member", **status(GROUP, "member", "member")) is None
