"""Two gateways and two senders on one PostgreSQL, one of each killed every few seconds.

Questions come in by webhook all the while, and an announcement goes out under ``hold``. At the end
every question must have its answer (or, where a gateway died while it answered, the note that says
so), none two, and no recipient the announcement twice.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import func, select

from benchmarks.postgres import NoPostgres, temporary_postgres
from benchmarks.turns import ROOT, TOKEN, end, stand_in
from bot.chat.messages import Message
from bot.clock import SystemClock
from bot.store import Database
from bot.store.announcements import Announcements
from bot.store.audience import Audience
from bot.store.migrating import upgrade
from bot.store.schema import delivery

QUESTIONS = ("is my soil polluted", "lead in the garden", "¿cómo me uno?", "how do I take a sample")
NEWS = "News of the network"
NOTE = "I was interrupted while I answered you"
FIRST_RECIPIENT = 5_000_000
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


async def main(options: argparse.Namespace) -> dict[str, Any]:
    """Run and account."""
    chance = random.Random(options.seed)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="insop-cluster-")))
        server = stack.enter_context(temporary_postgres(is_durable=options.durable))
        url = server.create("cluster")
        api = await stack.enter_async_context(stand_in())
        session = await stack.enter_async_context(aiohttp.ClientSession(api))
        ports = [_free_port() for _ in range(5)]
        async with Database(url) as database:
            await upgrade(database)
        knowledge = _small_knowledge(folder)
        slots = []
        for number, role in enumerate(("gateway", "gateway", "sender,clock", "sender,clock")):
            config = folder / f"{number}.toml"
            values = {"database": url, "api": api, "front": ports[4], "port": ports[number]}
            text = CONFIG.format(**values, knowledge=knowledge, rate=options.rate)
            config.write_text(text, encoding="utf-8")
            slots.append(Slot(role, config, ports[number], Path(options.log or os.devnull)))
        await stack.enter_async_context(Front(ports[:2]).serving(ports[4]))
        for slot in slots:
            stack.push_async_callback(slot.stop)
            await slot.start()
        await _until_ready(slots[:2])
        number = await _announce(session, url, options.recipients)
        asked = asyncio.create_task(_ask(session, options))
        kills = 0
        for _ in range(options.kills):
            await asyncio.sleep(options.every * chance.uniform(0.8, 1.2))
            for group in (slots[:2], slots[2:]):
                slot = chance.choice(group)
                await slot.kill()
                await slot.start()
                kills += 1
        users = await asked
        await _until_ready(slots[:2])
        await _settle(session, url, number, set(users))
        return {"kills": kills, **await _account(session, url, number, users)}


async def _announce(session: aiohttp.ClientSession, url: str, count: int) -> int:
    """Recipients who have spoken to the bot, and an announcement to them."""
    people = range(FIRST_RECIPIENT, FIRST_RECIPIENT + count)
    messages = [{"user": user, "text": "/start"} for user in people]
    async with session.post("/control/push", json={"messages": messages}) as answer:
        answer.raise_for_status()
    deadline = time.monotonic() + 120
    async with Database(url) as database:
        while time.monotonic() < deadline:
            async with database.begin() as store:
                rows = await store.connection.scalar(
                    select(func.count()).select_from(delivery.metadata.tables["chat"])
                )
            if int(rows or 0) >= count:
                break
            await asyncio.sleep(0.2)
        async with database.connect() as connection:
            return await Announcements(connection).create(
                Audience(),
                {"": Message(text=NEWS)},
                now=SystemClock().now(),
                on_unknown="hold",
                state="running",
            )


async def _ask(session: aiohttp.ClientSession, options: argparse.Namespace) -> list[int]:
    """One question a person, at a steady rate, as long as there are kills."""
    loop = asyncio.get_running_loop()
    until = loop.time() + options.kills * options.every
    users: list[int] = []
    while loop.time() < until:
        user = 1 + len(users)
        line = {"user": user, "text": QUESTIONS[user % len(QUESTIONS)]}
        async with session.post("/control/push", json={"messages": [line]}) as answer:
            answer.raise_for_status()
        users.append(user)
        await asyncio.sleep(1 / options.questions)
    return users


async def _settle(session: aiohttp.ClientSession, url: str, number: int, users: set[int]) -> None:
    """Until all are answered and the announcement is done, or nothing has moved for a while."""
    last, moved_at = (-1, -1), time.monotonic()
    async with Database(url) as database:
        while time.monotonic() - moved_at < 30:
            async with session.get("/control/stats") as answer:
                sends = (await answer.json())["sends"]
            async with database.connect() as connection:
                told = await Announcements(connection).get(number)
            left = len(users - {send[0] for send in sends})
            if not left and told is not None and told.state == "done":
                return
            if (len(sends), left) != last:
                last, moved_at = (len(sends), left), time.monotonic()
            await asyncio.sleep(0.5)


async def _account(
    session: aiohttp.ClientSession, url: str, number: int, users: list[int]
) -> dict[str, Any]:
    async with session.get("/control/stats", params={"texts": "1"}) as answer:
        sends = (await answer.json())["sends"]
    answers: Counter[int] = Counter()
    notes: Counter[int] = Counter()
    news: Counter[int] = Counter()
    for chat, _, _, words in sends:
        (news if NEWS in words else notes if NOTE in words else answers)[chat] += 1
    states: Counter[str] = Counter()
    async with Database(url) as database, database.connect() as connection:
        rows = await connection.execute(
            select(delivery.c.chat_id, delivery.c.state).where(delivery.c.batch == number)
        )
        undelivered = 0
        for row in rows:
            states[row.state] += 1
            undelivered += row.state == "sent" and not news[int(row.chat_id)]
    return {
        "questions": len(users),
        "lost": sum(1 for user in users if not answers[user] and not notes[user]),
        "answered_twice": sum(1 for user in users if answers[user] > 1),
        "told_of_doubt": sum(1 for user in users if notes[user]),
        "doubt_without_answer": sum(1 for user in users if notes[user] and not answers[user]),
        "recipients": sum(states.values()),
        "announcement": dict(states),
        "announcement_lost": undelivered,
        "duplicates": sum(count - 1 for count in news.values() if count > 1),
        "examples": {
            user: [words[:40] for chat, _, _, words in sends if chat == user]
            for user in [user for user in users if answers[user] > 1][:3]
        },
    }


async def _until_ready(slots: list[Slot]) -> None:
    async with aiohttp.ClientSession() as session:
        for slot in slots:
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"http://127.0.0.1:{slot.port}/readyz") as answer:
                        if answer.status == 200:
                            break
                await asyncio.sleep(0.1)


def _small_knowledge(folder: Path) -> Path:
    """A dozen English articles: this is not about answers, and processes start in a second."""
    target = folder / "knowledge"
    kept = sorted((ROOT / "knowledge" / "articles" / "en").glob("*.md"))[:12]
    (target / "articles" / "en").mkdir(parents=True)
    for path in (*(ROOT / "knowledge").glob("*.toml"), *(ROOT / "knowledge").glob("*.csv")):
        shutil.copy(path, target)
    for path in kept:
        shutil.copy(path, target / "articles" / "en")
    return target


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """What can be chosen; the defaults are the run at full length."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=60, help="rounds of one of each")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between rounds")
    parser.add_argument("--questions", type=float, default=10.0, help="a second")
    parser.add_argument("--recipients", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=25.0, help="messages a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--durable", action="store_true", help="PostgreSQL with fsync")
    parser.add_argument("--log", help="what the processes log goes there")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def is_clean(account: dict[str, Any]) -> bool:
    """Whether nothing was lost or doubled."""
    faults = ("lost", "answered_twice", "announcement_lost", "duplicates")
    return not any(account[fault] for fault in faults)


if __name__ == "__main__":
    chosen = options_of()
    try:
        outcome = asyncio.run(main(chosen))
    except NoPostgres as error:
        sys.exit(f"No PostgreSQL here: {error}")
    lines = [f"{name:22} {value}" for name, value in outcome.items()]
    print(json.dumps(outcome) if chosen.json else "\n".join(lines))
    sys.exit(0 if is_clean(outcome) else 1)
