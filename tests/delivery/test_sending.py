"""One sender and its outbox: what arrives, in which order, and what the rows say."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from bot.chat.errors import (
    Ambiguous,
    ConversationMoved,
    RateLimited,
    RecipientGone,
    Undeliverable,
    Unreachable,
)
from bot.chat.ports import Lane
from tests.delivery.fakes import Lost
from tests.delivery.world import World, group, private


async def test_a_row_is_sent_once_and_recorded(world: World) -> None:
    await world.relay("q:1", private("ana"))
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 1)
    await world.stop(sender)
    (row,) = await world.rows()
    assert (row.state, row.message_id, row.error) == ("sent", "1", None)
    assert world.platform.texts("ana") == ["a question"]


async def test_a_poke_sends_at_once(world: World) -> None:
    sender = await world.sender()
    await world.clock.run_for(10)
    began = world.clock.monotonic()
    await world.relay("q:1", private("ana"))
    sender.poke()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 1)
    assert world.clock.monotonic() - began < 0.2


async def test_without_a_poke_it_is_found_within_the_poll(world: World) -> None:
    await world.sender()
    await world.clock.run_for(10)
    began = world.clock.monotonic()
    await world.relay("q:1", private("ana"))
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 1)
    assert 0 < world.clock.monotonic() - began < 1.2


async def test_a_later_row_waits_for_its_time(world: World) -> None:
    due = world.clock.now() + timedelta(minutes=2)
    await world.relay("r:1", private("ana"), lane=Lane.REMINDER, due_at=due)
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 1)
    assert timedelta(0) <= world.clock.now() - due < timedelta(seconds=2)


async def test_an_expired_row_is_skipped(world: World) -> None:
    over = world.clock.now() + timedelta(minutes=5)
    world.clock.jump(600)
    await world.relay("q:1", private("ana"), expires_at=over)
    await world.relay("q:2", private("ben"))
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 1)
    await world.stop(sender)
    rows = await world.rows()
    assert [(row.state, row.error) for row in rows] == [("skipped", "expired"), ("sent", None)]


async def test_one_chat_gets_its_messages_in_order_and_one_at_a_time(world: World) -> None:
    for number in range(5):
        await world.relay(f"q:{number}", private("ana"), f"words {number}")
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 5)
    assert world.platform.texts("ana") == [f"words {number}" for number in range(5)]
    assert world.platform.most_in_flight == 1
    times = [arrival.at for arrival in world.platform.arrivals]
    assert all(after - before >= 0.99 for before, after in pairwise(times))


async def test_a_group_gets_twenty_a_minute(world: World) -> None:
    for number in range(4):
        await world.relay(f"q:{number}", group("desk"), f"words {number}")
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 4)
    times = [arrival.at for arrival in world.platform.arrivals]
    assert times[-1] - times[0] >= 9


async def test_a_slow_chat_does_not_hold_up_the_others(world: World) -> None:
    for number in range(20):
        await world.relay(f"q:{number}", group("desk"))
    await world.relay("q:other", private("ana"))
    await world.sender()
    began = world.clock.monotonic()
    await world.clock.run_until(lambda: bool(world.platform.texts("ana")))
    assert world.clock.monotonic() - began < 3


async def test_too_fast_for_one_chat_waits_for_that_chat_alone(world: World) -> None:
    world.platform.plan("ana", RateLimited(20))
    await world.relay("q:1", private("ana"))
    for number in range(30):
        await world.relay(f"q:b{number}", private(f"ben{number}"))
    await world.sender()
    began = world.clock.monotonic()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 30)
    assert world.clock.monotonic() - began < 5
    await world.clock.run_until(lambda: bool(world.platform.texts("ana")))
    assert 20 <= world.clock.monotonic() - began < 23


async def test_a_long_wait_goes_back_to_the_table(world: World) -> None:
    world.platform.plan("ana", RateLimited(90))
    await world.relay("q:1", private("ana"))
    sender = await world.sender()
    await world.clock.run_for(5)
    (row,) = await world.rows()
    assert row.state == "ready"
    assert row.due_at - world.clock.now() > timedelta(seconds=80)
    await world.clock.run_until(lambda: bool(world.platform.texts("ana")))
    await world.stop(sender)
    assert await world.states() == {"sent": 1}


async def test_who_is_gone_is_recorded_and_not_tried_again(world: World) -> None:
    await world.chats(1)
    world.platform.plan("c0001", RecipientGone("blocked"))
    await world.relay("q:1", private("c0001"))
    await world.relay("r:1", private("c0001"), lane=Lane.REMINDER)
    sender = await world.sender()
    await world.clock.run_for(10)
    await world.stop(sender)
    first, second = await world.rows()
    assert (first.state, first.error) == ("failed", "recipient gone")
    assert (second.state, second.error) == ("skipped", "recipient gone")
    assert (await world.chat_of("c0001")).status == "gone"
    assert world.platform.calls == 1


async def test_a_moved_chat_is_rewritten_and_tried_once_more(world: World) -> None:
    await world.chats(1, kind="group", is_desk=True)
    world.platform.plan("c0001", ConversationMoved(group("-100123")))
    await world.relay("q:1", group("c0001"))
    sender = await world.sender()
    await world.clock.run_until(lambda: bool(world.platform.texts("-100123")))
    await world.stop(sender)
    (row,) = await world.rows()
    assert (row.chat_id, row.state) == ("-100123", "sent")
    old, new = await world.chat_of("c0001"), await world.chat_of("-100123")
    assert (old.status, old.migrated_to, old.is_desk) == ("migrated", "-100123", False)
    assert (new.status, new.is_desk) == ("active", True)


async def test_a_chat_that_moves_twice_fails(world: World) -> None:
    world.platform.plan("old", ConversationMoved(group("new")))
    world.platform.plan("new", ConversationMoved(group("newer")))
    await world.relay("q:1", group("old"))
    sender = await world.sender()
    await world.clock.run_for(5)
    await world.stop(sender)
    (row,) = await world.rows()
    assert (row.state, row.error) == ("failed", "moved twice")


async def test_a_moved_chat_does_not_get_the_same_twice(world: World) -> None:
    world.platform.plan("old", ConversationMoved(group("new")))
    await world.relay("a:1", group("new"))
    await world.relay("a:1", group("old"))
    sender = await world.sender()
    await world.clock.run_for(10)
    await world.stop(sender)
    assert world.platform.texts("new") == ["a question"]
    assert await world.states() == {"sent": 1, "skipped": 1}


async def test_a_refused_message_fails_and_the_next_goes_out(world: World) -> None:
    world.platform.plan("ana", Undeliverable("too ugly"))
    await world.relay("q:1", private("ana"))
    await world.relay("q:2", private("ana"), "better")
    sender = await world.sender()
    await world.clock.run_until(lambda: bool(world.platform.arrivals))
    await world.stop(sender)
    assert world.platform.texts("ana") == ["better"]
    assert [row.state for row in await world.rows()] == ["failed", "sent"]


async def test_a_doubt_is_held_for_staff(world: World) -> None:
    world.platform.plan("ana", Lost("no answer"))
    await world.relay("q:1", private("ana"), on_unknown="hold")
    sender = await world.sender()
    await world.clock.run_for(30)
    await world.stop(sender)
    (row,) = await world.rows()
    assert (row.state, row.error) == ("unknown", "no answer")
    assert len(world.platform.arrivals) == 1


async def test_a_doubt_is_sent_again_where_the_row_says_so(world: World) -> None:
    world.platform.plan("ana", Ambiguous("reset"))
    await world.relay("q:1", private("ana"), on_unknown="resend")
    sender = await world.sender()
    await world.clock.run_until(lambda: bool(world.platform.arrivals))
    await world.stop(sender)
    assert await world.states() == {"sent": 1}
    assert world.platform.calls == 2


async def test_endless_doubt_ends_as_unknown(world: World) -> None:
    world.platform.plan("ana", *[Ambiguous("reset") for _ in range(50)])
    await world.relay("q:1", private("ana"), on_unknown="resend")
    await world.sender()

    async def state() -> str:
        return str((await world.rows())[0].state)

    for _ in range(20):
        await world.clock.run_for(30)
        if await state() == "unknown":
            break
    assert await state() == "unknown"
    assert world.platform.calls == 8


async def test_a_platform_that_knows_nonces_gets_no_second_message(world: World) -> None:
    world.platform.platform = "discord"
    world.platform.plan("ana", Lost("no answer"), Lost("no answer"))
    await world.relay("q:1", private("ana", "discord"), on_unknown="hold")
    sender = await world.sender()
    await world.clock.run_until(lambda: world.platform.calls == 3)
    await world.stop(sender)
    assert len(world.platform.arrivals) == 1
    assert await world.states() == {"sent": 1}
    (arrival,) = world.platform.arrivals
    assert arrival.nonce is not None
    assert len(arrival.nonce) <= 25


async def test_no_connection_is_waited_out_and_counts_for_nothing(world: World) -> None:
    world.platform.always = Unreachable("no network")
    await world.relay("q:1", private("ana"), on_unknown="hold")
    sender = await world.sender()
    await world.clock.run_for(240)
    assert 5 < world.platform.calls < 15
    world.platform.always = None
    await world.clock.run_until(lambda: bool(world.platform.arrivals))
    await world.stop(sender)
    assert await world.states() == {"sent": 1}


async def test_higher_lanes_go_first(world: World) -> None:
    for number in range(40):
        await world.relay(f"a:{number}", private(f"c{number}"), lane=Lane.ANNOUNCEMENT)
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 5)
    await world.relay("r:1", private("rita"), lane=Lane.REMINDER)
    await world.relay("q:1", private("ana"), lane=Lane.RELAY)
    await world.clock.run_until(lambda: bool(world.platform.texts("rita")))
    order = [arrival.chat_id for arrival in world.platform.arrivals]
    assert order.index("ana") < order.index("rita") < 39


async def test_an_unreadable_row_fails_alone(world: World) -> None:
    await world.relay("q:1", private("ana"))
    await world.sql("UPDATE delivery SET payload = '{\"v\": 99}'")
    await world.relay("q:2", private("ben"))
    sender = await world.sender()
    await world.clock.run_until(lambda: bool(world.platform.arrivals))
    await world.stop(sender)
    assert [(row.state, row.error) for row in await world.rows()] == [
        ("failed", "unreadable"),
        ("sent", None),
    ]


async def test_a_sender_of_one_chat_leaves_the_others_alone(world: World) -> None:
    world.platform.platform = "console"
    await world.relay("q:1", private("desk", "console"))
    await world.relay("q:2", private("elsewhere", "console"))
    sender = await world.sender(only_chat="desk")
    await world.clock.run_for(10)
    await world.stop(sender)
    assert [arrival.chat_id for arrival in world.platform.arrivals] == ["desk"]
    assert await world.states() == {"sent": 1, "ready": 1}


async def test_another_platforms_rows_are_left_alone(world: World) -> None:
    await world.relay("q:1", private("ana", "discord"))
    sender = await world.sender()
    await world.clock.run_for(5)
    await world.stop(sender)
    assert world.platform.calls == 0
    assert await world.states() == {"ready": 1}


async def test_edits_and_deletions_go_the_same_way(world: World) -> None:
    await world.relay("e:1", private("ana"), "corrected", on_unknown="hold")
    await world.relay("d:1", private("ben"), on_unknown="hold")
    await world.sql("UPDATE delivery SET kind = 'edit', message_id = '7' WHERE chat_id = 'ana'")
    await world.sql("UPDATE delivery SET kind = 'delete', message_id = '8' WHERE chat_id = 'ben'")
    # An edit may always be repeated, whatever the row says of doubts.
    world.platform.plan("ana", Ambiguous("reset"))
    sender = await world.sender()
    await world.clock.run_for(5)
    await world.stop(sender)
    assert world.platform.edits == [("ana", "7", "corrected")]
    assert world.platform.deletions == [("ben", "8")]
    assert [(row.state, row.message_id) for row in await world.rows()] == [
        ("sent", "7"),
        ("sent", "8"),
    ]
