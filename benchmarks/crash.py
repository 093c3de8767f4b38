"""Kill the sender at random moments, over and over, and account for every message.

The platform keeps running and is the judge: what it took is compared with what the outbox says.
One answer in a hundred is lost after the message was taken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from chats import seed
from platforms import HERE, Loopback, loopback
from postgres import temporary_postgres
from sqlalchemy import select

from bot.chat.messages import Message
from bot.clock import SystemClock
from bot.store import Database
from bot.store.announcements import Announcements
from bot.store.audience import Audience
from bot.store.migrating import upgrade
from bot.store.outbox_leases import OutboxLeases
from bot.store.schema import delivery

RATE = 150.0
PATIENCE = 20.0
"""Seconds without any progress after which the last worker has had its chance."""
TEXT = "Hello from INSOP"
CORRECTED = "Hello again from INSOP"


class Crash:
    """One run."""

    def __init__(self, arguments: argparse.Namespace, url: str, server: Loopback) -> None:
        self._arguments = arguments
        self._url = url
        self._server = server
        self._random = random.Random(arguments.seed)
        self._workers: list[subprocess.Popen[bytes]] = []
        self._cpu: list[float] = []

    async def run(self) -> dict[str, Any]:
        """Seed, kill, let the last one finish, account."""
        kills = self._arguments.kills
        recipients = int(kills * RATE * 0.8) + 150
        async with Database(self._url) as database:
            await upgrade(database)
            await seed(database, self._arguments.platform, recipients)
            async with database.connect() as connection:
                number = await Announcements(connection).create(
                    Audience(),
                    {"": Message(text=TEXT)},
                    now=SystemClock().now(),
                    on_unknown=self._arguments.policy,
                    state="running",
                )
        try:
            async with aiohttp.ClientSession() as session:
                half = [await self._kill_once(session) for _ in range(kills // 2)]
                revision = await self._correct(number) if self._arguments.correct else None
                recoveries = half + [
                    await self._kill_once(session) for _ in range(kills - kills // 2)
                ]
                takeovers = [
                    await self._take_over(session) for _ in range(self._arguments.takeovers)
                ]
                worker = self._workers[0] if self._workers else self._start()
                finished = await self._finish(number)
                if revision is not None:
                    finished = await self._finish(revision) and finished
                self._end(worker)
                stats = await self._server.get(session, full=1)
        finally:
            for worker in self._workers:
                worker.kill()
                worker.wait()
        result = await self._account(stats)
        return {
            "kills": kills,
            **result,
            "max_recovery_s": max((r for r in recoveries if r is not None), default=None),
            "median_recovery_s": _median([r for r in recoveries if r is not None]),
            # What the process had worked by then, however busy the machine.
            "median_recovery_cpu_s": _median(self._cpu),
            "max_takeover_s": max((t for t in takeovers if t is not None), default=None),
            "recipients": recipients,
            "answers_lost": stats["lost"],
            "looked_up": stats["looked_up"],
            "is_finished": finished,
            "kills_without_send": recoveries.count(None),
        }

    def _start(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [
                sys.executable,
                str(HERE / "crash_worker.py"),
                *("--database", self._url, "--url", self._server.url),
                *("--platform", self._arguments.platform, "--rate", str(RATE)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if not self._arguments.verbose else None,
        )
        self._workers.append(worker)
        return worker

    def _kill(self, worker: subprocess.Popen[bytes]) -> None:
        worker.kill()
        worker.wait()
        self._workers.remove(worker)

    async def _kill_once(self, session: aiohttp.ClientSession) -> float | None:
        """Seconds from the start of the process to its first message."""
        before = (await self._server.get(session))["taken"]
        began = time.monotonic()
        worker = self._start()
        first = await self._first_after(session, before, 10.0)
        if first is not None:
            spent = psutil.Process(worker.pid).cpu_times()
            self._cpu.append(round(spent.user + spent.system, 2))
        await asyncio.sleep(self._random.uniform(0.0, 1.0))
        self._kill(worker)
        return None if first is None else round(first - began, 3)

    async def _take_over(self, session: aiohttp.ClientSession) -> float | None:
        """Seconds from the death of the active one of two to the next message."""
        while len(self._workers) < 2:
            self._start()
        before = (await self._server.get(session))["taken"]
        await self._first_after(session, before, 10.0)
        await asyncio.sleep(1.5)
        killed = await self._active()
        began = time.monotonic()
        self._kill(killed)
        await asyncio.sleep(0.1)
        before = (await self._server.get(session))["taken"]
        first = await self._first_after(session, before, 15.0)
        return None if first is None else round(first - began, 3)

    async def _active(self) -> subprocess.Popen[bytes]:
        """The worker that holds the lease, once one that lives does."""
        deadline = time.monotonic() + 30.0
        async with Database(self._url) as database:
            while time.monotonic() < deadline:
                async with database.connect() as connection:
                    lease = await OutboxLeases(connection).get("crash")
                for worker in self._workers:
                    if lease and lease.owner.startswith(f"{worker.pid}-"):
                        return worker
                await asyncio.sleep(0.2)
        raise RuntimeError("no sender was elected")

    async def _first_after(
        self, session: aiohttp.ClientSession, before: int, patience: float
    ) -> float | None:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            now = await self._server.get(session)
            if now["taken"] > before:
                return time.monotonic()
            await asyncio.sleep(0.01)
        return None

    async def _finish(self, number: int) -> bool:
        # Until nothing new has been settled for a while: a slow machine is not a lost message.
        deadline = time.monotonic() + PATIENCE
        settled = -1
        async with Database(self._url) as database:
            state = None
            while state != "done" and time.monotonic() < deadline:
                await asyncio.sleep(0.5)
                async with database.connect() as connection:
                    announcements = Announcements(connection)
                    told = await announcements.get(number)
                    counts = await announcements.counts(number)
                state = told.state if told else None
                if counts.total() != settled:
                    settled = counts.total()
                    deadline = time.monotonic() + PATIENCE
        return state == "done"

    def _end(self, worker: subprocess.Popen[bytes]) -> None:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
        self._workers.remove(worker)

    async def _correct(self, number: int) -> int | None:
        """Replace the text while nobody sends; rows are on their way, or in doubt."""
        async with Database(self._url) as database, database.begin() as store:
            return await store.announcement_revisions.correct(
                number, {"": Message(text=CORRECTED)}, SystemClock().now()
            )

    async def _account(self, stats: dict[str, Any]) -> dict[str, Any]:
        taken: Counter[str] = Counter()
        for chat, _text, count in stats["messages"]:
            taken[chat] += count
        states: Counter[str] = Counter()
        lost = unknown_undelivered = stale = 0
        last = CORRECTED if self._arguments.correct else TEXT
        rows = 0
        async with Database(self._url) as database, database.connect() as connection:
            for row in await connection.execute(
                select(delivery.c.chat_id, delivery.c.state).where(delivery.c.kind == "send")
            ):
                rows += 1
                if row.state == "sent" and stats["shown"].get(row.chat_id) != last:
                    stale += 1
                states[row.state] += 1
                if not taken.get(row.chat_id):
                    if row.state == "unknown":
                        unknown_undelivered += 1
                    else:
                        lost += 1
        return {
            "lost": lost,
            "duplicates": sum(count - 1 for count in taken.values()),
            "unknown": states["unknown"],
            "unknown_undelivered": unknown_undelivered,
            "uncorrected": stale,
            "states": dict(states),
            "rows": rows,
        }


def _median(values: list[float]) -> float | None:
    return round(statistics.median(values), 3) if values else None


def main() -> int:
    """Print the account; 1 where one was lost, left uncorrected, or doubled against the rules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--policy", choices=("hold", "resend"), default="hold")
    parser.add_argument("--platform", choices=("telegram", "discord"), default="telegram")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--takeovers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--correct", action="store_true", help="edit the text half-way")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="insop-crash-"))
        if arguments.database == "postgres":
            url = stack.enter_context(temporary_postgres()).create("crash")
        else:
            url = f"sqlite:///{Path(folder) / 'crash.db'}"
        server = stack.enter_context(
            loopback("--ceiling", "1000", "--latency-ms", "20", "--lost", "0.01")
        )
        account = asyncio.run(Crash(arguments, url, server).run())
    account = {
        "database": arguments.database,
        "platform": arguments.platform,
        "policy": arguments.policy,
        **account,
    }
    if arguments.json:
        print(json.dumps(account))
    else:
        for name, value in account.items():
            print(f"{name:24} {value}")
    is_strict = arguments.policy == "hold" or arguments.platform == "discord"
    is_bad = account["lost"] > 0 or account["uncorrected"] > 0
    return int(is_bad or (is_strict and account["duplicates"] > 0))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
