"""What falls due: nudges, deputies, warnings, closing, and the list of the week."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.actions import Action
from bot.chat.events import MessageEdited
from tests.desk.people import Desks, ask, texts, writes
from tests.stage import Persona, Stage

DAY = 24 * 3600


async def test_the_owner_is_nudged_then_the_deputy_has_it(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    # Wednesday noon in Rome; two working days end on Friday noon.
    stage.clock.advance(2 * DAY - 60)
    assert await desks.work() == []
    stage.clock.advance(120)
    out = await desks.work()
    assert "overdue. Natalia, please answer" in texts(out, nat.where.chat_id)[-1]
    assert await desks.work() == []
    stage.clock.advance(3 * DAY)
    out = await desks.work()
    assert "goes to Sergei" in "".join(texts(out, nat.where.chat_id))
    await ana.says("/questions")
    await ana.presses("#1")
    ana.sees("given to Sergei")
    assert texts(out, ana.where.chat_id) == []


async def test_an_urgent_question_is_due_within_the_hour(stage: Stage, desks: Desks) -> None:
    ana = stage.persona("Ana")
    await ana.says("/contact")
    await ana.says("my child swallowed pesticide and cannot breathe")
    await desks.work()
    stage.clock.advance(3700)
    out = await desks.work()
    assert any("overdue" in text for text in texts(out, desks.opened[0].chat_id))
    assert desks.titles == {} or "🔴" in next(iter(desks.titles.values()))[0]


async def test_silence_closes_only_after_a_warning(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await writes(nat, "Boil it.")
    await desks.work()
    stage.clock.advance(7 * DAY + 60)
    out = await desks.work()
    assert sum("settled?" in text for text in texts(out, ana.where.chat_id)) == 1
    stage.clock.advance(2 * DAY)
    assert texts(await desks.work(), ana.where.chat_id) == []
    stage.clock.advance(DAY + 60)
    out = await desks.work()
    assert "I have closed question 1" in texts(out, ana.where.chat_id)[-1]
    ref = await desks.ref_of("settled?", ana.where.chat_id)
    await writes(ana, "It is not.", reply_to=ref)
    ana.sees("Question 1 is open again")


async def test_it_is_never_closed_while_the_asker_waits(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await writes(nat, "Boil it.")
    stage.clock.advance(8 * DAY)
    await desks.work()
    await writes(ana, "I did. It still smells.")
    for _ in range(40):
        stage.clock.advance(DAY)
        out = await desks.work()
        assert not any("closed" in text for text in texts(out, ana.where.chat_id))
    await ana.says("/questions")
    await ana.presses("#1")
    ana.sees("works on it")


async def test_who_changes_the_question_is_not_silent(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await writes(nat, "Boil it.")
    await desks.work()
    for change in ("the form", "an edit"):
        mine = await writes(ana, "It is deep.")
        await writes(nat, "I see.")
        await desks.work()
        stage.clock.advance(7 * DAY + 60)
        assert "settled?" in texts(await desks.work(), ana.where.chat_id)[-1]
        if change == "the form":
            await ana.presses_action(Action("mine", "edit", "1"))
            await ana.says("Is my deep well safe?")
        else:
            edit = MessageEdited(text="It is very deep.", message_id=mine, **ana.common())
            await ana.does(edit)
        for _ in range(5):
            stage.clock.advance(DAY)
            out = await desks.work()
            assert not any("closed" in text for text in texts(out, ana.where.chat_id))
    await nat.presses_action(Action("desk", "history", "1"))
    nat.sees("overdue")


async def test_who_never_got_the_answer_is_not_silent(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    desks.refuses[ana.where.chat_id] = "refused"
    await writes(nat, "Boil it.")
    out = await desks.work()
    assert any("did not arrive" in text for text in texts(out, nat.where.chat_id))
    desks.refuses.clear()
    nudges = 0
    for _ in range(12):
        stage.clock.advance(DAY)
        out = await desks.work()
        assert texts(out, ana.where.chat_id) == []
        nudges += sum("overdue" in text for text in texts(out, nat.where.chat_id))
    assert nudges
    await writes(nat, "Boil it, please.")
    await desks.work()
    stage.clock.advance(8 * DAY)
    out = await desks.work()
    assert "settled?" in texts(out, ana.where.chat_id)[-1]


async def test_a_warning_that_nobody_got_closes_nothing(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    nat = desks.contact()
    await writes(nat, "Boil it.")
    await desks.work()
    desks.refuses[ana.where.chat_id] = "refused"
    stage.clock.advance(7 * DAY + 60)
    out = await desks.work()
    assert any("did not arrive" in text for text in texts(out, nat.where.chat_id))
    desks.refuses.clear()
    for _ in range(5):
        stage.clock.advance(DAY)
        out = await desks.work()
        assert not any("closed" in text for text in texts(out, ana.where.chat_id))


async def test_the_week_begins_with_a_list_and_only_one(
    stage: Stage, desks: Desks, ana: Persona
) -> None:
    monday = datetime(2026, 4, 27, 5, 59, tzinfo=UTC)
    stage.clock.advance((monday - stage.clock.now()).total_seconds())
    before = await desks.work()
    assert not any("1 open question" in message.title for _, _, message in before)
    stage.clock.advance(120)
    lists = [to for to, _, m in await desks.work() if "1 open question" in m.title]
    assert {to.chat_id for to in lists} == {"-100500", "77"}
    stage.clock.advance(3600)
    assert not any("1 open question" in m.title for _, _, m in await desks.work())


async def test_two_processes_nudge_once(stage: Stage, desks: Desks, ana: Persona) -> None:
    import asyncio

    from bot.commands.desk_tasks import due_of

    stage.clock.advance(3 * DAY)
    await asyncio.gather(*(due_of(stage.app).process() for _ in range(4)))
    out = await desks.work()
    nudges = [text for text in texts(out, desks.opened[0].chat_id) if "overdue" in text]
    assert len(nudges) == 1


async def test_who_is_away_gets_no_new_questions_until_back(stage: Stage, desks: Desks) -> None:
    nat, bob = stage.persona("Nat"), stage.persona("Bob")
    await bob.says("/away")
    bob.sees("for the contacts")
    for nonsense in ("tomorrow", "2026-13-01", "2020-01-01", "9999-12-31x"):
        await nat.says(f"/away {nonsense}")
        nat.sees_not("go to your deputy")
    await nat.says("/away 2026-04-24")
    nat.sees("until 2026-04-24")
    await ask(bob)
    await bob.presses("My question")
    bob.sees("given to Sergei")
    # The 25th has begun in Rome.
    stage.clock.advance(2 * DAY + 13 * 3600)
    await ask(bob, "And now?")
    await bob.presses("My question")
    bob.sees("given to Natalia")
    await nat.says("/away")
    await nat.says("/back")
    nat.sees("Welcome back")
