"""What has arrived is corrected or recalled."""

from __future__ import annotations

import pytest

from bot.chat.actions import Action
from bot.chat.turn import Role
from bot.delivery.fanout import FanOut
from bot.store.announcements import Announcements
from tests.announcing.conftest import send, write
from tests.announcing.test_running import sara, stage, world
from tests.delivery.fakes import Lost
from tests.delivery.world import World
from tests.stage import Persona, Stage

__all__ = ["sara", "stage", "world"]


async def deliver(world: World, number: int, seconds: float = 10) -> None:
    """Write all rows of an announcement or a revision, and send them."""
    await FanOut(database=world.database, clock=world.clock).write_all(number)
    sender = await world.sender()
    await world.clock.run_for(seconds)
    await world.stop(sender)
    async with world.database.connect() as connection:
        await Announcements(connection).set_state(
            number, "done", world.clock.now(), only_from=("running",)
        )


@pytest.fixture
async def sent(world: World, sara: Persona) -> Persona:
    """An announcement that four chats have, and a fifth perhaps."""
    await world.chats(5)
    await world.set_chat("c0002", language="fr")
    world.platform.plan("c0005", Lost("no answer"))
    await write(sara)
    await send(sara)
    await deliver(world, 1)
    await sara.says("/announcements 1")
    return sara


async def correct(author: Persona, text: str) -> None:
    """Go through the form up to the question."""
    await author.presses("Correct")
    await author.presses("English")
    await author.says(text)


async def test_every_copy_that_arrived_is_corrected(world: World, sent: Persona) -> None:
    await correct(sent, "The assembly meets in **June**.")
    sent.sees(
        "The assembly meets in June.",
        "Correct announcement 1? 4 copies have arrived and are edited.",
        "Of 1 recipient nobody knows whether it arrived",
    )
    assert world.platform.edits == []
    yes = sent.button("Yes, correct it").action
    await sent.presses_action(yes)
    sent.sees("Correction of announcement 1", "is being sent")
    await deliver(world, 3)
    assert {chat for chat, _id, _text in world.platform.edits} == {
        "c0001",
        "c0002",
        "c0003",
        "c0004",
    }
    assert {text for _chat, _id, text in world.platform.edits} == {
        "The assembly meets in **June**."
    }
    await sent.presses_action(yes)
    sent.sees("discarded already")
    async with world.database.begin() as store:
        (entry, *_) = await store.audit.last(5)
        assert (entry.action, entry.detail) == ("announcement.corrected", "1")
        assert (await store.announcements.texts(1))["en"].text == "The assembly meets in **June**."


async def test_the_same_text_and_a_version_that_was_not_sent_are_no_correction(
    sent: Persona,
) -> None:
    await correct(sent, "The **assembly** meets in May.")
    sent.sees("nothing to correct")


async def test_every_copy_is_taken_back_at_once(world: World, sent: Persona) -> None:
    await sent.presses("Recall")
    sent.sees(
        "Recall announcement 1? 4 copies have arrived and are taken away.",
        "older than two days cannot be taken away",
        "Of 1 recipient nobody knows whether it arrived",
    )
    assert world.platform.deletions == []
    yes = sent.button("Yes, recall it").action
    await sent.presses_action(yes)
    sent.sees("Recall of announcement 1")
    await deliver(world, 2)
    assert len({chat for chat, _id in world.platform.deletions}) == 4
    for action in (yes, Action("announcing", "recall", "1"), Action("announcing", "correct", "1")):
        await sent.presses_action(action)
        sent.sees("nothing left to change")


async def test_old_copies_on_telegram_say_that_it_was_recalled(world: World, sent: Persona) -> None:
    world.clock.freeze(3 * 86400)
    await sent.presses("Recall")
    await sent.presses("Yes, recall it")
    await deliver(world, 2)
    assert world.platform.deletions == []
    texts = {chat: text for chat, _id, text in world.platform.edits}
    assert texts["c0001"] == "This announcement was recalled."
    assert set(texts) == {"c0001", "c0002", "c0003", "c0004"}


async def test_a_correction_needs_a_second_person_too_and_a_recall_does_not(
    world: World, stage: Stage, sent: Persona
) -> None:
    omar = stage.persona("Omar", role=Role.SECRETARIAT)
    await omar.says("/help")
    await correct(sent, "In June.")
    await sent.presses("Yes, correct it")
    sent.sees("It waits for a second person's yes")
    own = Action("announcing", "approve", "2", "1")
    await sent.presses_action(own)
    sent.sees("This is your own")
    await omar.presses_action(own)
    omar.sees("Correction of announcement 1")
    await deliver(world, 3)
    assert len(world.platform.edits) == 4
    await omar.says("/announcements 1")
    await omar.presses("Recall")
    await omar.presses("Yes, recall it")
    omar.sees("Recall of announcement 1")


async def test_strangers_and_drafts_are_refused(stage: Stage, sara: Persona) -> None:
    await write(sara)
    for kind in ("correct", "recall", "recalled"):
        await sara.presses_action(Action("announcing", kind, "1"))
        sara.sees("has not been sent yet")
    ana = stage.persona("Ana")
    await ana.presses_action(Action("announcing", "recalled", "1"))
    ana.sees("secretariat")


async def test_what_was_cancelled_is_not_said_to_go_out_corrected(
    world: World, sent: Persona
) -> None:
    await correct(sent, "The assembly meets in June.")
    sent.sees("What has not left yet goes out corrected.")
    async with world.database.connect() as connection:
        await Announcements(connection).set_state(
            1, "cancelled", world.clock.now(), only_from=("done",)
        )
    await sent.says("/announcements 1")
    await correct(sent, "The assembly meets in July.")
    sent.sees("Yes, correct it")
    sent.sees_not("goes out corrected")
