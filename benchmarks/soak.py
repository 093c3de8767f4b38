"""Mixed traffic with faults for an hour: nothing lost, nothing unhandled, memory flat.

One process holds the assistant with SQLite and a platform that fails as platforms do: time-outs,
429s, lost answers, blocked recipients. People ask in six languages, press, fill in forms, join and
leave; questions go to the desk and announcements go out. Memory is measured after a warm-up and at
the end, each time after a full collection.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import structlog
from sqlalchemy import func, select

from bot.app import App, build
from bot.chat.actions import Action
from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, RecipientGone
from bot.chat.events import (
    ActionPressed,
    Author,
    CommandInvoked,
    ConversationRef,
    Event,
    MessageReceived,
)
from bot.chat.messages import Message, SentMessage
from bot.chat.ports import Lane
from bot.clock import SystemClock
from bot.commands.collecting import RARELY
from bot.config import LimitSettings, Settings
from bot.delivery import Pacer, Sender, limits_for
from bot.delivery.courier import InteractiveCourier
from bot.delivery.fanout import FanOut
from bot.delivery.housekeeping import Housekeeping
from bot.store import Database
from bot.store.announcements import Announcements
from bot.store.audience import Audience
from bot.store.migrating import upgrade
from bot.store.schema import delivery, inbox
from tests.delivery.fakes import FakePlatform, Lost
from tests.knowledge_sample import sample_library

TEXTS = (
    "how do I take a soil sample",
    "¿cómo tomo una muestra de suelo?",
    "как взять пробу почвы",
    "كيف آخذ عينة من التربة",
    "怎么采集土壤样品",
    "lead 300 mg/kg in my garden",
    "purple zebra on a bicycle",
    "hello",
    "",
    "🧪" * 300,
)
COMMANDS = ("help", "start", "about", "language", "join", "contact", "privacy", "cancel", "events")
ACTIONS = (Action("person"), Action("go", "help"), Action("go", "ask"), Action("show", "x"))
PEOPLE = 400


class Soak:
    """One run."""

    def __init__(
        self, app: App, platform: FakePlatform, courier: InteractiveCourier, seed: int
    ) -> None:
        self._app = app
        self._platform = platform
        self._courier = courier
        self._random = random.Random(seed)
        self._number = 0
        self.faults = 0
        self.turns = 0
        self.replies = 0
        self.unsent: Counter[str] = Counter()

    async def traffic(self, rate: float, seconds: float) -> None:
        """Turns at a steady rate; each must come to an end."""
        end = time.monotonic() + seconds
        running: set[asyncio.Task[None]] = set()
        while time.monotonic() < end:
            task = asyncio.create_task(self._turn(self._event()))
            running.add(task)
            task.add_done_callback(running.discard)
            await asyncio.sleep(1 / rate)
        await asyncio.gather(*running)

    async def _turn(self, event: Event) -> None:
        try:
            reply = await self._app.dispatch(event)
            self.turns += 1
            for part in reply if isinstance(reply, tuple) else (reply,):
                if isinstance(part, Message):
                    await self._say(event.conversation, part)
        except Exception:
            self.faults += 1

    async def _say(self, to: ConversationRef, message: Message) -> None:
        """An answer, with the patience of an adapter; what stays refused is counted."""
        try:
            await self._courier.carry(
                to, lambda: self._platform.send(to, message), lane=Lane.INTERACTIVE
            )
            self.replies += 1
        except DeliveryError as error:
            self.unsent[type(error).__name__] += 1

    def _event(self) -> Event:
        chance, number = self._random, self._number
        self._number += 1
        person = str(chance.randrange(PEOPLE))
        is_private = chance.random() < 0.8
        common: dict[str, Any] = {
            "id": str(number),
            "conversation": ConversationRef(
                platform="telegram",
                chat_id=person if is_private else f"-{chance.randrange(20)}",
                is_private=is_private,
            ),
            "author": Author(platform="telegram", id=person, name=f"P{person}", locale="en"),
            "at": self._app.clock.now(),
        }
        kind = chance.random()
        if kind < 0.6:
            text = chance.choice(TEXTS)
            return MessageReceived(text=text, message_id=str(number), **common)
        if kind < 0.8:
            return CommandInvoked(name=chance.choice(COMMANDS), text="", **common)
        return ActionPressed(action=chance.choice(ACTIONS), **common)


class Unsteady(FakePlatform):
    """Two sends in a hundred go wrong: too fast, perhaps arrived, arrived unheard, blocked."""

    def __init__(self, clock: SystemClock, chance: random.Random) -> None:
        super().__init__(clock, latency=0.02)
        self._chance = chance
        self.went_wrong = 0

    async def send(
        self, to: ConversationRef, message: Message, *, nonce: str | None = None
    ) -> SentMessage:
        """As the platform at its best, or not."""
        if self._chance.random() < 0.02:
            self.went_wrong += 1
            faults = (
                RateLimited(0.5),
                Ambiguous("lost"),
                Lost("unheard"),
                RecipientGone("blocked"),
            )
            self.plan(to.chat_id, self._chance.choice(faults))
        if len(self.arrivals) > 1000:
            self.lose_all()  # remembered by nonce, too: an hour would fill the memory
        return await super().send(to, message, nonce=nonce)


async def announce(app: App, period: float) -> None:
    """An announcement every so often."""
    while True:
        await asyncio.sleep(period)
        async with app.database.connect() as connection:
            await Announcements(connection).create(
                Audience(), {"": Message(text="News")}, now=app.clock.now(), on_unknown="resend",
                state="running",
            )  # fmt: skip


async def main(options: argparse.Namespace) -> dict[str, Any]:
    """Run, settle, account."""
    errors: Counter[str] = Counter()
    structlog.configure(processors=[_counting(errors)])
    clock = SystemClock()
    gc.set_threshold(*RARELY)
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="insop-soak-") as folder:
        async with Database(f"sqlite:///{Path(folder) / 'soak.db'}") as database:
            await upgrade(database)
            limits = LimitSettings(messages_per_minute=1000, burst=1000, group_cooldown_seconds=0)
            app = build(Settings(limits=limits), database, sample_library())
            platform = Unsteady(clock, chance)
            pacer = Pacer(limits=limits_for("telegram", 200.0), clock=clock)
            sender = Sender(
                database=database, adapter=platform, clock=clock, pacer=pacer, token_id="soak",
                owner="soak",
            )  # fmt: skip
            fanout = FanOut(database=database, clock=clock, poke_senders=sender.poke)
            keeping = Housekeeping(database=database, clock=clock, retention=app.settings.retention)
            stop = asyncio.Event()
            work = [asyncio.create_task(each.run(stop)) for each in (sender, fanout, keeping)]
            news = asyncio.create_task(announce(app, max(5.0, options.minutes)))
            courier = InteractiveCourier(pacer=pacer, clock=clock)
            soak = Soak(app, platform, courier, options.seed)
            seconds = options.minutes * 60
            warm_up = max(5.0, seconds * 0.2)
            await soak.traffic(options.rate, warm_up)
            before = _memory()
            await soak.traffic(options.rate, max(1.0, seconds - warm_up))
            news.cancel()
            await asyncio.gather(news, return_exceptions=True)
            after = _memory()
            left = await _settled(database, options.patience)
            stop.set()
            await asyncio.gather(*work)
            async with database.connect() as connection:
                unhandled = await connection.scalar(
                    select(func.count()).select_from(inbox).where(inbox.c.done_at.is_(None))
                )
    return {
        "minutes": options.minutes,
        "turns": soak.turns,
        "replies": soak.replies,
        "replies_unsent": dict(soak.unsent),
        "sends_gone_wrong": platform.went_wrong,
        "lost_turns": int(unhandled or 0) + soak.faults,
        "unhandled_errors": sum(errors.values()),
        "errors": dict(errors),
        "undelivered": left,
        "rss_mb_warm": round(before, 1),
        "rss_mb_end": round(after, 1),
        "memory_growth_percent": round((after / before - 1) * 100, 2),
    }


async def _settled(database: Database, patience: float) -> int:
    """Rows of the outbox that are on their way still."""
    deadline = time.monotonic() + patience
    left = 0
    while time.monotonic() < deadline:
        async with database.connect() as connection:
            left = int(
                await connection.scalar(
                    select(func.count())
                    .select_from(delivery)
                    .where(delivery.c.state.in_(("ready", "claimed", "sending")))
                    .where(delivery.c.platform == "telegram")
                )
                or 0
            )
        if not left:
            break
        await asyncio.sleep(0.2)
    return left


def _memory() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20


def _counting(errors: Counter[str]) -> Any:
    def count(_logger: Any, method: str, line: Any) -> Any:
        if method in ("error", "exception", "critical"):
            errors[str(line.get("event"))] += 1
        raise structlog.DropEvent

    return count


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """What can be chosen; the default is an hour."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=30.0, help="turns a second")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds to settle at the end")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def is_clean(result: dict[str, Any]) -> bool:
    """Whether it may be called sound."""
    return (
        not result["lost_turns"]
        and not result["unhandled_errors"]
        and not result["undelivered"]
        and result["memory_growth_percent"] < 2
    )


if __name__ == "__main__":
    chosen = options_of()
    outcome = asyncio.run(main(chosen))
    print(json.dumps(outcome) if chosen.json else outcome)
    sys.exit(0 if is_clean(outcome) else 1)
