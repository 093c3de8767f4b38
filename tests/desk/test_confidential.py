"""What must not be found out about somebody who asks without a name."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.events import ConversationRef, FormSubmitted
from bot.chat.turn import Role
from bot.desk.rendering import coarse
from bot.store import Database
from bot.store.schema import delivery, question
from tests.desk.people import Desks, ask, texts, writes
from tests.stage import Persona, Stage

PLACE = "14.69278, -17.44672"


async def report(persona: Persona, words: str = "They dump drums by night.") -> None:
    """Tell the secretariat something without a name."""
    await persona.says("/confidential")
    await persona.says(words)


async def column(database: Database, name: Any) -> list[Any]:
    async with database.connect() as connection:
        return list(await connection.scalars(select(name)))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("at 14.69278, -17.44672 by night", "at 14.6, -17.4 by night"),
        ("https://maps.example/?q=14.69278,-17.44672", "https://maps.example/?q=14.6,-17.4"),
        ("14°41'34.0\"N 17°26'48.2\"W", "14°40′N 17°20′W"),
        ("14° 41.567' N, 17º26’ W", "14°40′ N, 17°20′ W"),
        ("14°41′34″", "14°40′"),
        ("N14 41.567 W017 26.803", "N14 40 W017 20"),
        ("14 41.567 N", "14 40 N"),
        ("٣٣٫٥١٣٨", "٣٣٫٥"),
        ("7FG8V5VQ+9XC", "7FG8…"),
        ("V5VQ+9X Dakar", "… Dakar"),
        ("45° outside, 3.5 ppm lead, 2+2 drums", "45° outside, 3.5 ppm lead, 2+2 drums"),
    ],
)
def test_places_are_coarse_however_they_are_written(written: str, shown: str) -> None:
    assert coarse(written) == shown


async def test_a_rewritten_report_keeps_the_place_to_itself(
    stage: Stage, desks: Desks, database: Database
) -> None:
    zoe = stage.persona("Zoe")
    await report(zoe)
    await desks.work()
    await zoe.presses("My question")
    await zoe.presses("Change the text")
    await zoe.says(f"They dump drums at {PLACE}.")
    zoe.sees("Changed.")
    await desks.work()
    await (desk := stage.persona("Nat")).says("/questions")
    desk.sees("They dump drums at 14.6, -17.4.")
    nat = desks.contact()
    await nat.presses_action(Action("desk", "history", "1"))
    nat.sees("They dump drums at 14.6, -17.4.")
    await nat.presses_action(Action("desk", "take", "1"))
    await desks.work()
    sent = [str(payload) for payload in await column(database, delivery.c.payload)]
    assert any("14.6" in payload for payload in sent)
    assert not any("14.69278" in payload for payload in sent)
    assert all("14.69278" not in title for title, _ in desks.titles.values())


async def test_what_is_added_is_coarse_in_the_history_too(stage: Stage, desks: Desks) -> None:
    zoe = stage.persona("Zoe")
    await report(zoe)
    await zoe.presses("My question")
    await zoe.presses("Add something")
    await zoe.says(f"It is at {PLACE}.")
    await desks.work()
    nat = desks.contact()
    await nat.presses_action(Action("desk", "history", "1"))
    nat.sees("It is at 14.6, -17.4.")


async def test_joining_questions_does_not_tell_who_asked(stage: Stage, desks: Desks) -> None:
    zoe, ana = stage.persona("Zoe"), stage.persona("Ana")
    await report(zoe)
    await ask(zoe)
    await ask(ana)
    await desks.work()
    nat = desks.contact()
    for one, other in (("1", "2"), ("2", "1"), ("1", "3"), ("3", "1")):
        await nat.presses_action(Action("desk", "merge", one))
        await nat.says(other)
        # The same words whether it is the same asker or not.
        nat.sees("The asker wishes to stay unnamed.")
    out = await desks.work()
    assert not any("goes on as question" in text for text in texts(out, nat.where.chat_id))


async def test_a_group_offers_the_private_chat(stage: Stage, database: Database) -> None:
    zoe = stage.persona("Zoe", chat_id="-100")
    await zoe.says("/ask xyzzy plugh frobnicate")
    await zoe.presses_action(Action("person", "hidden"))
    zoe.sees("Please write to me in a private chat.")
    assert await column(database, question.c.id) == []


async def test_the_answer_to_a_report_from_a_channel_comes_in_private(
    stage: Stage, desks: Desks
) -> None:
    zoe = stage.persona("Zoe", platform="discord", chat_id="55")
    await zoe.says("/confidential")
    values = (("question", "They dump drums by night."),)
    await zoe.does(FormSubmitted(form="confidential", values=values, **zoe.common()))
    zoe.sees("does not see your name")
    await desks.work()
    ser = desks.contact("Ser", role=Role.EXPERT)
    await writes(ser, "Since when?")
    out = await desks.work()
    answers = [to for to, _, message in out if "Since when?" in message.text]
    assert {to.chat_id for to in answers if to.platform == "discord"} == {"user:discord-Zoe"}
    assert all(to.is_private for to in answers if to.platform == "discord")
    # Discord gives the private chat a number of its own.
    zoe.where = ConversationRef(platform="discord", chat_id="900")
    ref = await desks.ref_of("Since when?", "user:discord-Zoe")
    await writes(zoe, "Since May.", reply_to=ref)
    out = await desks.work()
    assert any("Since May." in text for text in texts(out, ser.where.chat_id))
    await writes(zoe, "Every night.")
    out = await desks.work()
    assert any("Every night." in text for text in texts(out, ser.where.chat_id))


async def test_a_group_does_not_read_ones_own_report(stage: Stage) -> None:
    await report(stage.persona("Zoe"))
    zoe = stage.persona("Zoe", chat_id="-100")
    for verb in ("show", "edit", "close", "wish"):
        await zoe.presses_action(Action("mine", verb, "1"))
        zoe.sees("Please write to me in a private chat.")
        zoe.sees_not("drums")


async def test_nothing_that_staff_can_look_at_tells_the_name(
    stage: Stage, desks: Desks, logs: list[structlog.typing.EventDict]
) -> None:
    zoe = stage.persona("Zoe")
    chief = stage.persona("Chief", role=Role.SECRETARIAT)
    await zoe.says("quokkas dump xyzzy by night")
    await report(zoe, f"They dump drums at {PLACE}.")
    await zoe.presses("My question")
    await zoe.presses_action(Action("mine", "wish", "1"))
    out = await desks.work()
    nat = desks.contact()
    await writes(nat, "Since when?")
    await writes(zoe, "Since May.", files=1)
    # Somebody who asks under their name afterwards is not known by what is told of both.
    stage.clock.advance(2 * 24 * 3600)
    out += await desks.work()
    stage.clock.advance(7 * 24 * 3600)
    out += await desks.work()
    told = "".join(f"{m.title} {m.text} {m.files}" for to, _, m in out if not to.is_private)
    told += str(desks.titles)
    for button in ("take", "history", "hand", "close"):
        await nat.presses_action(Action("desk", button, "1"))
        told += nat.screen
    for command in ("/questions", "/teach", "/report"):
        await chief.says(command)
        told += f"{chief.screen} {chief.last}"
    assert "drums" in told
    assert ".csv" in told
    for secret in ("Zoe", "14.69", "17.44"):
        assert secret not in told
    assert "Zoe" not in str(logs)
    assert "drums" not in str(logs)
