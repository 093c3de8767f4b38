"""A secretary, subscribers, and what the outbox holds for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.chat.turn import Role
from bot.config import LimitSettings, Settings
from bot.delivery.fanout import FanOut
from bot.store import Database
from bot.store.schema import chat, delivery
from tests.clock import ManualClock
from tests.knowledge_sample import sample_library
from tests.stage import Persona, Stage

Rows = Callable[[], Awaitable[list[Any]]]
Subscribe = Callable[..., Awaitable[None]]
FanOutAll = Callable[[int], Awaitable[int]]


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> Stage:
    """The assistant; the clock stands still, so the limits must not count."""
    settings = Settings(limits=LimitSettings(burst=100, messages_per_minute=100))
    return Stage(database, clock, sample_library(), settings)


@pytest.fixture
def sara(stage: Stage) -> Persona:
    """Somebody of the secretariat, in a private chat."""
    return stage.persona("Sara", role=Role.SECRETARIAT)


@pytest.fixture
def subscribe(database: Database, clock: ManualClock) -> Subscribe:
    """``await subscribe("a", "b", language="fr")``: private chats that hear announcements."""

    async def add(*names: str, platform: str = "telegram", **values: Any) -> None:
        rows = [
            {
                "platform": platform,
                "chat_id": name,
                "kind": "private",
                "status": "active",
                "language": "en",
                "is_desk": False,
                "has_opted_out": False,
                "updated_at": clock.now(),
                **values,
            }
            for name in names
        ]
        async with database.connect() as connection:
            await connection.execute(insert(chat), rows)

    return add


@pytest.fixture
def fan_out(database: Database, clock: ManualClock) -> FanOutAll:
    """Write all rows of an announcement; returns how many."""
    return FanOut(database=database, clock=clock).write_all


@pytest.fixture
def rows(database: Database) -> Rows:
    """Everything in the outbox."""

    async def read() -> list[Any]:
        async with database.connect() as connection:
            return list(await connection.execute(select(delivery).order_by(delivery.c.id)))

    return read


async def write(
    author: Persona, text: str = "The **assembly** meets in May.", language: str = "English"
) -> None:
    """Go through the form up to the draft."""
    await author.says("/announce")
    await author.says(text)
    await author.presses(language)
    await author.presses("News of the network")
    await author.presses("7 days")


async def send(author: Persona) -> None:
    """Say yes, and yes again."""
    await author.presses("Send to")
    await author.presses("Yes, send it")


async def choose(author: Persona, by: str, *values: str) -> None:
    """From the draft's panel: narrow the audience, and come back."""
    await author.presses("Who hears it")
    await author.presses(by)
    for value in values:
        await author.presses(value)
    await author.presses("Back to the draft")
