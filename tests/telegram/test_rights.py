"""Who decides for a group or a channel."""

from __future__ import annotations

from typing import Any

import pytest
from telegram.error import TelegramError, TimedOut

from bot.adapters.telegram.api import Call
from bot.adapters.telegram.rights import with_rights
from bot.chat.events import CommandInvoked
from tests.telegram.test_inbound import ANA, GROUP, PRIVATE, event_of, read

CHANNEL = {"id": -1009, "type": "channel", "title": "Soil news"}


class Asked:
    """Telegram, as far as it is asked for a member."""

    def __init__(self, status: str | TelegramError) -> None:
        self.status = status
        self.calls: list[Call] = []

    async def call(self, call: Call, *, read_timeout: float | None = None) -> dict[str, Any]:
        self.calls.append(call)
        if isinstance(self.status, TelegramError):
            raise self.status
        return {"status": self.status}


def command(text: str, chat: dict[str, Any], **content: Any) -> Any:
    """The event of a command."""
    entity = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
    message = {"message_id": 7, "date": 1_772_355_600, "chat": chat, "text": text}
    return event_of(read("message", **{**message, "from": ANA, "entities": [entity], **content}))


@pytest.mark.parametrize(
    ("status", "expected"),
    [("creator", True), ("administrator", True), ("member", False), (TimedOut(), None)],
)
async def test_telegram_is_asked_for_the_commands_that_need_it(
    status: str | TelegramError, expected: bool | None
) -> None:
    asked = Asked(status)
    event = await with_rights(asked, command("/ask@insop_bot x", GROUP), {"ask"})  # type: ignore[arg-type]  # a stand-in
    assert event.author.is_chat_admin is expected
    assert asked.calls[0].parameters == {"chat_id": GROUP["id"], "user_id": ANA["id"]}


async def test_nobody_is_asked_needlessly() -> None:
    asked = Asked("creator")
    for event, names in (
        (command("/ask", PRIVATE), {"ask"}),
        (command("/ask@insop_bot", GROUP), {"stop"}),
        (command("/ask@insop_bot", GROUP, sender_chat=GROUP), {"ask"}),
    ):
        assert await with_rights(asked, event, names) == event  # type: ignore[arg-type]  # a stand-in
    assert asked.calls == []


def test_an_anonymous_administrator_is_one_and_a_channel_that_writes_in_a_group_is_not() -> None:
    assert command("/ask@insop_bot", GROUP, sender_chat=GROUP).author.is_chat_admin is True
    assert command("/ask@insop_bot", GROUP, sender_chat=CHANNEL).author.is_chat_admin is None


def test_a_command_in_a_channel_is_its_administrators_and_nothing_else_is_heard() -> None:
    entity = {"type": "bot_command", "offset": 0, "length": 4}
    post = {"message_id": 7, "date": 1_772_355_600, "chat": CHANNEL, "sender_chat": CHANNEL}
    event = event_of(read("channel_post", **post, text="/ask x", entities=[entity]))
    assert isinstance(event, CommandInvoked)
    assert (event.name, event.text, event.author.is_chat_admin) == ("ask", "x", True)
    assert event.conversation.chat_id == "-1009"
    assert not event.conversation.is_private
    assert read("channel_post", **post, text="hello") is None
    assert read("channel_post", **post, text="/other", entities=[entity]) is None


async def test_a_press_in_a_channel_is_its_readers_who_decide_nothing_there() -> None:
    shown = {"message_id": 70, "date": 1, "chat": CHANNEL, "sender_chat": CHANNEL, "text": "News"}
    query = {"id": "c1", "from": ANA, "chat_instance": "x", "data": "news:stop", "message": shown}
    event = event_of(read("callback_query", **query))
    assert event.conversation.chat_id == "-1009"
    asked = Asked("left")
    decided = await with_rights(asked, event, {"news"})  # type: ignore[arg-type]  # a stand-in
    assert decided.author.is_chat_admin is False
