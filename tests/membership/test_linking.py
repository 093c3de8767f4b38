"""One person, two accounts."""

from __future__ import annotations

import re

from sqlalchemy import select

from bot.chat.turn import Role
from bot.config_members import MembershipSettings
from bot.store.schema import chat
from tests.membership.journeys import answer_the_form, join, modal, settings_with
from tests.stage import Persona, Stage


async def code_of(persona: Persona) -> str:
    await persona.says("/link")
    found = re.search(r"code is ([A-Z0-9]{10})\.", persona.screen)
    assert found is not None, persona.screen
    return found[1]


async def people(stage: Stage, *personas: Persona) -> list[int]:
    async with stage.database.begin() as store:
        return [
            (await store.people.recognise(each.author, stage.clock.now())).id for each in personas
        ]


async def test_two_accounts_become_one_person(stage: Stage) -> None:
    ana = stage.persona("Ana")
    other = stage.persona("ana", platform="discord")
    await join(ana)
    code = await code_of(ana)
    await other.says(f"/link {code[:5].lower()}-{code[5:]}")
    other.sees("telegram (Ana)", "become one")
    await other.presses("Yes, link them")
    other.sees("Both accounts are one now")
    await other.says("/me")
    other.sees("ana@example.org", "discord (ana), telegram (Ana)")
    first, second = await people(stage, ana, other)
    assert first == second


async def test_both_had_joined_and_what_differs_is_chosen(stage: Stage) -> None:
    ana = stage.persona("Ana")
    other = stage.persona("ana", platform="discord")
    await join(ana, country="Kenya")
    await other.does(modal(other, "join", name="Ana", country="Ghana", stakeholder="farmer"))
    await other.presses("Tell more")
    await other.does(modal(other, "join.more", email="ana@example.org"))
    await other.presses("Yes, I join")
    await other.says("/contact")
    await other.does(modal(other, "contact", question="Is my well safe?"))
    await other.says(f"/link {await code_of(ana)}")
    other.sees("The two records differ", "Country: there Kenya, here Ghana")
    other.sees_not("Group: there")
    await other.presses("The one here")
    await ana.says("/me")
    ana.sees("Country: Ghana", "Organisation: Green Fields")
    (person,) = set(await people(stage, ana, other))
    async with stage.database.begin() as store:
        held = await store.export(person)
        consents = await store.consents.history(person)
    assert [row["text"] for row in held["question"]] == ["Is my well safe?"]
    assert len(held["membership"]) == 1
    assert len(consents) == 3


async def test_one_copy_of_each_announcement_and_one_opt_out(stage: Stage) -> None:
    ana = stage.persona("Ana")
    other = stage.persona("ana", platform="console")
    await join(ana)
    await join(other)
    await other.says(f"/link {await code_of(ana)}")
    await other.presses("Yes, link them")

    async def hearing() -> set[str]:
        async with stage.database.connect() as connection:
            rows = await connection.scalars(select(chat.c.platform).where(~chat.c.has_opted_out))
            return set(rows)

    assert await hearing() == {"telegram"}
    await other.says("/leave")
    await other.presses("Yes, leave")
    assert await hearing() == set()


async def test_a_code_counts_once_and_ten_minutes(stage: Stage) -> None:
    ana, bob, eve = (stage.persona(name) for name in ("Ana", "Bob", "Eve"))
    code = await code_of(ana)
    await ana.says(f"/link {code}")
    ana.sees("linked already")
    await eve.says(f"/link {code}")
    yes = eve.button("Yes, link").action
    await bob.says(f"/link {code}")
    await bob.presses("Yes, link")
    await eve.presses_action(yes)
    eve.sees("does not count any more")
    late = await code_of(ana)
    stage.clock.advance(601)
    await eve.says(f"/link {late}")
    eve.sees("does not count, or not any more")
    await eve.says("/link AAAAAAAAAA")
    eve.sees("does not count, or not any more")
    first, second, third = await people(stage, ana, bob, eve)
    assert first == second != third


async def test_a_deep_link_leads_to_the_question(stage: Stage) -> None:
    stage.restart(settings_with(membership=MembershipSettings(telegram_name="insop_bot")))
    other = stage.persona("ana", platform="discord")
    ana = stage.persona("Ana")
    code = await code_of(other)
    other.sees("Link my Telegram account")
    await ana.says(f"/start link_{code}")
    ana.sees("discord (ana)", "become one")
    await ana.presses("No")
    ana.sees("nothing was changed")


async def test_no_role_is_won_by_linking(stage: Stage) -> None:
    ana, chief = stage.persona("Ana"), stage.persona("Chief")
    await chief.says("/start")
    async with stage.database.begin() as store:
        await store.accounts.grant(1, Role.ADMIN)
    await chief.says(f"/link {await code_of(ana)}")
    await chief.presses("Yes, link")
    (person,) = set(await people(stage, ana, chief))
    async with stage.database.begin() as store:
        assert await store.accounts.role(person) is Role.ANYONE


async def test_unlinking_leaves_the_data_with_the_others(stage: Stage) -> None:
    ana = stage.persona("Ana")
    other = stage.persona("ana", platform="console")
    await join(ana)
    await other.says(f"/link {await code_of(ana)}")
    await other.presses("Yes, link")
    await other.says("/unlink")
    await other.presses("Yes, separate it")
    await other.says("/me")
    other.sees("You have not joined")
    await ana.says("/me")
    ana.sees("ana@example.org", "Accounts: telegram (Ana)")
    await ana.says("/unlink")
    ana.sees("not linked to another")


async def test_forgetting_reaches_every_linked_account(stage: Stage) -> None:
    ana = stage.persona("Ana")
    other = stage.persona("Zubaida", platform="console")
    await join(ana)
    await other.says(f"/link {await code_of(ana)}")
    await other.presses("Yes, link")
    await ana.says("/forget")
    ana.sees("console (Zubaida), telegram (Ana)")
    await ana.presses("Yes, erase")
    await other.says("/me")
    other.sees("You have not joined")


async def test_the_maker_of_a_code_is_told(stage: Stage) -> None:
    from bot.store.schema import delivery

    ana, bob = stage.persona("Ana"), stage.persona("Bob", platform="discord")
    await join(ana)
    await bob.says(f"/link {await code_of(ana)}")
    await bob.presses("Yes, link")
    async with stage.database.connect() as connection:
        rows = (await connection.execute(select(delivery))).all()
    assert [row.chat_id for row in rows] == ["telegram-Ana"]
    assert "discord" in rows[0].payload


async def test_a_waiting_form_does_not_hinder(stage: Stage) -> None:
    ana, other = stage.persona("Ana"), stage.persona("ana", platform="console")
    await answer_the_form(ana)
    await answer_the_form(other)
    await other.says(f"/link {await code_of(ana)}")
    await other.presses("Yes, link")
    await ana.says("/join")
    await ana.presses("Yes, I join")
    ana.sees("Welcome")
