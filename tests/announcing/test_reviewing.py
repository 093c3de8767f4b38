"""A second person's yes, and how a draft looks before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.actions import Action
from bot.chat.turn import Role
from bot.chat.wire import message_from_json
from bot.config import LimitSettings, Settings, TelegramSettings
from bot.config_announcements import AnnouncementSettings
from bot.store import Database
from bot.store.memberships import Membership
from knowledge.library import Library
from knowledge.model import Contact
from knowledge.search.fuzzy import FuzzySearch
from tests.announcing.conftest import FanOutAll, Rows, Subscribe, choose, send, write
from tests.clock import ManualClock
from tests.databases import on_both
from tests.knowledge_sample import sample_library
from tests.stage import Persona, Stage

DESK = -100500


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> Stage:
    """With a desk."""
    settings = Settings(
        limits=LimitSettings(burst=100, messages_per_minute=100),
        telegram=TelegramSettings(desk_chat=DESK),
    )
    return Stage(database, clock, sample_library(), settings)


@pytest.fixture
def omar(stage: Stage, sara: Persona) -> Persona:
    """A second secretary."""
    return stage.persona("Omar", role=Role.SECRETARIAT)


async def asked(rows: Rows) -> dict[str, Action]:
    """Who was asked for a yes, with the button for it."""
    found = {}
    for row in await rows():
        message = message_from_json(row.payload)
        if row.source.startswith("review:") and message.rows:
            found[row.chat_id] = message.rows[0][0].action  # type: ignore[union-attr]  # a button
    return found


async def test_another_secretary_says_yes(
    omar: Persona,
    sara: Persona,
    subscribe: Subscribe,
    rows: Rows,
    fan_out: FanOutAll,
    database: Database,
) -> None:
    await subscribe("a")
    await sara.says("/help")
    await omar.says("/help")
    await write(sara)
    await send(sara)
    sara.sees("It waits for a second person's yes. I have asked the secretariat.")
    assert await fan_out(1) == 0
    questions = await asked(rows)
    assert set(questions) == {"telegram-Omar", str(DESK)}
    yes = questions["telegram-Omar"]
    await sara.presses_action(yes)
    sara.sees("This is your own; somebody else has to say yes to it.")
    stranger = sara
    await omar.presses_action(yes)
    omar.sees("Announcement 1", "is being sent")
    assert await fan_out(1) == 1
    await omar.presses_action(yes)
    omar.sees("Somebody has decided already.")
    async with database.begin() as store:
        actions = [(entry.action, entry.actor) for entry in await store.audit.last(5)]
    assert actions[:3] == [
        ("announcement.started", "Omar"),
        ("announcement.approved", "Omar"),
        ("announcement.proposed", "Sara"),
    ]
    told = [row for row in await rows() if row.chat_id == stranger.where.chat_id]
    assert "Omar said yes to announcement 1" in told[-1].payload


async def test_it_is_sent_back_and_an_old_yes_counts_no_more(
    omar: Persona, sara: Persona, subscribe: Subscribe, rows: Rows, fan_out: FanOutAll
) -> None:
    await subscribe("a")
    await omar.says("/help")
    await write(sara)
    await send(sara)
    yes = (await asked(rows))["telegram-Omar"]
    await omar.says("/announcements 1")
    omar.sees("waits for a second person's yes")
    await omar.presses("Send it back")
    omar.sees("It is a draft again")
    await omar.presses_action(yes)
    omar.sees("has not been sent yet")
    await sara.says("/announce")
    await choose(sara, "Chats", "private chats only")
    await send(sara)
    await omar.presses_action(yes)
    omar.sees("The draft has changed since")
    await sara.presses("Take it back")
    sara.sees("It is a draft again")
    assert await fan_out(1) == 0


async def test_a_stranger_cannot_say_yes(
    stage: Stage, omar: Persona, sara: Persona, subscribe: Subscribe, rows: Rows
) -> None:
    await subscribe("a")
    await write(sara)
    await send(sara)
    ana = stage.persona("Ana")
    await ana.presses_action(next(iter((await asked(rows)).values())))
    ana.sees("secretariat")


@pytest.mark.parametrize(("switch", "is_asked"), [("off", False), ("on", True), ("auto", False)])
async def test_the_switch(
    database: Database, clock: ManualClock, subscribe: Subscribe, switch: str, is_asked: bool
) -> None:
    settings = Settings(announcements=AnnouncementSettings(approval=switch))  # type: ignore[arg-type]  # a plain string
    stage = Stage(database, clock, sample_library(), settings)
    sara = stage.persona("Sara", role=Role.SECRETARIAT)
    await subscribe("a")
    await write(sara)
    await send(sara)
    sara.sees("nobody else to ask" if is_asked else "is being sent")


async def test_two_accounts_of_one_person_are_one_secretary(
    stage: Stage, sara: Persona, subscribe: Subscribe, database: Database, clock: ManualClock
) -> None:
    other = stage.persona("Sara2", role=Role.SECRETARIAT)
    await sara.says("/help")
    async with database.begin() as store:
        first = await store.people.recognise(sara.author, clock.now())
        second = await store.people.recognise(other.author, clock.now())
        await store.eraser.merge(first.id, second.id)
    await subscribe("a")
    await write(sara)
    await send(sara)
    sara.sees("is being sent")


async def test_a_secretary_by_grant_counts(
    stage: Stage, sara: Persona, subscribe: Subscribe, rows: Rows, database: Database
) -> None:
    eve = stage.persona("Eve")
    await eve.says("/help")
    async with database.begin() as store:
        person = await store.people.recognise(eve.author, stage.clock.now())
        await store.accounts.grant(person.id, Role.SECRETARIAT)
    await subscribe("a")
    await write(sara)
    await send(sara)
    assert "telegram-Eve" in await asked(rows)


async def test_a_draft_is_shown_as_each_platform_will_show_it(
    sara: Persona, subscribe: Subscribe
) -> None:
    await subscribe("a")
    await write(sara, "The **assembly** meets.\n\n" + "Bring soil. " * 20)
    await sara.presses("Preview")
    sara.sees(
        "On Telegram",
        "a text, ",
        "of 4096 characters",
        "The assembly meets.",
        "Buttons: Stop these messages · Choose topics",
        "On Discord",
        "a box, ",
        "News of the INSOP network. To stop them: /stop",
    )
    await sara.presses("Français")
    sara.sees("Il n'y a pas encore de version")
    await sara.presses("Back to the draft")
    sara.sees("Draft 1")
    await choose(sara, "Platform", "Discord")
    await sara.presses("Preview")
    sara.sees_not("On Telegram")


async def test_a_second_press_is_no_second_person(
    omar: Persona, sara: Persona, subscribe: Subscribe, rows: Rows, database: Database
) -> None:
    await subscribe("a")
    await sara.says("/help")
    await omar.says("/help")
    await write(sara)
    await send(sara)
    await omar.presses_action((await asked(rows))["telegram-Omar"])
    await sara.says("/announcements 1")
    await sara.presses("Correct")
    await sara.presses("English")
    await sara.says("Something else entirely.")
    yes = sara.button("Yes, correct it").action
    await sara.presses_action(yes)
    sara.sees("It waits for a second person's yes.")
    await sara.presses_action(yes)
    sara.sees("It waits for a second person's yes.")
    sara.sees_not("Correction of announcement")
    async with database.begin() as store:
        texts = await store.announcements.texts(1)
    assert all("Something else" not in text.text for text in texts.values())
    await omar.presses_action((await asked(rows))["telegram-Omar"])
    omar.sees("Correction of announcement 1")


@on_both
@pytest.mark.parametrize("tie", ["address", "contact", "none"])
async def test_a_second_account_of_the_author_is_no_second_person(
    stage: Stage, subscribe: Subscribe, rows: Rows, fan_out: FanOutAll, tie: str
) -> None:
    if tie == "contact":
        accounts = ("telegram:telegram-Sara", "discord:discord-sara")
        one = Contact(id="sara", name="Sara", email="", accounts=accounts)
        collection = replace(sample_library().collection, contacts=(one,))
        stage.library = Library(collection, FuzzySearch.build)
    sara = stage.persona("Sara", role=Role.SECRETARIAT)
    again = stage.persona("sara", platform="discord", role=Role.SECRETARIAT)
    omar = stage.persona("Omar", role=Role.SECRETARIAT)
    await subscribe("a")
    people = []
    for each in (sara, again, omar):
        await each.says("/help")
        async with stage.database.begin() as store:
            now = stage.clock.now()
            found = await store.people.recognise(each.author, now)
            people.append(found.id)
            if tie == "address":
                email = "omar@example.org" if each is omar else "Sara@example.org"
                member = Membership(
                    person_id=found.id,
                    state="member",
                    name=each.author.name,
                    joined_at=now,
                    consented_at=now,
                    email=email,
                    email_confirmed_at=now,
                )
                await store.memberships.save(member, now)
    await write(sara)
    await send(sara)
    questions = await asked(rows)
    yes = questions["telegram-Omar"]
    assert any("discord-sara" in chat for chat in questions) is (tie == "none")
    await again.presses_action(yes)
    if tie == "none":
        again.sees("is being sent")
        return
    again.sees("another account that seems to be yours", "/link")
    assert await fan_out(1) == 0
    await omar.presses_action(yes)
    omar.sees("is being sent")
