"""What became of an announcement, as a picture and as a table."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from PIL import Image

from bot.chat.actions import Action
from bot.chat.messages import Attachment, Message
from bot.watching import ProgressSamples
from handlers.announce_csv import table
from handlers.announce_report import REASONS
from tests.announcing.conftest import send, write
from tests.announcing.test_revising import deliver
from tests.announcing.test_running import sara, stage, world
from tests.delivery.fakes import Lost
from tests.delivery.world import World
from tests.stage import Persona, Stage

__all__ = ["sara", "stage", "world"]

ROOT = Path(__file__).parents[2]


def file_of(author: Persona) -> Attachment:
    """The one file of the last reply."""
    (reply,) = author.last
    assert isinstance(reply, Message)
    (file,) = reply.attachments
    return file


@pytest.fixture
async def reported(world: World, sara: Persona) -> Persona:
    """Forty chats have it, one perhaps, and one said stop."""
    await world.chats(42)
    world.platform.plan("c0001", Lost("no answer"))
    await write(sara)
    await send(sara)
    samples = ProgressSamples(database=world.database, clock=world.clock)
    await world.set_chat("c0042", has_opted_out=True)
    await deliver(world, 1)
    await samples.sample()
    await sara.presses("Report")
    return sara


async def test_the_sending_as_a_picture_with_its_words(world: World, reported: Persona) -> None:
    async with world.database.begin() as store:
        await store.announcement_watches.add_sample(1, world.clock.now(), settled=41, sent=40)
    await reported.presses("Picture")
    file = file_of(reported)
    assert Image.open(io.BytesIO(file.data)).size[0] > 500
    assert "sent 40" in file.alt
    assert "unknown 1" in file.alt
    assert "Sent, by platform: Telegram 40" in file.alt
    assert "Sent until: " in file.alt


async def test_a_picture_of_an_announcement_without_a_course(world: World, sara: Persona) -> None:
    await world.chats(1)
    await write(sara)
    await send(sara)
    await sara.presses("Report")
    await sara.presses("Picture")
    assert file_of(sara).data.startswith(b"\x89PNG")


async def test_every_recipient_as_a_table_that_runs_no_formula(
    world: World, reported: Persona
) -> None:
    await world.sql("UPDATE delivery SET error = '=1+1' WHERE chat_id = 'c0001'")
    await reported.presses("Every recipient")
    text = file_of(reported).data.decode("utf-8-sig")
    rows = {row["chat"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 41
    assert (rows["c0002"]["state"], rows["c0001"]["state"]) == ("sent", "unknown")
    assert rows["c0001"]["reason"] == "'=1+1"


async def test_too_many_recipients_for_a_message(world: World, reported: Persona) -> None:
    async with world.database.begin() as store:
        assert await table(store, 1, {"telegram"}, most=40) is None
        assert await table(store, 1, {"telegram"}, most=41) is not None


async def test_staff_may_say_that_they_have_it(stage: Stage, reported: Persona) -> None:
    reported.sees("“They have it” counts them as sent", "Telegram c0001")
    await reported.presses("They have it")
    reported.sees("sent 41")
    reported.sees_not("Unknown")
    async with stage.database.begin() as store:
        (entry, *_) = await store.audit.last(1)
    assert (entry.action, entry.detail) == ("announcement.marked_seen", "1 1 recipients")


async def test_reasons_are_told_in_words_and_one_thing_once(
    world: World, reported: Persona
) -> None:
    failed = "UPDATE delivery SET state = 'failed', error = '{}' WHERE chat_id = '{}'"
    await world.sql(failed.format("refused", "c0002"))
    await world.sql(failed.format("not delivered", "c0003"))
    await world.sql(failed.format("unreadable", "c0004"))
    await reported.presses_action(Action("announcing", "report", "1"))
    reported.sees("failed, the platform refused the message: 2", "failed: 1")
    reported.sees_not("not delivered")
    reported.sees_not("unreadable")


def test_every_reason_that_ends_a_message_has_words() -> None:
    noted = set()
    for file in (ROOT / "bot/delivery").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        ends = r"state=\"(?:failed|unknown|skipped)\", error=\"([a-z, ]+)\""
        noted.update(re.findall(ends, text))
    assert {"refused", "interrupted", "moved twice"} <= noted
    assert noted <= set(REASONS)
