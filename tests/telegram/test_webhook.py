"""The webhook: only Telegram is let in, and 200 means that the update is kept."""

from __future__ import annotations

import asyncio
import io
import socket

import aiohttp
import pytest
from pydantic import SecretStr

from bot.chat.errors import StartupError
from bot.chat.messages import Message
from bot.clock import SystemClock
from bot.config_operations import WebSettings
from bot.web.server import BODY_LIMIT, WebServer
from tests.telegram.conftest import Stage

SECRET = "a_Secret-1"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    return int(number)


@pytest.fixture
def hook(port: int) -> dict[str, object]:
    return {
        "mode": "webhook",
        "webhook_url": f"http://127.0.0.1:{port}/telegram",
        "host": WebServer(WebSettings(port=port), SystemClock()),
        "webhook_secret": SecretStr(SECRET),
    }


async def test_updates_come_in_and_answers_go_out(stage: Stage, hook: dict[str, object]) -> None:
    ana = stage.server.user("Ana")
    stage.script.reply = lambda event: Message(text="hello")
    async with stage.running(**hook):
        await stage.server.until_called("setWebhook")
        await ana.says("hi")
        await ana.sees("hello")
    assert stage.server.receiving.webhook_statuses == [200]
    assert len(stage.inbox.kept) == 1
    (call,) = stage.server.calls("setWebhook")
    assert call.parameters["secret_token"] == SECRET
    assert "callback_query" in call.parameters["allowed_updates"]


async def test_what_cannot_be_kept_is_not_acknowledged(
    stage: Stage, hook: dict[str, object]
) -> None:
    ana = stage.server.user("Ana")
    stage.server.receiving.webhook_attempts = 2
    async with stage.running(**hook):
        await stage.server.until_called("setWebhook")
        stage.inbox.is_broken = True
        await ana.says("hi")
        async with asyncio.timeout(5), stage.server.world.changed:
            await stage.server.world.changed.wait_for(
                lambda: len(stage.server.receiving.webhook_statuses) == 2
            )
    assert stage.server.receiving.webhook_statuses == [500, 500]
    assert stage.script.events == []


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"{}", 403),
        ({HEADER: "wrong"}, b"{}", 403),
        ({HEADER: SECRET}, b"not json", 400),
        ({HEADER: SECRET}, b"[1]", 400),
        ({HEADER: SECRET}, b'{"update_id": 1}', 200),
        ({HEADER: SECRET}, b" " * (BODY_LIMIT + 1), 413),
    ],
    ids=["no-secret", "wrong-secret", "not-json", "not-an-object", "nothing-to-do", "too-large"],
)
async def test_what_is_let_in(
    stage: Stage, hook: dict[str, object], headers: dict[str, str], body: bytes, status: int
) -> None:
    async with stage.running(**hook), aiohttp.ClientSession() as session:
        await stage.server.until_called("setWebhook")
        url = str(hook["webhook_url"])
        async with session.post(url, data=io.BytesIO(body), headers=headers) as answer:
            assert answer.status == status
    assert stage.script.events == []


async def test_a_port_in_use_is_told_plainly(
    stage: Stage, hook: dict[str, object], port: int
) -> None:
    host = hook["host"]
    assert isinstance(host, WebServer)
    stage.adapter(**hook)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(StartupError, match=f"cannot listen on 127.0.0.1:{port}"):
            await host.run(asyncio.Event())


async def test_before_the_first_answer_of_telegram_updates_have_to_come_again(
    stage: Stage, hook: dict[str, object]
) -> None:
    host, stop = hook["host"], asyncio.Event()
    assert isinstance(host, WebServer)
    stage.adapter(**hook)
    serving = asyncio.create_task(host.run(stop))
    await host.listening()
    async with aiohttp.ClientSession() as session:
        url = str(hook["webhook_url"])
        async with session.post(url, data=b"{}", headers={HEADER: SECRET}) as answer:
            assert answer.status == 503
    stop.set()
    await serving


async def test_a_webhook_without_the_web_server_is_told_plainly(
    stage: Stage, hook: dict[str, object]
) -> None:
    with pytest.raises(StartupError, match=r"\[web\] port"):
        stage.adapter(**{**hook, "host": None})


async def test_a_refused_url_is_told_plainly(stage: Stage, hook: dict[str, object]) -> None:
    hook["webhook_url"] = "http://example.org/telegram"
    host, stop = hook["host"], asyncio.Event()
    assert isinstance(host, WebServer)
    adapter = stage.adapter(**hook)
    serving = asyncio.create_task(host.run(stop))
    with pytest.raises(StartupError, match="setWebhook"):
        await adapter.run(stage.script, asyncio.Event())
    stop.set()
    await serving


async def test_a_secret_that_telegram_would_refuse(stage: Stage, hook: dict[str, object]) -> None:
    hook["webhook_secret"] = SecretStr("no spaces allowed")
    with pytest.raises(StartupError, match="secret"):
        await stage.adapter(**hook).run(stage.script, asyncio.Event())
