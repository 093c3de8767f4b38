"""The aiohttp request class: what is a doubt, and what certainly never left."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram.error import NetworkError, TimedOut

from bot.adapters.telegram.request import AiohttpRequest, NotConnected, ServerFault, Throttled
from tests.telegram.loopback.server import LoopbackServer


@pytest.fixture
async def request_pool() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest(read_timeout=0.1, connect_timeout=0.5) as pool:
        yield pool


def url(server: LoopbackServer, method: str = "getMe") -> str:
    return f"{server.url}/bot{server.world.token}/{method}"


async def test_an_answer(server: LoopbackServer, request_pool: AiohttpRequest) -> None:
    result = await request_pool.post(url(server))
    assert isinstance(result, dict)
    assert result["username"] == "insop_test_bot"


async def test_no_answer_in_time(server: LoopbackServer, request_pool: AiohttpRequest) -> None:
    server.disturb("getMe", "hang")
    with pytest.raises(TimedOut):
        await request_pool.post(url(server))
    result = await request_pool.post(url(server))
    assert result


async def test_a_dropped_line(server: LoopbackServer, request_pool: AiohttpRequest) -> None:
    server.disturb("getMe", "drop")
    with pytest.raises(NetworkError) as caught:
        await request_pool.post(url(server))
    assert not isinstance(caught.value, NotConnected)


async def test_nobody_there(request_pool: AiohttpRequest) -> None:
    with pytest.raises(NotConnected):
        await request_pool.post("http://127.0.0.1:9/botX/getMe")


async def test_errors_do_not_hold_the_token(request_pool: AiohttpRequest) -> None:
    with pytest.raises(NotConnected) as caught:
        await request_pool.post("http://127.0.0.1:9/botSECRET/getMe")
    assert "SECRET" not in str(caught.value)


async def test_a_closed_pool(server: LoopbackServer) -> None:
    with pytest.raises(NotConnected):
        await AiohttpRequest().post(url(server))


async def test_throttled_tells_the_seconds(
    server: LoopbackServer, request_pool: AiohttpRequest
) -> None:
    server.limit("getMe", 42)
    with pytest.raises(Throttled) as caught:
        await request_pool.post(url(server))
    assert caught.value.retry_after == 42


async def test_throttled_without_seconds(
    server: LoopbackServer, request_pool: AiohttpRequest
) -> None:
    server.fail("getMe", 429, "Too Many Requests")
    with pytest.raises(Throttled) as caught:
        await request_pool.post(url(server))
    assert caught.value.retry_after == 1


async def test_a_server_fault(server: LoopbackServer, request_pool: AiohttpRequest) -> None:
    server.fail("getMe", 503)
    with pytest.raises(ServerFault):
        await request_pool.post(url(server))


@pytest.mark.parametrize("payload", [b"<html>", b"[1]", b"\xff\xfe"])
def test_what_is_not_an_answer(payload: bytes) -> None:
    with pytest.raises(NetworkError):
        AiohttpRequest.parse_json_payload(payload)
