"""Sends over the wire: faults and repeats."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.chat.errors import (
    Ambiguous,
    DeliveryError,
    RateLimited,
    RecipientGone,
    Undeliverable,
    Unreachable,
)
from bot.chat.events import ConversationRef, MessageReceived
from bot.chat.messages import Attachment, Message
from tests.discord.doubles import ANSWER
from tests.discord.wire.conftest import Line
from tests.discord.wire.payloads import guild, snowflake, text_channel
from tests.discord.wire.server import Fault

POST = r"/channels/\d+/messages$"
CALLBACK = "/callback$"


def dm(line: Line) -> ConversationRef:
    return ConversationRef(platform="discord", chat_id=str(line.ana.channel_id))


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (403, 50007, RecipientGone),
        (403, 50001, RecipientGone),
        (403, 50013, Undeliverable),
        (404, 10003, RecipientGone),
        (400, 50035, Undeliverable),
        (500, 0, Ambiguous),
        (503, 0, Ambiguous),
        (401, 0, DeliveryError),
    ],
)
async def test_answers_become_our_own_errors(
    line: Line, status: int, code: int, error: type[DeliveryError]
) -> None:
    body = {"code": code, "message": "no"}
    line.server.faults.append(Fault(method="POST", path=POST, status=status, body=body))
    with pytest.raises(DeliveryError) as caught:
        await line.adapter.send(dm(line), Message(text="hello"))
    assert type(caught.value) is error
    # Once means once: the library's own retries are out of the way.
    assert len(line.server.made("POST", POST)) == 1


@pytest.mark.parametrize("is_global", [False, True])
async def test_a_429_is_raised_at_once(line: Line, is_global: bool) -> None:
    body = {"message": "slow", "retry_after": 3.5, "global": is_global}
    headers = {"Via": "1.1 google", "Retry-After": "4", "X-RateLimit-Remaining": "0"}
    line.server.faults.append(
        Fault(method="POST", path=POST, status=429, body=body, headers=headers)
    )
    with pytest.raises(RateLimited) as caught:
        await line.adapter.send(dm(line), Message(text="hello"))
    assert caught.value.retry_after == 3.5
    assert caught.value.is_global is is_global
    assert len(line.server.made("POST", POST)) == 1


async def test_an_interactive_answer_waits_as_the_courier_says(line: Line) -> None:
    line.core.reply = Message(text="Hello")
    line.server.faults.append(
        Fault(method="POST", path=POST, status=429, body={"retry_after": 3.5})
    )
    await line.ana.says("hi")
    await line.server.until(lambda: line.server.messages[line.ana.channel_id])
    assert line.courier.waits == [3.5]


async def test_a_lost_answer_and_a_repeat_make_one_message(line: Line) -> None:
    line.server.faults.append(Fault(method="POST", path=POST, is_lost=True))
    with pytest.raises(Ambiguous):
        await line.adapter.send(dm(line), Message(text="hello"), nonce="delivery-12")
    again = await line.adapter.send(dm(line), Message(text="hello"), nonce="delivery-12")
    (shown,) = line.server.messages[line.ana.channel_id]
    assert again.message_id == shown["id"]


async def test_every_part_of_a_long_text_has_a_nonce_of_its_own(line: Line) -> None:
    text = Message(text="soil " * 3000)
    for _ in range(2):
        await line.adapter.send(dm(line), text, nonce="n" * 25)
    bodies = [request.body for request in line.server.made("POST", POST)]
    assert len(bodies) == 2 * len(line.server.messages[line.ana.channel_id]) > 4
    assert {len(body["nonce"]) for body in bodies} == {25}


async def test_too_long_a_nonce_is_refused(line: Line) -> None:
    with pytest.raises(Undeliverable):
        await line.adapter.send(dm(line), Message(text="hello"), nonce="n" * 26)


async def test_sending_after_the_end_is_unreachable(make_line: Callable[..., Line]) -> None:
    line = make_line()
    await line.start()
    await line.finish()
    with pytest.raises(Unreachable):
        await line.adapter.send(dm(line), Message(text="hello"))


async def test_a_file_goes_with_its_description(line: Line) -> None:
    picture = Attachment(name="map.png", media_type="image/png", data=b"\x89PNG", alt="A map")
    await line.adapter.send(dm(line), Message(text="The map", attachments=(picture,)))
    (request,) = line.server.made("POST", POST)
    assert request.content_type == "multipart/form-data"
    assert request.files == ("map.png",)
    assert request.body["attachments"][0]["description"] == "A map"


@pytest.mark.parametrize("chat_id", ["", "-5", "name", "1e3", "²"])
async def test_an_address_of_another_platform_is_refused(line: Line, chat_id: str) -> None:
    with pytest.raises(Undeliverable):
        await line.adapter.send(
            ConversationRef(platform="discord", chat_id=chat_id), Message(text="hello")
        )


async def test_deleting_twice_is_fine(line: Line) -> None:
    sent = await line.adapter.send(dm(line), Message(text="hello"))
    for _ in range(2):
        await line.adapter.delete(dm(line), sent.message_id)
    assert line.server.messages[line.ana.channel_id] == []


async def test_an_answer_without_a_ping_is_told_without_its_text(line: Line) -> None:
    channel_id, guild_id = snowflake(), snowflake()
    line.server.add_channel(channel_id)
    where = ConversationRef(platform="discord", chat_id=str(channel_id), is_private=False)
    await line.adapter.send(where, ANSWER)
    (shown,) = line.server.messages[channel_id]
    await line.ana.answers(channel_id, guild_id, shown)
    (event,) = await line.core.heard(1)
    assert isinstance(event, MessageReceived)
    assert (event.text, event.replied_to) == ("", shown["id"])
    assert event.replied_text == "Soil sampling\nTake **fifteen** cores."
    assert not event.conversation.is_private


async def test_publishing_twice_is_fine(line: Line) -> None:
    channel_id = snowflake()
    line.server.add_channel(channel_id)
    where = ConversationRef(platform="discord", chat_id=str(channel_id), is_private=False)
    sent = await line.adapter.send(where, Message(text="news"))
    for _ in range(2):
        await line.adapter.publish(where, sent.message_id)
    assert line.server.messages[channel_id][0]["flags"] == 1
    assert len(line.server.made("POST", "/crosspost$")) == 2


async def test_publishing_too_often_says_how_long_to_wait(line: Line) -> None:
    body = {"message": "slow", "retry_after": 1163.1, "global": False}
    line.server.faults.append(Fault(method="POST", path="/crosspost$", status=429, body=body))
    with pytest.raises(RateLimited) as caught:
        await line.adapter.publish(dm(line), str(snowflake()))
    assert caught.value.retry_after == 1163.1


async def test_an_announcement_channel_has_followers(line: Line) -> None:
    news, talk = snowflake(), snowflake()
    server = guild(snowflake(), talk)
    server["channels"].append({**text_channel(news), "type": 5})
    known = asyncio.create_task(line.adapter.client.wait_for("guild_available"))
    await asyncio.sleep(0)
    await line.server.gateway.tell("GUILD_CREATE", server)
    await known
    await line.adapter.client.wait_until_ready()
    for channel, has_followers in ((news, True), (talk, False), (snowflake(), False)):
        where = ConversationRef(platform="discord", chat_id=str(channel), is_private=False)
        assert line.adapter.has_followers(where) is has_followers


async def test_before_the_login_nobody_knows(make_line: Callable[..., Line]) -> None:
    line = make_line()
    assert line.adapter.has_followers(dm(line)) is None


async def test_what_may_not_be_deleted_is_replaced(line: Line) -> None:
    sent = await line.adapter.send(dm(line), Message(text="news"))
    fault = Fault(method="DELETE", path=sent.message_id, status=403, body={"code": 50013}, times=2)
    line.server.faults.append(fault)
    with pytest.raises(Undeliverable):
        await line.adapter.delete(dm(line), sent.message_id)
    await line.adapter.delete(dm(line), sent.message_id, instead=Message(text="withdrawn"))
    assert line.server.messages[line.ana.channel_id][0]["content"] == "withdrawn"
