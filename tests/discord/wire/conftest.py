"""The adapter, running against the loopback wire; its requests are checked at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from bot.adapters.discord.adapter import DiscordAdapter
from bot.chat.catching_up import Backlog
from bot.chat.ports import Clock
from tests.discord.doubles import (
    PRESENTATION,
    DirectCourier,
    HandClock,
    ListInbox,
    ScriptedCore,
    settings,
)
from tests.discord.specification import Specification
from tests.discord.wire.payloads import TOKEN
from tests.discord.wire.people import Person
from tests.discord.wire.server import WireServer

ANA = 900000000000000011


@dataclass(slots=True, kw_only=True)
class Line:
    """An adapter on the wire and all that stands around it."""

    server: WireServer
    adapter: DiscordAdapter
    core: ScriptedCore
    courier: DirectCourier
    inbox: ListInbox
    ana: Person
    stop: asyncio.Event
    running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Run the adapter until it is ready to hear."""
        self.running = asyncio.create_task(self.adapter.run(self.core, self.stop))
        connected = asyncio.create_task(self.server.gateway.connected())
        done, _ = await asyncio.wait({self.running, connected}, return_when=asyncio.FIRST_COMPLETED)
        if self.running in done:
            connected.cancel()
            self.running.result()

    async def finish(self) -> None:
        """Stop the adapter; raises what it ended with."""
        self.stop.set()
        if self.running is not None:
            await self.running


@pytest.fixture
def clock() -> Clock:
    return HandClock()


@pytest.fixture
async def server(specification: Specification | None) -> AsyncIterator[WireServer]:
    server = WireServer()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
    if specification is not None:
        faults = [
            specification.fault(r.method, r.path, r.content_type, r.body) for r in server.requests
        ]
        assert [fault for fault in faults if fault is not None] == []


@pytest.fixture
def make_line(server: WireServer, clock: Clock) -> Callable[..., Line]:
    """Lines to one server; ``values`` change the settings."""

    def make(
        inbox: ListInbox | None = None, backlog: Backlog | None = None, **values: object
    ) -> Line:
        courier, inbox = DirectCourier(), inbox or ListInbox()
        wanted = {"token": TOKEN, "api_url": server.api_url, "gateway_url": server.gateway.url}
        adapter = DiscordAdapter(
            settings(**{**wanted, **values}),
            PRESENTATION,
            courier=courier,
            inbox=inbox,
            clock=clock,
            backlog=backlog,
        )
        return Line(
            server=server,
            adapter=adapter,
            core=ScriptedCore(),
            courier=courier,
            inbox=inbox,
            ana=Person(server, ANA, "Ana"),
            stop=asyncio.Event(),
        )

    return make


@pytest.fixture
async def line(make_line: Callable[..., Line]) -> AsyncIterator[Line]:
    line = make_line()
    await line.start()
    try:
        yield line
    finally:
        await line.finish()
