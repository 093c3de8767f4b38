"""The process that ``crash.py`` kills: fans out and sends until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import uuid

from platforms import WireAdapter

from bot.clock import SystemClock
from bot.delivery import Pacer, Sender, SenderPolicy, limits_for
from bot.delivery.fanout import FanOut
from bot.store import Database

POLICY = SenderPolicy(lease=1.5, request_timeout=2.5, standby_poll=0.2)
REQUEST_TIMEOUT = 2.0


async def main(arguments: argparse.Namespace) -> None:
    """Run until SIGTERM."""
    clock = SystemClock()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    adapter = WireAdapter(arguments.platform, arguments.url, timeout=REQUEST_TIMEOUT)
    async with Database(arguments.database) as database:
        pacer = Pacer(limits=limits_for(arguments.platform, arguments.rate), clock=clock)
        sender = Sender(
            database=database,
            adapter=adapter,
            clock=clock,
            token_id="crash",
            owner=f"{os.getpid()}-{uuid.uuid4().hex[:8]}",
            policy=POLICY,
            pacer=pacer,
            history=adapter if arguments.platform == "discord" else None,
        )
        fanout = FanOut(database=database, clock=clock, poke_senders=sender.poke, ahead=2000)
        async with asyncio.TaskGroup() as group:
            group.create_task(sender.run(stop))
            group.create_task(fanout.run(stop))
        await adapter.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--platform", default="telegram")
    parser.add_argument("--rate", type=float, default=150.0)
    asyncio.run(main(parser.parse_args()))
