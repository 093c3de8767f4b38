"""Articles as answers: one press sends one, once; words find any of them."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.actions import Action
from bot.chat.events import MessageEdited
from bot.chat.messages import Button, Message
from bot.chat.turn import Role
from bot.translating import translator
from tests.databases import on_both
from tests.desk.people import Desks, ask, texts, writes
from tests.stage import Persona, Stage

LEAD = Action("desk", "send", "1", "lead-limits")
ALREADY = "was sent this article already"


async def test_a_second_press_sends_nothing_also_after_a_restart(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await nat.presses_action(LEAD)
    nat.sees("Sent to the asker")
    await nat.presses_action(LEAD)
    nat.sees(ALREADY)
    stage.restart()
    await desks.contact("Ser").presses_action(LEAD)
    told = texts(await desks.work(), ana.where.chat_id)
    assert sum("Limits for lead" in text for text in told) == 1
    # On purpose it can be sent again: as written words.
    await writes(nat, "Limits for lead, once more.")
    (again,) = texts(await desks.work(), ana.where.chat_id)
    assert "once more" in again


@on_both
async def test_of_two_contacts_at_once_one_sends_it(stage: Stage) -> None:
    desks, ana = Desks(stage), stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat, ser = desks.contact(), desks.contact("Ser")
    for each in (nat, ser):
        await each.says("/questions")
    await asyncio.gather(nat.presses_action(LEAD), ser.presses_action(LEAD))
    assert sorted(ALREADY in each.screen for each in (nat, ser)) == [False, True]
    told = texts(await desks.work(), ana.where.chat_id)
    assert sum("Limits for lead" in text for text in told) == 1


async def test_each_article_and_each_question_counts_by_itself(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    bob = stage.persona("Bob")
    await ask(bob, "My beans?")
    await desks.work()
    nat = desks.contact()
    for number, key in (("1", "lead-limits"), ("1", "lead-health"), ("2", "lead-limits")):
        await nat.presses_action(Action("desk", "send", number, key))
        nat.sees("Sent to the asker")
    out = await desks.work()
    assert len(texts(out, bob.where.chat_id)) == 1


async def test_what_was_sent_before_two_questions_were_joined_is_not_sent_again(
    desks: Desks, ana: Persona
) -> None:
    await ana.presses_action(Action("person"))
    await ana.says("Is my second well safe?")
    await desks.work()
    nat = desks.contact()
    await nat.presses_action(Action("desk", "send", "2", "lead-limits"))
    nat.sees("Sent to the asker")
    await nat.presses_action(Action("desk", "merge", "2"))
    await nat.says("1")
    nat.sees("Joined with question 1")
    for number in ("1", "2"):
        await nat.presses_action(Action("desk", "send", number, "lead-limits"))
        nat.sees(ALREADY)
    await nat.presses_action(Action("desk", "send", "2", "lead-health"))
    await nat.presses_action(Action("desk", "send", "1", "lead-health"))
    nat.sees(ALREADY)


async def test_words_find_articles_and_a_press_sends_one(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await writes(nat, "#find lead limits")
    nat.sees("Limits for lead", "Lead and health")
    (found,) = nat.last
    # A personal reply would leave the thread.
    assert isinstance(found, Message)
    assert not found.is_ephemeral
    assert 0 < len(nat.buttons) <= 5
    assert await desks.work() == []
    await nat.presses("Send: Lead and health")
    nat.sees("Sent to the asker")
    (answer,) = texts(await desks.work(), ana.where.chat_id)
    assert answer.startswith("💬 Natalia · question 1\nLead and health\n")
    assert "Sources: FAO (2021)" in answer
    await nat.presses_action(Action("desk", "send", "1", "lead-health"))
    nat.sees(ALREADY)


async def test_the_button_asks_for_the_words(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await nat.presses_action(Action("desk", "find", "1"))
    nat.sees("What shall I look for?")
    await nat.says("soil sample")
    nat.sees("Taking a soil sample")
    await nat.presses("Send: Taking a soil sample")
    assert len(texts(await desks.work(), ana.where.chat_id)) == 1


async def test_the_card_has_the_button(stage: Stage, desks: Desks) -> None:
    await ask(stage.persona("Ana"))
    out = await desks.work()
    heads = [message for to, _, message in out if to.key == desks.opened[0].key]
    labels = [item.label for row in heads[0].rows for item in row if isinstance(item, Button)]
    assert "Find an answer" in labels


async def test_the_thread_is_told_when_nothing_is_found_or_nothing_was_named(
    desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await writes(nat, "#find ψψψψ")
    nat.sees("I found no article")
    assert nat.buttons == []
    await writes(nat, "#find")
    nat.sees("#find lead in gardens")
    await writes(nat, "#send")
    nat.sees("no such article")
    assert await desks.work() == []


async def test_a_mark_sends_and_changing_it_changes_nothing(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    mark = await writes(nat, "#send lead-limits\nand what stands below is not sent", files=1)
    nat.sees("Sent to the asker")
    out = await desks.work()
    (answer,) = [message for to, _, message in out if to == ana.where]
    assert "Limits for lead" in answer.text
    assert "below" not in answer.text
    assert answer.files == ()
    # Both desks see what was sent, the one where it was asked for as well.
    assert all("Limits for lead" in texts(out, each.chat_id)[-1] for each in desks.opened)
    await nat.does(MessageEdited(text="#send lead-health", message_id=mark, **nat.common()))
    assert await desks.work() == []


@pytest.mark.parametrize("words", ["#find lead", "#send lead-limits", "#send 1"])
async def test_only_contacts_find_and_send(stage: Stage, desks: Desks, words: str) -> None:
    await ask(stage.persona("Ana"))
    await desks.work()
    eve = stage.persona("Eve")
    eve.where = desks.opened[0]
    await writes(eve, words)
    eve.sees("Only contacts")
    await eve.presses_action(Action("desk", "find", "1"))
    eve.sees("Only contacts")
    assert await desks.work() == []


async def test_found_in_and_sent_in_the_askers_language(stage: Stage, desks: Desks) -> None:
    amal = stage.persona("Amal", locale="ar")
    await ask(amal, "هل بئري آمنة؟")
    await desks.work()
    nat = desks.contact(role=Role.EXPERT)
    await writes(nat, "#find عينة من التربة")
    nat.sees("أخذ عينة من التربة", "(Taking a soil sample)")
    await nat.presses("Send: Taking a soil sample")
    (answer,) = texts(await desks.work(), amal.where.chat_id)
    assert "خذ خمس عشرة عينة صغيرة واخلطها." in answer
    # No text in Arabic: English, with the note that says so.
    await nat.presses_action(LEAD)
    (answer,) = texts(await desks.work(), amal.where.chat_id)
    assert "Short answer on limits for lead" in answer
    assert translator("ar")("I have this only in English so far:") in answer


async def test_it_stands_in_the_history_with_its_state(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await nat.presses_action(LEAD)
    await nat.presses_action(Action("desk", "history", "1"))
    nat.sees("Limits for lead", "on its way", "an article was sent")
    await desks.work()
    await nat.presses_action(Action("desk", "history", "1"))
    nat.sees("Limits for lead", "sent")
    nat.sees_not("on its way")
