"""When Telegram, the network or a group's address gives way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.adapters.telegram.adapter import TelegramAdapter
from bot.chat.errors import (
    Ambiguous,
    ConversationMoved,
    RateLimited,
    RecipientGone,
    Undeliverable,
    Unreachable,
)
from bot.chat.events import ChatStatusChanged, ConversationRef
from bot.chat.messages import Attachment, FileRef, Message
from tests.telegram.conftest import Stage

Private = Callable[[int], ConversationRef]
HELLO = Message(text="hello")


async def test_a_blocked_person_is_told_to_the_core(stage: Stage, adapter: TelegramAdapter) -> None:
    ana = stage.server.user("Ana")
    await ana.blocks()
    event = await stage.script.event()
    assert isinstance(event, ChatStatusChanged)
    assert event.status == "blocked"
    await ana.unblocks()
    event = await stage.script.event(1)
    assert isinstance(event, ChatStatusChanged)
    assert event.status == "active"


async def test_an_answer_to_someone_who_blocks_meanwhile_breaks_nothing(
    stage: Stage, adapter: TelegramAdapter
) -> None:
    ana, ben = stage.server.user("Ana"), stage.server.user("Ben")
    stage.script.reply = lambda event: HELLO
    ana.state.is_blocked = True
    await ana.says("hi")
    await ben.says("hi")
    await ben.sees("hello")
    await stage.server.until_called("sendMessage", 2)
    assert [type(error) for error in stage.courier.failures] == [RecipientGone]


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot was kicked from the group chat"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: PEER_ID_INVALID"),
        (400, "Bad Request: not enough rights to send text messages to the chat"),
    ],
)
async def test_a_recipient_who_is_gone(
    stage: Stage, adapter: TelegramAdapter, private: Private, code: int, description: str
) -> None:
    ana = stage.server.user("Ana")
    stage.server.fail("sendMessage", code, description)
    with pytest.raises(RecipientGone):
        await adapter.send(private(ana.id), HELLO)


async def test_a_group_that_takes_no_pictures_is_not_gone(
    stage: Stage, adapter: TelegramAdapter, private: Private
) -> None:
    ana = stage.server.user("Ana")
    stage.server.fail("sendPhoto", 400, "Bad Request: not enough rights to send photos to the chat")
    picture = FileRef(platform="telegram", kind="photo", handle="abc")
    with pytest.raises(Undeliverable):
        await adapter.send(private(ana.id), Message(text="hello", files=(picture,)))


@pytest.mark.parametrize("code", [500, 502, 503])
async def test_server_errors_leave_a_doubt(
    stage: Stage, adapter: TelegramAdapter, private: Private, code: int
) -> None:
    ana = stage.server.user("Ana")
    stage.server.fail("sendMessage", code, "Internal Server Error")
    with pytest.raises(Ambiguous):
        await adapter.send(private(ana.id), HELLO)


async def test_a_dropped_line_leaves_a_doubt(
    stage: Stage, adapter: TelegramAdapter, private: Private
) -> None:
    ana = stage.server.user("Ana")
    stage.server.disturb("sendMessage", "drop")
    with pytest.raises(Ambiguous):
        await adapter.send(private(ana.id), HELLO)
    assert ana.shown() == []


async def test_an_unreachable_server_leaves_none(stage: Stage, private: Private) -> None:
    async with stage.running() as adapter:
        await adapter.send(private(stage.server.user("Ana").id), HELLO)
    with pytest.raises(Unreachable):
        await adapter.send(private(1), HELLO)
    closed = stage.adapter(api_url="http://127.0.0.1:9")
    await closed._api.open_pools()
    try:
        with pytest.raises(Unreachable):
            await closed.send(private(1), HELLO)
    finally:
        await closed._api.close_pools()


async def test_a_bad_request_is_for_good(
    stage: Stage, adapter: TelegramAdapter, private: Private
) -> None:
    ana = stage.server.user("Ana")
    stage.server.fail("sendMessage", 400, "Bad Request: something new")
    with pytest.raises(Undeliverable):
        await adapter.send(private(ana.id), HELLO)


async def test_too_large_a_request_is_for_good(
    stage: Stage, adapter: TelegramAdapter, private: Private
) -> None:
    ana = stage.server.user("Ana")
    stage.server.fail("sendDocument", 413, "Request Entity Too Large")
    file = Attachment(name="a.bin", media_type="application/octet-stream", data=b"0")
    with pytest.raises(Undeliverable):
        await adapter.send(private(ana.id), Message(text="x", attachments=(file,)))


async def test_the_rate_in_the_middle_of_a_message_is_waited_out(
    stage: Stage, adapter: TelegramAdapter, private: Private
) -> None:
    ana = stage.server.user("Ana")
    stage.server.limit("sendMessage", 3, after=1)
    sending = asyncio.create_task(adapter.send(private(ana.id), Message(text="word " * 1500)))
    await stage.clock.until_sleeping(3)
    await stage.clock.advance(3)
    sent = await sending
    assert len(sent.parts) == len(ana.shown()) == 2


async def test_half_a_message_is_never_retried(
    stage: Stage, adapter: TelegramAdapter, private: Private
) -> None:
    ana = stage.server.user("Ana")
    stage.server.limit("sendMessage", 600, after=1)
    with pytest.raises(Ambiguous):
        await adapter.send(private(ana.id), Message(text="word " * 1500))
    assert len(ana.shown()) == 1


async def test_a_429_halts_the_send_that_met_it_alone(
    stage: Stage, adapter: TelegramAdapter
) -> None:
    ana, ben = stage.server.user("Ana"), stage.server.user("Ben")
    stage.script.reply = lambda event: HELLO
    stage.server.limit("sendMessage", 5)
    await ana.says("hi")
    await stage.server.until_called("sendMessage")
    await ben.says("hi")
    await ben.sees("hello")
    (error,) = stage.courier.failures
    assert isinstance(error, RateLimited)
    assert error.retry_after == 5


async def test_a_moved_group_is_answered_at_its_new_address(
    stage: Stage, adapter: TelegramAdapter
) -> None:
    ana, group = stage.server.user("Ana"), stage.server.group("Soil")
    stage.script.reply = lambda event: HELLO
    stage.script.gate = asyncio.Event()
    await ana.says("@insop_test_bot hi", chat=group)
    await stage.script.event()
    new = group.upgrade()
    stage.script.gate.set()
    async with asyncio.timeout(5), stage.server.world.changed:
        await stage.server.world.changed.wait_for(
            lambda: bool(stage.server.world.chats[new].messages)
        )
    assert [(old.chat_id, to.chat_id) for old, to in stage.moves] == [(str(group.id), str(new))]


async def test_send_to_a_moved_group_tells_the_address(
    stage: Stage, adapter: TelegramAdapter
) -> None:
    group = stage.server.group("Soil")
    new = group.upgrade()
    to = ConversationRef(platform="telegram", chat_id=str(group.id), is_private=False)
    with pytest.raises(ConversationMoved) as caught:
        await adapter.send(to, HELLO)
    assert caught.value.to.chat_id == str(new)


async def test_the_note_of_a_migration_is_told(stage: Stage, adapter: TelegramAdapter) -> None:
    ana, group = stage.server.user("Ana"), stage.server.group("Soil")
    await ana.says("", chat=group, migrate_to_chat_id=-1_000_099)
    stage.script.reply = lambda event: HELLO
    await ana.says("hi")
    await ana.sees("hello")
    assert [to.chat_id for _, to in stage.moves] == ["-1000099"]
    assert len(stage.script.events) == 1
