"""A bot in simcord, with one server, one channel and one person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import simcord

from bot.adapters.discord.adapter import build_client
from bot.adapters.discord.client import AssistantClient
from bot.adapters.discord.drafts import MemoryDrafts, MemorySyncState
from bot.clock import SystemClock
from tests.discord.doubles import (
    PRESENTATION,
    DirectCourier,
    ListInbox,
    ScriptedCore,
    settings,
)
from tests.discord.specification import PATH, Specification
from tests.discord.world import World


@pytest.fixture(scope="session")
def specification() -> Specification | None:
    """None where it is not there; ``wire/test_specification.py`` says so."""
    return Specification.load() if PATH.exists() else None


@pytest.fixture
def core() -> ScriptedCore:
    return ScriptedCore()


@pytest.fixture
def courier() -> DirectCourier:
    return DirectCourier()


@pytest.fixture
def inbox() -> ListInbox:
    return ListInbox()


@pytest.fixture
def make_client(
    core: ScriptedCore, courier: DirectCourier, inbox: ListInbox
) -> Callable[[], AssistantClient]:
    """Clients that share what outlives a restart, as processes share the store."""
    drafts, sync_state = MemoryDrafts(), MemorySyncState()

    def make() -> AssistantClient:
        return build_client(
            settings(token="never-used"),
            PRESENTATION,
            core,
            courier=courier,
            inbox=inbox,
            clock=SystemClock(),
            drafts=drafts,
            sync_state=sync_state,
        )

    return make


@pytest.fixture
async def world(
    make_client: Callable[[], AssistantClient],
    core: ScriptedCore,
    specification: Specification | None,
) -> AsyncIterator[World]:
    # simcord.run keeps a context variable, which pytest-asyncio resets in another context.
    env = simcord.Env(make_client())
    await env.start()
    world = World(env, core)
    try:
        yield world
    finally:
        await env.shutdown()
    assert [error for error in env.errors if not isinstance(error, world.expected)] == []
    if specification is not None:
        faults = [
            specification.fault(entry.method, entry.path, "application/json", entry.json)
            for entry in env.http_requests
        ]
        assert [fault for fault in faults if fault is not None] == []
