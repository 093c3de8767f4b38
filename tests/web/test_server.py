"""The web server: limits, headers, faults, and a port that is taken."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
from typing import Any

import aiohttp
import pytest
from aiohttp import web

import bot.web.server as serving
from bot.config_operations import WebSettings
from bot.web.feeds import add_feed
from bot.web.server import BODY_LIMIT, WebServer
from tests.clock import ManualClock
from tests.web.conftest import Serve

TOKEN = "1234:secret-token"


async def test_it_listens_on_the_loopback_unless_told_otherwise() -> None:
    assert WebSettings().host == "127.0.0.1"


async def test_a_fault_tells_nothing_and_logs_no_address(
    server: WebServer, serve: Serve, logs: list[Any]
) -> None:
    async def page(request: web.Request) -> web.Response:
        raise ValueError(TOKEN)

    server.add_get("/page/{token}", page)
    async with serve(server) as session, session.get(f"/page/{TOKEN}") as answer:
        assert answer.status == 500
        assert TOKEN not in await answer.text()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert TOKEN not in str(logs)
    assert [line["page"] for line in logs if line["event"] == "web.failed"] == ["/page/{token}"]


async def test_a_body_beyond_the_limit_is_refused(server: WebServer, serve: Serve) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    server.add_post("/take", page)
    async with serve(server) as session:
        async with session.post("/take", data=b"x" * 1000) as answer:
            assert await answer.text() == "1000"
        # The server may hang up while the rest is still being written.
        with contextlib.suppress(aiohttp.ClientOSError):
            async with session.post("/take", data=io.BytesIO(b"x" * (BODY_LIMIT + 1))) as answer:
                assert answer.status == 413
        async with session.get("/take") as answer:
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        async with session.get("/elsewhere") as answer:
            assert answer.status == 404


async def test_a_request_that_takes_too_long_is_ended(
    server: WebServer, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "TIMEOUT", 0.05)

    async def page(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    server.add_get("/slow", page)
    async with serve(server) as session, session.get("/slow") as answer:
        assert answer.status == 408


async def test_an_adapter_made_anew_takes_the_webhook_over(server: WebServer, serve: Serve) -> None:
    async def first(_headers: object, _read: object) -> int:
        return 503

    async def second(_headers: object, _read: object) -> int:
        return 200

    server.receive("/telegram", first)
    async with serve(server) as session:
        async with session.post("/telegram") as answer:
            assert answer.status == 503
        server.receive("/telegram", second)
        async with session.post("/telegram") as answer:
            assert answer.status == 200


async def test_a_taken_port_is_tried_again_where_no_webhook_needs_it(
    clock: ManualClock, logs: list[Any]
) -> None:
    def is_told() -> bool:
        return any(line["event"] == "web.port_taken" for line in logs)

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = WebServer(WebSettings(port=taken.getsockname()[1]), clock)
        stop = asyncio.Event()
        task = asyncio.create_task(server.run(stop))
        listening = asyncio.create_task(server.listening())
        async with asyncio.timeout(5):
            while not listening.done():
                if is_told():
                    taken.close()
                clock.advance(serving.RETRY)
                await asyncio.sleep(0)
    assert is_told()
    stop.set()
    await task


async def test_calendar_feeds_come_with_a_tag_and_tell_nothing_else(
    server: WebServer, serve: Serve
) -> None:
    async def feed(token: str) -> str | None:
        return "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" if token == "abc" else None

    add_feed(server, feed)
    async with serve(server) as session:
        async with session.get("/calendar/abc.ics") as answer:
            assert answer.status == 200
            assert answer.content_type == "text/calendar"
            tag = answer.headers["ETag"]
        async with session.get("/calendar/abc.ics", headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304
        for path in ("/calendar/abd.ics", "/calendar/..%2f..%2fetc.ics", "/calendar/%00.ics"):
            async with session.get(path) as answer:
                assert answer.status == 404
