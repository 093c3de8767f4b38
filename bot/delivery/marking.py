"""Puts signs on what askers and contacts wrote, so that each sees where the message stands.

A sign is best effort: the tables are the record. It leaves only while the token has little to
send, so that it costs no announcement and no relay anything; what is refused is let go.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from bot.chat.errors import (
    ConversationMoved,
    DeliveryError,
    RateLimited,
    RecipientGone,
    Undeliverable,
)
from bot.chat.events import Platform
from bot.chat.marks import Marker
from bot.chat.ports import Clock
from bot.delivery.pacing import Pacer
from bot.delivery.waking import wait_first
from bot.store import Database
from bot.store.outages import OUTAGES
from bot.store.question_marks import MarkWish, QuestionMarks

POLL: Final = 1.0
AT_ONCE: Final = 5
"""Signs of one look, one a chat: platforms are narrow with reactions in one place."""
LOOKED_AT: Final = 100
AFTER_FAILURE: Final = 10.0
"""Seconds of rest where the platform cannot be reached."""
TIMEOUT: Final = 20.0
"""Seconds that one request may take."""

_log = structlog.get_logger(__name__)


class Marking:
    """One task a platform; what several processes do twice does no harm."""

    def __init__(
        self, *, database: Database, clock: Clock, platform: Platform, marker: Marker, pacer: Pacer
    ) -> None:
        self._database = database
        self._clock = clock
        self._platform = platform
        self._marker = marker
        self._pacer = pacer
        self._resume_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop``."""
        while not stop.is_set():
            try:
                await self.step()
            except OUTAGES as error:
                _log.warning("marks.database", error=type(error).__name__)
            await wait_first(self._clock, POLL, stop)

    async def step(self) -> int:
        """Set the signs that are due now; returns how many were dealt with."""
        if self._clock.monotonic() < self._resume_at:
            return 0
        async with self._database.begin() as store:
            marks = QuestionMarks(store.connection)
            found = await marks.due(self._platform, self._clock.now(), LOOKED_AT)
        due = list({wish.where.chat_id: wish for wish in reversed(found)}.values())[:AT_ONCE]
        for number, wish in enumerate(due):
            if not await self._show(wish):
                return number
            async with self._database.begin() as store:
                await QuestionMarks(store.connection).settle(wish)
        return len(due)

    async def _show(self, wish: MarkWish) -> bool:
        """False where it is to be tried again."""
        if wish.mark is None:
            return True
        if not self._pacer.is_calm or self._pacer.wait() > 0:
            return False
        self._pacer.book()
        departure = self._pacer.leave()
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._marker.mark(wish.where, wish.ref, wish.mark, instead_of=wish.shown)
        except (Undeliverable, RecipientGone, ConversationMoved) as error:
            # Signs are not wanted there, or the message is gone: the history tells all the same.
            _log.info("mark.refused", platform=self._platform, error=type(error).__name__)
        except RateLimited as error:
            self._resume_at = self._clock.monotonic() + error.retry_after
            return False
        except (DeliveryError, TimeoutError) as error:
            _log.info("mark.delayed", platform=self._platform, error=type(error).__name__)
            self._resume_at = self._clock.monotonic() + AFTER_FAILURE
            return False
        finally:
            self._pacer.answered(departure)
        return True
