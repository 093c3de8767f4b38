"""The stand-in refuses what Telegram refuses, and the specification check can fail."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.chat.errors import RateLimited
from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from tests.telegram import spec
from tests.telegram.conftest import Stage
from tests.telegram.loopback.messages import MessageMethods
from tests.telegram.loopback.server import LoopbackServer, Request
from tests.telegram.loopback.world import Refused


@pytest.fixture
def bot(server: LoopbackServer) -> MessageMethods:
    return MessageMethods(server.world)


def buttons(*row: dict[str, str]) -> dict[str, Any]:
    return {"inline_keyboard": [list(row)]}


@pytest.mark.parametrize(
    ("given", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "\u200b \n"}, "message text is empty"),
        ({"text": "🌱" * 2049}, "message is too long"),
        ({"text": "\ud800"}, "strings must be encoded in UTF-8"),
        ({"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "bounds"),
        ({"text": "🌱", "entities": [{"type": "bold", "offset": 1, "length": 1}]}, "surrogate"),
        ({"text": "a", "message_thread_id": 5}, "message thread not found"),
        ({"text": "a", "reply_parameters": {"message_id": 99}}, "to be replied not found"),
        ({"text": "a", "reply_markup": buttons({"text": "x", "callback_data": ""})}, "DATA"),
        ({"text": "a", "reply_markup": buttons({"text": "x", "callback_data": "é" * 33})}, "DATA"),
        ({"text": "a", "reply_markup": buttons({"text": "x", "url": "ftp://a.b"})}, "Wrong HTTP"),
        ({"text": "a", "reply_markup": buttons({"text": "x"})}, "Text buttons are unallowed"),
        (
            {"text": "a", "reply_markup": buttons(*[{"text": "x", "callback_data": "y"}] * 101)},
            "REPLY_MARKUP_TOO_LONG",
        ),
        ({"text": "a", "chat_id": 12345}, "chat not found"),
    ],
)
def test_send_refusals(
    server: LoopbackServer, bot: MessageMethods, given: dict[str, Any], description: str
) -> None:
    ana = server.user("Ana")
    with pytest.raises(Refused, match=description):
        bot.sendMessage({"chat_id": ana.id, **given}, {})
    assert ana.shown() == []


def test_edit_refusals(server: LoopbackServer, bot: MessageMethods) -> None:
    ana = server.user("Ana")
    sent = bot.sendMessage({"chat_id": ana.id, "text": "a"}, {})
    where = {"chat_id": ana.id, "message_id": sent["message_id"]}
    with pytest.raises(Refused, match="not modified"):
        bot.editMessageText({**where, "text": "a"}, {})
    with pytest.raises(Refused, match="to edit not found"):
        bot.editMessageText({**where, "message_id": 99, "text": "b"}, {})
    server.world.seconds_ahead = 3 * 24 * 3600
    with pytest.raises(Refused, match="can't be deleted"):
        bot.deleteMessage(where, {})


def test_an_answer_to_an_unknown_press(bot: MessageMethods) -> None:
    with pytest.raises(Refused, match="too old"):
        bot.answerCallbackQuery({"callback_query_id": "nobody"}, {})


async def test_a_rate_ceiling(stage: Stage) -> None:
    async with LoopbackServer(per_second=2) as slow:
        ana = slow.user("Ana")
        to = ConversationRef(platform="telegram", chat_id=str(ana.id))
        async with Stage(server=slow).running() as adapter:
            for _ in range(2):
                await adapter.send(to, Message(text="x"))
            with pytest.raises(RateLimited):
                await adapter.send(to, Message(text="x"))


async def test_a_benchmark_can_push_and_look(stage: Stage) -> None:
    stage.script.reply = lambda event: Message(text="hello")
    async with stage.running(), aiohttp.ClientSession() as session:
        lines = [{"user": 4_100_000 + number, "text": "/ask soil"} for number in range(3)]
        url = f"{stage.server.url}/control"
        async with session.post(f"{url}/push", json={"messages": lines}) as answer:
            pushed = (await answer.json())["pushed"]
        await stage.server.until_called("sendMessage", 3)
        async with session.get(f"{url}/stats", params={"after": "1"}) as answer:
            stats = await answer.json()
    assert [chat for _, chat, _ in pushed] == [4_100_000, 4_100_001, 4_100_002]
    assert len(stats["sends"]) == 2
    assert all(at >= pushed[0][2] for _, _, at in stats["sends"])
    assert {type(event).__name__ for event in stage.script.events} == {"CommandInvoked"}


needs_spec = pytest.mark.skipif(
    not spec.is_at_hand(), reason="the Bot API specification is not beside the project"
)


@needs_spec
@pytest.mark.parametrize(
    ("method", "parameters", "fault"),
    [
        ("sendMessage", {"chat_id": 1}, "sendMessage: missing text"),
        ("sendMessage", {"chat_id": 1, "text": 5}, "sendMessage.text: not String"),
        ("sendMessage", {"chat_id": 1, "text": "a", "markup": 1}, "sendMessage: unknown markup"),
        ("shout", {}, "shout: no such method"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "entities": [{"type": "bold", "offset": "0", "length": 1}]},
            "sendMessage.entities[0].offset: not Integer",
        ),
    ],
)
def test_the_check_can_fail(method: str, parameters: dict[str, Any], fault: str) -> None:
    request = Request(method=method, parameters=parameters, files=(), at=0.0, status=200)
    assert fault in spec.faults([request])


@needs_spec
async def test_every_kind_of_request_is_in_the_specification() -> None:
    """Every test that uses the ``server`` fixture ends with this check of all its requests."""
    good = Request(
        method="sendMessage",
        parameters={
            "chat_id": 1,
            "text": "a",
            "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]},
        },
        files=(),
        at=0.0,
        status=200,
    )
    assert spec.faults([good]) == []
