"""The secretariat corrects a record with buttons, one field at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.forms import Form
from bot.chat.turn import Role
from bot.store.schema import delivery
from tests.membership.journeys import join, modal
from tests.stage import Persona, Stage


@pytest.fixture
def chief(stage: Stage) -> Persona:
    return stage.persona("Chief", role=Role.SECRETARIAT)


async def test_a_field_is_chosen_written_noted_and_told(stage: Stage, chief: Persona) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await chief.says("/members 1")
    await chief.presses("Correct")
    await chief.presses("Organisation")
    await chief.says("Green Hills")
    chief.sees("Corrected: Organisation", "Organisation: Green Hills")
    await ana.says("/me")
    ana.sees("Green Hills")
    async with stage.database.begin() as store:
        noted = [(each.action, each.subject_id, each.detail) for each in await store.audit.last(9)]
    assert ("fix", 1, "organisation") in noted
    assert all("Hills" not in detail for _, _, detail in noted)
    async with stage.database.connect() as connection:
        rows = (await connection.execute(select(delivery))).all()
    assert [row.chat_id for row in rows] == ["telegram-Ana"]
    assert "Green Hills" not in rows[0].payload


async def test_a_doubtful_country_is_one_press_away(stage: Stage, chief: Persona) -> None:
    await join(stage.persona("Ana"))
    await chief.presses_action(Action("members", "correct", "1", "country"))
    await chief.says("Congo")
    chief.sees("I am not sure about")
    await chief.presses("Congo - Kinshasa")
    chief.sees("Corrected: Country", "Congo - Kinshasa")


async def test_choices_are_buttons(stage: Stage, chief: Persona) -> None:
    await join(stage.persona("Ana"))
    await chief.presses_action(Action("members", "correct", "1", "stakeholder"))
    await chief.presses("Student")
    chief.sees("Group: Student")


async def test_on_discord_it_is_a_window(stage: Stage) -> None:
    await join(stage.persona("Ana"))
    boss = stage.persona("Boss", platform="discord", role=Role.SECRETARIAT)
    await boss.presses_action(Action("members", "correct", "1", "name"))
    (form,) = boss.last
    assert isinstance(form, Form)
    assert (form.id, form.fields[0].value) == ("members.fix", "Ana")
    await boss.does(modal(boss, form.id, **{form.fields[0].name: "Ana Wanjiru"}))
    boss.sees("Name: Ana Wanjiru")


async def test_a_changed_address_must_be_confirmed_again(stage: Stage, chief: Persona) -> None:
    await join(stage.persona("Ana"))
    await chief.says("/members fix 1 email ana@example.com")
    chief.sees("ana@example.com", "not confirmed")
    await chief.says("/members fix 1 name")
    chief.sees("This answer is needed")
    await chief.says("/members fix 1 receives news")
    chief.sees("own choice")
    await chief.says("/members fix 1 email ana@example.com")
    chief.sees("stands there already")


@pytest.mark.parametrize(
    "action",
    [
        Action("members", "correct", "1"),
        Action("members", "correct", "1", "name"),
        Action("members", "set", "1", "name", "Eve"),
        Action("members", "invite", "1"),
        Action("members", "end", "1", "yes"),
    ],
)
async def test_nobody_else_may(stage: Stage, action: Action) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await ana.presses_action(action)
    ana.sees("for the network's secretariat")
    await ana.does(modal(ana, "members.fix", **{"name@1": "Eve"}))
    ana.sees("for the network's secretariat")
    await ana.says("/me")
    ana.sees("Name: Ana")


async def test_an_ended_membership_is_told_and_noted(stage: Stage, chief: Persona) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await chief.says("/members 1")
    await chief.presses("End membership")
    chief.sees("End the membership of Ana?")
    yes = chief.button("Yes, end it").action
    await chief.presses("Yes, end it")
    chief.sees("left")
    await chief.presses_action(yes)
    chief.sees("There is no such record")
    async with stage.database.connect() as connection:
        (row,) = (await connection.execute(select(delivery))).all()
    assert row.chat_id == "telegram-Ana"
    await ana.says("/me")
    ana.sees("You have not joined")
