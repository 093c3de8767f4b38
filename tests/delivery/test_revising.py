"""Corrections and recalls of what has arrived."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.chat.errors import RecipientGone
from bot.chat.messages import Attachment, Message
from bot.store.announcements import FALLBACK
from tests.delivery.fakes import FakePlatform, Lost
from tests.delivery.world import World


async def _correct(world: World, number: int, words: str) -> int | None:
    async with world.database.begin() as store:
        return await store.announcement_revisions.correct(
            number, {FALLBACK: Message(text=words)}, world.clock.now()
        )


async def _recall(world: World, number: int) -> int | None:
    async with world.database.begin() as store:
        return await store.announcement_revisions.recall(
            number, {FALLBACK: Message(text="withdrawn")}, world.clock.now()
        )


def _shown(world: World) -> dict[str, str]:
    """What stands in each chat in the end."""
    shown = {arrival.chat_id: arrival.text for arrival in world.platform.arrivals}
    return shown | {chat: words for chat, _, words in world.platform.edits}


async def test_a_correction_changes_every_copy_that_has_arrived(world: World) -> None:
    await world.chats(20)
    number = await world.announce({FALLBACK: "wrong"})
    world.platform.plan("c0003", RecipientGone("blocked"))
    await world.sender()
    await world.clock.run_for(5)
    revision = await _correct(world, number, "right")
    assert revision is not None
    await world.run_fanout(5)
    assert set(_shown(world).values()) == {"right"}
    assert len(world.platform.edits) == 19
    ids = {arrival.chat_id: arrival.message_id for arrival in world.platform.arrivals}
    assert {(chat, ids[chat]) for chat in ids} == {(c, m) for c, m, _ in world.platform.edits}
    assert await world.counts(revision) == {"queued": 19, "sent": 19}
    assert await world.counts(number) == {"queued": 20, "sent": 19, "failed": 1}
    assert await world.state_of(revision) == "done"


async def test_a_correction_in_the_middle_leaves_nobody_with_the_old_words(world: World) -> None:
    await world.chats(100)
    number = await world.announce({FALLBACK: "wrong"})
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 30)
    # Some are on their way now, and are no copies yet.
    assert (await world.states()).get("sending", 0) > 0
    await _correct(world, number, "right")
    await world.run_fanout(20)
    assert len(_shown(world)) == 100
    assert set(_shown(world).values()) == {"right"}
    assert len(world.platform.edits) < 45
    assert len(world.platform.arrivals) == 100


async def test_what_arrives_late_is_corrected_as_well(world: World) -> None:
    await world.chats(3)
    world.platform.latency = 20.0
    number = await world.announce({FALLBACK: "wrong"})
    await world.sender()
    await world.clock.run_for(2)
    revision = await _correct(world, number, "right")
    assert revision is not None
    await world.run_fanout(5)
    assert await world.state_of(revision) == "done"
    world.platform.latency = 0.05
    await world.clock.run_for(30)
    assert set(_shown(world).values()) == {"right"}
    assert await world.counts(revision) == {"queued": 3, "sent": 3}
    await world.run_fanout(2)
    assert await world.state_of(revision) == "done"


async def test_the_second_correction_takes_the_place_of_the_first(world: World) -> None:
    await world.chats(40)
    number = await world.announce({FALLBACK: "wrong"})
    await world.sender()
    await world.clock.run_for(5)
    first = await _correct(world, number, "nearly right")
    second = await _correct(world, number, "right")
    assert first is not None
    assert second is not None
    await world.run_fanout(10)
    assert set(_shown(world).values()) == {"right"}
    assert await world.state_of(first) == "cancelled"
    assert await world.counts(second) == {"queued": 40, "sent": 40}


async def test_a_correction_reaches_who_has_left_since(world: World) -> None:
    await world.chats(2)
    number = await world.announce({FALLBACK: "wrong"})
    await world.sender()
    await world.clock.run_for(3)
    await world.set_chat("c0001", has_opted_out=True)
    await _correct(world, number, "right")
    await world.run_fanout(3)
    assert set(_shown(world).values()) == {"right"}


async def test_a_correction_can_be_paused_and_cancelled(world: World) -> None:
    await world.chats(60)
    number = await world.announce({FALLBACK: "wrong"})
    await world.sender()
    await world.clock.run_for(5)
    revision = await _correct(world, number, "right")
    assert revision is not None
    async with world.database.begin() as store:
        await store.announcements.set_state(
            revision, "paused", world.clock.now(), only_from=("running",)
        )
    await world.run_fanout(5)
    assert world.platform.edits == []
    async with world.database.begin() as store:
        await store.announcements.set_state(
            revision, "running", world.clock.now(), only_from=("paused",)
        )
    fanning = asyncio.ensure_future(world.run_fanout(20))
    await world.clock.run_until(lambda: len(world.platform.edits) >= 20)
    async with world.database.begin() as store:
        await store.announcements.set_state(
            revision, "cancelled", world.clock.now(), only_from=("running",)
        )
    await fanning
    counts = await world.counts(revision)
    assert counts["sent"] < 30
    assert counts["sent"] + counts["skipped"] == counts["queued"] == 60


async def test_a_recall_takes_every_copy_away(world: World) -> None:
    await world.chats(30)
    number = await world.announce()
    await world.sender()
    await world.clock.run_until(lambda: len(world.platform.arrivals) == 10)
    recall = await _recall(world, number)
    assert recall is not None
    await world.run_fanout(10)
    assert len(world.platform.deletions) == len(world.platform.arrivals) < 20
    arrived = {arrival.message_id for arrival in world.platform.arrivals}
    assert {message for _, message in world.platform.deletions} == arrived
    counts = await world.counts(number)
    assert counts["sent"] + counts["skipped"] == 30
    assert await world.state_of(number) == "cancelled"
    assert await world.state_of(recall) == "done"


async def test_an_old_copy_becomes_a_note(world: World) -> None:
    await world.chats(3)
    number = await world.announce()
    await world.sender()
    await world.clock.run_for(3)
    await world.set_chat("c0003", status="gone")
    world.clock.jump(48 * 3600)
    recall = await _recall(world, number)
    assert recall is not None
    await world.run_fanout(3)
    assert world.platform.deletions == []
    assert [(chat, words) for chat, _, words in world.platform.edits] == [
        ("c0001", "withdrawn"),
        ("c0002", "withdrawn"),
        ("c0003", "withdrawn"),
    ]


async def test_a_copy_that_may_not_be_deleted_becomes_a_note(world: World) -> None:
    await world.chats(2)
    number = await world.announce()
    await world.sender()
    await world.clock.run_for(3)
    world.platform.undeletable.add("1")
    await _recall(world, number)
    await world.run_fanout(3)
    assert [words for _, _, words in world.platform.edits] == ["withdrawn"]
    assert len(world.platform.deletions) == 1


async def test_a_recall_is_the_last_word(world: World) -> None:
    await world.chats(3)
    number = await world.announce()
    world.platform.plan("c0001", Lost("no answer"))
    sender = await world.sender()
    await world.clock.run_for(3)
    assert await _recall(world, number) is not None
    assert await _recall(world, number) is None
    assert await _correct(world, number, "right") is None
    await world.run_fanout(3)
    doubt = (await world.rows())[0]
    assert doubt.state == "unknown"
    async with world.database.begin() as store:
        # Sending it again would bring back what was recalled.
        assert await store.outbox_reports.decide([doubt.id], "resend", world.clock.now()) == 0
        assert await store.outbox_reports.decide([doubt.id], "give_up", world.clock.now()) == 1
    await world.stop(sender)


async def test_nothing_to_correct(world: World) -> None:
    await world.chats(2)
    draft = await world.announce(state="draft")
    assert await _correct(world, draft, "right") is None
    assert await _correct(world, 999, "right") is None
    number = await world.announce()
    revision = await _correct(world, number, "right")
    assert revision is not None
    assert await _correct(world, revision, "more") is None


async def test_every_part_of_a_split_message_is_taken_away(world: World) -> None:
    await world.chats(1)
    number = await world.announce()
    world.platform.parts = 3
    await world.sender()
    await world.clock.run_for(3)
    assert (await world.rows())[0].parts == "1.1 1.2"
    await _recall(world, number)
    await world.run_fanout(3)
    assert [message for _, message in world.platform.deletions] == ["1.1", "1.2", "1"]


async def test_an_edit_in_doubt_is_made_again(world: World) -> None:
    await world.chats(1)
    number = await world.announce({FALLBACK: "wrong"})
    await world.sender()
    await world.clock.run_for(3)
    world.platform.plan("c0001", Lost("no answer"))
    revision = await _correct(world, number, "right")
    assert revision is not None
    await world.run_fanout(timedelta(seconds=10).total_seconds())
    assert _shown(world) == {"c0001": "right"}
    assert await world.counts(revision) == {"queued": 1, "sent": 1}


async def test_a_correction_keeps_the_files_and_a_recall_leaves_none(world: World) -> None:
    await world.chats(1)
    number = await world.announce({FALLBACK: "wrong"})
    picture = Attachment(name="map.png", media_type="image/png", data=b"png")
    async with world.database.begin() as store:
        await store.announcement_files.put(number, picture)
    await world.sender()
    await world.clock.run_for(3)
    correction = await _correct(world, number, "right")
    recall = await _recall(world, number)
    assert correction is not None
    assert recall is not None
    async with world.database.begin() as store:
        texts = await store.announcements.texts(correction)
        assert texts[FALLBACK].attachments == (picture,)
        # A note with files could not take a message's place.
        texts = await store.announcements.texts(recall)
        assert texts[FALLBACK].attachments == ()


async def test_what_a_nonce_brings_back_is_in_the_old_words(world: World) -> None:
    world.platform = FakePlatform(world.clock, platform="discord")
    await world.chats(1, platform="discord", kind="group")
    number = await world.announce({FALLBACK: "wrong"})
    world.platform.plan("c0001", Lost("no answer"))
    await world.sender()
    await world.clock.run_until(lambda: bool(world.platform.arrivals))
    # It has arrived, nobody knows, and the repeat will say "right" and change nothing.
    await _correct(world, number, "right")
    await world.run_fanout(10)
    assert len(world.platform.arrivals) == 1
    assert (await world.counts(number))["sent"] == 1
    assert _shown(world) == {"c0001": "right"}
