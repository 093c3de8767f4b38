"""An announcement on its way, under a real sender: progress, pause, report, doubts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat.actions import Action
from bot.chat.errors import RecipientGone
from bot.chat.turn import Role
from bot.config import LimitSettings, Settings
from bot.delivery.fanout import FanOut
from bot.store import Database
from bot.store.announcements import Announcements
from tests.announcing.conftest import send, write
from tests.delivery.fakes import Lost
from tests.delivery.world import World
from tests.knowledge_sample import sample_library
from tests.stage import Persona, Stage


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """An outbox, a platform and a clock that moves by itself."""
    made = World(database)
    yield made
    await made.close()


@pytest.fixture
def stage(world: World) -> Stage:
    """The assistant on the same database and clock."""
    settings = Settings(limits=LimitSettings(burst=200, messages_per_minute=100))
    return Stage(world.database, world.clock, sample_library(), settings)  # type: ignore[arg-type]  # another clock by hand


@pytest.fixture
def sara(stage: Stage) -> Persona:
    """Somebody of the secretariat."""
    return stage.persona("Sara", role=Role.SECRETARIAT)


async def start(world: World, sara: Persona) -> None:
    """Write it, say yes, and write all rows."""
    await write(sara)
    await send(sara)
    await FanOut(database=world.database, clock=world.clock).write_all(1)


async def end(world: World) -> None:
    """What the fan-out does once all is settled."""
    async with world.database.connect() as connection:
        await Announcements(connection).set_state(
            1, "done", world.clock.now(), only_from=("running",)
        )


async def test_progress_pause_and_going_on(world: World, sara: Persona) -> None:
    await world.chats(100)
    await start(world, sara)
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 30)
    await sara.presses("Pause")
    sara.sees("paused", "/100")
    await world.clock.run_for(10)
    before = len(world.platform.arrivals)
    await world.clock.run_for(10)
    assert len(world.platform.arrivals) == before < 100
    await sara.presses("Refresh")
    sara.sees(f"Sent: {before}", f"waiting: {100 - before}")
    await sara.presses("Go on")
    sara.sees("is being sent", "more minute")
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 100)
    await world.stop(sender)
    await sara.presses("Refresh")
    sara.sees("Sent: 100", "waiting: 0", "▓" * 20)
    assert len({arrival.chat_id for arrival in world.platform.arrivals}) == 100


async def test_cancel_ends_it_and_late_presses_change_nothing(world: World, sara: Persona) -> None:
    await world.chats(100)
    await start(world, sara)
    pause = sara.button("Pause").action
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 30)
    await sara.presses("Cancel")
    sara.sees("cancelled")
    await sara.presses_action(pause)
    await sara.presses_action(Action("announcing", "resume", "1"))
    sara.sees("cancelled")
    await world.clock.run_for(20)
    await world.stop(sender)
    assert len(world.platform.arrivals) < 40


async def test_who_says_stop_in_the_middle_gets_nothing(
    world: World, stage: Stage, sara: Persona
) -> None:
    await world.chats(60)
    ana = stage.persona("Ana")
    await ana.says("/start")
    await start(world, sara)
    await ana.says("/stop")
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 60)
    await world.clock.run_for(5)
    await world.stop(sender)
    assert ana.where.chat_id not in {arrival.chat_id for arrival in world.platform.arrivals}
    await sara.says("/announcements 1")
    await sara.presses("Report")
    sara.sees("left out, said /stop meanwhile: 1")


async def test_the_report_counts_and_names_doubts_and_staff_decide(
    world: World, sara: Persona
) -> None:
    await world.chats(5)
    await world.set_chat("c0002", language="fr")
    world.platform.plan("c0001", Lost("no answer"))
    world.platform.plan("c0003", RecipientGone("blocked"))
    await start(world, sara)
    sender = await world.sender()
    await world.clock.run_for(10)
    await end(world)
    await sara.presses("Report")
    sara.sees(
        "Telegram: failed 1, sent 3, unknown 1",
        "Français: sent 1",
        "failed, blocked the assistant, or the chat is gone: 1",
        "unknown, no answer from the platform: 1",
        "Telegram c0001",
    )
    again = sara.button("Send again").action
    await sara.presses_action(again)
    sara.sees("to 1 recipient, who may get it twice")
    await world.clock.run_for(10)
    await sara.presses_action(again)
    sara.sees("Nobody is unknown any more")
    await world.stop(sender)
    await sara.says("/announcements 1")
    await sara.presses("Report")
    sara.sees("failed 1, sent 4")
    sara.sees_not("Send again")


async def test_doubts_may_be_left(world: World, sara: Persona) -> None:
    await world.chats(1)
    world.platform.plan("c0001", Lost("no answer"))
    await start(world, sara)
    sender = await world.sender()
    await world.clock.run_for(5)
    await world.stop(sender)
    await sara.presses("Report")
    await sara.presses("Leave them")
    sara.sees("failed, given up by staff: 1")


async def test_the_list_leads_to_each_announcement(world: World, sara: Persona) -> None:
    await sara.says("/announcements")
    sara.sees("Nothing was announced yet")
    await world.chats(1)
    await start(world, sara)
    await sara.says("/announcements")
    await sara.presses("1: is being sent")
    sara.sees("Announcement 1", "0/1")
    await sara.says("/announcements 99")
    sara.sees("1: is being sent")
