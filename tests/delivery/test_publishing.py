"""Announcements in channels that others follow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.errors import RateLimited
from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.delivery.publishing import Publishing, next_slot
from bot.store.announcements import FALLBACK
from tests.delivery.fakes import FakePlatform
from tests.delivery.world import World

NOW = datetime(2026, 4, 22, 9, 0, tzinfo=UTC)


class Followed(FakePlatform):
    """Channels whose number ends in 1 can be followed, those that end in 9 are not known yet."""

    def __init__(self, world: World) -> None:
        super().__init__(world.clock, platform="discord")
        self.published: list[tuple[float, str, str]] = []

    def has_followers(self, where: ConversationRef) -> bool | None:
        return None if where.chat_id.endswith("9") else where.chat_id.endswith("1")

    async def publish(self, to: ConversationRef, message_id: str) -> None:
        await self._clock.sleep(self.latency)
        if error := self._error(to):
            raise error
        self.published.append((self._clock.monotonic(), to.chat_id, message_id))


@pytest.fixture
async def followed(world: World) -> AsyncIterator[Followed]:
    world.platform = platform = Followed(world)
    await world.chats(3, platform="discord", kind="group")
    stop = asyncio.Event()
    publishing = Publishing(
        database=world.database, clock=world.clock, platform="discord", publisher=platform
    )
    running = asyncio.ensure_future(publishing.run(stop))
    yield platform
    stop.set()
    await world.clock.run_until(running.done)


async def _totals(world: World, number: int) -> dict[tuple[str, str], int]:
    async with world.database.begin() as store:
        return dict(await store.outbox_publishing.totals(number))


def test_the_eleventh_of_an_hour_waits_for_the_first_to_be_an_hour_ago() -> None:
    taken = [NOW + timedelta(minutes=minute) for minute in range(10)]
    assert next_slot(taken[:9], NOW) == NOW
    assert next_slot(taken, NOW + timedelta(minutes=9)) == NOW + timedelta(hours=1)
    more = [*taken, NOW + timedelta(hours=1)]
    assert next_slot(more, NOW + timedelta(minutes=9)) == NOW + timedelta(hours=1, minutes=1)


async def test_what_arrived_in_an_announcement_channel_is_published(
    world: World, followed: Followed
) -> None:
    number = await world.announce()
    await world.sender()
    await world.clock.run_for(40)
    sent = {arrival.chat_id: arrival.message_id for arrival in followed.arrivals}
    assert [(chat, message) for _, chat, message in followed.published] == [
        ("c0001", sent["c0001"])
    ]
    assert await _totals(world, number) == {("sent", ""): 1}
    # Publishing is no recipient more.
    assert await world.counts(number) == {"queued": 3, "sent": 3}
    await world.clock.run_for(31)
    assert len(followed.published) == 1


async def test_a_channel_publishes_ten_times_an_hour(world: World, followed: Followed) -> None:
    for index in range(13):
        await world.announce({FALLBACK: f"news {index}"})
    await world.sender()
    await world.clock.run_for(60)
    assert len(followed.published) == 10
    world.clock.freeze(3400)
    await world.clock.run_for(60)
    assert len(followed.published) == 10
    world.clock.freeze(60)
    await world.clock.run_for(60)
    assert len(followed.published) == 13
    times = sorted(at for at, _, _ in followed.published)
    assert all(times[index + 10] - times[index] >= 3599 for index in range(3))


async def test_an_hour_used_up_by_hand_holds_up_no_message(
    world: World, followed: Followed
) -> None:
    number = await world.announce()
    await world.sender()
    await world.clock.run_for(5)
    followed.plan("c0001", RateLimited(1500.0))
    await world.clock.run_for(60)
    assert followed.published == []
    assert await _totals(world, number) == {("ready", "too fast"): 1}
    await world.relay("question:1", ConversationRef(platform="discord", chat_id="c0001"))
    await world.clock.run_for(3)
    assert followed.texts("c0001")[-1] == "a question"
    world.clock.freeze(1500)
    await world.clock.run_for(30)
    assert len(followed.published) == 1


async def test_what_is_recalled_is_published_no_more(world: World, followed: Followed) -> None:
    number = await world.announce()
    followed.plan("c0001", RateLimited(0.5))
    await world.sender()
    await world.clock.run_for(5)
    followed.plan("c0001", RateLimited(1500.0))
    await world.clock.run_for(40)
    async with world.database.begin() as store:
        await store.announcement_revisions.recall(
            number, {FALLBACK: Message(text="withdrawn")}, world.clock.now()
        )
    world.clock.freeze(1500)
    await world.clock.run_for(30)
    assert followed.published == []
    assert await _totals(world, number) == {("skipped", "recalled"): 1}


async def test_a_platform_without_channels_to_follow_refuses_it(world: World) -> None:
    await world.chats(1)
    await world.announce()
    await world.sender()
    await world.clock.run_for(3)
    await world.sql("UPDATE delivery SET kind = 'publish', state = 'ready', batch = 0")
    await world.clock.run_for(3)
    assert (await world.rows())[0].state == "failed"
