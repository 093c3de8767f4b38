"""What the terminal shows while ``insop run`` sends an announcement."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bot.chat.messages import Message
from bot.commands.announce_watch import watch
from bot.store import Database
from bot.store.audience import Audience
from tests.clock import ManualClock

Output = pytest.CaptureFixture[str]


async def announce(database: Database, clock: ManualClock) -> int:
    """An announcement that is being sent; returns its number."""
    async with database.begin() as store:
        return await store.announcements.create(
            Audience(), {"": Message(text="x")}, now=clock.now(), state="running"
        )


async def count(database: Database, number: int, **states: int) -> None:
    """So many more rows of Telegram are in each state."""
    async with database.begin() as store:
        changes = {(number, "telegram", state): amount for state, amount in states.items()}
        await store.announcements.add_counts(Counter(changes))


async def a_look(clock: ManualClock, task: asyncio.Task[None]) -> None:
    """Let the view look once more, and draw."""
    clock.advance(1.0)
    async with asyncio.timeout(10):
        while not clock._sleepers and not task.done():  # noqa: ASYNC110  # its sleeper is waited for
            await asyncio.sleep(0)


async def test_it_counts_until_all_is_done(
    database: Database, clock: ManualClock, capsys: Output
) -> None:
    number = await announce(database, clock)
    await count(database, number, queued=10, sent=4)
    task = asyncio.create_task(watch(database, number, 10, clock))
    await a_look(clock, task)
    await count(database, number, sent=4, failed=1, unknown=1)
    async with database.begin() as store:
        await store.announcements.set_state(number, "done", clock.now(), only_from=("running",))
    await a_look(clock, task)
    await asyncio.wait_for(task, 10)
    shown = capsys.readouterr().out
    assert shown.startswith("Ctrl+C closes this view; the announcement goes on.")
    last = shown.strip().splitlines()[-1]
    assert "done: sent 8, failed 1, unknown 1" in last
    assert "10/10" in last


async def test_a_paused_one_is_watched_on_and_a_cancelled_one_is_not(
    database: Database, clock: ManualClock, capsys: Output
) -> None:
    number = await announce(database, clock)
    await count(database, number, queued=10, sent=3)
    task = asyncio.create_task(watch(database, number, 10, clock))
    for state in ("paused", "cancelled"):
        await a_look(clock, task)
        assert not task.done()
        async with database.begin() as store:
            await store.announcements.set_state(
                number, state, clock.now(), only_from=("running", "paused")
            )
        await a_look(clock, task)
        if state == "paused":
            assert not task.done()
    await asyncio.wait_for(task, 10)
    assert "cancelled: sent 3, failed 0, unknown 0" in capsys.readouterr().out


async def test_one_that_is_not_there_ends_the_view(
    database: Database, clock: ManualClock, capsys: Output
) -> None:
    await asyncio.wait_for(watch(database, 77, 10, clock), 10)
    assert "gone: sent 0" in capsys.readouterr().out
