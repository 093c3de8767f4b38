"""Whom an announcement is for: by button, in numbers, one copy a person."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update

from bot.chat.actions import Action
from bot.chat.events import Author
from bot.commands.announce_audience import AudienceFault, read_audience
from bot.store import Database
from bot.store.audience import Audience
from bot.store.event_rows import Event, EventText
from bot.store.schema import account
from bot.store.schema_events import attendance
from tests.announcing.conftest import FanOutAll, Rows, Subscribe, choose, send, write
from tests.announcing.people import add_member, make_member, reached
from tests.stage import Persona, Stage


async def some_people(stage: Stage, subscribe: Subscribe) -> None:
    """Four members, somebody who is none, and a group."""
    await add_member(stage, "Awa", country="SN", stakeholder="farmer", interests=("mapping",))
    await add_member(stage, "Bo", country="SN", stakeholder="scientist", locale="fr")
    await add_member(stage, "Cy", country="ML", stakeholder="farmer", interests=("monitoring",))
    await add_member(stage, "Di", country="ML", stakeholder="ngo", state="left")
    await stage.persona("Ed").says("/start")
    await subscribe("-100", kind="group")


async def test_conditions_narrow_each_other(
    stage: Stage, subscribe: Subscribe, database: Database
) -> None:
    await some_people(stage, subscribe)
    assert await reached(database) == {"Awa", "Bo", "Cy", "Di", "Ed", "-100"}
    assert await reached(database, countries=("SN",)) == {"Awa", "Bo"}
    assert await reached(database, countries=("SN", "ML")) == {"Awa", "Bo", "Cy"}
    assert await reached(database, countries=("SN",), stakeholders=("farmer",)) == {"Awa"}
    assert await reached(database, stakeholders=("farmer",), languages=("fr",)) == set()
    assert await reached(database, interests=("mapping", "monitoring")) == {"Awa", "Cy"}
    assert await reached(database, interests=("map",)) == set()
    assert await reached(database, kinds=("group", "channel")) == {"-100"}
    assert await reached(database, kinds=("private",), platforms=("discord",)) == set()


async def test_the_secretariat_narrows_it_by_button_and_sees_how_many(
    stage: Stage, subscribe: Subscribe, sara: Persona, fan_out: FanOutAll, rows: Rows
) -> None:
    await some_people(stage, subscribe)
    await write(sara)
    await sara.presses("Who hears it")
    sara.sees("all subscribers", "Recipients: 6", "Telegram 6", "English 5, Français 1")
    await sara.presses("Country")
    await sara.says("Senegal, Atlantis")
    sara.sees("I do not know a country called “Atlantis”")
    await sara.says("Sénégal, مالي")
    sara.sees("all platforms · Senegal, Mali", "Recipients: 3")
    await sara.presses("Group")
    await sara.presses_action(Action("announce", "pick", "1", "group", "farmer"))
    sara.sees("Recipients: 2", "· Farmer")
    assert "✓" not in sara.button("Farmer association").label
    await sara.presses("✓ Farmer")
    await sara.presses("Soil scientist")
    await sara.presses("Other choices")
    await sara.presses("Language")
    await sara.presses("Français")
    sara.sees("Français", "Soil scientist", "Recipients: 1")
    await sara.presses("Back to the draft")
    sara.sees("The assembly meets in May.", "Recipients: 1 (Telegram 1)")
    await send(sara)
    await fan_out(1)
    assert {row.chat_id for row in await rows()} == {"telegram-Bo"}


async def test_private_chats_or_groups_only(
    stage: Stage, subscribe: Subscribe, sara: Persona
) -> None:
    await some_people(stage, subscribe)
    await write(sara)
    await choose(sara, "Chats", "groups and channels only")
    sara.sees("groups and channels only", "Recipients: 1")
    await choose(sara, "Chats", "private chats only")
    sara.sees("private chats only", "Recipients: 5")


async def test_platforms_and_languages_combine(
    sara: Persona, subscribe: Subscribe, fan_out: FanOutAll, rows: Rows
) -> None:
    await subscribe("a", "b")
    await subscribe("f", language="fr")
    await subscribe("g", platform="discord", kind="group", language="fr")
    await subscribe("nobody-else", platform="discord", language="fr")
    await write(sara)
    sara.sees("Recipients: 4 (Discord 1, Telegram 3)")
    await choose(sara, "Platform", "Discord")
    sara.sees("To: Discord", "Recipients: 1 (Discord 1)")
    await choose(sara, "Platform", "✓ Discord")
    await choose(sara, "Language", "Français")
    sara.sees("all platforms · Français", "Recipients: 2")
    await send(sara)
    await fan_out(1)
    assert {row.chat_id for row in await rows()} == {"f", "g"}


async def test_one_copy_a_person_in_the_chat_that_is_preferred(
    stage: Stage, database: Database
) -> None:
    ana, other = stage.persona("Ana"), stage.persona("Ana2")
    await ana.says("/start")
    await other.says("/start")
    person = await make_member(stage, ana)
    async with database.connect() as connection:
        await connection.execute(
            update(account).where(account.c.account_id == "telegram-Ana2").values(person_id=person)
        )
    assert await reached(database) == {"Ana"}
    async with database.begin() as store:
        await store.accounts.set_home(person, other.where)
    assert await reached(database) == {"Ana2"}
    await other.says("/stop")
    assert await reached(database) == {"Ana"}


async def test_the_people_of_an_event(
    stage: Stage, subscribe: Subscribe, sara: Persona, database: Database
) -> None:
    await some_people(stage, subscribe)
    now = stage.clock.now()
    async with database.begin() as store:
        day = datetime(2026, 5, 1, 10)  # noqa: DTZ001 - a wall time
        event = await store.events.add(
            Event(
                start_wall=day,
                end_wall=day + timedelta(hours=1),
                zone="Europe/Rome",
                texts={"": EventText(title="Soil day")},
                state="planned",
            ),
            now,
        )
        for number, (name, answer) in enumerate(
            {"Awa": "going", "Bo": "no", "Cy": "maybe"}.items()
        ):
            author = Author(platform="telegram", id=f"telegram-{name}", name=name)
            person = await store.people.recognise(author, now)
            await store.connection.execute(
                insert(attendance).values(
                    occurrence_id=1,
                    person_id=person.id,
                    answer=answer,
                    is_waiting=False,
                    asked_at=now + timedelta(seconds=number),
                    is_planned=False,
                    is_told=True,
                    updated_at=now,
                )
            )
    assert await reached(database, event=event.id) == {"Awa", "Cy"}
    await write(sara)
    await sara.presses("Who hears it")
    await sara.presses("Event")
    await sara.presses("Soil day")
    sara.sees(f"attendees of event {event.id}", "Recipients: 2", "✓ Soil day")
    await sara.presses("✓ Soil day")
    sara.sees("all subscribers")


async def test_buttons_that_nobody_was_shown_change_nothing(
    sara: Persona, subscribe: Subscribe
) -> None:
    await subscribe("a")
    await write(sara)
    for args in (("by", "1", "shoe"), ("pick", "1", "group", "x"), ("pick", "1"), ("by",), ()):
        await sara.presses_action(Action("announce", *args))
        sara.sees("no longer works")
    await sara.presses_action(Action("announce", "who", "9"))
    sara.sees("sent or discarded already")


def test_audiences_of_the_command_line() -> None:
    assert read_audience("all", "news") == Audience(topic="news")
    assert read_audience("country=Senegal, country=ML,group=farmer", "news") == Audience(
        countries=("SN", "ML"), stakeholders=("farmer",), topic="news"
    )
    assert read_audience("telegram,fr,chats=group,interest=mapping,event=7", "events") == Audience(
        platforms=("telegram",),
        languages=("fr",),
        kinds=("group", "channel"),
        interests=("mapping",),
        event=7,
        topic="events",
    )
    assert read_audience("group=Farmer-Association", "news").stakeholders == ("farmer_association",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "needs a name"),
        ("all,country=SN", "leave the other names out"),
        ("everybody", "choose all"),
        ("country=Atlantis", "no such country"),
        ("country=", "no such country"),
        ("group=king", "choose among focal_point"),
        ("shoe=7", "no such key"),
        ("event=may", "a number"),
        ("event=1,event=2", "one event"),
    ],
)
def test_what_names_no_audience_is_refused(text: str, words: str) -> None:
    with pytest.raises(AudienceFault, match=words):
        read_audience(text, "news")
