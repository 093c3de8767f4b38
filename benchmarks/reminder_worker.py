"""One process of several that put the same due reminders into the outbox.

Says that it is ready, begins at a line on standard input, and prints its count.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from typing import Final

import structlog

from bot.clock import SystemClock
from bot.clockwork.reminding import Reminding
from bot.clockwork.texts import Defaults
from bot.commands.calendar_texts import HandlersTexts
from bot.store import Database

PATIENCE: Final = 600_000


async def work(url: str) -> int:
    """Settle whatever is due until nothing waits."""
    clock = SystemClock()
    async with Database(url) as database:
        reminding = Reminding(
            database=database, clock=clock, texts=HandlersTexts(), defaults=Defaults()
        )
        if database.is_sqlite:
            await _be_patient(database)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        settled = 0
        while True:
            settled += await reminding.send_due()
            if reminding.next_moment is None:
                return settled
            await asyncio.sleep(0.01)


async def _be_patient(database: Database) -> None:
    """SQLite gives its lock to whoever asks next, so one of several may wait for all the others.

    On a busy machine that is longer than the assistant waits before it tries again.
    """
    async with database.connect() as connection:
        await connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")


def main() -> int:
    """Print how many reminders this process settled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    print(asyncio.run(work(arguments.database)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
