"""Rows that may have been sent: how tests bring them about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from bot.chat.ports import Lane
from bot.delivery import Sender, SenderPolicy
from bot.store.schema import delivery
from tests.delivery.world import SeverableDatabase, World, private

POLICY = SenderPolicy(lease=3.0, request_timeout=8.0)
TAKEOVER = POLICY.lease + POLICY.request_timeout + 4
"""Seconds in which a sender is elected and has decided what a dead one was sending."""
NEVER = 10_000.0


async def doubting_sender(world: World, **options: Any) -> tuple[Sender, SeverableDatabase]:
    """A sender that can look things up, and a database that can be cut off from it."""
    database = await world.second()
    options = {"history": world.platform, **options}
    return await world.sender(database=database, policy=POLICY, **options), database


async def try_once(world: World, on_unknown: str = "hold", **options: Any) -> None:
    """The only message arrives, and its sender dies before it can write that down."""
    world.platform.platform = "discord"
    await world.relay(
        "a:1",
        private("ana", "discord"),
        "news",
        lane=Lane.ANNOUNCEMENT,
        on_unknown=on_unknown,
        **options,
    )
    sender, database = await doubting_sender(world)
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 1)
    await world.kill(sender, database)
    assert (await the_row(world)).state == "sending"


async def take_over(world: World, times: int = 1, pause: float = 60.0) -> None:
    """Senders that decide what is in doubt, and die before anything of theirs arrives."""
    latency, world.platform.latency = world.platform.latency, NEVER
    for _ in range(times):
        sender, database = await doubting_sender(world)
        await world.clock.run_for(TAKEOVER)
        await world.kill(sender, database)
        world.clock.freeze(pause)
    world.platform.latency = latency


async def finish(world: World, seconds: float = TAKEOVER + 10, **options: Any) -> Any:
    """The first sender that lives; returns the row in the end."""
    sender, _ = await doubting_sender(world, **options)
    await world.clock.run_for(seconds)
    await world.stop(sender)
    return await the_row(world)


async def postpone(world: World, seconds: float) -> None:
    """The row is not due any more, as one whose announcement is paused."""
    async with world.database.connect() as connection:
        due_at = world.clock.now() + timedelta(seconds=seconds)
        await connection.execute(update(delivery).values(due_at=due_at))


async def the_row(world: World) -> Any:
    """The only one."""
    (row,) = await world.rows()
    return row


def has_only_one(world: World) -> bool:
    """Whether the news stands there once."""
    return [arrival.text for arrival in world.platform.arrivals] == ["news"]
