"""Two announcements that say the same in one channel, of which one may have been sent."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bot.chat.ports import Lane
from tests.delivery.doubting import (
    NEVER,
    TAKEOVER,
    doubting_sender,
    postpone,
)
from tests.delivery.fakes import NONCE_MEMORY
from tests.delivery.world import World, private


async def finish_all(world: World) -> list[Any]:
    sender, _ = await doubting_sender(world)
    await world.clock.run_for(TAKEOVER + 20)
    await world.stop(sender)
    return await world.rows()


async def tell(world: World, source: str) -> None:
    to = private("ana", "discord")
    await world.relay(source, to, "news", lane=Lane.ANNOUNCEMENT, on_unknown="hold")


async def told(world: World, source: str) -> None:
    """The message arrives, and that is known."""
    world.platform.platform = "discord"
    await tell(world, source)
    sender, _ = await doubting_sender(world)
    await world.clock.run_for(10)
    await world.stop(sender)


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("is_earlier", [True, False])
async def test_what_another_announcement_said_is_not_this_one(
    world: World, is_earlier: bool, parts: int
) -> None:
    world.platform.parts = parts
    if is_earlier:
        await told(world, "a:0")
    await tell(world, "a:1")
    world.platform.platform = "discord"
    world.platform.latency, latency = NEVER, world.platform.latency
    sender, database = await doubting_sender(world)
    await world.clock.run_until(lambda: bool(sum(world.platform.in_flight.values())))
    await world.kill(sender, database)
    world.platform.latency = latency
    world.clock.freeze(NONCE_MEMORY + 1)
    if not is_earlier:
        await postpone(world, 300)
        await told(world, "a:2")
        await postpone(world, -1)
    row = {each.source: each for each in (await finish_all(world))}
    assert row["a:1"].state == "sent"
    assert len(world.platform.lookups) == 1
    assert len(world.platform.arrivals) == 2
    assert len({each.message_id for each in row.values()}) == 2
    assert {len((each.parts or "").split()) for each in row.values()} == {parts - 1}


def _has_tried(world: World, before: int, arrived: int) -> bool:
    return world.platform.calls > before and len(world.platform.arrivals) == arrived


@pytest.mark.parametrize("arrived", [0, 1, 2])
async def test_of_several_that_say_the_same_each_gets_its_own(world: World, arrived: int) -> None:
    """Whichever arrived, as many stand there in the end as were written."""
    world.platform.platform = "discord"
    for number in range(2):
        world.platform.latency = 0.05 if number < arrived else NEVER
        await tell(world, f"a:{number}")
        sender, database = await doubting_sender(world)
        await world.clock.run_until(partial(_has_tried, world, number, min(number + 1, arrived)))
        await world.kill(sender, database)
        await postpone(world, 600)
    assert len(world.platform.arrivals) == arrived
    world.platform.latency = 0.05
    world.clock.freeze(NONCE_MEMORY + 1)
    await postpone(world, -1)
    rows = await finish_all(world)
    assert {row.state for row in rows} == {"sent"}
    assert len({row.message_id for row in rows}) == 2
    assert len(world.platform.arrivals) == 2
