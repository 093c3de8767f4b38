"""What the client tells of its connections to whoever catches up with what was missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from bot.adapters.discord.sessions import Sessions
from bot.chat.events import Event
from tests.discord.doubles import BusyClock, ListInbox
from tests.discord.wire.conftest import Line
from tests.waiting import until


@pytest.fixture
def clock() -> BusyClock:
    return BusyClock()


class Recorder:
    """``bot.adapters.discord.sessions.Sessions``, of which only the ears are left."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.asked: list[str] = []

    @property
    def begun(self) -> int:
        return len([each for each in self.told if each.startswith("began")])

    def beginning(self) -> None:
        self.told.append("beginning")

    def began(self, *, is_whole: bool) -> None:
        self.told.append("began whole" if is_whole else "began")

    def resumed(self) -> None:
        self.told.append("resumed")

    def broke(self) -> None:
        self.told.append("broke")

    def missed(self) -> None:
        self.told.append("missed")

    async def before(self, event: Event) -> None:
        self.asked.append(event.id)

    async def run(self) -> None:
        await asyncio.Event().wait()


class FullInbox(ListInbox):
    """Keeps nothing."""

    async def accept(self, platform: str, updates: Sequence[tuple[str, str]]) -> None:
        raise OSError("the disk is full")


@asynccontextmanager
async def connected(
    make_line: Callable[..., Line], inbox: ListInbox | None = None, *, shards: int = 1
) -> AsyncIterator[tuple[Line, Recorder]]:
    line, recorder = make_line(inbox), Recorder()
    line.adapter.client.sessions = cast(Sessions, cast(Any, recorder))
    gateway = line.server.gateway
    gateway.shards = gateway.limits["max_concurrency"] = shards
    await line.start()
    try:
        await until(lambda: recorder.begun == shards, "whole sessions")
        yield line, recorder
    finally:
        await line.finish()


async def test_a_session_begins_breaks_and_is_resumed(make_line: Callable[..., Line]) -> None:
    async with connected(make_line) as (line, recorder):
        assert recorder.told == ["beginning", "began whole"]
        await line.server.gateway.close(4000)
        await until(lambda: recorder.told[2:] == ["broke", "resumed"], "a resumed session")
        await line.server.gateway.invalidate()
        new = ["broke", "beginning", "began whole"]
        await until(lambda: recorder.told[4:] == new, "a new session")


async def test_one_of_two_that_is_away_leaves_nothing_whole(make_line: Callable[..., Line]) -> None:
    async with connected(make_line, shards=2) as (line, recorder):
        assert recorder.told[0] == "beginning"
        gateway = line.server.gateway
        line.adapter.client._live.discard(0)
        del recorder.told[:]
        await gateway.close(4000, shard=1)
        await until(lambda: len(gateway.log) == 3, "the resumed session")
        await line.ana.says("are you there?")
        await line.core.heard(1)
        # Shard 1 is back, but as long as another is away something is missed.
        assert recorder.told == ["broke"]


async def test_each_message_asks_for_its_turn(make_line: Callable[..., Line]) -> None:
    async with connected(make_line) as (line, recorder):
        await line.ana.says("how deep?")
        events = await line.core.heard(1)
        assert recorder.asked == [events[0].id]


async def test_what_could_not_be_kept_is_missed(make_line: Callable[..., Line]) -> None:
    async with connected(make_line, FullInbox()) as (line, recorder):
        await line.ana.says("how deep?")
        await until(lambda: recorder.told[-1] == "missed", "what is missed")
        assert recorder.asked == []
