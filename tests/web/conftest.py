"""The web server on a free port of the loopback, and somebody who asks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import aiohttp
import pytest

from bot.config_operations import WebSettings
from bot.web.server import WebServer
from tests.clock import ManualClock

Serve = Callable[[WebServer], AbstractAsyncContextManager[aiohttp.ClientSession]]


@pytest.fixture
def server(clock: ManualClock) -> WebServer:
    """A server that does not run yet."""
    return WebServer(WebSettings(port=0), clock)


@pytest.fixture
def serve() -> Serve:
    """Runs a server while the block lasts; gives a session at its address."""

    @asynccontextmanager
    async def run(server: WebServer) -> AsyncIterator[aiohttp.ClientSession]:
        stop = asyncio.Event()
        task = asyncio.create_task(server.run(stop))
        await asyncio.wait_for(server.listening(), 5)
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
                yield session
        finally:
            stop.set()
            await asyncio.wait_for(task, 10)

    return run
