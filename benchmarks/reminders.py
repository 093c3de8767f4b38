"""How punctual reminders are, and how fast a burst of them drains.

Everything is real: the tables, the scheduler that ticks, the sender, and a loopback platform in
a process of its own with a ceiling. A reminder is handed to the sender when its row is committed
and due, and the sender poked; it leaves when the sender calls the platform's adapter.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from platforms import Loopback, WireAdapter, loopback, no_reply
from postgres import temporary_postgres
from reminder_seed import FIRST_CHAT, seed

from bot.chat.events import ConversationRef
from bot.chat.messages import Message, SentMessage
from bot.clock import SystemClock
from bot.clockwork.ahead import WritingAhead
from bot.clockwork.clockwork import Clockwork
from bot.clockwork.planning import Planning
from bot.clockwork.reminding import Reminding
from bot.clockwork.telling import Telling
from bot.clockwork.texts import Defaults
from bot.commands.calendar_texts import HandlersTexts
from bot.delivery import Pacer, Sender, limits_for
from bot.store import Database
from bot.store.migrating import upgrade

LEAD_IN = 12.0
"""Seconds until the first reminder is due: all that runs is up by then."""


class Watched(WireAdapter):
    """Notes when each chat was written to."""

    def __init__(self, url: str) -> None:
        super().__init__("telegram", url)
        self.called: dict[int, float] = {}
        self.taken: dict[int, float] = {}
        self._news = asyncio.Event()

    async def all_taken(self, count: int) -> None:
        """Returns once so many were taken."""
        while len(self.taken) < count:
            self._news.clear()
            await self._news.wait()

    async def send(
        self, to: ConversationRef, message: Message, *, nonce: str | None = None
    ) -> SentMessage:
        """Send once."""
        number = (int(to.chat_id) - FIRST_CHAT) // 7
        self.called.setdefault(number, time.time())
        sent = await super().send(to, message, nonce=nonce)
        self.taken[number] = time.time()
        self._news.set()
        return sent


class Measured(Reminding):
    """Notes how late each reminder was handed to the sender, in seconds."""

    def __init__(self, *, sender: Sender, **options: Any) -> None:
        super().__init__(poke_senders=self._handed, **options)
        self._sender = sender
        self._waiting: list[datetime] = []
        self._fresh: list[datetime] = []
        self.late: list[float] = []

    def _sort(self, taken: Any, *rest: Any) -> Any:
        self._fresh = [due.due_at for due in taken]
        return super()._sort(taken, *rest)

    async def _send_some(self) -> int:
        count = await super()._send_some()
        self._waiting += self._fresh
        self._fresh = []
        return count

    def _handed(self) -> None:
        now = datetime.now(UTC)
        handed = [due for due in self._waiting if due <= now]
        self._waiting = [due for due in self._waiting if due > now]
        self.late += [(now - due).total_seconds() for due in handed]
        self._sender.poke()


class Bench:
    """One database and one platform."""

    def __init__(self, url: str, server: Loopback, ceiling: float) -> None:
        self._url = url
        self._server = server
        self._ceiling = ceiling

    async def run(self, dues: list[datetime], seconds: float) -> dict[str, Any]:
        """Let these fall due, with everything running; wait at most so long for the last."""
        clock = SystemClock()
        async with Database(self._url) as database, aiohttp.ClientSession() as session:
            await upgrade(database)
            await seed(database, dues, dues[-1] + timedelta(hours=1))
            adapter = Watched(self._server.url)
            sender = Sender(
                database=database,
                adapter=adapter,
                clock=clock,
                token_id="benchmark",
                owner=f"benchmark-{os.getpid()}",
                pacer=Pacer(limits=limits_for("telegram", self._ceiling), clock=clock),
            )
            reminding = Measured(
                sender=sender,
                database=database,
                clock=clock,
                texts=HandlersTexts(),
                defaults=Defaults(),
            )
            clockwork = self._clockwork(database, clock, sender, reminding)
            stop = asyncio.Event()
            running = [
                asyncio.create_task(adapter.run(no_reply, stop)),
                asyncio.create_task(sender.run(stop)),
                asyncio.create_task(clockwork.run(stop)),
            ]
            deadline = dues[-1].timestamp() + seconds
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(deadline - time.time()):
                    await adapter.all_taken(len(dues))
            stop.set()
            await asyncio.gather(*running)
            await adapter.close()
            stats = await self._server.get(session)
        left = sorted(
            (at - dues[number - 1].timestamp()) * 1000 for number, at in adapter.called.items()
        )
        return {
            "sent": len(adapter.taken),
            "refused": stats["refused"],
            "late": sorted(late * 1000 for late in reminding.late),
            "left": left,
            "queued": max(reminding.late, default=0.0),
            "drained_s": max(adapter.taken.values(), default=0.0) - dues[0].timestamp(),
        }

    def _clockwork(
        self, database: Database, clock: SystemClock, sender: Sender, reminding: Reminding
    ) -> Clockwork:
        defaults, texts = Defaults(), HandlersTexts()
        return Clockwork(
            clock=clock,
            ahead=WritingAhead(database=database, clock=clock),
            planning=Planning(database=database, clock=clock, defaults=defaults),
            reminding=reminding,
            telling=Telling(
                database=database,
                clock=clock,
                texts=texts,
                defaults=defaults,
                poke_senders=sender.poke,
            ),
        )


def percentile(values: list[float], share: float) -> float | None:
    """Of sorted values."""
    return round(values[min(len(values) - 1, int(len(values) * share))], 1) if values else None


def scattered(count: int, rate: float) -> list[datetime]:
    """Due moments at random, ``rate`` a second."""
    chance = random.Random(7)
    at = datetime.now(UTC) + timedelta(seconds=LEAD_IN)
    found = []
    for _ in range(count):
        at += timedelta(seconds=chance.expovariate(rate))
        found.append(at)
    return found


def one_second(count: int) -> list[datetime]:
    """All due in the same second."""
    at = (datetime.now(UTC) + timedelta(seconds=LEAD_IN + count / 2000)).replace(microsecond=0)
    return [at + timedelta(microseconds=number % 1000) for number in range(count)]


def measure(arguments: argparse.Namespace, stack: ExitStack, kind: str) -> dict[str, Any]:
    """One of the two runs, on a database of its own."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="insop-reminders-"))
    if arguments.database == "postgres":
        url = stack.enter_context(temporary_postgres()).create("benchmark")
    else:
        url = f"sqlite:///{Path(folder) / 'benchmark.db'}"
    server = stack.enter_context(
        loopback(
            *("--ceiling", str(arguments.ceiling)), *("--latency-ms", str(arguments.latency_ms))
        )
    )
    bench = Bench(url, server, arguments.ceiling)
    if kind == "scattered":
        found = asyncio.run(bench.run(scattered(arguments.scattered, arguments.rate), 30.0))
        return {
            "scattered": arguments.scattered,
            "scattered_sent": found["sent"],
            "late_ms_p50": percentile(found["late"], 0.5),
            "late_ms_p99": percentile(found["late"], 0.99),
            "late_ms_max": percentile(found["late"], 1.0),
            "left_ms_p50": percentile(found["left"], 0.5),
            "left_ms_p99": percentile(found["left"], 0.99),
        }
    allowed = arguments.burst / arguments.ceiling
    found = asyncio.run(bench.run(one_second(arguments.burst), allowed * 1.5 + 20))
    return {
        "burst": arguments.burst,
        "burst_sent": found["sent"],
        "burst_refused": found["refused"],
        "burst_queued_s": round(found["queued"], 2),
        "burst_allowed_s": round(allowed, 2),
        "burst_drained_s": round(found["drained_s"], 2),
        "burst_share": round(found["drained_s"] / allowed, 4),
    }


def main() -> int:
    """Print the figures; 1 where a bound is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--scattered", type=int, default=400, help="reminders at random moments")
    parser.add_argument("--rate", type=float, default=8.0, help="of them a second")
    parser.add_argument("--burst", type=int, default=3000, help="reminders due in one second")
    parser.add_argument("--ceiling", type=float, default=30.0, help="the platform's, a second")
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {"database": arguments.database, "ceiling": arguments.ceiling}
    with ExitStack() as stack:
        if arguments.scattered:
            figures |= measure(arguments, stack, "scattered")
        if arguments.burst:
            figures |= measure(arguments, stack, "burst")
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:20} {value}")
    is_punctual = (figures.get("late_ms_p99") or 0.0) < 250
    return 0 if is_punctual and figures.get("burst_share", 0.0) <= 1.02 else 1


if __name__ == "__main__":
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sys.exit(main())
