"""What runs beside a platform that is connected: it fetches files that staff sent."""

from __future__ import annotations

import asyncio
from typing import Protocol

from bot.app import App
from bot.chat.events import ConversationRef
from bot.chat.ports import Adapter
from bot.fetching import FileFetcher


class Fetching(Adapter, Protocol):
    """An adapter that can fetch what people sent."""

    async def download(self, to: ConversationRef, handle: str) -> bytes:
        """The bytes of an ``IncomingFile`` of ``to``; raises ``DeliveryError``."""
        ...


async def run_beside(app: App, adapter: Fetching, stop: asyncio.Event) -> None:
    """Until ``stop``."""
    fetcher = FileFetcher(
        database=app.database,
        clock=app.clock,
        platform=adapter.platform,
        download=adapter.download,
    )
    await fetcher.run(stop)
