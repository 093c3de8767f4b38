"""Ten thousand reminders due in the same second, and three processes that claim them."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.reminder_seed import seed
from bot.store import Database
from bot.store.schema import delivery
from bot.store.schema_events import reminder

COUNT = 10_000
WORKER = Path(__file__).resolve().parents[2] / "benchmarks" / "reminder_worker.py"


async def test_each_is_claimed_once_by_three_processes(url: str, database: Database) -> None:
    second = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
    dues = [second + timedelta(milliseconds=number % 1000) for number in range(COUNT)]
    await seed(database, dues, second + timedelta(hours=1))
    workers = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, str(WORKER), "--database", url),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert await worker.stdout.readline() == b"ready\n"
    # They begin together.
    answers = await asyncio.gather(*(worker.communicate(b"go\n") for worker in workers))
    assert [worker.returncode for worker in workers] == [0, 0, 0], answers
    shares = [int(out) for out, _ in answers]
    assert sum(shares) == COUNT
    # On SQLite the first writer may be through before another gets its turn.
    assert sum(share > 0 for share in shares) >= (1 if database.is_sqlite else 2), shares
    async with database.connect() as connection:
        states = await connection.execute(
            select(reminder.c.state, func.count()).group_by(reminder.c.state)
        )
        assert dict(states.all()) == {"queued": COUNT}  # type: ignore[arg-type]  # pairs
        rows = await connection.execute(select(delivery.c.source, delivery.c.chat_id))
        counted = Counter(rows.all())
    assert len(counted) == COUNT
    assert set(counted.values()) == {1}
