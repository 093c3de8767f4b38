"""``insop doctor`` on the running of it: disk, backups, web server, what waits, what is wrong."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp
from sqlalchemy import URL

from bot.commands.doctor_places import Finding
from bot.config import Settings
from bot.store import Database
from bot.store.backups import backups_in, verify
from bot.store.copying import CopyError
from bot.store.database import HEAD, DatabaseError, async_url

_OLD: Final = timedelta(hours=36)
_MEGABYTE: Final = 1024 * 1024
_TIMEOUT: Final = aiohttp.ClientTimeout(total=3)


async def examine_operations(settings: Settings) -> list[Finding]:
    """Everything that can be seen from beside a running assistant."""
    findings = [*_disk(settings), await asyncio.to_thread(_backup, settings)]
    findings.append(await _web(settings))
    return findings + await _work(settings)


def _disk(settings: Settings) -> list[Finding]:
    free = shutil.disk_usage(Path.cwd()).free // _MEGABYTE
    if free < settings.alerts.disk_free_mb:
        return [Finding(state="bad", text=f"Disk: only {free} MB are free here.")]
    return [Finding(state="good", text=f"Disk: {free:,} MB are free here.")]


def _backup(settings: Settings) -> Finding:
    if settings.backup.folder is None:
        return Finding(
            state="missing", text="Backup: none is made. Set [backup] folder for a daily one."
        )
    found = backups_in(Path(settings.backup.folder))
    if not found:
        return Finding(state="missing", text=f"Backup: none in {settings.backup.folder} yet.")
    newest = found[-1]
    try:
        rows = verify(newest)
    except CopyError as error:
        return Finding(state="bad", text=f"Backup: {error}")
    age = datetime.now(UTC) - datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    text = f"Backup: {newest.name}, {rows} rows, checked, {age // timedelta(hours=1)} hours old."
    return Finding(state="bad" if age > _OLD else "good", text=text)


async def _web(settings: Settings) -> Finding:
    web = settings.web
    if not web.port:
        return _web_off(settings)
    address = f"http://{'127.0.0.1' if web.host == '0.0.0.0' else web.host}:{web.port}/readyz"
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(address) as page:
            word = (await page.text()).strip()[:20]
            if page.status == 200 and word == "ready":
                return Finding(
                    state="good", text=f"Web server: the assistant answers at {address}."
                )
            return Finding(
                state="bad", text=f"Web server: {address} answers {page.status} {word!r}."
            )
    except (aiohttp.ClientError, TimeoutError, OSError):
        text = f"Web server: nothing answers at {address}; the assistant is not running here."
        return Finding(state="missing", text=text)


def _web_off(settings: Settings) -> Finding:
    if settings.telegram.mode == "webhook":
        return Finding(state="bad", text="Web server: off. The webhook needs it: set [web] port.")
    if settings.web.public_url is None:
        return Finding(state="missing", text="Web server: off.")
    # SQLite is one process's alone.
    is_alone = settings.database.url.get_secret_value().startswith("sqlite:")
    text = "Web server: off. Links to [web] public_url need one; another process may serve them."
    return Finding(state="bad" if is_alone else "missing", text=text)


def is_unmade(url: URL) -> bool:
    """To look must not make the file: it would belong to whoever looked."""
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()


async def _work(settings: Settings) -> list[Finding]:
    now = datetime.now(UTC)
    try:
        if is_unmade(async_url(settings.database.url.get_secret_value())):
            return []
        async with Database(settings.database.url.get_secret_value()) as database:
            if await database.revision() != HEAD:
                return []
            async with database.begin() as store:
                standing = await store.operations.standing(now)
                alerts = await store.alerts.current()
    except DatabaseError:
        return []
    findings = [
        Finding(
            state="bad", text=f"Needs a person since {alert.since:%Y-%m-%d %H:%M}: {alert.cause}."
        )
        for alert in alerts
    ]
    for platform, count in sorted(standing.held.items()):
        text = f"In doubt: {count} messages to {platform}; staff decide, see the announcement."
        findings.append(Finding(state="missing", text=text))
    limit = now - timedelta(minutes=settings.alerts.stuck_minutes)
    late = sum(lane.count for lane in standing.lanes if lane.oldest < limit)
    if late:
        text = f"Waiting: {late} messages for longer than {settings.alerts.stuck_minutes} minutes."
        findings.append(Finding(state="bad", text=text))
    text = (
        f"Work: {standing.open_questions} open questions, {standing.unanswered} unanswered updates."
    )
    findings.append(Finding(state="good", text=text))
    return findings
