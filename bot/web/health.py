"""``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from bot.chat.ports import Clock
from bot.store import Database
from bot.store.database import HEAD, DatabaseError
from bot.store.outages import OUTAGES
from bot.web.metrics import Metrics
from bot.web.server import WebServer

FRESH: Final = 5.0
"""Seconds for which what the database said is shown again, however often somebody asks."""
PATIENCE: Final = 3.0
"""Seconds that the database may take to answer."""
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


class HealthPages:
    """``healthz``: the process answers. ``readyz``: it can work, its database is there."""

    def __init__(self, database: Database, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._looked_at = float("-inf")
        self._fault = ""
        self._looking = asyncio.Lock()
        self.is_stopping = False
        """Whether the process is on its way out: ``readyz`` says no from then on."""

    def add_to(self, server: WebServer, *, has_metrics: bool) -> None:
        """Register the pages."""
        server.add_get("/healthz", self.alive)
        server.add_get("/readyz", self.ready)
        if has_metrics:
            server.add_get("/metrics", self.metrics)

    async def until_stopping(self, stop: asyncio.Event) -> None:
        """A task beside the others: says no from the moment that the process is told to stop."""
        await stop.wait()
        self.is_stopping = True

    async def alive(self, _: web.Request) -> web.Response:
        """200 as long as the event loop turns."""
        return web.Response(text="ok\n")

    async def ready(self, _: web.Request) -> web.Response:
        """200, or 503 with one word of why."""
        if self.is_stopping:
            return web.Response(status=503, text="stopping\n")
        await self._look()
        if self._fault:
            return web.Response(status=503, text=f"{self._fault}\n")
        return web.Response(text="ready\n")

    async def metrics(self, _: web.Request) -> web.Response:
        """All counts; what is in the database as it was at most ``FRESH`` seconds ago."""
        await self._look()
        return web.Response(body=self._metrics.text(), headers={"Content-Type": TEXT})

    async def _look(self) -> None:
        async with self._looking:
            if self._clock.monotonic() - self._looked_at < FRESH:
                return
            try:
                async with asyncio.timeout(PATIENCE):
                    self._fault = await self._examine()
            except DatabaseError:
                self._fault = "database"
            except OUTAGES:
                # A time-out is an OSError as well.
                self._fault = "database"
            self._looked_at = self._clock.monotonic()

    async def _examine(self) -> str:
        now = self._clock.now()
        if await self._database.revision() != HEAD:
            return "migration"
        async with self._database.begin() as store:
            standing = await store.operations.standing(now)
            alerts = await store.alerts.current()
        self._metrics.show(standing, len(alerts), now)
        return ""
