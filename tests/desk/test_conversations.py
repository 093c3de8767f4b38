"""An asker and contacts talk through the desks."""

from __future__ import annotations

import pytest

from bot.chat.actions import Action
from bot.chat.events import MessageDeleted, MessageEdited
from bot.chat.turn import Role
from tests.desk.people import Desks, ask, texts, writes
from tests.stage import Persona, Stage


async def test_a_question_gets_a_thread_at_each_desk_and_a_contact(
    stage: Stage, desks: Desks
) -> None:
    ana = stage.persona("Ana")
    await ask(ana)
    ana.sees("number 1")
    out = await desks.work()
    topic, thread = desks.opened
    assert {to.key for to, _, _ in out} == {topic.key, thread.key}
    (head,) = texts(out, thread.chat_id)
    assert "Is my well safe?" in head
    assert "Ana" in head
    assert "For: Natalia" in head
    await ana.presses("My question")
    ana.sees("It was given to Natalia")


async def test_a_plain_reply_answers_and_the_assistant_keeps_quiet(
    desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await writes(nat, "Please boil nothing; test it.", markup="Please **boil nothing**; test it.")
    nat.sees_nothing()
    out = await desks.work()
    (answer,) = texts(out, ana.where.chat_id)
    assert answer.startswith("💬 Natalia · question 1")
    assert "**boil nothing**" in next(m.text for to, _, m in out if to.chat_id == "telegram-Ana")
    # The other desk sees it too; the topic has it already.
    assert [to.platform for to, _, _ in out if not to.is_private] == ["discord"]
    await writes(ana, "how do I take a soil sample?")
    ana.sees("Passed on with question 1", "/ask reaches me")
    out = await desks.work()
    assert len(texts(out, nat.where.chat_id)) == 1
    # Only the first of several lines in a row is confirmed.
    await writes(ana, "and my garden?")
    ana.sees_nothing()
    await ana.says("/ask how do I take a soil sample?")
    ana.sees("Taking a soil sample")


async def test_until_somebody_has_it_the_assistant_goes_on_answering(
    desks: Desks, ana: Persona
) -> None:
    await writes(ana, "how do I take a soil sample?")
    ana.sees("Taking a soil sample")
    nat = desks.contact()
    await nat.presses_action(Action("desk", "take", "1"))
    nat.sees("It is yours")
    out = await desks.work()
    assert any("has taken your question" in text for text in texts(out, ana.where.chat_id))
    await writes(ana, "how do I take a soil sample?")
    ana.sees("Passed on")


async def test_notes_stay_inside(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await writes(nat, "#note she asked the same last year")
    nat.sees_nothing()
    await nat.presses_action(Action("desk", "note", "1"))
    await nat.says("and I know the well")
    nat.sees("Noted")
    out = await desks.work()
    assert texts(out, ana.where.chat_id) == []
    notes = texts(out, desks.opened[1].chat_id)
    assert len(notes) == 2
    assert notes[0] == "📝 Internal note · Natalia\nshe asked the same last year"


async def test_who_is_no_contact_is_told_and_nothing_is_passed_on(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    eve = stage.persona("Eve")
    eve.where = desks.opened[0]
    await writes(eve, "Drink it, it is fine.")
    eve.sees("Only contacts", "telegram:telegram-Eve")
    for verb in ("take", "note", "hand", "merge", "close", "history", "reopen"):
        await eve.presses_action(Action("desk", verb, "1"))
        eve.sees("Only contacts")
    await eve.presses_action(Action("desk", "send", "1", "lead-limits"))
    eve.sees("Only contacts")
    for verb in ("show", "edit", "withdraw", "close", "wish"):
        await eve.presses_action(Action("mine", verb, "1"))
        eve.sees("no longer works")
    out = await desks.work()
    assert out == []


@pytest.mark.parametrize("args", [(), ("take",), ("take", "x"), ("take", "9" * 40), ("", "1")])
async def test_forged_buttons_do_nothing(desks: Desks, ana: Persona, args: tuple[str, ...]) -> None:
    nat = desks.contact()
    await nat.presses_action(Action("desk", *args))
    nat.sees("no longer works")
    await ana.presses_action(Action("mine", *args))
    ana.sees("no longer works")


async def test_two_contacts_at_once_are_both_heard_in_order(desks: Desks, ana: Persona) -> None:
    nat, ser = desks.contact(), desks.contact("Ser")
    await writes(ser, "Mine first.")
    await writes(nat, "Mine second.")
    out = await desks.work()
    told = texts(out, ana.where.chat_id)
    assert [text.splitlines()[1] for text in told] == ["Mine first.", "Mine second."]
    # Each sees at their own desk what the other wrote.
    assert "Sergei answered\nMine first." in texts(out, nat.where.chat_id)[0]
    assert "Natalia answered\nMine second." in texts(out, ser.where.chat_id)[0]
    await ana.says("/questions")
    await ana.presses("#1")
    ana.sees("Sergei has answered and waits for you")


async def test_edits_are_followed_both_ways(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    answer = await writes(nat, "Boil it.")
    await desks.work()
    await nat.does(MessageEdited(text="Do not boil it.", message_id=answer, **nat.common()))
    out = await desks.work()
    kinds = [(to.platform, kind) for to, kind, _ in out]
    assert ("telegram", "edit") in kinds
    assert texts(out, ana.where.chat_id) == ["💬 Natalia · question 1\nDo not boil it."]
    mine = await writes(ana, "thank yuo")
    await desks.work()
    await ana.does(MessageEdited(text="thank you", message_id=mine, **ana.common()))
    out = await desks.work()
    assert texts(out, desks.opened[1].chat_id) == ["👤 Ana · changed\nthank you"]


async def test_an_answer_that_was_sent_does_not_become_a_note(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    answer = await writes(nat, "Boil it.")
    await desks.work()
    await nat.does(MessageEdited(text="#note she is odd", message_id=answer, **nat.common()))
    nat.sees("it stays as it was")
    assert await desks.work() == []


async def test_an_edit_before_the_first_words_have_left_comes_after_them(
    desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    answer = await writes(nat, "Boil it.")
    await nat.does(MessageEdited(text="Do not boil it.", message_id=answer, **nat.common()))
    out = await desks.work()
    assert [text.splitlines()[1] for text in texts(out, ana.where.chat_id)] == [
        "Boil it.",
        "Do not boil it.",
    ]


async def test_somebody_elses_edit_changes_nothing(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    answer = await writes(nat, "Boil it.")
    await desks.work()
    eve = stage.persona("Eve")
    eve.where = nat.where
    await eve.does(MessageEdited(text="Drink it.", message_id=answer, **eve.common()))
    assert await desks.work() == []


async def test_deletions_are_followed_both_ways(desks: Desks, ana: Persona) -> None:
    ser = desks.contact("Ser")
    answer = await writes(ser, "Wrong chat, sorry.")
    await desks.work()
    await ser.does(MessageDeleted(message_id=answer, **ser.common()))
    out = await desks.work()
    assert ("delete", ana.where.chat_id) in [(kind, to.chat_id) for to, kind, _ in out]
    assert "taken back" in texts(out, str(desks.opened[0].chat_id))[0]


async def test_closing_and_a_reply_that_opens_it_again(desks: Desks, ana: Persona) -> None:
    nat = desks.contact()
    await writes(nat, "Boil it.")
    await nat.presses_action(Action("desk", "close", "1"))
    nat.sees("Closed")
    await nat.presses_action(Action("desk", "close", "1"))
    nat.sees("is closed")
    out = await desks.work()
    assert "is closed" in texts(out, ana.where.chat_id)[-1]
    assert desks.titles[nat.where.thread_id][1] is True
    # The bot answers again.
    await writes(ana, "how do I take a soil sample?")
    ana.sees("Taking a soil sample")
    ref = await desks.ref_of("Boil it.", ana.where.chat_id)
    await writes(ana, "It tastes of iron.", reply_to=ref)
    ana.sees("Question 1 is open again")
    out = await desks.work()
    assert "It tastes of iron." in texts(out, nat.where.chat_id)[-1]
    assert desks.titles[nat.where.thread_id][1] is False


async def test_the_asker_adds_changes_settles_and_takes_back(desks: Desks, ana: Persona) -> None:
    await ana.says("/questions")
    await ana.presses("#1")
    await ana.presses("Add something")
    await ana.says("It is a deep well.")
    ana.sees("Passed on with question 1")
    await ana.presses_action(Action("mine", "edit", "1"))
    await ana.says("Is my deep well safe?")
    ana.sees("Changed")
    out = await desks.work()
    seen = texts(out, desks.opened[0].chat_id)
    assert any("It is a deep well." in text for text in seen)
    assert any("Is my deep well safe?" in text for text in seen)
    await ana.presses_action(Action("mine", "wish", "1"))
    ana.sees("✓ Tell me when")
    await ana.presses_action(Action("mine", "withdraw", "1"))
    ana.sees("You took it back")
    out = await desks.work()
    assert "took the question back" in texts(out, desks.opened[0].chat_id)[-1]


async def test_a_contact_is_told_that_the_asker_has_blocked_the_assistant(
    desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    desks.refuses[ana.where.chat_id] = "recipient gone"
    await writes(nat, "Boil it.")
    out = await desks.work()
    told = texts(out, nat.where.chat_id)
    assert sum("has blocked the assistant" in text for text in told) == 1
    await nat.presses_action(Action("desk", "history", "1"))
    nat.sees("Boil it.", "blocked by the reader")


async def test_a_deleted_topic_is_made_anew_with_everything_in_it(
    desks: Desks, ana: Persona
) -> None:
    from bot.chat.errors import Undeliverable

    nat = desks.contact()
    await writes(nat, "Boil it.")
    await writes(ana, "Thanks.")
    await desks.work()
    gone = nat.where

    async def change(thread: object, title: str, *, is_closed: bool) -> None:
        if thread == gone:
            raise Undeliverable("message thread not found")

    desks.change_thread = change  # type: ignore[method-assign]  # the topic is gone
    desks.refuses[gone.chat_id] = "refused"
    await writes(ana, "Are you there?")
    for _ in range(2):
        await desks.work()
        desks.refuses.clear()
    fresh = desks.opened[-1]
    assert fresh.chat_id == gone.chat_id
    assert fresh.thread_id != gone.thread_id
    nat.where = fresh
    await writes(nat, "I am.")
    out = await desks.work()
    assert "I am." in texts(out, ana.where.chat_id)[-1]


async def test_handing_on_merging_and_a_canned_answer(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await nat.presses_action(Action("desk", "hand", "1"))
    await nat.presses("Sergei")
    nat.sees("Sergei has it now")
    out = await desks.work()
    assert "is with Sergei now" in texts(out, ana.where.chat_id)[-1]
    await nat.presses_action(Action("desk", "send", "1", "lead-limits"))
    nat.sees("Sent to the asker")
    out = await desks.work()
    assert "Short answer on limits for lead" in texts(out, ana.where.chat_id)[-1]
    bob = stage.persona("Bob")
    await ask(bob, "My well?")
    await desks.work()
    await nat.presses_action(Action("desk", "merge", "2"))
    await nat.says("1")
    nat.sees("different people")
    await ana.presses_action(Action("person"))
    await ana.says("Is my second well safe?")
    await desks.work()
    await nat.presses_action(Action("desk", "merge", "3"))
    await nat.says("1")
    nat.sees("Joined with question 1")
    out = await desks.work()
    assert any("Is my second well safe?" in text for text in texts(out, nat.where.chat_id))
    await ana.presses_action(Action("mine", "show", "3"))
    ana.sees("goes on as question 1")


async def test_a_confidential_report_hides_the_name_the_place_and_the_camera(
    stage: Stage, desks: Desks
) -> None:
    zoe = stage.persona("Zoe")
    await zoe.says("/confidential")
    await zoe.says("They dump drums at 14.69278, -17.44672 by night")
    zoe.sees("does not see your name")
    await writes(zoe, "", files=1)
    await zoe.presses_action(Action("mine", "show", "1"))
    nat_words = ""
    await desks.work()
    nat = desks.contact()
    await writes(nat, "Since when?")
    await writes(zoe, "14.692780 since May", files=1)
    out = await desks.work()
    for to, _, message in out:
        if not to.is_private:
            nat_words += plain_of(message)
            assert all(file.is_stripped for file in message.files)
    assert "Zoe" not in nat_words
    assert "14.69278" not in nat_words
    assert "14.6" in nat_words


def plain_of(message: object) -> str:
    return str(getattr(message, "text", ""))


async def test_an_album_goes_out_whole(desks: Desks, ana: Persona, stage: Stage) -> None:
    nat = desks.contact()
    await writes(nat, "Show me.")
    await desks.work()
    for _ in range(3):
        await writes(ana, "", files=1, album="a1")
    out = await desks.work()
    files = [len(m.files) for to, _, m in out if to.chat_id == nat.where.chat_id]
    assert files == [3]


async def test_a_contact_who_asks_too_is_not_mixed_up(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    asking = stage.persona("Nat")
    await ask(asking, "May I use ash?")
    await desks.work()
    ser = desks.contact("Ser")
    ser.where = [each for each in desks.opened if each.platform == "discord"][1]
    await writes(ser, "A little.")
    out = await desks.work()
    assert texts(out, asking.where.chat_id)[-1].endswith("A little.")
    await writes(asking, "How much?")
    asking.sees("Passed on with question 2")
    out = await desks.work()
    assert "How much?" in texts(out, ser.where.chat_id)[-1]
    assert texts(out, ana.where.chat_id) == []


async def test_in_a_group_nobody_else_speaks_for_the_asker(stage: Stage, desks: Desks) -> None:
    ana, bob = stage.persona("Ana", chat_id="-100"), stage.persona("Bob", chat_id="-100")
    await writes(ana, "", files=1)
    ana.sees("has the number 1")
    await desks.work()
    nat = desks.contact()
    await writes(nat, "What is it?")
    assert len(texts(await desks.work(), "-100")) == 1
    ref = await desks.ref_of("What is it?", "-100")
    await writes(bob, "Drink it.", reply_to=ref)
    assert not any("Drink it." in message.text for _, _, message in await desks.work())
    await writes(ana, "A well.", reply_to=ref)
    assert "A well." in texts(await desks.work(), nat.where.chat_id)[-1]


async def test_who_asks_at_a_desk_of_ones_own_is_the_asker_there(
    stage: Stage, desks: Desks
) -> None:
    """A terminal of the secretariat is a desk too, and asks in the same chat."""
    chief = stage.persona("Chief", platform="console", role=Role.SECRETARIAT)
    await chief.says("/start")
    async with stage.database.begin() as store:
        await store.chats.set_desk(chief.where, True, stage.clock.now())
    await ask(chief)
    await desks.work()
    await writes(chief, "how do I take a soil sample?")
    chief.sees("Taking a soil sample")
    nat = desks.contact()
    await writes(nat, "Boil it.")
    out = await desks.work()
    assert not any("soil sample" in message.text for _, _, message in out)
    assert any(text.startswith("💬") for text in texts(out, chief.where.chat_id))
    ref = await desks.ref_of("💬 Natalia", chief.where.chat_id)
    await writes(chief, "I did.", reply_to=ref)
    out = await desks.work()
    assert "👤 Chief\nI did." in texts(out, nat.where.chat_id)[-1]
    assert not any("💬" in text for text in texts(out, chief.where.chat_id))


async def test_an_answer_from_the_button_reaches_the_asker_and_both_desks(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await nat.presses_action(Action("desk", "answer", "1"))
    await nat.says("Boil it.")
    nat.sees("Sent to the asker")
    out = await desks.work()
    assert texts(out, ana.where.chat_id) == ["💬 Natalia · question 1\nBoil it."]
    assert "Boil it." in texts(out, desks.opened[1].chat_id)[-1]
    eve = stage.persona("Eve")
    await eve.presses_action(Action("desk", "answer", "1"))
    eve.sees("Only contacts")
