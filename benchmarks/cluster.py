"""Two gateways and two senders on one PostgreSQL, one of each killed every few seconds.

Questions come in by webhook all the while, and an announcement goes out under ``hold``. At the end
every question must have its answer (or, where a gateway died while it answered, the note that says
so), none two, and no recipient the announcement twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, select

from benchmarks.cluster_processes import (
    CONFIG,
    Front,
    Slot,
    free_port,
    small_knowledge,
    until_ready,
)
from benchmarks.postgres import NoPostgres, temporary_postgres
from benchmarks.turns import stand_in
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


async def main(options: argparse.Namespace) -> dict[str, Any]:
    """Run and account."""
    chance = random.Random(options.seed)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="insop-cluster-")))
        server = stack.enter_context(temporary_postgres(is_durable=options.durable))
        url = server.create("cluster")
        api = await stack.enter_async_context(stand_in())
        session = await stack.enter_async_context(aiohttp.ClientSession(api))
        ports = [free_port() for _ in range(5)]
        async with Database(url) as database:
            await upgrade(database)
        knowledge = small_knowledge(folder)
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
        await until_ready(slots[:2])
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
        await until_ready(slots[:2])
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
