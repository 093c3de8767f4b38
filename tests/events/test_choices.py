"""What people and groups choose: their clock, their reminders, the weekly overview."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.chat.actions import Action
from bot.chat.events import ConversationRef
from bot.chat.markup import parse
from bot.chat.messages import Edit, Message
from bot.chat.turn import Role
from bot.store import Database
from tests.events.stage import join, open_first, publish
from tests.stage import Persona, Stage

GROUP = ConversationRef(platform="telegram", chat_id="-100", is_private=False)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Rome", "Thursday, 10 December 2026, 14:00–15:30 (Rome, UTC+1)"),
        ("Asia/Tokyo", "Thursday, 10 December 2026, 22:00–23:30 (Tokyo, UTC+9)"),
        ("Pacific/Auckland", "Friday, 11 December 2026, 02:00–03:30 (Auckland, UTC+13)"),
        ("America/Los_Angeles", "Thursday, 10 December 2026, 05:00–06:30 (Los Angeles, UTC−8)"),
        ("Asia/Kathmandu", "Thursday, 10 December 2026, 18:45–20:15 (Kathmandu, UTC+5:45)"),
        ("Africa/Accra", "Thursday, 10 December 2026, 13:00–14:30 (Accra, UTC)"),
    ],
)
async def test_the_same_event_from_six_zones(
    sara: Persona, ana: Persona, zone: str, words: str
) -> None:
    await publish(sara)
    await ana.presses_action(Action("zone", "set", zone))
    await open_first(ana)
    ana.sees(words)


async def test_discord_is_told_the_moment_itself(stage: Stage, sara: Persona) -> None:
    await publish(sara)
    dora = stage.persona("Dora", platform="discord")
    await open_first(dora)
    (card,) = dora.last
    assert isinstance(card, Message)
    times = [span.url for span in parse(card.text).spans if span.kind == "time"]
    start = int(datetime(2026, 12, 10, 13, tzinfo=UTC).timestamp())
    assert times == [f"{start}:F", f"{start + 5400}:t"]


async def test_the_clock_is_guessed_from_the_country(stage: Stage, sara: Persona) -> None:
    await publish(sara)
    ken = stage.persona("Ken")
    await join(stage, ken, "KE")
    await ken.says("/events")
    ken.sees("16:00–17:30 (Nairobi, UTC+3)", "My time zone")
    ken.sees_not("Show my own time")


async def test_who_has_several_clocks_is_asked_once_by_button(stage: Stage, sara: Persona) -> None:
    await publish(sara)
    uma = stage.persona("Uma")
    await join(stage, uma, "US")
    await uma.says("/events")
    uma.sees("Rome, UTC+1", "network's own clock")
    await uma.presses("Show my own time")
    uma.sees("New York, UTC−5", "Phoenix, UTC−7", "Another place")
    await uma.presses("Phoenix")
    uma.sees("Phoenix, UTC−7, where it is 01:00 now")
    await uma.presses("All events")
    uma.sees("06:00–07:30 (Phoenix, UTC−7)")
    uma.sees_not("network's own clock")


async def test_a_place_is_looked_up_while_it_is_written(ana: Persona) -> None:
    await ana.says("/events")
    await ana.presses("Show my own time")
    await ana.presses("Another place")
    await ana.says("Atlantis")
    ana.sees("I do not know this place")
    await ana.says("Australia")
    ana.sees("several clocks")
    await ana.presses("Perth")
    ana.sees("Perth, UTC+8")


async def test_reminders_are_chosen_one_by_one(ana: Persona, database: Database) -> None:
    await ana.says("/reminders")
    ana.sees("✓ One week before", "✓ When it begins", "Between 22:00 and 07:00 (Rome, UTC+1)")
    await ana.presses("One week before")
    await ana.presses("15 minutes before")
    await ana.presses("Quiet at night")
    ana.sees("✓ 15 minutes before", "Reminders come at any hour")
    ana.sees_not("✓ One week before")
    async with database.begin() as store:
        chosen = await store.calendar_choices.of_person(1)
    assert chosen.leads is not None
    assert set(chosen.leads) == {1440, 60, 15, 0}
    assert chosen.quiet == ""
    await ana.presses("No reminders")
    ana.sees_not("✓ One hour before")
    await ana.presses("One day before")
    async with database.begin() as store:
        assert (await store.calendar_choices.of_person(1)).leads == (1440,)
    await ana.presses("As usual")
    async with database.begin() as store:
        chosen = await store.calendar_choices.of_person(1)
    assert (chosen.leads, chosen.quiet) == (None, "")


async def test_a_zone_that_was_chosen_stays_through_other_choices(
    ana: Persona, database: Database
) -> None:
    await ana.presses_action(Action("zone", "set", "Asia/Tokyo"))
    await ana.presses_action(Action("bell", "me", "none"))
    async with database.begin() as store:
        chosen = await store.calendar_choices.of_person(1)
    assert (chosen.zone, chosen.leads) == ("Asia/Tokyo", ())


async def test_a_groups_reminders_are_its_administrators_choice(
    stage: Stage, database: Database
) -> None:
    ben = stage.persona("Ben", chat_id="-100")
    ben.author = replace(ben.author, is_chat_admin=False)
    await ben.says("/reminders")
    ben.sees("Only an administrator")
    for args in (("chat",), ("chat", "usual"), ("chat", "off"), ("topic", "mapping")):
        await ben.presses_action(Action("bell", *args))
        ben.sees("Only an administrator")
    ben.author = replace(ben.author, is_chat_admin=True)
    await ben.says("/reminders")
    ben.sees("No reminders of events are posted here")
    await ben.presses("Post reminders here")
    ben.sees("Reminders of the network's events are posted here", "✓ One week before")
    assert all(
        not (part.message if isinstance(part, Edit) else part).is_ephemeral  # type: ignore[attr-defined]  # messages
        for part in ben.last
    )
    await ben.presses("One week before")
    await ben.says("/reminders Dakar")
    ben.sees("Dakar, UTC")
    await ben.says("/reminders nowhere at all")
    ben.sees("I do not know the place")
    async with database.begin() as store:
        kept = await store.calendar_choices.of_chat(GROUP)
    assert kept is not None
    assert kept.choices.zone == "Africa/Dakar"
    assert kept.choices.leads is not None
    assert set(kept.choices.leads) == {1440, 60, 0}
    await ben.says("/reminders")
    ben.sees("All events are meant")
    await ben.presses("Mapping")
    ben.sees("✓ Mapping")
    ben.sees_not("All events are meant")
    async with database.begin() as store:
        kept = await store.calendar_choices.of_chat(GROUP)
    assert kept is not None
    assert kept.topics == ("mapping",)
    await ben.presses("Post none here")
    async with database.begin() as store:
        assert await store.calendar_choices.of_chat(GROUP) is None


async def test_a_private_chat_is_no_group(ana: Persona, database: Database) -> None:
    for args in (("chat",), ("chat", "usual"), ("topic", "mapping")):
        await ana.presses_action(Action("bell", *args))
        ana.sees("no longer works")
    async with database.begin() as store:
        assert await store.calendar_choices.chats() == []


async def test_the_secretariat_chooses_for_a_channel_of_discord(
    stage: Stage, database: Database
) -> None:
    sara = stage.persona("Sara", platform="discord", role=Role.SECRETARIAT, chat_id="77")
    await sara.says("/reminders")
    await sara.presses("Post reminders here")
    where = ConversationRef(platform="discord", chat_id="77", is_private=False)
    async with database.begin() as store:
        assert await store.calendar_choices.of_chat(where) is not None


async def test_the_weekly_overview_is_switched_on_changed_and_off(
    ana: Persona, database: Database
) -> None:
    await ana.says("/events")
    await ana.presses("Weekly overview")
    ana.sees("You do not get it at present")
    await ana.presses("Send it each week")
    ana.sees("each Monday at 09:00 (Rome, UTC+1)")
    await ana.presses("Wed")
    await ana.presses("18:00")
    ana.sees("each Wednesday at 18:00")
    async with database.begin() as store:
        kept = await store.digests.get(ana.where)
    assert kept is not None
    assert kept.next_at == datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert kept.person_id == 1
    await ana.presses("Send it no more")
    ana.sees("You do not get it at present")
    await ana.presses_action(Action("digest", "day", "3"))
    ana.sees("no longer works")
    async with database.begin() as store:
        assert await store.digests.get(ana.where) is None


async def test_a_groups_overview_is_its_administrators_choice(
    stage: Stage, database: Database
) -> None:
    ben = stage.persona("Ben", chat_id="-100")
    ben.author = replace(ben.author, is_chat_admin=False)
    await ben.presses_action(Action("digest", "on"))
    ben.sees("Only an administrator")
    ben.author = replace(ben.author, is_chat_admin=True)
    await ben.presses_action(Action("digest", "on"))
    async with database.begin() as store:
        kept = await store.digests.get(GROUP)
    assert kept is not None
    assert kept.person_id is None


async def test_arabic_runs_from_right_to_left(stage: Stage, sara: Persona) -> None:
    await publish(sara)
    nur = stage.persona("Nur", locale="ar")
    await nur.says("/events")
    (page,) = nur.last
    assert isinstance(page, Message)
    assert page.direction == "rtl"
    nur.sees("الخميس، 10 ديسمبر 2026", "روما")
    show = next(button for button in nur.buttons if button.action.args[:1] == ("show",))
    await nur.presses_action(show.action)
    (card,) = nur.last
    assert isinstance(card, Message)
    assert card.direction == "rtl"


async def test_in_a_group_the_list_is_for_all_and_the_rest_for_one(
    stage: Stage, sara: Persona
) -> None:
    await publish(sara)
    ben = stage.persona("Ben", chat_id="-100")
    await ben.says("/events")
    (page,) = ben.last
    assert isinstance(page, Message)
    assert not page.is_ephemeral
    ben.sees("Mapping webinar", "Reminders in this group")
    ben.sees_not("Show my own time")
    await ben.presses("10 Dec")
    (card,) = ben.last
    assert isinstance(card, Message)
    assert card.is_ephemeral


async def test_menu_and_words_lead_to_the_calendar(sara: Persona, ana: Persona) -> None:
    await publish(sara)
    await ana.presses_action(Action("go", "events"))
    ana.sees("Coming events", "Mapping webinar")
    await ana.says("/start event_1")
    ana.sees("How to map polluted soil.")
    await ana.says("/start event_99")
    ana.sees("Coming events")


async def test_people_are_forgotten_with_their_answers(
    sara: Persona, ana: Persona, database: Database
) -> None:
    await publish(sara)
    await open_first(ana)
    await ana.presses("Going")
    await ana.presses_action(Action("zone", "set", "Asia/Tokyo"))
    await ana.presses_action(Action("digest", "on"))
    await ana.presses_action(Action("eventvote", "1", "yes"))
    ana.sees("Thank you. The organisers see only the numbers")
    async with database.begin() as store:
        me = await store.people.recognise(ana.author, datetime(2026, 11, 23, tzinfo=UTC))
        tables = set(await store.export(me.id))
        assert {"attendance", "calendar_person", "digest", "event_vote"} <= tables
        await store.eraser.forget(me.id, datetime(2026, 11, 23, tzinfo=UTC))
        counts = await store.attendance.counts(1)
        assert (counts.going, await store.digests.get(ana.where)) == (0, None)
