"""A backup every day at the hour of the settings; old ones go."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from bot.chat.ports import Clock
from bot.chat.troubles import Troubles
from bot.config_operations import BackupSettings
from bot.delivery.waking import wait_first
from bot.store import Database
from bot.store.backups import backups_in, made_at, prune, write_backup
from bot.store.copying import CopyError

RETRY: Final = timedelta(hours=1)
"""After a failure."""

_log = structlog.get_logger(__name__)


class DailyBackup:
    """Looks at the files that are there, so that a restart neither skips a day nor doubles one."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        troubles: Troubles,
        settings: BackupSettings,
        zone: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._troubles = troubles
        self._settings = settings
        self._zone = ZoneInfo(zone)

    async def run(self, stop: asyncio.Event) -> None:
        """Make the backup of each day until ``stop``; without a folder, none."""
        if self._settings.folder is None:
            await stop.wait()
            return
        while not stop.is_set():
            due = self._next_due()
            wait = (due - self._clock.now()).total_seconds()
            if wait > 0:
                # Looked at anew now and then: clocks are set, and summer comes.
                await wait_first(self._clock, min(wait, 3600.0), stop)
            elif not await self.make():
                await wait_first(self._clock, RETRY.total_seconds(), stop)

    async def make(self) -> bool:
        """One backup now, and the old ones gone; False where it failed."""
        folder = Path(self._settings.folder or "")
        try:
            path = await asyncio.to_thread(
                write_backup, self._database.url, folder, self._clock.now()
            )
            await asyncio.to_thread(prune, folder, self._settings.keep)
        except (CopyError, OSError) as error:
            _log.error("backup.failed", error=type(error).__name__)
            self._troubles.report("backup")
            return False
        _log.info("backup.done", file=path.name)
        self._troubles.settle("backup")
        return True

    def _next_due(self) -> datetime:
        """Today at the hour where today's is missing, else tomorrow; aware."""
        now = self._clock.now()
        local = now.astimezone(self._zone)
        today = local.replace(hour=self._settings.hour, minute=0, second=0, microsecond=0)
        last = self._last()
        if last is not None and last >= today:
            return today + timedelta(days=1)
        return today if local < today else now

    def _last(self) -> datetime | None:
        """When the newest backup was made."""
        found = backups_in(Path(self._settings.folder or ""))
        made = made_at(found[-1]) if found else None
        return made.astimezone(self._zone) if made is not None else None
