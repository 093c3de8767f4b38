"""The daily backup through the days: at its hour, not twice, and again after a failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.chat.troubles import Troubles
from bot.config_operations import BackupSettings
from bot.operations.daily_backup import RETRY, DailyBackup
from bot.store import Database
from bot.store.backups import backups_in
from tests.clock import ManualClock
from tests.waiting import until

STEP = 600
"""Seconds of the clock at a time."""


class Service:
    """A running daily backup; ``made`` are the moments of the files."""

    def __init__(self, database: Database, clock: ManualClock, folder: Path, keep: int) -> None:
        self.folder = folder
        self.clock = clock
        self.troubles = Troubles()
        settings = BackupSettings(folder=str(folder), hour=3, keep=keep)
        self._daily = DailyBackup(
            database=database,
            clock=clock,
            troubles=self.troubles,
            settings=settings,
            zone="Europe/Rome",
        )
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._daily.run(self._stop))

    @property
    def made(self) -> list[str]:
        """Day and hour, in UTC."""
        return sorted(f"{path.stem[6:14]} {path.stem[15:17]}" for path in backups_in(self.folder))

    async def until(self, is_so: Callable[[], bool], *, at_most: float = 3 * 86400) -> None:
        """Let the clock run until it is so."""
        for _ in range(int(at_most // STEP) + 1):
            await self.settle()
            if is_so():
                return
            self.clock.advance(STEP)
        raise AssertionError(f"it never came about; made are {self.made}")

    async def settle(self) -> None:
        """Let the backup's thread end."""
        await until(lambda: bool(self.clock._sleepers) or self._task.done())

    async def end(self) -> None:
        self._stop.set()
        await asyncio.wait_for(self._task, 20)


Start = Callable[..., Service]


@pytest.fixture
async def start(database: Database, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Start]:
    services: list[Service] = []

    def begin(folder: str = "copies", keep: int = 10) -> Service:
        services.append(Service(database, clock, tmp_path / folder, keep))
        return services[-1]

    yield begin
    for service in services:
        await service.end()


async def test_the_first_at_once_then_each_day_at_the_hour(start: Start) -> None:
    service = start()
    await service.until(lambda: len(service.made) == 3)
    # It began at 10:00 UTC; three o'clock in Rome is one o'clock UTC in April.
    assert service.made == ["20260422 10", "20260423 01", "20260424 01"]


async def test_a_restart_on_the_same_day_makes_none_and_skips_none(start: Start) -> None:
    service = start()
    await service.until(lambda: len(service.made) == 1)
    await service.end()
    again = start()
    await again.until(lambda: len(again.made) == 2)
    assert again.made == ["20260422 10", "20260423 01"]


async def test_before_the_hour_the_first_one_waits_for_it(start: Start, clock: ManualClock) -> None:
    clock.advance((datetime(2026, 4, 23, 0, tzinfo=UTC) - clock.now()).total_seconds())
    service = start()
    await service.until(lambda: len(service.made) == 1)
    assert service.made == ["20260423 01"]


async def test_a_failure_is_told_and_tried_again_within_the_hour(
    start: Start, tmp_path: Path, clock: ManualClock
) -> None:
    (tmp_path / "copies").write_text("a file stands where the folder shall be")
    service = start()
    await service.until(lambda: "backup" in service.troubles.current)
    failed = clock.now()
    (tmp_path / "copies").unlink()
    await service.until(lambda: not service.troubles.current, at_most=2 * 3600)
    assert clock.now() - failed <= RETRY + RETRY / 3
    assert len(service.made) == 1


async def test_files_that_are_no_dates_are_left_alone_and_do_not_stop_it(
    start: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    for name in ("before-the-upgrade", "99999999-999999"):
        (folder / f"insop-{name}.db").write_bytes(b"somebody's")
    service = start(keep=1)
    await service.until(lambda: service.made == ["20260423 01"])
    assert (folder / "insop-before-the-upgrade.db").read_bytes() == b"somebody's"
    assert (folder / "insop-99999999-999999.db").exists()


async def test_without_a_folder_there_is_none(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    stop = asyncio.Event()
    daily = DailyBackup(
        database=database,
        clock=clock,
        troubles=Troubles(),
        settings=BackupSettings(),
        zone="Europe/Rome",
    )
    task = asyncio.create_task(daily.run(stop))
    await asyncio.sleep(0)
    clock.advance(2 * 86400)
    stop.set()
    await asyncio.wait_for(task, 5)
    assert backups_in(tmp_path) == []
