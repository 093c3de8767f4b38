"""Reads a mailbox for ever: each mail once, whatever crashes, and however long the server is gone.

A mail is dealt with first (its number goes into ``inbox`` in the same transaction), then marked on
the server, then the position moves on. What a crash repeats is known by its digest. Where the
server numbers all mails anew (UIDVALIDITY), those of the last days are looked at again.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final, TypeVar

import structlog

from bot.adapters.email.mailbox import Entry, Mailbox, MailboxError
from bot.adapters.email.office import Office, OfficeClosed, Position, Trouble
from bot.adapters.email.reading import RAW_LIMIT
from bot.chat.ports import Clock

T = TypeVar("T")

LOOK_BACK: Final = timedelta(days=1)
"""How far back mail is looked at again after a renumbering; well within ``inbox_days``."""
PAUSES: Final = (2.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds between attempts while the server cannot be used."""
PATIENCE: Final = 3
"""Attempts in a row that fail before somebody is told that the server is gone."""

Handle = Callable[[bytes], Awaitable[bool]]
"""Deals with a mail; False leaves it as it is on the server."""

_log = structlog.get_logger(__name__)


class Fetching:
    """``make`` opens no connection yet; ``pause`` waits for so many seconds or for ``stop``."""

    def __init__(
        self,
        *,
        make: Callable[[], Mailbox],
        office: Office,
        clock: Clock,
        handle: Handle,
        poll: float,
        pause: Callable[[float, asyncio.Event], Awaitable[None]],
    ) -> None:
        self._make = make
        self._office = office
        self._clock = clock
        self._handle = handle
        self._poll = poll
        self._pause = pause
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mailbox")
        self._failures = 0
        self._reason = ""
        self._is_told = False

    async def run(self, stop: asyncio.Event) -> None:
        """Read until ``stop`` is set."""
        halt = threading.Event()
        watch = asyncio.ensure_future(_pass_on(stop, halt))
        try:
            while not stop.is_set():
                try:
                    await self._serve(stop, halt)
                except (MailboxError, OfficeClosed) as error:
                    await self._fail(error)
                    await self._pause(PAUSES[min(self._failures, len(PAUSES)) - 1], stop)
        finally:
            halt.set()
            watch.cancel()
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _serve(self, stop: asyncio.Event, halt: threading.Event) -> None:
        """One connection's worth of reading."""
        mailbox = self._make()
        try:
            await self._call(mailbox.open)
            await self._recover()
            while not stop.is_set():
                await self.read_new(mailbox, stop)
                if not stop.is_set():
                    await self._call(lambda: mailbox.wait(self._poll, halt))
        finally:
            await asyncio.shield(self._call(mailbox.close))

    async def read_new(self, mailbox: Mailbox, stop: asyncio.Event) -> int:
        """Deal with all that is new; returns how many mails that were."""
        position = await self._office.position()
        is_known = position is not None and position.validity == mailbox.validity
        if position is not None and is_known:
            start = position.uid
            entries = await self._call(lambda: mailbox.newer_than(start))
        else:
            start = await self._call(mailbox.last_uid)
            since = None if position is None else (self._clock.now() - LOOK_BACK).date()
            entries = await self._call(lambda: mailbox.not_handled(since))
            _log.info("mailbox.numbered", is_first=position is None, mails=len(entries))
        for entry in entries:
            if stop.is_set():
                return 0
            await self._read(mailbox, entry)
            if is_known:
                await self._office.advance(Position(validity=mailbox.validity, uid=entry.uid))
        if not is_known:
            await self._office.advance(Position(validity=mailbox.validity, uid=start))
        return len(entries)

    async def _read(self, mailbox: Mailbox, entry: Entry) -> None:
        raw = await self._call(lambda: mailbox.fetch(entry.uid, RAW_LIMIT + 1))
        if raw is not None and await self._handle(raw):
            await self._call(lambda: mailbox.mark(entry.uid))

    async def _fail(self, error: MailboxError | OfficeClosed) -> None:
        self._failures += 1
        if isinstance(error, OfficeClosed):
            _log.warning("mailbox.database", reason=str(error))
            return
        trouble: Trouble = "refused" if error.is_refused else "unreachable"
        if str(error) != self._reason:
            self._reason = str(error)
            _log.warning("mailbox.failed", reason=self._reason)
        if not self._is_told and (error.is_refused or self._failures >= PATIENCE):
            with contextlib.suppress(OfficeClosed):
                await self._office.trouble(trouble)
                self._is_told = True

    async def _recover(self) -> None:
        if self._failures:
            _log.info("mailbox.back")
        if self._is_told or not self._failures:
            await self._office.trouble(None)
        self._failures, self._reason, self._is_told = 0, "", False

    async def _call(self, work: Callable[[], T]) -> T:
        """Run something that blocks, one thing at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


async def _pass_on(stop: asyncio.Event, halt: threading.Event) -> None:
    await stop.wait()
    halt.set()
