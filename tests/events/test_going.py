"""Seeing events and answering them: places, the waiting list, second presses, groups."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.actions import Action
from bot.chat.messages import Message, Notice
from bot.store import Database
from tests.clock import ManualClock
from tests.events.stage import join, open_first, publish
from tests.stage import Persona, Stage


async def test_an_empty_calendar_says_so(ana: Persona) -> None:
    await ana.says("/events")
    ana.sees("No meeting is in the calendar at present")


async def test_the_next_events_are_listed_and_opened(sara: Persona, ana: Persona) -> None:
    await publish(sara, title="Second", start="2027-01-10 10:00")
    await publish(sara, title="First", start="2026-12-10 14:00")
    await ana.says("/events")
    ana.sees("First", "Thursday, 10 December 2026, 14:00–15:30 (Rome, UTC+1)", "Second")
    assert ana.screen.index("First") < ana.screen.index("Second")
    await ana.presses("10 Dec · First")
    ana.sees("How to map polluted soil.", "Where: online", "Going", "Add to calendar")


async def test_drafts_are_nobody_elses(sara: Persona, ana: Persona) -> None:
    from tests.events.stage import write_event

    number = await write_event(sara)
    await ana.says("/events")
    ana.sees_not("Mapping webinar")
    await ana.says(f"/event {number}")
    ana.sees("There is no event with this number")
    await ana.presses_action(Action("event", "show", "1"))
    ana.sees("no longer in the calendar")


async def test_going_maybe_and_not_going_change_the_card_in_place(
    sara: Persona, ana: Persona
) -> None:
    await publish(sara)
    await open_first(ana)
    await ana.presses("Going")
    ana.sees("You said: going", "✓ Going")
    await ana.presses("Going")
    ana.sees("You said: going")
    await ana.presses("Maybe")
    ana.sees("You said: maybe")
    await ana.presses("Not going")
    ana.sees("You said: not going")


async def test_a_full_event_has_a_waiting_list_in_order(
    stage: Stage, sara: Persona, ana: Persona, database: Database
) -> None:
    await publish(sara)
    await sara.presses("Places")
    await sara.says("1")
    sara.sees("Places: 1")
    people = [ana, *(stage.persona(name) for name in ("Ben", "Cleo"))]
    for each in people:
        await open_first(each)
        await each.presses("Going")
    ana.sees("You said: going")
    people[1].sees("waiting list, in place 1", "none of 1 is free; 1 person waits")
    people[2].sees("waiting list, in place 2")
    await people[1].presses("Going")
    people[1].sees("in place 1")
    await open_first(ana)
    await ana.presses("Not going")
    await open_first(people[1])
    people[1].sees("You said: going")
    await open_first(people[2])
    people[2].sees("in place 1")
    async with database.begin() as store:
        counts = await store.attendance.counts(1)
    assert (counts.going, counts.waiting, counts.no) == (1, 1, 1)


async def test_nobody_passes_the_row_when_a_guest_is_forgotten(
    stage: Stage, sara: Persona, ana: Persona
) -> None:
    await publish(sara)
    await sara.presses("Places")
    await sara.says("1")
    bo, cai = stage.persona("Bo"), stage.persona("Cai")
    for each in (ana, bo):
        await open_first(each)
        await each.presses("Going")
    bo.sees("waiting list")
    await ana.says("/forget")
    await ana.presses("Yes, erase everything")
    await open_first(cai)
    await cai.presses("Going")
    cai.sees("waiting list")
    await open_first(bo)
    bo.sees("You said: going")


async def test_more_places_let_those_who_wait_move_up(
    stage: Stage, sara: Persona, ana: Persona
) -> None:
    number = await publish(sara)
    await sara.presses("Places")
    await sara.says("1")
    ben = stage.persona("Ben")
    for each in (ana, ben):
        await open_first(each)
        await each.presses("Going")
    ben.sees("waiting list")
    await sara.says(f"/event {number}")
    await sara.presses("Places")
    await sara.says("2")
    await open_first(ben)
    ben.sees("You said: going")


async def test_the_link_is_for_members_and_never_in_a_group(
    stage: Stage, sara: Persona, ana: Persona
) -> None:
    await publish(sara)
    await open_first(ana)
    ana.sees_not("meet.example")
    ana.sees("The link to join is for members")
    mia = stage.persona("Mia")
    await join(stage, mia)
    await open_first(mia)
    mia.sees("Join here: https://meet.example/abc")
    in_group = stage.persona("Mia", chat_id="-100")
    await open_first(in_group)
    in_group.sees_not("meet.example")
    await in_group.presses("Add to calendar")
    (reply,) = in_group.last
    assert isinstance(reply, Message)
    assert b"meet" not in reply.attachments[0].data.replace(b"\r\n ", b"")


async def test_the_link_for_those_who_come_goes_with_their_answer(
    sara: Persona, ana: Persona
) -> None:
    await publish(sara)
    await sara.presses("Who sees the link")
    sara.sees("Those who come see the link")
    await open_first(ana)
    ana.sees_not("meet.example")
    await ana.presses("Going")
    ana.sees("Join here: https://meet.example/abc")
    await ana.presses("Maybe")
    ana.sees_not("meet.example")


async def test_in_a_group_a_press_is_answered_to_one_person(stage: Stage, sara: Persona) -> None:
    await publish(sara)
    ben = stage.persona("Ben", chat_id="-100")
    await open_first(ben)
    await ben.presses("Going")
    (reply,) = ben.last
    assert isinstance(reply, Notice)
    ben.sees("you are coming", "Write to me once in private")
    await ben.presses_action(Action("event", "answer", "1", "going"))
    ben.sees("That is noted already")
    await open_first(ben)
    ben.sees_not("You said")


async def test_a_calendar_file_holds_the_event(stage: Stage, sara: Persona) -> None:
    await publish(sara)
    mia = stage.persona("Mia")
    await join(stage, mia)
    await open_first(mia)
    await mia.presses("Add to calendar")
    (reply,) = mia.last
    assert isinstance(reply, Message)
    (file,) = reply.attachments
    assert file.name == "mapping-webinar.ics"
    assert b"DTSTART;TZID=Europe/Rome:20261210T140000" in file.data
    assert b"https://meet.example/abc" in file.data.replace(b"\r\n ", b"")
    assert b"How to map polluted soil." in file.data.replace(b"\r\n ", b"")


async def test_cancelled_and_past_events_take_no_answers(
    sara: Persona, ana: Persona, clock: ManualClock
) -> None:
    await publish(sara)
    await open_first(ana)
    going = ana.button("Going").action
    await sara.presses("Cancel the event")
    await sara.presses("Yes, cancel it")
    await ana.presses_action(going)
    ana.sees("This event is cancelled")
    await ana.presses_action(Action("event", "show", "1"))
    ana.sees("This event is cancelled")
    assert not [button for button in ana.buttons if "Going" in button.label]
    await sara.presses("Publish again")
    await sara.presses("Yes, publish it")
    clock.advance(timedelta(days=40).total_seconds())
    await ana.presses_action(going)
    ana.sees("This event is over")


async def test_an_event_without_an_end_stays_for_its_first_hour(
    sara: Persona, ana: Persona, clock: ManualClock
) -> None:
    await publish(sara, end="", place="Rome")
    await open_first(ana)
    ana.sees("Thursday, 10 December 2026, 14:00 (Rome, UTC+1)")
    ana.sees_not("–")
    going = ana.button("Going").action
    clock.advance(timedelta(days=17, hours=5, minutes=30).total_seconds())
    await ana.presses_action(going)
    ana.sees("You said: going")
    clock.advance(timedelta(hours=1).total_seconds())
    await ana.presses_action(going)
    ana.sees("This event is over")


async def test_odd_buttons_are_refused(ana: Persona) -> None:
    for args in (
        *((), ("show",), ("show", "x"), ("show", "9" * 30), ("answer", "1"), ("list", "-1")),
        *(("answer", "1", "going"), ("past", "9" * 40), ("ics", "0"), ("x", "1")),
    ):
        await ana.presses_action(Action("event", *args))
        assert ana.last, args
    for name in ("bell", "digest", "zone", "organise", "eventvote"):
        for args in ((), ("x",), ("set", "No/Zone"), ("me", "77"), ("day", "9"), ("1", "x")):
            await ana.presses_action(Action(name, *args))
            assert ana.last, (name, args)
