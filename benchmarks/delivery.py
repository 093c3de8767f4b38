"""How fast an announcement goes out, and what it does to those who talk meanwhile.

Sends to a loopback platform in a process of its own, with a real ceiling and latency; this
process is held to one core. Rates and latencies are the platform's own account.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

import aiohttp
from chats import seed
from platforms import Loopback, WireAdapter, loopback, no_reply, telegram_adapter
from postgres import temporary_postgres
from probing import NoInbox, Probe, p99

from bot.chat.messages import Message
from bot.clock import SystemClock
from bot.delivery import InteractiveCourier, Pacer, Sender, limits_for
from bot.delivery.fanout import FanOut
from bot.store import Database
from bot.store.announcements import Announcements
from bot.store.audience import Audience
from bot.store.migrating import upgrade

WARM_UP = 3.0
IDLE = 10.0


async def measure(arguments: argparse.Namespace, url: str, server: Loopback) -> dict[str, Any]:
    """All figures of one run."""
    clock = SystemClock()
    result: dict[str, Any] = {}
    async with Database(url) as database, aiohttp.ClientSession() as session:
        await upgrade(database)
        await seed(database, arguments.platform, arguments.recipients)
        async with database.connect() as connection:
            number = await Announcements(connection).create(
                Audience(), {"": Message(text="Hello from INSOP")}, now=clock.now(), state="running"
            )
        fanout = FanOut(database=database, clock=clock)
        began = time.monotonic()
        written = await fanout.write_all(number)
        result["fanout_s"] = round(time.monotonic() - began, 2)
        result["fanout_rows"] = written
        result["fanout_longest_hold_ms"] = round(fanout.longest_hold * 1000, 1)
        async with database.connect() as connection:
            await Announcements(connection).set_state(
                number, "paused", clock.now(), only_from=("running",)
            )
        if arguments.seconds > 0:
            result |= await send(arguments, database, number, server, session)
    result["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return result


async def send(
    arguments: argparse.Namespace,
    database: Database,
    number: int,
    server: Loopback,
    session: aiohttp.ClientSession,
) -> dict[str, Any]:
    """Send for ``--seconds``, with people talking meanwhile."""
    clock = SystemClock()
    pacer = Pacer(limits=limits_for(arguments.platform, arguments.ceiling), clock=clock)
    courier = InteractiveCourier(pacer=pacer, clock=clock)
    adapter: Any
    if arguments.platform == "telegram" and arguments.adapter == "real":
        adapter = telegram_adapter(server.url, courier=courier, inbox=NoInbox(), clock=clock)
    else:
        adapter = WireAdapter(arguments.platform, server.url)
    sender = Sender(
        database=database,
        adapter=adapter,
        clock=clock,
        token_id="benchmark",
        owner=f"benchmark-{os.getpid()}",
        pacer=pacer,
    )
    stop = asyncio.Event()
    running = [
        asyncio.create_task(adapter.run(no_reply, stop)),
        asyncio.create_task(sender.run(stop)),
    ]
    await asyncio.sleep(1.0)
    probe = Probe(database, courier, adapter)
    idle_rate = min(20.0, arguments.ceiling * 0.3)
    idle = await probe.run(idle_rate, max(IDLE, 100 / idle_rate))

    async with database.connect() as connection:
        await Announcements(connection).set_state(
            number, "running", clock.now(), only_from=("paused",)
        )
    sender.poke()
    await asyncio.sleep(WARM_UP)
    before = await server.get(session)
    cpu = time.process_time()
    probing = asyncio.create_task(
        probe.run(min(20.0, max(1.0, arguments.ceiling * 0.05)), arguments.seconds)
    )
    cut: dict[str, Any] = {}
    if arguments.cut:
        await asyncio.sleep(arguments.seconds / 3)
        cut_at = (await server.get(session))["now"]
        await server.set(session, ceiling=arguments.ceiling * (1 - arguments.cut))
        await asyncio.sleep(arguments.seconds * 2 / 3)
    else:
        await asyncio.sleep(arguments.seconds)
    after = await server.get(session, since=before["now"])
    cpu = time.process_time() - cpu
    busy = await probing
    stop.set()
    await asyncio.gather(*running)
    if isinstance(adapter, WireAdapter):
        await adapter.close()

    elapsed = after["now"] - before["now"]
    taken = after["taken"] - before["taken"]
    refused = after["refused"] - before["refused"]
    if arguments.cut:
        cut = recovery(
            after["taken_at"], cut_at, after["now"], arguments.ceiling * (1 - arguments.cut)
        )
    return {
        "rate": round(taken / elapsed, 2),
        "ceiling_held": round(taken / elapsed / arguments.ceiling, 4),
        "share_429": round(refused / max(1, taken + refused), 5),
        "interactive_p99_ms_idle": p99(idle),
        "interactive_p99_ms_busy": p99(busy),
        "turns_idle": len(idle),
        "turns_busy": len(busy),
        "cpu_share": round(cpu / elapsed, 3),
        **cut,
    }


def recovery(taken: list[float], cut_at: float, end: float, ceiling: float) -> dict[str, Any]:
    """When, after the cut, ten seconds in a row first reached 95 % of the new ceiling."""
    for start in range(int(end - cut_at) - 10 + 1):
        begin = cut_at + start
        share = sum(1 for at in taken if begin <= at < begin + 10) / 10 / ceiling
        if share >= 0.95:
            rest = sum(1 for at in taken if at >= begin) / (end - begin) / ceiling
            return {"cut_recovered_s": start + 10, "cut_held_after": round(rest, 4)}
    return {"cut_recovered_s": None, "cut_held_after": None}


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop of ``insop run``."""
    try:
        uvloop = import_module("uvloop")
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", choices=("telegram", "discord"), default="telegram")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--ceiling", type=float, default=30.0)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--cut", type=float, default=0.0, help="cut the ceiling by this share")
    parser.add_argument("--adapter", choices=("real", "wire"), default="real")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="insop-delivery-"))
        if arguments.database == "postgres":
            url = stack.enter_context(temporary_postgres()).create("benchmark")
        else:
            url = f"sqlite:///{Path(folder) / 'benchmark.db'}"
        server = stack.enter_context(
            loopback(
                *("--ceiling", str(arguments.ceiling)),
                *("--latency-ms", str(arguments.latency_ms)),
                core=cores[-1],
            )
        )
        os.sched_setaffinity(0, {cores[0]})
        # As ``insop run`` does: without it every full collection walks all libraries.
        import_module(f"bot.adapters.{arguments.platform}.adapter")
        gc.collect()
        gc.freeze()
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            figures = runner.run(measure(arguments, url, server))
    figures = {
        "platform": arguments.platform,
        "database": arguments.database,
        "recipients": arguments.recipients,
        "ceiling": arguments.ceiling,
        **figures,
    }
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:28} {value}")
    return 0


if __name__ == "__main__":
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sys.exit(main())
