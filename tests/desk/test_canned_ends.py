"""Articles as answers where the question, its asker or the article has gone in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.chat.actions import Action
from bot.chat.events import FormSubmitted, MessageEdited
from bot.chat.routes import ABOUT
from bot.desk.rendering import LABEL_LIMIT, send_button
from bot.translating import translator
from handlers import desk_forms
from tests.databases import on_both
from tests.desk.people import Desks, ask, desk_library, texts, writes
from tests.stage import Persona, Stage

LEAD = Action("desk", "send", "1", "lead-limits")
ALREADY = "was sent this article already"


async def merge(nat: Persona, number: str, into: str) -> None:
    """Join two questions by the button."""
    await nat.presses_action(Action("desk", "merge", number))
    await nat.says(into)


async def submits_merge(contact: Persona, number: str, into: str) -> None:
    """The same, by a form that is sent whole."""
    form, values = f"{desk_forms.MERGE}{ABOUT}{number}", (("text", into),)
    await contact.does(FormSubmitted(form=form, values=values, **contact.common()))


async def ask_more(desks: Desks, ana: Persona, count: int) -> None:
    """Further questions of the same asker."""
    for number in range(count):
        await ana.presses_action(Action("person"))
        await ana.says(f"Is well number {number} safe?")
    await desks.work()


async def test_who_has_taken_it_back_is_sent_none(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await ana.presses_action(Action("mine", "withdraw", "1"))
    await desks.work()
    await nat.presses_action(LEAD)
    nat.sees("The asker took the question back.")
    await writes(nat, "#send lead-limits")
    nat.sees("The asker took the question back.")
    assert texts(await desks.work(), ana.where.chat_id) == []
    # Opened again, it can be sent.
    await nat.presses_action(Action("desk", "reopen", "1"))
    await nat.presses_action(LEAD)
    assert len(texts(await desks.work(), ana.where.chat_id)) == 1


async def test_one_closed_is_open_again_and_the_article_still_goes_once(
    desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await nat.presses_action(LEAD)
    await nat.presses_action(Action("desk", "close", "1"))
    await desks.work()
    await nat.presses_action(LEAD)
    nat.sees(ALREADY)
    assert desks.titles == {} or "✅" in desks.titles[nat.where.thread_id][0]
    await nat.presses_action(Action("desk", "send", "1", "lead-health"))
    nat.sees("Sent to the asker")
    assert "Lead and health" in texts(await desks.work(), ana.where.chat_id)[-1]
    await ana.presses_action(Action("mine", "show", "1"))
    ana.sees("Natalia has answered")


async def test_the_forgotten_are_sent_nothing_and_nothing_is_kept(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await writes(nat, "#find lead limits")
    await ana.says("/forget")
    await ana.presses("Yes, erase everything")
    await nat.presses("Send: Limits for lead")
    nat.sees("This button no longer works.")
    for words in ("#send lead-limits", "#find lead", "Boil it."):
        await writes(nat, words)
        nat.sees("has been forgotten")
    async with stage.database.begin() as store:
        kept = await store.question_messages.of(1, {"contact"})
    assert kept == []
    assert texts(await desks.work(), ana.where.chat_id) == []


async def test_who_could_not_be_sent_it_can_be_sent_it_again(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    desks.refuses[ana.where.chat_id] = "recipient gone"
    await nat.presses_action(LEAD)
    told = texts(await desks.work(), nat.where.chat_id)
    assert sum("has blocked the assistant" in text for text in told) == 1
    desks.refuses.clear()
    await nat.presses_action(LEAD)
    nat.sees("Sent to the asker")
    assert len(texts(await desks.work(), ana.where.chat_id)) == 1
    await nat.presses_action(LEAD)
    nat.sees(ALREADY)


async def test_through_a_chain_of_joined_questions(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await ask_more(desks, ana, 2)
    await merge(nat, "3", "2")
    await merge(nat, "2", "1")
    nat.sees("Joined with question 1")
    await desks.work()
    await nat.presses_action(Action("desk", "send", "3", "lead-limits"))
    nat.sees("Sent to the asker")
    (told,) = texts(await desks.work(), ana.where.chat_id)
    assert told.startswith("💬 Natalia · question 1")
    for number in ("1", "2", "3"):
        await nat.presses_action(Action("desk", "send", number, "lead-limits"))
        nat.sees(ALREADY)
    # Words go the same way, and open none that was joined.
    await nat.presses_action(Action("desk", "answer", "3"))
    await nat.says("All three are safe.")
    (told,) = texts(await desks.work(), ana.where.chat_id)
    assert told.startswith("💬 Natalia · question 1")
    await ana.presses_action(Action("mine", "show", "2"))
    ana.sees("It goes on as question 1")


async def test_what_was_joined_is_not_joined_again(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await ask_more(desks, ana, 2)
    await merge(nat, "2", "1")
    await merge(nat, "2", "3")
    nat.sees("It goes on as question 1")
    await merge(nat, "1", "2")
    nat.sees("no open question with that number")


@on_both
async def test_two_who_join_the_same_questions_crosswise_leave_one(stage: Stage) -> None:
    desks, ana = Desks(stage), stage.persona("Ana")
    await ask(ana)
    await desks.work()
    await ask_more(desks, ana, 1)
    nat, ser = desks.contact(), desks.contact("Ser")
    for each in (nat, ser):
        await each.says("/questions")
    await asyncio.gather(submits_merge(nat, "2", "1"), submits_merge(ser, "1", "2"))
    async with stage.database.begin() as store:
        found = [await store.questions.get(number) for number in (1, 2)]
    assert sorted(each is not None and each.is_alive for each in found) == [False, True]
    screens = sorted("Joined with question" in each.screen for each in (nat, ser))
    assert screens == [False, True]


async def test_an_article_that_is_gone_is_named_as_such(stage: Stage, desks: Desks) -> None:
    await ask(stage.persona("Ana"))
    await desks.work()
    nat = desks.contact()
    await nat.presses_action(Action("desk", "send", "1", "once-there"))
    nat.sees("There is no such article.")
    assert await desks.work() == []


@pytest.mark.parametrize(
    "words",
    [
        "#send Lead-limits.",
        "#SEND: lead-limits",
        "\\#Send lead-limits",
        "• #send lead-limits: Limits for lead",
    ],
)
async def test_marks_as_people_write_them(desks: Desks, ana: Persona, words: str) -> None:
    await writes(desks.contact(), words)
    assert len(texts(await desks.work(), ana.where.chat_id)) == 1


@pytest.mark.parametrize(
    "words", ["#findings are in.", "#sender of the sample?", "I #find it odd."]
)
async def test_other_words_are_an_answer(desks: Desks, ana: Persona, words: str) -> None:
    await writes(desks.contact(), words)
    (told,) = texts(await desks.work(), ana.where.chat_id)
    assert words in told


async def test_an_answer_does_not_become_a_search(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    answer = await writes(nat, "find lead limits")
    await desks.work()
    await nat.does(MessageEdited(text="#find lead limits", message_id=answer, **nat.common()))
    nat.sees("The asker has this already")
    assert await desks.work() == []


async def test_a_long_title_is_cut_where_one_sees_it(stage: Stage, desks: Desks) -> None:
    await ask(stage.persona("Ana"))
    article = desk_library().article("lead-limits")
    assert article is not None
    text = replace(article.text("en"), title="Long " * 30)
    async with stage.database.begin() as store:
        question = await store.questions.get(1)
    assert question is not None
    long = replace(article, texts={**article.texts, "en": text})
    button = send_button(question, long, translator("en"))
    assert button is not None
    assert len(button.label) <= LABEL_LIMIT
    assert button.label.endswith("…")
    # An id that no button can carry is written out by ``find``.
    assert send_button(question, replace(article, id="x" * 64), translator("en")) is None
