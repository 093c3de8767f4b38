"""Correcting, recalling and local hours on PostgreSQL, where a server can be had."""

from __future__ import annotations

from bot.chat.errors import RecipientGone
from bot.chat.messages import Attachment, Message
from bot.store.announcements import FALLBACK, Timing
from bot.store.audience import Audience
from tests.announcing.conftest import send, write
from tests.announcing.test_revising import correct, deliver
from tests.announcing.test_running import sara, stage, world
from tests.databases import on_postgres
from tests.delivery.fakes import Lost
from tests.delivery.world import World
from tests.stage import Persona

__all__ = ["sara", "stage", "world"]

pytestmark = on_postgres


async def test_from_the_draft_to_the_recall(world: World, sara: Persona) -> None:
    await world.chats(6)
    await world.set_chat("c0002", language="fr")
    world.platform.plan("c0005", Lost("no answer"))
    world.platform.plan("c0006", RecipientGone("blocked"))
    await write(sara)
    await send(sara)
    await deliver(world, 1)
    await sara.says("/announcements 1")
    await correct(sara, "The assembly meets in **June**.")
    await sara.presses("Yes, correct it")
    async with world.database.begin() as store:
        ((correction, kind, _),) = await store.announcement_revisions.of(1)
    assert kind == "edit"
    await deliver(world, correction)
    assert len(world.platform.edits) == 4
    await sara.says("/announcements 1")
    await sara.presses("Recall")
    await sara.presses("Yes, recall it")
    async with world.database.begin() as store:
        *_, (recall, kind, _) = await store.announcement_revisions.of(1)
    assert kind == "delete"
    await deliver(world, recall)
    assert len(world.platform.deletions) == 4
    assert await world.counts(recall) == {"queued": 4, "sent": 4}


async def test_files_hours_and_totals(world: World) -> None:
    await world.chats(3)
    await world.set_chat("c0002", zone="Asia/Tokyo")
    number = await world.announce(
        {FALLBACK: "news", "fr": "nouvelles"},
        audience=Audience(topic="news", kinds=("private",)),
        timing=Timing(wall_time="2026-04-22T18:01", quiet="21:00-07:00", zone="Europe/Rome"),
        expires_at=world.clock.now().replace(hour=23),
    )
    due = {row.chat_id: row.due_at.isoformat() for row in await world.rows()}
    assert due["c0002"] == "2026-04-22T09:01:00+00:00"
    assert due["c0001"] == due["c0003"] == "2026-04-22T16:01:00+00:00"
    async with world.database.begin() as store:
        await store.announcement_files.put(
            number, Attachment(name="a.png", media_type="image/png", data=b"\x89PNG")
        )
        assert (await store.announcements.texts(number))[FALLBACK].attachments[0].data
        assert (await store.announcement_reports.by_language(number))["en", "ready"] == 3
        assert not await store.announcement_reports.by_reason(number)
        assert await store.announcement_reports.last(5)
        assert await store.announcement_revisions.correct(
            number, {FALLBACK: Message(text="more news")}, world.clock.now()
        )
