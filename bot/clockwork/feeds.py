"""Reads the calendars of others again on a schedule."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

import structlog

from bot.calendar.ics_lines import NotACalendar
from bot.chat.ports import Clock
from bot.clockwork.fetching import Fetched, FetchError, tidy_url
from bot.clockwork.importing import Imported, Importing
from bot.store import Database
from bot.store.event_feeds import EventFeed, EventFeeds

if TYPE_CHECKING:
    from bot.calendar.ics_reading import Reading

SMALL: Final = 200_000
"""Bytes of a file that is read within some 100 ms, and so where it is."""
FIRST_PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(hours=24)

Fetch = Callable[[str, str | None], Awaitable[Fetched]]
"""Address and ETag to file; raises ``FetchError``."""

log = structlog.get_logger(__name__)


class Feeds:
    """``every`` is how often each is read; one that fails is tried again later and later.

    ``urls`` are the feeds of the settings.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        fetch: Fetch,
        importing: Importing,
        zone: str,
        every: timedelta,
        urls: Sequence[str] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._fetch = fetch
        self._importing = importing
        self._zone = zone
        self._every = every
        self._urls = list(urls)

    async def read_due(self) -> int:
        """Read all that are due; returns how many were."""
        await self._keep_urls()
        count = 0
        while True:
            async with self._database.begin() as store:
                feed = await EventFeeds(store.connection).claim(self._clock.now())
            if feed is None:
                return count
            count += 1
            await self.read(feed)

    async def _keep_urls(self) -> None:
        while self._urls:
            try:
                url = tidy_url(self._urls[-1])
            except FetchError as error:
                log.error("feed.no_address", reason=str(error))
            else:
                async with self._database.begin() as store:
                    feeds = EventFeeds(store.connection)
                    await feeds.keep(url, self._clock.now(), is_read_again=True)
            self._urls.pop()

    async def read(self, feed: EventFeed) -> Imported | None:
        """Read one feed; None where nothing has changed or it failed, which is noted."""
        try:
            fetched = await self._fetch(feed.url, feed.etag)
            digest = feed.digest
            imported = None
            if fetched.data is not None:
                digest = hashlib.sha256(fetched.data).hexdigest()
                if digest != feed.digest:
                    reading = await read_aside(fetched.data, self._zone)
                    imported = await self._importing.take_in(reading, feed.id)
        except (FetchError, NotACalendar) as error:
            await self._note_failure(feed, str(error))
            return None
        now = self._clock.now()
        async with self._database.begin() as store:
            await EventFeeds(store.connection).was_read(
                feed.id,
                etag=fetched.etag or feed.etag,
                digest=digest,
                next_at=now + self._every,
                now=now,
            )
        if imported is not None:
            log.info(
                "feed.read",
                feed=feed.id,
                added=imported.added,
                changed=imported.changed,
                gone=imported.gone,
                faults=len(imported.faults),
            )
        return imported

    async def _note_failure(self, feed: EventFeed, reason: str) -> None:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(feed.failures, 10))
        log.warning("feed.failed", feed=feed.id, failures=feed.failures + 1, reason=reason)
        async with self._database.begin() as store:
            await EventFeeds(store.connection).failed(feed, reason, self._clock.now() + pause)


async def read_aside(data: bytes, zone: str) -> Reading:
    """Read a file without holding up the turns: a large one in a process of its own."""
    if len(data) <= SMALL:
        return _read(data, zone)
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return await loop.run_in_executor(pool, _read, data, zone)


def _read(data: bytes, zone: str) -> Reading:
    # The library of calendars is loaded for the first feed, not at each start.
    from bot.calendar.ics_reading import read_calendar

    return read_calendar(data, default_zone=zone)
