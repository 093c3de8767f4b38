"""Fetches the files that staff sent for announcements, outside any turn, and keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.attaching import LARGEST, is_program, media_type_of
from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, Unreachable
from bot.chat.events import ConversationRef, Platform
from bot.chat.ports import Clock
from bot.store import Database
from bot.store.announcement_files import WantedFile
from bot.watching import repeat

POLL: Final = 2.0
"""Seconds until it is looked again whether there is anything to fetch."""
TRIES: Final = 5
"""Failures of the network after which a file counts as gone."""

Download = Callable[[ConversationRef, str], Awaitable[bytes]]
"""The bytes of a file by the platform's handle; raises ``DeliveryError``."""

_log = structlog.get_logger(__name__)


class FileFetcher:
    """Takes up after a restart what was not fetched before."""

    def __init__(
        self, *, database: Database, clock: Clock, platform: Platform, download: Download
    ) -> None:
        self._database = database
        self._clock = clock
        self._platform = platform
        self._download = download
        self._failures: dict[int, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop``."""
        await repeat(self.fetch_all, POLL, self._clock, stop)

    async def fetch_all(self) -> int:
        """Everything that is wanted now; returns how many were settled."""
        async with self._database.begin() as store:
            wanted = await store.announcement_files.wanted(self._platform)
        settled = 0
        for file in wanted:
            settled += await self._fetch(file)
        return settled

    async def _fetch(self, file: WantedFile) -> bool:
        try:
            data = await self._download(file.where, file.handle)
        except (RateLimited, Unreachable, Ambiguous) as error:
            self._failures[file.id] = self._failures.get(file.id, 0) + 1
            _log.warning("file.later", file=file.id, error=type(error).__name__)
            return self._failures[file.id] >= TRIES and await self._fail(file, "gone")
        except DeliveryError as error:
            _log.warning("file.gone", file=file.id, error=type(error).__name__)
            return await self._fail(file, "gone")
        if not data or len(data) > LARGEST or is_program(file.name):
            return await self._fail(file, "size" if not is_program(file.name) else "kind")
        media_type = await asyncio.to_thread(media_type_of, file.name, data)
        async with self._database.begin() as store:
            kept = await store.announcement_files.keep(file.id, media_type, data)
        _log.info("file.kept", file=file.id, announcement=file.announcement_id, bytes=len(data))
        return kept

    async def _fail(self, file: WantedFile, error: str) -> bool:
        self._failures.pop(file.id, None)
        async with self._database.begin() as store:
            return await store.announcement_files.fail(file.id, error)
