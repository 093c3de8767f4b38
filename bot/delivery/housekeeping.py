"""What is not needed any more is dropped: once a day, and when the process starts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from bot.chat.ports import Clock
from bot.config_members import RetentionSettings
from bot.delivery.waking import wait_first
from bot.store import Database
from bot.store.outages import OUTAGES

PERIOD: Final = 24 * 3600.0
CODE_DAYS: Final = 1

_log = structlog.get_logger(__name__)


class Housekeeping:
    """Applies the retention periods of the settings."""

    def __init__(self, *, database: Database, clock: Clock, retention: RetentionSettings) -> None:
        self._database = database
        self._clock = clock
        self._retention = retention

    async def run(self, stop: asyncio.Event) -> None:
        """Clean once a day until ``stop`` is set."""
        while not stop.is_set():
            try:
                await self.clean()
            except OUTAGES as error:
                _log.warning("housekeeping.database", error=type(error).__name__)
            await wait_first(self._clock, PERIOD, stop)

    async def clean(self) -> dict[str, int]:
        """Drop what is due; returns how many rows of each kind went."""
        now = self._clock.now()
        keep = self._retention
        dropped: dict[str, int] = {}

        async with self._database.begin() as store:
            left = await store.memberships.left_before(now - timedelta(days=keep.left_days))
            for person_id in left:
                await store.memberships.remove(person_id)
            dropped["memberships"] = len(left)
            store.eraser.has_erased = True
            dropped["questions"] = await store.eraser.forget_questions_before(
                now - timedelta(days=keep.question_days)
            )
            dropped["drafts"] = await store.drafts.forget_expired(now)
            dropped["applications"] = await store.applications.forget_expired(now)
            dropped["link_codes"] = await store.link_codes.forget_expired(now)
            dropped["email_codes"] = await store.email_codes.forget_before(
                now - timedelta(days=CODE_DAYS)
            )
            dropped["conversations"] = await store.eraser.forget_conversations_before(
                now - timedelta(days=keep.conversation_days)
            )
            dropped["asked"] = await store.teaching.asked.forget_before(
                now - timedelta(days=keep.question_days)
            )
            dropped["notices"] = await store.notices.forget_before(
                now - timedelta(days=keep.delivery_days)
            )
            dropped["deliveries"] = await store.eraser.forget_deliveries_before(
                now - timedelta(days=keep.delivery_days)
            )
            dropped["files"] = await store.announcement_files.forget_before(
                now - timedelta(days=keep.delivery_days)
            )
            dropped["updates"] = await store.inbox.forget_before(
                now - timedelta(days=keep.inbox_days)
            )
            dropped["audit"] = await store.audit.forget_before(
                now - timedelta(days=keep.audit_days)
            )
        _log.info("housekeeping.done", **{name: count for name, count in dropped.items() if count})
        return dropped
