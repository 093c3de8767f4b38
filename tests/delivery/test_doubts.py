"""A row that may have been sent leaves again only while its nonce is known, or after a look."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, Undeliverable, Unreachable
from bot.chat.ports import Lane
from bot.delivery.recovery import PARTS
from tests.delivery.doubting import (
    POLICY,
    TAKEOVER,
    doubting_sender,
    finish,
    has_only_one,
    postpone,
    take_over,
    the_row,
    try_once,
)
from tests.delivery.fakes import NONCE_MEMORY, Lost
from tests.delivery.world import World, private


async def test_takeovers_without_a_send_do_not_make_an_attempt_young_again(world: World) -> None:
    await try_once(world)
    first = world.clock.monotonic()
    await take_over(world, 5)
    assert world.clock.monotonic() - first > NONCE_MEMORY
    row = await finish(world)
    assert (row.state, row.message_id) == ("sent", "1")
    assert world.platform.lookups[-1] == ("ana", "news")
    assert has_only_one(world)


async def test_a_row_that_waited_beyond_the_window_is_looked_up_first(world: World) -> None:
    await try_once(world)
    await postpone(world, 60)
    await take_over(world, pause=NONCE_MEMORY)
    assert (await the_row(world)).state == "ready"
    row = await finish(world)
    assert (row.state, row.message_id) == ("sent", "1")
    assert world.platform.lookups == [("ana", "news")]
    assert has_only_one(world)


async def test_within_the_window_it_is_simply_sent_again(world: World) -> None:
    await try_once(world)
    row = await finish(world)
    assert (row.state, row.message_id) == ("sent", "1")
    assert world.platform.lookups == []
    assert has_only_one(world)


async def test_what_is_not_there_is_sent_as_if_for_the_first_time(world: World) -> None:
    await try_once(world)
    world.platform.lose_all()
    world.clock.freeze(NONCE_MEMORY + 1)
    world.platform.plan("ana", Lost())
    sender, database = await doubting_sender(world)
    await world.clock.run_until(lambda: bool(world.platform.arrivals))
    sent_at = world.clock.now()
    await world.kill(sender, database)
    row = await the_row(world)
    assert (row.state, len(world.platform.lookups)) == ("sending", 1)
    assert timedelta() <= sent_at - row.tried_at < timedelta(seconds=1)
    row = await finish(world)
    # Young again: repeated with its nonce, without another look.
    assert (row.state, len(world.platform.lookups)) == ("sent", 1)
    assert has_only_one(world)


@pytest.mark.parametrize("can_look", [True, False])
async def test_where_nothing_can_be_read_staff_decide(world: World, can_look: bool) -> None:
    await try_once(world)
    await postpone(world, 60)
    await take_over(world, pause=NONCE_MEMORY)
    world.platform.hide(Undeliverable("no right to read"))
    row = await finish(world, history=world.platform if can_look else None)
    assert (row.state, row.error) == ("unknown", "interrupted")
    assert len(world.platform.lookups) == can_look
    assert has_only_one(world)


@pytest.mark.parametrize(
    "error", [RateLimited(40.0), RateLimited(2.0), Unreachable("no network"), Ambiguous("500")]
)
async def test_a_look_that_fails_for_now_is_repeated(world: World, error: DeliveryError) -> None:
    await try_once(world)
    world.clock.freeze(NONCE_MEMORY + 1)
    world.platform.hide(error)
    row = await finish(world, TAKEOVER + 40)
    assert (row.state, len(world.platform.lookups)) == ("sent", 2)
    assert has_only_one(world)


async def test_a_relay_is_repeated_rather_than_looked_for(world: World) -> None:
    """Its words may stand there from somebody else."""
    await try_once(world, on_unknown="resend")
    world.clock.freeze(NONCE_MEMORY + 1)
    assert (await finish(world)).state == "sent"
    assert world.platform.lookups == []


async def test_a_look_that_the_database_does_not_bear_is_repeated(world: World) -> None:
    await try_once(world)
    world.clock.freeze(NONCE_MEMORY + 1)
    sender, database = await doubting_sender(world)
    await world.clock.run_until(lambda: bool(world.platform.lookups))
    database.is_severed = True
    await world.clock.run_for(1)
    database.is_severed = False
    await world.clock.run_for(20)
    await world.stop(sender)
    assert (await the_row(world)).state == "sent"
    assert len(world.platform.lookups) == 2
    assert has_only_one(world)


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_clock_was_set_back_only_what_is_found_counts(
    world: World, arrived: bool
) -> None:
    await try_once(world)
    if not arrived:
        world.platform.lose_all()
    world.clock.jump(-7200)
    await postpone(world, -1)
    row = await finish(world, POLICY.lease + PARTS * POLICY.request_timeout + 10)
    assert (row.state, row.error) == (("sent", None) if arrived else ("unknown", "interrupted"))
    assert len(world.platform.lookups) == 1
    assert len(world.platform.arrivals) == arrived


@pytest.mark.parametrize("jump", [-3600.0, -NONCE_MEMORY - 5, 3600.0])
async def test_a_clock_that_was_set_does_not_make_it_young(world: World, jump: float) -> None:
    await try_once(world)
    await postpone(world, 60)
    await take_over(world, pause=NONCE_MEMORY)
    assert (await the_row(world)).state == "ready"
    world.clock.jump(jump)
    await postpone(world, -1)
    row = await finish(world)
    assert (row.state, row.message_id) == ("sent", "1")
    assert len(world.platform.lookups) == 1
    assert has_only_one(world)


async def test_a_clock_set_back_while_it_waits_does_not_make_it_young(world: World) -> None:
    await try_once(world)
    await postpone(world, 30)
    sender, _ = await doubting_sender(world)
    await world.clock.run_for(TAKEOVER)
    assert (await the_row(world)).state == "ready"
    world.clock.freeze(NONCE_MEMORY)
    world.clock.jump(-NONCE_MEMORY)
    await world.clock.run_for(40)
    await world.stop(sender)
    assert (await the_row(world)).state == "sent"
    assert len(world.platform.lookups) == 1
    assert has_only_one(world)


@pytest.mark.parametrize("error", [RateLimited(2.0), RateLimited(60.0), Unreachable("no network")])
async def test_what_certainly_did_not_arrive_is_no_attempt(
    world: World, error: DeliveryError
) -> None:
    world.platform.platform = "discord"
    world.platform.plan("ana", error)
    await world.relay("a:1", private("ana", "discord"), lane=Lane.ANNOUNCEMENT, on_unknown="hold")
    sender, database = await doubting_sender(world)
    await world.clock.run_until(lambda: world.platform.calls == 1)
    await world.clock.run_for(0.5)
    assert (await the_row(world)).tried_at is None
    await world.kill(sender, database)
    world.clock.freeze(NONCE_MEMORY + 1)
    row = await finish(world)
    assert (row.state, world.platform.lookups) == ("sent", [])


async def test_a_refusal_does_not_undo_an_earlier_doubt(world: World) -> None:
    await try_once(world)
    await postpone(world, 20)
    tried_at = (await the_row(world)).tried_at
    world.platform.plan("ana", RateLimited(60.0))
    sender, database = await doubting_sender(world)
    await world.clock.run_until(lambda: world.platform.calls == 2)
    await world.clock.run_for(0.5)
    assert (await the_row(world)).tried_at == tried_at
    await world.kill(sender, database)
    world.clock.freeze(100)
    row = await finish(world, 60)
    assert (row.state, len(world.platform.lookups)) == ("sent", 1)
    assert has_only_one(world)


async def test_what_is_released_before_it_left_is_no_attempt(world: World) -> None:
    world.platform.platform = "discord"
    for number in range(60):
        to = private(f"c{number}", "discord")
        await world.relay(f"a:{number}", to, lane=Lane.ANNOUNCEMENT, on_unknown="hold")
    sender, _ = await doubting_sender(world)
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 10)
    await world.stop(sender)
    left = [row for row in await world.rows() if row.state == "ready"]
    assert left
    assert {row.tried_at for row in left} == {None}
    assert any(row.attempts for row in left)


async def test_what_staff_send_again_is_sent(world: World) -> None:
    """They know that it may double."""
    await try_once(world)
    world.clock.freeze(NONCE_MEMORY + 1)
    sender, _ = await doubting_sender(world, history=None)
    await world.clock.run_for(TAKEOVER)
    row = await the_row(world)
    assert row.state == "unknown"
    async with world.database.begin() as store:
        await store.outbox_reports.decide([row.id], "resend", world.clock.now())
    await world.clock.run_for(10)
    await world.stop(sender)
    assert (await the_row(world)).state == "sent"
    assert len(world.platform.arrivals) == 2


async def test_a_report_does_not_call_skipped_what_may_have_arrived(world: World) -> None:
    world.platform.platform = "discord"
    await world.chats(1, platform="discord", kind="channel")
    number = await world.announce(expires_at=world.clock.now() + timedelta(seconds=60))
    sender, database = await doubting_sender(world)
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 1)
    await world.kill(sender, database)
    world.clock.freeze(60)
    row = await finish(world)
    assert (row.state, row.error) == ("unknown", "expired")
    assert (await world.counts(number))["unknown"] == 1
