"""Tells the secretariat's chats what needs a person: once a cause, and when it is well again."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Clock, Lane
from bot.chat.troubles import Troubles
from bot.config_operations import AlertSettings
from bot.delivery.waking import wait_first
from bot.desk.alert_texts import alert_text, clear_text
from bot.store import Database, Store
from bot.store.outages import OUTAGES
from bot.translating import translator

PERIOD: Final = 15.0
"""Seconds between two looks."""
STALE: Final = timedelta(minutes=5)
"""After which what a process saw that ended meanwhile counts as seen no more."""
_MEGABYTE: Final = 1024 * 1024

_log = structlog.get_logger(__name__)


class Watch:
    """``sees_all``: whether this process also looks at what every process could see.

    ``folders`` are those whose disks must not fill up. A warning goes through the outbox, in the
    transaction that notes it; one about a platform reaches the desks of the other.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        troubles: Troubles,
        settings: AlertSettings,
        desks: Sequence[ConversationRef],
        language: str,
        owner: str,
        folders: Sequence[Path] = (),
        sees_all: bool = True,
    ) -> None:
        self._database = database
        self._clock = clock
        self._troubles = troubles
        self._settings = settings
        self._desks = tuple(desks)
        self._translate = translator(language)
        self._owner = owner
        self._folders = tuple(folders)
        self._sees_all = sees_all

    async def run(self, stop: asyncio.Event) -> None:
        """Look until ``stop``."""
        while not stop.is_set():
            try:
                await self.look()
            except OUTAGES as error:
                _log.warning("watch.database", error=type(error).__name__)
            await wait_first(self._clock, PERIOD, stop)

    async def look(self) -> None:
        """One look: tell what is new, and what is over."""
        now = self._clock.now()
        full = await asyncio.to_thread(self._is_full)
        async with self._database.begin() as store:
            causes = dict.fromkeys(self._troubles.current, self._owner)
            if full:
                causes["disk"] = self._owner
            if self._sees_all:
                causes |= dict.fromkeys(await self._stuck(store, now), "")
            for cause, owner in causes.items():
                if await store.alerts.begin(cause, owner, now):
                    _log.error("alert.begun", cause=cause)
                    await self._tell(store, cause, alert_text(cause, self._translate), now, "on")
            for alert in await store.alerts.current():
                is_mine = alert.owner == self._owner or (self._sees_all and not alert.owner)
                is_stale = alert.seen_at < now - STALE
                if alert.cause not in causes and (is_mine or is_stale):
                    await store.alerts.end(alert.cause)
                    _log.info("alert.ended", cause=alert.cause)
                    text = clear_text(alert.cause, alert.since, self._translate)
                    await self._tell(store, alert.cause, text, now, "off")

    async def _stuck(self, store: Store, now: datetime) -> list[str]:
        """Platforms whose messages do not leave."""
        limit = now - timedelta(minutes=self._settings.stuck_minutes)
        found = []
        for lane in await store.operations.lanes(now):
            if lane.oldest > limit:
                continue
            if lane.lane == Lane.ANNOUNCEMENT:
                # A long announcement waits its turn; it is stuck where nothing leaves at all.
                last = await store.operations.last_sent(lane.platform)
                if last is not None and last > limit:
                    continue
            found.append(f"sender:{lane.platform}")
        return found

    async def _tell(self, store: Store, cause: str, text: str, now: datetime, word: str) -> None:
        source = f"alert:{cause}:{now:%Y%m%d%H%M%S}:{word}"
        for desk in (*self._desks, *await store.chats.desks("console")):
            await store.outbox.add(
                source, desk, Message(text=text), lane=Lane.RELAY, on_unknown="resend", now=now
            )

    def _is_full(self) -> bool:
        least = self._settings.disk_free_mb * _MEGABYTE
        return any(
            shutil.disk_usage(folder).free < least for folder in self._folders if folder.is_dir()
        )
