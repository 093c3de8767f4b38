"""Announcements: to whom, in which words, and what happens while they run."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.chat.errors import RecipientGone
from bot.chat.messages import Message
from bot.delivery.fanout import FanOut
from bot.delivery.reporting import each_recipient, totals
from bot.store.announcements import FALLBACK, Announcements
from bot.store.audience import Audience
from bot.store.outbox_reports import OutboxReports
from bot.store.schema import muted_topic
from tests.delivery.fakes import Lost
from tests.delivery.world import SeverableDatabase, World


async def _set_state(world: World, number: int, state: str) -> None:
    async with world.database.connect() as connection:
        assert await Announcements(connection).set_state(
            number,
            state,  # type: ignore[arg-type]  # a literal in each test
            world.clock.now(),
            only_from=("draft", "running", "paused"),
        )


async def test_every_chat_gets_it_once_and_the_totals_agree(world: World) -> None:
    await world.chats(50)
    number = await world.announce()
    world.platform.plan("c0007", Lost("no answer"))
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 50)
    await world.stop(sender)
    assert {arrival.chat_id for arrival in world.platform.arrivals} == {
        f"c{index:04}" for index in range(1, 51)
    }
    assert await world.counts(number) == {"queued": 50, "sent": 49, "unknown": 1}


async def test_each_in_its_language_or_the_fallback(world: World) -> None:
    await world.chats(4)
    await world.set_chat("c0002", language="fr")
    await world.set_chat("c0003", language="pt-BR")
    await world.set_chat("c0004", language=None)
    await world.announce({FALLBACK: "news", "fr": "nouvelles", "pt": "notícias"})
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 4)
    texts = {arrival.chat_id: arrival.text for arrival in world.platform.arrivals}
    assert texts == {
        "c0001": "news",
        "c0002": "nouvelles",
        "c0003": "notícias",
        "c0004": "news",
    }


async def test_an_audience_is_chosen(world: World) -> None:
    await world.chats(6)
    await world.set_chat("c0001", language="fr")
    await world.set_chat("c0002", status="blocked")
    await world.set_chat("c0003", has_opted_out=True)
    await world.set_chat("c0004", kind="group")
    audience = Audience(platforms=("telegram",), languages=("en",), kinds=("private",))
    await world.announce(audience=audience)
    assert [row.chat_id for row in await world.rows()] == ["c0005", "c0006"]


async def test_who_opts_out_meanwhile_gets_nothing(world: World) -> None:
    await world.chats(3)
    number = await world.announce()
    await world.set_chat("c0002", has_opted_out=True)
    sender = await world.sender()
    await world.clock.run_for(5)
    await world.stop(sender)
    assert [arrival.chat_id for arrival in world.platform.arrivals] == ["c0001", "c0003"]
    assert await world.counts(number) == {"queued": 3, "sent": 2, "skipped": 1}
    assert (await world.rows())[1].error == "opted out"


async def test_who_mutes_the_topic_meanwhile_gets_nothing(world: World) -> None:
    await world.chats(2)
    await world.announce(topic="events")
    async with world.database.connect() as connection:
        await connection.execute(
            insert(muted_topic).values(platform="telegram", chat_id="c0001", topic="events")
        )
    sender = await world.sender()
    await world.clock.run_for(5)
    await world.stop(sender)
    assert [arrival.chat_id for arrival in world.platform.arrivals] == ["c0002"]
    assert (await world.rows())[0].error == "topic muted"


async def test_a_pause_holds_and_a_resume_goes_on(world: World) -> None:
    await world.chats(100)
    number = await world.announce()
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 30)
    await _set_state(world, number, "paused")
    paused = len(world.platform.arrivals)
    await world.clock.run_for(20)
    assert len(world.platform.arrivals) - paused <= 5
    assert set(await world.states()) == {"sent", "ready"}
    await _set_state(world, number, "running")
    sender.poke()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 100)
    await world.stop(sender)
    assert await world.counts(number) == {"queued": 100, "sent": 100}


async def test_a_correction_reaches_all_that_has_not_left(world: World) -> None:
    await world.chats(100)
    number = await world.announce({FALLBACK: "wrong"})
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 30)
    async with world.database.connect() as connection:
        await Announcements(connection).correct(
            number, {FALLBACK: Message(text="right")}, world.clock.now()
        )
    corrected = len(world.platform.arrivals)
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 100)
    await world.stop(sender)
    texts = [arrival.text for arrival in world.platform.arrivals]
    assert texts[-1] == "right"
    assert texts.count("wrong") <= corrected + 5
    by_chat = {arrival.chat_id: arrival.text for arrival in world.platform.arrivals}
    for row in await world.rows():
        assert row.version == (1 if by_chat[row.chat_id] == "wrong" else 2)


async def test_a_late_start_sends_nothing_stale(world: World) -> None:
    await world.chats(5)
    await world.announce(expires_at=world.clock.now() + timedelta(hours=1))
    world.clock.jump(7200)
    sender = await world.sender()
    await world.clock.run_for(5)
    await world.stop(sender)
    assert world.platform.calls == 0
    assert await world.states() == {"skipped": 5}


async def test_two_announcements_take_turns(world: World) -> None:
    await world.chats(60)
    await world.announce({FALLBACK: "first"})
    await world.announce({FALLBACK: "second"})
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 40)
    texts = [arrival.text for arrival in world.platform.arrivals]
    assert 12 <= texts.count("second") <= 28


async def test_nobody_to_tell(world: World) -> None:
    number = await world.announce()
    fanout = FanOut(database=world.database, clock=world.clock)
    stop = asyncio.Event()
    running = asyncio.ensure_future(fanout.run(stop))
    await world.clock.run_for(3)
    stop.set()
    await world.clock.run_until(running.done)
    async with world.database.connect() as connection:
        told = await Announcements(connection).get(number)
    assert told is not None
    assert told.state == "done"


async def test_an_announcement_without_a_fallback_is_refused(world: World) -> None:
    async with world.database.connect() as connection:
        with pytest.raises(ValueError, match="all other languages"):
            await Announcements(connection).create(
                Audience(), {"fr": Message(text="nouvelles")}, now=world.clock.now()
            )


async def test_the_fan_out_stays_a_little_ahead(world: World) -> None:
    await world.chats(800)
    async with world.database.connect() as connection:
        number = await Announcements(connection).create(
            Audience(), {FALLBACK: Message(text="news")}, now=world.clock.now(), state="running"
        )
    sender = await world.sender()
    stop = asyncio.Event()
    fanout = FanOut(database=world.database, clock=world.clock, poke_senders=sender.poke, ahead=480)
    running = asyncio.ensure_future(fanout.run(stop))
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 5)
    assert (await world.counts(number))["queued"] == 500
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 70)
    assert (await world.counts(number))["queued"] == 800
    stop.set()
    await world.clock.run_until(running.done)


async def test_an_announcement_that_has_reached_all_is_done(world: World) -> None:
    await world.chats(10)
    number = await world.announce()
    sender = await world.sender()
    stop = asyncio.Event()
    running = asyncio.ensure_future(FanOut(database=world.database, clock=world.clock).run(stop))
    await world.clock.run_for(5)
    stop.set()
    await world.clock.run_until(running.done)
    await world.stop(sender)
    async with world.database.connect() as connection:
        told = await Announcements(connection).get(number)
    assert told is not None
    assert told.state == "done"
    assert await world.counts(number) == {"queued": 10, "sent": 10}


async def test_a_fan_out_that_dies_is_taken_up_where_it_was(world: World) -> None:
    await world.chats(1500)
    async with world.database.connect() as connection:
        number = await Announcements(connection).create(
            Audience(), {FALLBACK: Message(text="news")}, now=world.clock.now(), state="running"
        )
    severable: SeverableDatabase = await world.second()
    first = FanOut(database=severable, clock=world.clock)
    await first.write_chunk(number)
    severable.is_severed = True
    written = (await world.counts(number))["queued"]
    assert 0 < written < 1500
    second = FanOut(database=world.database, clock=world.clock)
    assert await second.write_all(number) == 1500 - written
    assert await world.states() == {"ready": 1500}
    assert await second.write_all(number) == 0


async def test_two_fan_outs_at_once_do_no_harm(world: World) -> None:
    await world.chats(3000)
    async with world.database.connect() as connection:
        number = await Announcements(connection).create(
            Audience(), {FALLBACK: Message(text="news")}, now=world.clock.now(), state="running"
        )
    other = FanOut(database=await world.second(), clock=world.clock)
    mine = FanOut(database=world.database, clock=world.clock)
    written = await asyncio.gather(mine.write_all(number), other.write_all(number))
    assert sum(written) == 3000
    assert await world.states() == {"ready": 3000}
    assert await world.counts(number) == {"queued": 3000}


async def test_a_cancelled_announcement_is_taken_back(world: World) -> None:
    await world.chats(100)
    number = await world.announce()
    sender = await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 10)
    await _set_state(world, number, "cancelled")
    await world.run_fanout(5)
    sent = len(world.platform.arrivals)
    assert sent < 20
    await world.stop(sender)
    assert await world.states() == {"sent": sent, "skipped": 100 - sent}
    assert await world.counts(number) == {"queued": 100, "sent": sent, "skipped": 100 - sent}
    async with world.database.connect() as connection:
        assert await Announcements(connection).cancelled() == []


async def test_staff_decide_what_is_unknown(world: World) -> None:
    await world.chats(3)
    number = await world.announce()
    for chat in ("c0001", "c0002"):
        world.platform.plan(chat, Lost("no answer"))
    sender = await world.sender()
    await world.clock.run_for(5)
    await world.run_fanout(2)
    doubts = [row async for row in each_recipient(world.database, number, states=("unknown",))]
    assert [row.chat_id for row in doubts] == ["c0001", "c0002"]
    async with world.database.connect() as connection:
        reports = OutboxReports(connection)
        assert await reports.decide([doubts[0].id], "resend", world.clock.now()) == 1
        assert await reports.decide([doubts[1].id], "give_up", world.clock.now()) == 1
        assert await reports.decide([row.id for row in doubts], "resend", world.clock.now()) == 0
    await world.clock.run_for(5)
    await world.stop(sender)
    assert world.platform.texts("c0001") == ["news", "news"]
    assert world.platform.texts("c0002") == ["news"]
    assert await world.counts(number) == {"queued": 3, "sent": 2, "failed": 1}


async def test_the_report_adds_up(world: World) -> None:
    await world.chats(25)
    await world.set_chat("c0002", language="fr")
    number = await world.announce()
    await world.set_chat("c0003", has_opted_out=True)
    world.platform.plan("c0004", RecipientGone("blocked"))
    sender = await world.sender()
    await world.clock.run_for(5)
    await world.stop(sender)
    assert await totals(world.database, number) == {
        ("telegram", "en", "sent", None): 22,
        ("telegram", "fr", "sent", None): 1,
        ("telegram", "en", "skipped", "opted out"): 1,
        ("telegram", "en", "failed", "recipient gone"): 1,
    }
    paged = [row.id async for row in each_recipient(world.database, number, page=4)]
    assert len(paged) == len(set(paged)) == 25
