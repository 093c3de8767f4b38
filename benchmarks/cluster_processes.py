"""The processes of ``cluster.py``, and the web server in front of its gateways."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.turns import ROOT, TOKEN, end

SECRET = "cluster-secret"
CONFIG = """
knowledge_dir = "{knowledge}"
[database]
url = "{database}"
[telegram]
api_url = "{api}"
file_url = "{api}/file"
mode = "webhook"
webhook_url = "http://127.0.0.1:{front}/telegram"
rate_per_second = {rate}
set_commands = false
[limits]
messages_per_minute = 100000
burst = 100000
[web]
port = {port}
[alerts]
enabled = false
[log]
level = "info"
"""


class Slot:
    """A process that is started again whenever it was killed."""

    def __init__(self, role: str, config: Path, port: int, log: Path) -> None:
        self.role = role
        self.port = port
        self._config = config
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Run it."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "--config", str(self._config), "run"),
                *("--role", self.role),
                cwd=ROOT,
                env={
                    **os.environ,
                    "INSOP_TELEGRAM_TOKEN": TOKEN,
                    "INSOP_TELEGRAM_WEBHOOK_SECRET": SECRET,
                },
                stderr=log,
            )

    async def kill(self) -> None:
        """``kill -9``."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM."""
        if self._process is not None:
            await end(self._process)


class Front:
    """The web server in front: hands each request to a gateway that takes it."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._turn = 0
        self._session: aiohttp.ClientSession

    @contextlib.asynccontextmanager
    async def serving(self, port: int) -> AsyncIterator[None]:
        """Listen while the block lasts."""
        application = web.Application()
        application.router.add_post("/telegram", self._pass_on)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            self._session = session
            await web.TCPSite(runner, "127.0.0.1", port).start()
            try:
                yield
            finally:
                await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body, headers = await request.read(), {**request.headers}
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self._turn += 1
            url = f"http://127.0.0.1:{self._ports[self._turn % len(self._ports)]}/telegram"
            try:
                async with self._session.post(url, data=body, headers=headers) as answer:
                    if answer.status < 500:
                        return web.Response(status=answer.status)
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)
        return web.Response(status=502)


async def until_ready(slots: list[Slot]) -> None:
    """Until each says so, or has had its time."""
    async with aiohttp.ClientSession() as session:
        for slot in slots:
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"http://127.0.0.1:{slot.port}/readyz") as answer:
                        if answer.status == 200:
                            break
                await asyncio.sleep(0.1)


def small_knowledge(folder: Path) -> Path:
    """A dozen English articles: this is not about answers, and processes start in a second."""
    target = folder / "knowledge"
    kept = sorted((ROOT / "knowledge" / "articles" / "en").glob("*.md"))[:12]
    (target / "articles" / "en").mkdir(parents=True)
    for path in (*(ROOT / "knowledge").glob("*.toml"), *(ROOT / "knowledge").glob("*.csv")):
        shutil.copy(path, target)
    for path in kept:
        shutil.copy(path, target / "articles" / "en")
    return target


def free_port() -> int:
    """One that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
