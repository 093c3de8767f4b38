"""The flows of the desk that differ by database, on PostgreSQL; and forgetting on both."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.events import MessageEdited
from bot.commands.desk_tasks import due_of
from bot.store.schema_desk import desk_thread, question_copy, question_event, question_message
from tests.databases import on_both
from tests.desk.people import Desks, ask, texts, writes
from tests.stage import Stage

pytestmark = on_both


async def test_a_whole_conversation(stage: Stage) -> None:
    desks, ana = Desks(stage), stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat = desks.contact()
    answer = await writes(nat, "Boil it.")
    out = await desks.work()
    assert texts(out, ana.where.chat_id) == ["💬 Natalia · question 1\nBoil it."]
    await nat.does(MessageEdited(text="Test it.", message_id=answer, **nat.common()))
    out = await desks.work()
    assert texts(out, ana.where.chat_id) == ["💬 Natalia · question 1\nTest it."]
    await writes(ana, "Thanks.")
    out = await desks.work()
    assert "Thanks." in texts(out, nat.where.chat_id)[-1]
    await nat.presses_action(Action("desk", "close", "1"))
    await desks.work()
    ref = await desks.ref_of("Test it.", ana.where.chat_id)
    await writes(ana, "Where?", reply_to=ref)
    ana.sees("open again")
    await ana.says("/questions")
    ana.sees("#1")
    await nat.presses_action(Action("desk", "history", "1"))
    nat.sees("Where?", "answered", "closed", "reopened")


async def test_the_first_words_of_a_contact_may_be_several_answers_at_once(stage: Stage) -> None:
    desks = Desks(stage)
    people = [stage.persona(f"Asker {number}") for number in range(4)]
    for each in people:
        await ask(each, f"Is {each.author.name}'s well safe?")
    await desks.work()
    topics = [each for each in desks.opened if each.platform == "telegram"]
    nat = desks.contact()
    await asyncio.gather(
        *(writes(nat, f"Answer {n}.", conversation=topic) for n, topic in enumerate(topics))
    )
    out = await desks.work()
    for number, each in enumerate(people):
        (answer,) = texts(out, each.where.chat_id)
        assert answer.endswith(f"Answer {number}.")


async def test_of_two_who_take_it_at_once_one_has_it(stage: Stage) -> None:
    desks, ana = Desks(stage), stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat, ser = desks.contact(), desks.contact("Ser")
    for each in (nat, ser):
        await each.says("/questions")
    take = Action("desk", "take", "1")
    await asyncio.gather(nat.presses_action(take), ser.presses_action(take))
    told = texts(await desks.work(), ana.where.chat_id)
    # Both may have it in turn, but who comes second knows of the first, and so does the asker.
    assert sum("has taken your question" in text for text in told) == 1


async def test_of_two_who_answer_at_once_the_first_has_it_and_both_are_heard(stage: Stage) -> None:
    desks, ana = Desks(stage), stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat, ser = desks.contact(), desks.contact("Ser")
    await asyncio.gather(
        writes(nat, "Boil it."), writes(ser, "Test it."), writes(ana, "Is anybody there?")
    )
    told = texts(await desks.work(), ana.where.chat_id)
    assert sorted(text.splitlines()[1] for text in told) == ["Boil it.", "Test it."]
    async with stage.database.begin() as store:
        question = await store.questions.get(1)
        done = await store.question_events.of(1)
    assert question is not None
    assert question.is_owned
    first = next(event for event in done if event.kind == "answered")
    assert question.owner == first.actor


async def test_several_processes_nudge_once(stage: Stage) -> None:
    desks, ana = Desks(stage), stage.persona("Ana")
    await ask(ana)
    await desks.work()
    stage.clock.advance(3 * 24 * 3600)
    await asyncio.gather(*(due_of(stage.app).process() for _ in range(4)))
    out = await desks.work()
    nudges = [text for text in texts(out, desks.opened[0].chat_id) if "overdue" in text]
    assert len(nudges) == 1


async def test_forgetting_takes_the_words_out_here_and_at_the_desks(stage: Stage) -> None:
    desks, ana, bob = Desks(stage), stage.persona("Ana"), stage.persona("Bob")
    await ask(ana, "Is my zebra well safe?")
    await ask(bob, "May I use ash?")
    await desks.work()
    nat = desks.contact()
    await writes(nat, "Boil the zebra.")
    await writes(nat, "#note a zebra again")
    await desks.work()
    await ana.says("/forget")
    await ana.presses("Yes, erase everything")
    out = await desks.work()
    gone = [to.key for to, kind, _ in out if kind == "delete"]
    assert nat.where.key in gone
    threads = [each for each in desks.opened if each.platform == "discord"]
    assert threads[0].key in gone
    assert threads[1].key not in gone
    assert desks.titles[nat.where.thread_id] == ("✅ #1", True)
    assert desks.titles[threads[0].chat_id] == ("✅ #1", True)
    async with stage.database.connect() as connection:
        words = (await connection.scalars(select(question_message.c.text))).all()
        numbers = (await connection.scalars(select(question_message.c.question_id))).all()
        chats = (await connection.scalars(select(question_copy.c.chat_id))).all()
        people = (
            await connection.scalars(
                select(question_event.c.person_id).where(question_event.c.question_id == 1)
            )
        ).all()
        titles = (await connection.execute(select(desk_thread.c.title, desk_thread.c.shown))).all()
    assert not any("zebra" in text for text in (*words, *(t for row in titles for t in row)))
    assert set(numbers) == {2}
    assert ana.where.chat_id not in chats
    assert len(people) > 1
    # A reply in the thread of somebody who is forgotten goes nowhere.
    await writes(nat, "Hello?")
    assert texts(await desks.work(), ana.where.chat_id) == []
