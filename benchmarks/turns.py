"""Turns a second: updates in at a Telegram stand-in to replies out, on either database.

Two processes beside this one: the stand-in (``tests.telegram.server``) and ``insop run``, the
latter held to one core where the system allows it. First a flood: as many questions as ``--flood``
at once, for the rate. Then a steady ``--rate`` for ``--seconds``, for the latency from the moment
an update was handed to the stand-in to the moment that its reply came back to it.

What is asked: eight texts over and over (``--texts common``), as when an announcement makes many
press the same button; or the knowledge base's own questions in six languages, each with a word
missing and none asked twice (``distinct``), so that nothing that was remembered helps.

    python benchmarks/turns.py --json
    python benchmarks/turns.py --database postgres --texts distinct --json
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))
from postgres import temporary_postgres  # noqa: E402  # found as a script and as a module

TOKEN = "123456:benchmark-token"
COMMON = (
    "What is INSOP?",
    "how do I rinse an empty spray can",
    "hello",
    "is it safe to grow vegetables in town",
    "what does mg/kg mean",
    "purple zebra on a bicycle",
    "/help",
    "qué es INSOP",
)
CONFIG = """
knowledge_dir = "{folder}/knowledge"
[database]
url = "{database}"
[telegram]
api_url = "{url}"
file_url = "{url}/file"
rate_per_second = 10000.0
set_commands = false
[limits]
messages_per_minute = 100000
burst = 100000
[log]
level = "warning"
"""


async def main() -> int:
    """Measure and print; 1 where a reply never came."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--flood", type=int, default=3000, help="questions at once")
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--rate", type=float, default=200.0, help="turns a second, steadily")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--texts", choices=("common", "distinct"), default="common")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.texts == "distinct":
        _texts[:] = distinct_questions()
    folder = Path(tempfile.mkdtemp(prefix="insop-turns-"))
    try:
        async with (
            stand_in() as url,
            assistant(url, folder, options.database) as process,
            aiohttp.ClientSession(url) as session,
        ):
            await answered(session, await push(session, 300, options.users), 60)
            before = cpu_seconds(process.pid)
            flood = await measure_flood(session, options.flood, options.users)
            spent = cpu_seconds(process.pid) - before
            steady = await measure_steady(session, options.rate, options.seconds, options.users)
            memory = resident_mb(process.pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result = {
        "database": options.database,
        "texts": options.texts,
        **flood,
        "cpu_ms_per_turn": round(spent / options.flood * 1000, 2),
        **steady,
        "rss_mb": memory,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:>22}  {value}")
    return 1 if result["lost"] else 0


async def measure_flood(session: aiohttp.ClientSession, count: int, users: int) -> dict[str, Any]:
    """Everything at once: how many turns a second come out."""
    pushed = await push(session, count, users)
    replies = await answered(session, pushed, 120)
    first = min(moment for _, moment in pushed)
    last = max(replies.values())
    return {
        "flood_turns": count,
        "flood_answered": len(replies),
        "turns_per_second": round(len(replies) / (last - first), 1),
    }


async def measure_steady(
    session: aiohttp.ClientSession, rate: float, seconds: float, users: int
) -> dict[str, Any]:
    """A steady rate: how long one turn takes."""
    total = int(rate * seconds)
    loop = asyncio.get_running_loop()
    start = loop.time()
    pushed: list[tuple[tuple[int, int], float]] = []
    for number in range(total):
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - loop.time()))
        pushed += await push(session, 1, users)
    replies = await answered(session, pushed, 60)
    times = sorted((replies[key] - moment) * 1000 for key, moment in pushed if key in replies)
    return {
        "steady_rate": rate,
        "steady_turns": total,
        "lost": total - len(times),
        "p50_ms": round(statistics.median(times), 1),
        "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 1),
        "max_ms": round(times[-1], 1),
    }


_sent: dict[int, int] = {}
_seen: dict[int, int] = {}
_replies: dict[tuple[int, int], float] = {}
_position = 0
_texts: list[str] = list(COMMON)
_pushed = 0


def distinct_questions() -> list[str]:
    """The articles' questions in all languages, mixed, a word missing in those of five or more."""
    chance = random.Random(3)
    found: set[str] = set()
    for article in sorted((ROOT / "knowledge" / "articles").rglob("*.md")):
        head = article.read_text(encoding="utf-8").split("+++")[1]
        for question in tomllib.loads(head).get("questions", []):
            words = question.split()
            if len(words) > 4:
                del words[chance.randrange(len(words))]
            found.add(" ".join(words))
    mixed = sorted(found)
    chance.shuffle(mixed)
    return mixed


async def push(
    session: aiohttp.ClientSession, count: int, users: int
) -> list[tuple[tuple[int, int], float]]:
    """Hand in messages; each is known by its person and that person's running number."""
    global _pushed
    messages = [
        {"user": 1 + n % users, "text": _texts[n % len(_texts)]}
        for n in range(_pushed, _pushed + count)
    ]
    _pushed += count
    async with session.post("/control/push", json={"messages": messages}) as response:
        response.raise_for_status()
        accepted = (await response.json())["pushed"]
    pushed = []
    for _, chat, moment in accepted:
        _sent[chat] = _sent.get(chat, 0) + 1
        pushed.append(((chat, _sent[chat]), moment))
    return pushed


async def answered(
    session: aiohttp.ClientSession, pushed: list[tuple[tuple[int, int], float]], patience: float
) -> dict[tuple[int, int], float]:
    """Wait for the replies; a person's replies come in the order of their questions."""
    global _position
    wanted = {key for key, _ in pushed}
    deadline = asyncio.get_running_loop().time() + patience
    while not wanted <= _replies.keys() and asyncio.get_running_loop().time() < deadline:
        async with session.get("/control/stats", params={"after": _position}) as response:
            sends = (await response.json())["sends"]
        for chat, _, moment in sends:
            _seen[chat] = _seen.get(chat, 0) + 1
            _replies[(chat, _seen[chat])] = moment
        _position += len(sends)
        await asyncio.sleep(0.05)
    return {key: _replies[key] for key in wanted if key in _replies}


@contextlib.asynccontextmanager
async def stand_in() -> AsyncIterator[str]:
    """The Telegram stand-in; gives its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.telegram.server", "--token", TOKEN,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().strip()
    finally:
        await end(process)


@contextlib.asynccontextmanager
async def assistant(
    url: str, folder: Path, database: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """``insop run`` on one core; PostgreSQL beside it where that is the database."""
    if database == "postgres":
        with temporary_postgres() as server:
            async with _running(url, folder, server.create("turns")) as process:
                yield process
    else:
        async with _running(url, folder, f"sqlite:///{folder}/turns.db") as process:
            yield process


@contextlib.asynccontextmanager
async def _running(
    url: str, folder: Path, database: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    content = folder / "knowledge"
    shutil.copytree(
        ROOT / "knowledge",
        content,
        ignore=shutil.ignore_patterns("*.py", "*.png"),
        dirs_exist_ok=True,
    )
    config = folder / "config.toml"
    config.write_text(CONFIG.format(folder=folder, url=url, database=database), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "--config", str(config), "run",
        cwd=ROOT, env={**os.environ, "INSOP_TELEGRAM_TOKEN": TOKEN},
    )  # fmt: skip
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})
    try:
        yield process
    finally:
        await end(process)


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask a process of ours to stop, and wait."""
    if process.returncode is None:
        process.terminate()
    await process.wait()


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far ."""
    return sum(psutil.Process(pid).cpu_times()[:2])


def resident_mb(pid: int) -> float:
    """Memory of a process."""
    return round(psutil.Process(pid).memory_info().rss / 2**20, 1)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
