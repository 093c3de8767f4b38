"""A whole assistant on Discord, with nothing between it and the library but simcord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import simcord

from bot.adapters.discord.adapter import build_client
from bot.adapters.discord.drafts import MemoryDrafts, MemorySyncState
from bot.app import App
from bot.clock import SystemClock
from tests.discord.doubles import DirectCourier, ListInbox, settings


@asynccontextmanager
async def simulated(app: App) -> AsyncIterator[simcord.Env]:
    """Discord, with ``app`` logged in."""
    env = simcord.Env(
        build_client(
            settings(token="never-used"),
            app.presentation,
            app.dispatch,
            courier=DirectCourier(),
            inbox=ListInbox(),
            clock=SystemClock(),
            drafts=MemoryDrafts(),
            sync_state=MemorySyncState(),
        )
    )
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
