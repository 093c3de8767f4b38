"""Announcements with recipients whom nobody can send to."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.messages import Message
from bot.store.announcements import FALLBACK
from tests.delivery.world import World


async def test_a_closed_terminal_does_not_keep_an_announcement_running(world: World) -> None:
    await world.chats(3)
    await world.chats(1, platform="console")
    number = await world.announce()
    await world.sender()
    await world.run_fanout(60)
    assert await world.state_of(number) == "running"
    world.clock.freeze(600)
    await world.run_fanout(5)
    assert await world.state_of(number) == "done"
    assert await world.counts(number) == {"queued": 4, "sent": 3, "skipped": 1}
    assert {row.error for row in await world.rows() if row.state == "skipped"} == {"expired"}


async def test_a_closed_terminal_does_not_keep_a_correction_running(world: World) -> None:
    await world.chats(1, platform="console")
    number = await world.announce({FALLBACK: "wrong"})
    await world.sql("UPDATE delivery SET state = 'sent', message_id = '1', version = 1")
    async with world.database.begin() as store:
        revision = await store.announcement_revisions.correct(
            number, {FALLBACK: Message(text="right")}, world.clock.now()
        )
    assert revision is not None
    await world.run_fanout(2)
    assert (await world.counts(revision))["queued"] == 1
    world.clock.freeze(600)
    await world.run_fanout(5)
    assert await world.state_of(revision) == "done"


async def test_a_platform_that_is_switched_off_ends_with_the_announcement(world: World) -> None:
    await world.chats(1200, platform="discord", kind="group")
    number = await world.announce(expires_at=world.clock.now() + timedelta(hours=1))
    await world.run_fanout(5)
    assert await world.states() == {"ready": 1200}
    world.clock.freeze(3600)
    await world.run_fanout(5)
    assert await world.states() == {"skipped": 1200}
    assert await world.counts(number) == {"queued": 1200, "skipped": 1200}
    assert await world.state_of(number) == "done"


async def test_what_is_not_due_yet_is_not_late(world: World) -> None:
    await world.chats(2)
    now = world.clock.now()
    await world.announce(due_at=now + timedelta(hours=2), expires_at=now + timedelta(hours=3))
    world.clock.freeze(3600)
    await world.run_fanout(40)
    assert await world.states() == {"ready": 2}
