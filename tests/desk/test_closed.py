"""Questions that have ended are not moved by old buttons."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.turn import Role
from tests.desk.people import Desks, ask, texts, writes
from tests.stage import Persona


async def test_nobody_takes_what_was_taken_back(desks: Desks, ana: Persona) -> None:
    nat, ser = desks.contact(), desks.contact("Ser", role=Role.EXPERT)
    await nat.presses_action(Action("desk", "hand", "1"))
    form = nat.button("Sergei").action
    await ana.presses_action(Action("mine", "withdraw", "1"))
    await desks.work()
    await ser.presses_action(Action("desk", "take", "1"))
    ser.sees("That question is closed.")
    await writes(ser, "#take")
    ser.sees("That question is closed.")
    await writes(ser, "#assign Natalia")
    ser.sees("That question is closed.")
    await nat.presses_action(Action("desk", "hand", "1"))
    nat.sees("That question is closed.")
    await nat.presses_action(form)
    nat.sees("This button no longer works.")
    assert texts(await desks.work(), ana.where.chat_id) == []
    await ana.presses_action(Action("mine", "show", "1"))
    ana.sees("You took it back.")
    # What the asker writes now is for the assistant, and reaches nobody.
    await writes(ana, "how do I take a soil sample?")
    ana.sees("Taking a soil sample")


async def test_an_answer_to_a_joined_question_goes_on_with_the_other(
    desks: Desks, ana: Persona
) -> None:
    await ask(ana, "Is my second well safe?")
    await desks.work()
    nat = desks.contact()
    await nat.presses_action(Action("desk", "merge", "2"))
    await nat.says("1")
    nat.sees("Joined with question 1")
    await desks.work()
    await nat.presses_action(Action("desk", "answer", "2"))
    await nat.says("Both are safe.")
    (answer,) = texts(await desks.work(), ana.where.chat_id)
    assert answer.startswith("💬 Natalia · question 1")
    await ana.presses_action(Action("mine", "show", "2"))
    ana.sees("It goes on as question 1.")


async def test_a_contact_is_not_told_to_be_none(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await nat.presses_action(Action("desk", "answer", "1"))
    await ana.says("/forget")
    await ana.presses("Yes, erase everything")
    await nat.says("Please test it.")
    nat.sees("This button no longer works.")
    nat.sees_not("Only contacts")
