"""What people say to each other arrives in the order in which it was said."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.errors import Ambiguous, RateLimited
from tests.delivery.world import World, private

ANA = private("ana")


async def test_a_message_that_must_wait_long_is_not_overtaken(world: World) -> None:
    world.platform.plan("ana", RateLimited(120))
    await world.relay("question:1:copy:1", ANA, "first")
    await world.sender()
    await world.clock.run_for(5)
    await world.relay("question:1:copy:2", ANA, "second")
    await world.relay("question:2:copy:3", private("ben"), "other")
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 3, limit=300)
    assert world.platform.texts("ana") == ["first", "second"]
    assert world.platform.texts("ben") == ["other"]
    assert world.platform.arrivals[0].text == "other"


async def test_an_album_that_is_waited_for_is_not_overtaken(world: World) -> None:
    later = world.clock.now() + timedelta(seconds=3)
    await world.relay("question:1:copy:1", ANA, "album", due_at=later)
    await world.relay("question:1:copy:2", ANA, "words")
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 2)
    assert world.platform.texts("ana") == ["album", "words"]


async def test_what_was_in_flight_at_a_kill_goes_before_what_came_later(world: World) -> None:
    database = await world.second()
    world.platform.plan("ana", Ambiguous("lost"))
    await world.relay("question:1:copy:1", ANA, "first")
    killed = await world.sender(database=database)
    await world.clock.run_until(lambda: world.platform.calls == 1)
    await world.kill(killed, database)
    await world.relay("question:1:copy:2", ANA, "second")
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 2, limit=600)
    assert world.platform.texts("ana") == ["first", "second"]
