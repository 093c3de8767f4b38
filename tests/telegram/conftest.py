"""A stand-in server, the adapter running against it, and a script for its core."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from bot.adapters.telegram.adapter import TelegramAdapter
from bot.chat.events import ConversationRef
from bot.config import TelegramSettings
from bot.web.server import WebServer
from tests.telegram import spec
from tests.telegram.loopback.server import TOKEN, LoopbackServer
from tests.telegram.stage import PRESENTATION, HandClock, MemoryInbox, PlainCourier, Script


@dataclass(slots=True, kw_only=True)
class Stage:
    """All that surrounds one adapter."""

    server: LoopbackServer
    clock: HandClock = field(default_factory=HandClock)
    script: Script = field(default_factory=Script)
    courier: PlainCourier = field(default_factory=PlainCourier)
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    moves: list[tuple[ConversationRef, ConversationRef]] = field(default_factory=list)

    def settings(self, **changes: object) -> TelegramSettings:
        """Settings that lead to the stand-in."""
        given: dict[str, object] = {
            "token": SecretStr(TOKEN),
            "api_url": self.server.url,
            "file_url": f"{self.server.url}/file",
            "set_commands": False,
        }
        return TelegramSettings.model_validate({**given, **changes})

    def adapter(self, **changes: object) -> TelegramAdapter:
        """An adapter that does not run yet; ``host`` is the web server of a webhook."""
        host = changes.pop("host", None)
        assert host is None or isinstance(host, WebServer)
        return TelegramAdapter(
            self.settings(**changes),
            courier=self.courier,
            inbox=self.inbox,
            clock=self.clock,
            presentation=PRESENTATION,
            on_moved=self._moved,
            host=host,
        )

    @asynccontextmanager
    async def running(self, **changes: object) -> AsyncIterator[TelegramAdapter]:
        """An adapter that polls (or serves its webhook) while the block lasts."""
        adapter, stop = self.adapter(**changes), asyncio.Event()
        task = asyncio.create_task(adapter.run(self.script, stop))
        host = changes.get("host")
        serving = asyncio.create_task(host.run(stop)) if isinstance(host, WebServer) else None
        called = "setWebhook" if changes.get("mode") == "webhook" else "getUpdates"
        already = self.server.received(called)
        waiting = asyncio.create_task(self.server.until_received(called, already + 1))
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            await waiting
            yield adapter
        finally:
            waiting.cancel()
            stop.set()
            await asyncio.wait_for(task, 5)
            if serving is not None:
                await asyncio.wait_for(serving, 5)

    async def _moved(self, old: ConversationRef, new: ConversationRef) -> None:
        self.moves.append((old, new))


@pytest.fixture
async def server() -> AsyncIterator[LoopbackServer]:
    """Whatever the adapter asked of it is checked against the Bot API's specification."""
    async with LoopbackServer() as server:
        yield server
    if spec.is_at_hand():
        assert spec.faults(server.requests) == []


@pytest.fixture
async def stage(server: LoopbackServer) -> Stage:
    return Stage(server=server)


@pytest.fixture
async def adapter(stage: Stage) -> AsyncIterator[TelegramAdapter]:
    """A polling adapter."""
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(stage.running())


@pytest.fixture
def private() -> Callable[[int], ConversationRef]:
    """The private conversation with somebody, by id."""
    return lambda chat_id: ConversationRef(platform="telegram", chat_id=str(chat_id))
