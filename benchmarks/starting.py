"""From ``insop run`` to the first answer, and the memory of a process that nobody talks to.

A question waits at a Telegram stand-in before the assistant starts. The first start makes the
tables and warms the caches and does not count; the others find both. Idle memory is read
``--idle`` seconds after the start, before anybody has written; memory in use after a question in
each of the six languages.

    python benchmarks/starting.py --json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
from turns import assistant, cpu_seconds, push, resident_mb, stand_in

PATIENCE = 120.0
SIX = (
    "how deep do I dig for a soil sample",
    "comment savoir si mon sol est pollué",
    "cómo tomo una muestra de suelo",
    "كيف آخذ عينة من التربة",
    "как взять пробу почвы",
    "怎么采土壤样品",
)


async def first_answer(folder: Path, number: int) -> tuple[float, float]:
    """Seconds from the start of the process to its first reply: by the clock, and of processor.

    The stand-in numbers its updates from one: those of earlier starts are known, one is new.
    """
    async with stand_in() as url, aiohttp.ClientSession(url) as session:
        await push(session, number + 1, number + 1)
        async with assistant(url, folder, "sqlite") as process:
            began = time.monotonic()
            while time.monotonic() - began < PATIENCE:
                async with session.get("/control/stats", params={"after": 0}) as response:
                    if (await response.json())["sends"]:
                        return time.monotonic() - began, cpu_seconds(process.pid)
                await asyncio.sleep(0.01)
    raise TimeoutError(f"no answer within {PATIENCE} s")


async def memory(folder: Path, idle: float) -> dict[str, Any]:
    """Resident megabytes before anybody wrote, and after a question in each language."""
    async with (
        stand_in() as url,
        assistant(url, folder, "sqlite") as process,
        aiohttp.ClientSession(url) as session,
    ):
        await asyncio.sleep(idle)
        before = resident_mb(process.pid)
        messages = [{"user": 1 + n, "text": text} for n, text in enumerate(SIX)]
        async with session.post("/control/push", json={"messages": messages}) as response:
            response.raise_for_status()
        await asyncio.sleep(3)
        return {"idle_mb": before, "six_languages_mb": resident_mb(process.pid)}


async def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--idle", type=float, default=10.0, help="seconds")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="insop-start-"))
    try:
        starts = [await first_answer(folder, number) for number in range(options.times + 1)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    times, processor = zip(*starts[1:], strict=True)
    folder = Path(tempfile.mkdtemp(prefix="insop-start-"))
    try:
        held = await memory(folder, options.idle)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result = {
        "first_answer_s": round(statistics.median(times), 2),
        "slowest_s": round(max(times), 2),
        "processor_s": round(statistics.median(processor), 2),
        **held,
    }
    print(
        json.dumps(result)
        if options.json
        else "\n".join(f"{k:>18}  {v}" for k, v in result.items())
    )
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
