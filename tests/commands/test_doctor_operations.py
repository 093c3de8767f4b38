"""What ``insop doctor`` says about the running of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.commands.doctor_operations import examine_operations
from bot.commands.doctor_places import Finding
from bot.config import DatabaseSettings, Settings, TelegramSettings
from bot.config_operations import AlertSettings, BackupSettings, WebSettings
from bot.store import Database
from bot.store.backups import write_backup
from bot.web.health import HealthPages
from bot.web.metrics import Metrics
from bot.web.server import WebServer
from tests.clock import ManualClock


def settings(database: Database, **changes: object) -> Settings:
    address = database.url.render_as_string(hide_password=False).replace("+aiosqlite", "")
    given = {
        "database": DatabaseSettings(url=SecretStr(address)),
        "web": WebSettings(port=0),
        **changes,
    }
    return Settings.model_validate(given)


async def states(given: Settings) -> dict[str, str]:
    """State by the first word."""
    findings: list[Finding] = await examine_operations(given)
    return {each.text.partition(":")[0]: each.state for each in findings}


async def test_a_fresh_installation_has_no_fault(database: Database) -> None:
    assert await states(settings(database)) == {
        "Disk": "good",
        "Backup": "missing",
        "Web server": "missing",
        "Work": "good",
    }


async def test_what_is_wrong_is_said(
    database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "insop-20260101-000000.db").write_bytes(b"nonsense")
    async with database.begin() as store:
        await store.alerts.begin("token:discord", "x", clock.now())
    webhook = TelegramSettings(
        mode="webhook", webhook_url="https://x.org/t", webhook_secret=SecretStr("abcdef")
    )
    found = await states(
        settings(
            database,
            backup=BackupSettings(folder=str(folder)),
            alerts=AlertSettings(disk_free_mb=10**9),
            telegram=webhook,
        )
    )
    for name in ("Disk", "Backup", "Web server", "Needs a person since 2026-04-22 10"):
        assert found[name] == "bad", name


async def test_an_address_that_nothing_serves_is_said(database: Database) -> None:
    web = WebSettings(port=0, public_url="https://insop.example.org")
    found = await states(settings(database, web=web))
    assert found["Web server"] == "bad"


@pytest.mark.parametrize("is_running", [True, False])
async def test_the_assistant_is_found_where_it_runs(
    database: Database, tmp_path: Path, clock: ManualClock, is_running: bool
) -> None:
    server, stop = WebServer(WebSettings(port=0), clock), asyncio.Event()
    HealthPages(database, clock, Metrics()).add_to(server, has_metrics=False)
    task = asyncio.create_task(server.run(stop))
    await server.listening()
    if not is_running:
        stop.set()
        await task
    folder = tmp_path / "copies"
    await asyncio.to_thread(write_backup, database.url, folder, datetime.now(UTC))
    given = settings(
        database, web=WebSettings(port=server.port), backup=BackupSettings(folder=str(folder))
    )
    found = await states(given)
    assert found["Web server"] == ("good" if is_running else "missing")
    assert found["Backup"] == "good"
    stop.set()
    await task
