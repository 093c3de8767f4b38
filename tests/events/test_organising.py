"""Making events and keeping them: the form, the page, changes that others hear of."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.chat.actions import Action
from bot.chat.events import FormSubmitted
from bot.chat.forms import Form
from bot.chat.turn import Role
from bot.store import Database
from bot.store.event_rows import FALLBACK, Event, EventText
from tests.clock import ManualClock
from tests.events.stage import join, open_first, outbox, publish, write_event
from tests.stage import Persona, Stage


async def test_a_draft_is_shown_as_it_stands_and_published_once(
    sara: Persona, ana: Persona, database: Database
) -> None:
    await write_event(sara, title="  Soil   day *talk* ")
    sara.sees("Soil day *talk*", "a draft; nobody else sees it", "Rome, UTC+1", "Members see")
    await sara.presses("Publish…")
    sara.sees("Publish “Soil day *talk*”?", "by the clock of Rome, UTC+1")
    yes = sara.button("Yes, publish it").action
    await sara.presses_action(yes)
    sara.sees("It is published.")
    await sara.presses_action(yes)
    sara.sees("published")
    sara.sees_not("It is published.")
    await open_first(ana)
    ana.sees("Soil day *talk*", "Organiser: INSOP")
    async with database.begin() as store:
        assert (await store.events.get(1)) is not None
        assert (await store.events.get(2)) is None


async def test_the_form_survives_a_restart_and_so_does_the_draft(
    stage: Stage, sara: Persona
) -> None:
    await sara.says("/event new")
    await sara.says("Webinar")
    await sara.presses("Skip")
    stage.restart()
    await sara.says("2026-12-10 14:00")
    await sara.presses("Skip")
    await sara.says("Rome")
    stage.restart()
    await sara.says("/event")
    await sara.presses("draft · Webinar")
    sara.sees("a draft", "Where: Rome", "14:00 (Rome, UTC+1)")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("next week", "I do not understand this time"),
        ("2026-11-22 10:00", "This time has passed"),
    ],
)
async def test_a_start_that_is_none_is_asked_for_again(
    sara: Persona, start: str, words: str
) -> None:
    await sara.says("/event new")
    await sara.says("Webinar")
    await sara.presses("Skip")
    await sara.says(start)
    if "passed" in words:
        await sara.presses("Skip")
        await sara.presses("Skip")
    sara.sees(words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("30", "Places: 30"),
        ("12 people", "Places: 12"),
        ("-", "Places: for everybody"),
        ("0", "a number from 1 to 100,000"),
        ("many", "a number from 1 to 100,000"),
    ],
)
async def test_places_are_a_number(sara: Persona, answer: str, words: str) -> None:
    await publish(sara)
    await sara.presses("Places")
    await sara.says(answer)
    sara.sees(words)


async def test_an_odd_end_is_left_out_and_said(sara: Persona) -> None:
    await write_event(sara, end="when we are tired")
    sara.sees("I did not understand the end", "14:00 (Rome, UTC+1)")


async def test_an_over_long_title_is_refused_while_it_is_written(sara: Persona) -> None:
    await sara.says("/event new")
    await sara.says("x" * 121)
    sara.sees("That is too long: at most 120 characters")


async def test_the_zone_is_that_of_the_organisers_country_and_can_be_changed(
    stage: Stage, sara: Persona, ana: Persona
) -> None:
    await join(stage, sara, "KE")
    await write_event(sara)
    sara.sees("14:00–15:30 (Nairobi, UTC+3)")
    await sara.presses("Time zone")
    await sara.says("Lima")
    sara.sees("14:00–15:30 (Lima, UTC−5)")
    await sara.presses("Publish…")
    sara.sees("by the clock of Lima, UTC−5")
    await sara.presses("Yes, publish it")
    await open_first(ana)
    ana.sees("20:00–21:30 (Rome, UTC+1)", "There: 14:00 (Lima, UTC−5)")


async def test_repetition_by_button_and_in_words(sara: Persona, ana: Persona) -> None:
    await publish(sara)
    await sara.presses("Repetition")
    await sara.presses("every month, on the second Thursday")
    sara.sees("Repeats: every month, on the second Thursday")
    await sara.presses("Repetition")
    await sara.presses("In my own words")
    await sara.says("whenever")
    sara.sees("I do not understand how often")
    await sara.says("every Monday")
    sara.sees("first day does not fit")
    await sara.says("toutes les deux semaines, 3 fois")
    sara.sees("Repeats: every 2 weeks, 3 times in all")
    await ana.says("/events")
    ana.sees("10 December 2026", "24 December 2026", "7 January 2027")


async def test_one_time_of_a_series_is_moved_or_called_off(
    sara: Persona, ana: Persona, database: Database
) -> None:
    await publish(sara)
    await sara.presses("Repetition")
    await sara.presses("every week")
    await open_first(ana)
    await ana.presses("Going")
    await ana.presses_action(Action("event", "answer", "2", "going"))
    ana.sees("you are coming")
    await sara.presses("Single times")
    await sara.presses("10 Dec: another time")
    await sara.says("2026-12-11 16:00")
    await sara.presses("Skip")
    await sara.says("Bonn")
    sara.sees("1 person hears of it")
    ((row, message),) = await outbox(database)
    assert row.chat_id == ana.where.chat_id
    for words in ("Mapping webinar", "new time", "11 December 2026", "Before", "Bonn"):
        assert words in message.text, words
    await ana.says("/events")
    ana.sees("Friday, 11 December 2026, 16:00–17:30", "Thursday, 17 December 2026, 14:00–15:30")
    await sara.presses("Single times")
    await sara.presses("17 Dec: cancel")
    await ana.says("/events")
    ana.sees_not("17 December")
    await sara.presses("Single times")
    await sara.presses("17 Dec: hold it after all")
    await ana.says("/events")
    ana.sees("17 December")


async def test_those_who_answered_hear_of_a_new_time_once_in_their_language_and_zone(
    stage: Stage, sara: Persona, ana: Persona, database: Database
) -> None:
    await publish(sara)
    ben, cleo = stage.persona("Ben"), stage.persona("Cleo")
    await ana.presses_action(Action("zone", "set", "Asia/Tokyo"))
    for each, answer in ((ana, "Going"), (ben, "Maybe"), (cleo, "Not going")):
        await open_first(each)
        await each.presses(answer)
    await sara.presses("Title and text")
    await sara.says("Another title")
    await sara.presses("Skip")
    await sara.presses("Skip")
    assert await outbox(database) == []
    await sara.presses("Time and place")
    await sara.says("2026-12-10 15:00")
    await sara.presses("Skip")
    await sara.presses("Skip")
    sara.sees("15:00–16:30", "2 people hear of it")
    rows = {row.chat_id: message.text for row, message in await outbox(database)}
    assert set(rows) == {ana.where.chat_id, ben.where.chat_id}
    assert "23:00" in rows[ana.where.chat_id]
    assert "Tokyo" in rows[ana.where.chat_id]
    assert "15:00" in rows[ben.where.chat_id]


async def test_those_who_answered_hear_of_a_cancellation(
    sara: Persona, ana: Persona, database: Database
) -> None:
    await publish(sara)
    await open_first(ana)
    await ana.presses("Going")
    await sara.presses("Cancel the event")
    stop = sara.button("Yes, cancel it").action
    await sara.presses_action(stop)
    sara.sees("It is cancelled.", "1 person hears of it")
    await sara.presses_action(stop)
    ((_row, message),) = await outbox(database)
    assert "This event is cancelled. It was to be on" in message.text
    assert message.rows == ()


async def test_those_who_answered_hear_that_it_takes_place_after_all(
    sara: Persona, ana: Persona, database: Database
) -> None:
    await publish(sara)
    assert await outbox(database) == []
    await open_first(ana)
    await ana.presses("Going")
    await sara.presses("Cancel the event")
    await sara.presses("Yes, cancel it")
    await sara.presses("Publish again")
    await sara.presses("Yes, publish it")
    rows = await outbox(database)
    assert len(rows) == 2
    assert "This event takes place after all." in rows[1][1].text
    assert "10 December 2026" in rows[1][1].text


async def test_a_series_that_has_begun_keeps_its_start_when_its_place_changes(
    stage: Stage, database: Database, clock: ManualClock
) -> None:
    sara = stage.persona("Sara", platform="discord", role=Role.SECRETARIAT)
    now = clock.now()
    async with database.begin() as store:
        me = await store.people.recognise(sara.author, now)
        wall = datetime(2026, 11, 2, 10)  # noqa: DTZ001  # a wall time
        await store.events.add(
            Event(
                state="planned",
                start_wall=wall,
                end_wall=wall,
                zone="Europe/Rome",
                rule="FREQ=WEEKLY",
                texts={FALLBACK: EventText(title="Talk"), "en": EventText(title="Talk")},
                organiser_id=me.id,
            ),
            now,
        )
    await sara.says("/event 1")
    await sara.presses("Time and place")
    (form,) = sara.last
    assert isinstance(form, Form)
    values = [(field.name, field.value) for field in form.fields if field.name != "place"]
    submitted = FormSubmitted(form=form.id, values=(*values, ("place", "Bonn")), **sara.common())
    await sara.does(submitted)
    sara.sees("Where: Bonn", "10:00 (Rome, UTC+1)")
    await sara.presses("Title and text")
    (form,) = sara.last
    assert isinstance(form, Form)
    title = (("title", "Better talk"), ("text", ""), ("audience", ""))
    await sara.does(FormSubmitted(form=form.id, values=title, **sara.common()))
    reader = stage.persona("Ana", locale="en")
    await reader.says("/events")
    reader.sees("Better talk")


async def test_days_that_last_several_keep_their_end(stage: Stage, database: Database) -> None:
    sara = stage.persona("Sara", platform="discord", role=Role.SECRETARIAT)
    await sara.says("/event new")
    (form,) = sara.last
    assert isinstance(form, Form)
    values = (("title", "Forum"), ("start", "2026-12-10"), ("end", "2026-12-12"))
    await sara.does(FormSubmitted(form=form.id, values=values, **sara.common()))
    sara.sees("Thursday, 10 December 2026 – Saturday, 12 December 2026")
    await sara.presses("Time and place")
    (form,) = sara.last
    assert isinstance(form, Form)
    same = tuple((field.name, field.value) for field in form.fields)
    await sara.does(FormSubmitted(form=form.id, values=same, **sara.common()))
    sara.sees("Thursday, 10 December 2026 – Saturday, 12 December 2026")


async def test_a_yes_after_a_change_shows_the_page_again(sara: Persona) -> None:
    await write_event(sara)
    await sara.presses("Publish…")
    yes = sara.button("Yes, publish it").action
    await sara.presses_action(Action("organise", "time", "1"))
    await sara.says("2026-12-12 14:00")
    await sara.presses("Skip")
    await sara.presses("Skip")
    await sara.presses_action(yes)
    sara.sees("a draft")


async def test_versions_links_topics_and_whom_it_is_for(
    stage: Stage, sara: Persona, ana: Persona
) -> None:
    await publish(sara)
    await sara.presses("Add a language")
    await sara.presses("Français")
    await sara.says("Webinaire de cartographie")
    await sara.says("Comment cartographier")
    await sara.says("Tous les membres")
    sara.sees("Also in: Français")
    await sara.presses("Links")
    await sara.says("javascript:alert(1)")
    await sara.presses("Skip")
    sara.sees("An address begins with https://")
    await sara.presses_action(Action("form", "cancel", "event.link#1", "0"))
    await sara.presses_action(Action("organise", "topics", "1"))
    await sara.presses("Mapping")
    await sara.presses("Done")
    sara.sees("Topics: Mapping")
    awa = stage.persona("Awa", locale="fr")
    await open_first(awa)
    awa.sees("Webinaire de cartographie", "Tous les membres", "jeudi 10 décembre 2026")
    await ana.says("/events")
    ana.sees("Mapping webinar")


async def test_recordings_stand_with_past_events(
    sara: Persona, ana: Persona, clock: ManualClock
) -> None:
    await publish(sara)
    clock.advance(timedelta(days=30).total_seconds())
    await sara.says("/event 1")
    await sara.presses("Add a recording")
    await sara.presses("Skip")
    await sara.says("https://video.example/1")
    sara.sees("it stands with the event now")
    await ana.says("/events")
    await ana.presses("Past events")
    ana.sees("Mapping webinar", "Recording (https://video.example/1)")
    await ana.presses("10 Dec · Mapping webinar")
    ana.sees("Recording")
    assert not [button for button in ana.buttons if "Going" in button.label]


async def test_organisers_see_who_comes_and_it_is_noted(
    stage: Stage, sara: Persona, ana: Persona, database: Database
) -> None:
    number = await publish(sara)
    await open_first(ana)
    await ana.presses("Going")
    await sara.says(f"/event {number}")
    await sara.presses("Who comes")
    sara.sees("1 going, 0 waiting", "Ana · going")
    async with database.begin() as store:
        actions = [entry.action for entry in await store.audit.last(5)]
    assert "event.people" in actions


async def test_experts_keep_their_own_events_and_members_none(
    stage: Stage, sara: Persona, ana: Persona
) -> None:
    await publish(sara)
    await ana.says("/event new")
    ana.sees("Events are entered by the secretariat and by experts")
    for args in (("show", "1"), ("people", "1"), ("stop", "1", "1"), ("new",)):
        await ana.presses_action(Action("organise", *args))
        ana.sees("This is for the network's secretariat")
    eve = stage.persona("Eve", role=Role.EXPERT)
    for args in (("show", "1"), ("people", "1"), ("stop", "1", "1"), ("off", "1"), ("once", "1")):
        await eve.presses_action(Action("organise", *args))
        eve.sees("somebody else's")
    number = await write_event(eve, title="Laboratory talk")
    await eve.says(f"/event {number}")
    eve.sees("Laboratory talk", "a draft")
    await sara.says(f"/event {number}")
    sara.sees("Laboratory talk")


async def test_nothing_is_organised_in_a_group(stage: Stage, sara: Persona) -> None:
    await publish(sara)
    group = stage.persona("Sara", role=Role.SECRETARIAT, chat_id="-100")
    await group.says("/event new")
    group.sees("in a private chat")
    await group.presses_action(Action("organise", "people", "1"))
    group.sees("in a private chat")
