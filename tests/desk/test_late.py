"""What was said while nobody listened, where it is no part of a question."""

from __future__ import annotations

from bot.chat.events import ConversationRef
from tests.desk.people import Desks, texts, writes
from tests.stage import Persona, Stage

WORDS = "how do I take a soil sample?"


async def test_a_group_is_not_answered_when_it_has_talked_on(stage: Stage) -> None:
    bob = stage.persona("Bob", platform="discord")
    group = ConversationRef(platform="discord", chat_id="900", is_private=False)
    await writes(bob, WORDS, conversation=group, is_late=True)
    assert not bob.last
    await writes(bob, WORDS, conversation=group)
    bob.sees("Taking a soil sample")


async def test_in_private_it_is_answered_all_the_same(stage: Stage) -> None:
    bob = stage.persona("Bob", platform="discord")
    await writes(bob, WORDS, is_late=True)
    bob.sees("Taking a soil sample")


async def test_what_belongs_to_a_question_goes_there(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await writes(nat, "Have it tested.", is_late=True)
    assert texts(await desks.work(), ana.where.chat_id) == [
        "💬 Natalia · question 1\nHave it tested."
    ]
