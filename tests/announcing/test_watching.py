"""A message that shows how far an announcement is, kept fresh by itself."""

from __future__ import annotations

from typing import Any

import pytest

from bot.app import App
from bot.chat.errors import Undeliverable
from bot.chat.events import ActionPressed
from bot.commands.beside import progress_drawer
from bot.delivery import Pacer, limits_for
from bot.delivery.courier import InteractiveCourier
from bot.store.announcements import Announcements
from bot.watching import ProgressKeeper, ProgressSamples
from tests.announcing.conftest import write
from tests.announcing.test_running import sara, stage, world
from tests.delivery.world import World
from tests.stage import Persona, Stage

__all__ = ["sara", "stage", "world"]


def keeper(world: World, app: App) -> ProgressKeeper:
    """What keeps the messages fresh."""
    pacer = Pacer(limits=limits_for("telegram"), clock=world.clock)
    return ProgressKeeper(
        database=world.database,
        clock=world.clock,
        adapter=world.platform,
        courier=InteractiveCourier(pacer=pacer, clock=world.clock),
        draw=progress_drawer(app),
    )


async def refresh(world: World, kept: ProgressKeeper) -> int:
    """One look; the clock moves as it has to."""
    import asyncio

    task = asyncio.ensure_future(kept.refresh())
    await world.clock.run_until(task.done)
    return task.result()


async def press(author: Persona, label: str, message_id: str) -> None:
    """Press a button of a message that the platform knows."""
    values: dict[str, Any] = {"action": author.button(label).action, "message_id": message_id}
    await author.does(ActionPressed(**values, **author.common()))


@pytest.fixture
async def begun(world: World, sara: Persona) -> Persona:
    """An announcement to a hundred chats, just begun."""
    from bot.delivery.fanout import FanOut

    await world.chats(100)
    await write(sara)
    await sara.presses("Send to")
    await press(sara, "Yes, send it", "77")
    sara.sees("0/100", "is being sent")
    await FanOut(database=world.database, clock=world.clock).write_all(1)
    return sara


async def test_it_shows_the_rate_that_is_measured_and_ends_with_the_announcement(
    world: World, stage: Stage, begun: Persona
) -> None:
    kept = keeper(world, stage.app)
    samples = ProgressSamples(database=world.database, clock=world.clock)
    assert await refresh(world, kept) == 1
    assert await refresh(world, kept) == 0
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 60)
    await world.clock.run_for(0.5)
    assert await samples.sample() == 1
    assert await refresh(world, kept) == 1
    chat_id, message_id, text = world.platform.edits[-1]
    assert (chat_id, message_id) == ("telegram-Sara", "77")
    assert "Now: " in text
    assert "so about 1 more minute" in text
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 100)
    await world.clock.run_for(1)
    await world.stop(sender)
    async with world.database.connect() as connection:
        await Announcements(connection).set_state(
            1, "done", world.clock.now(), only_from=("running",)
        )
    assert await refresh(world, kept) == 1
    assert "Sent: 100" in world.platform.edits[-1][2]
    assert "100/100" in world.platform.edits[-1][2]
    assert await refresh(world, kept) == 0
    async with world.database.begin() as store:
        assert await store.announcement_watches.on("telegram") == []
        assert (await store.announcement_watches.samples(1))[0].sent == 0


async def test_a_pause_is_shown_and_a_restart_goes_on(
    world: World, stage: Stage, begun: Persona
) -> None:
    await refresh(world, keeper(world, stage.app))
    await press(begun, "Pause", "77")
    stage.restart()
    assert await refresh(world, keeper(world, stage.app)) == 1
    assert "paused" in world.platform.edits[-1][2]


async def test_a_message_that_is_gone_is_let_go(world: World, stage: Stage, begun: Persona) -> None:
    world.platform.plan("telegram-Sara", Undeliverable("message to edit not found"))
    kept = keeper(world, stage.app)
    await refresh(world, kept)
    async with world.database.begin() as store:
        assert await store.announcement_watches.on("telegram") == []


async def test_what_is_noted_goes_no_further_than_what_moved(world: World, begun: Persona) -> None:
    samples = ProgressSamples(database=world.database, clock=world.clock)
    assert await samples.sample() == 0
