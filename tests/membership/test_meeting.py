"""First meetings and missed words: imported members, people who come to the server, notices."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from bot.chat.events import MemberJoined
from bot.chat.turn import Role
from bot.commands.member_import import carry_out, make_plan
from bot.config import DiscordSettings
from bot.config_members import MembershipSettings
from bot.store.memberships import MemberFilter
from bot.store.schema import account, chat, delivery, person
from tests.membership.journeys import modal, settings_with
from tests.stage import Persona, Stage


@pytest.fixture
def chief(stage: Stage) -> Persona:
    return stage.persona("Chief", role=Role.SECRETARIAT)


async def imported(stage: Stage) -> int:
    rows = [(2, {"name": "Zubaida", "country": "Kenya", "receives": "news"})]
    now = stage.clock.now()
    await carry_out(stage.database, await make_plan(stage.database, rows, now), now)
    async with stage.database.begin() as store:
        (member,) = await store.memberships.find(MemberFilter(), limit=5)
    return member.person_id


async def invitation(stage: Stage, chief: Persona) -> tuple[int, str]:
    number = await imported(stage)
    await chief.says(f"/members {number}")
    chief.sees("No consent yet")
    await chief.presses("Invitation")
    chief.sees("Send this to Zubaida alone")
    found = re.search(r"/link ([A-Z0-9]{10})", chief.screen)
    assert found is not None
    return number, found[1]


async def hearing(stage: Stage) -> set[str]:
    async with stage.database.connect() as connection:
        return set(await connection.scalars(select(chat.c.chat_id).where(~chat.c.has_opted_out)))


async def test_the_list_marks_who_was_not_asked(stage: Stage, chief: Persona) -> None:
    await imported(stage)
    await chief.says("/members")
    chief.sees("Zubaida", "no consent yet")
    await chief.says("/members consent:no")
    chief.sees("Zubaida")
    await chief.says("/members consent:yes")
    chief.sees("No member fits")


async def test_imported_members_are_asked_and_hear_nothing_before(
    stage: Stage, chief: Persona
) -> None:
    number, code = await invitation(stage, chief)
    zubi = stage.persona("Zubi")
    await zubi.says(f"/start link_{code}")
    zubi.sees("has Zubaida on its list", "Is that you?")
    await zubi.presses("Yes, that is me")
    zubi.sees("You are on the list already", "Kenya", "May it keep this")
    assert await hearing(stage) == set()
    async with stage.database.begin() as store:
        assert await store.accounts.role(number) is Role.ANYONE
    await zubi.says("/me")
    zubi.sees("May it keep this")
    stage.restart()
    await zubi.presses("Yes, keep me")
    zubi.sees("You are a member of the network")
    assert await hearing(stage) == {"telegram-Zubi"}
    async with stage.database.begin() as store:
        assert await store.accounts.role(number) is Role.MEMBER
        history = await store.consents.history(number)
    assert [(each.purpose, each.is_given) for each in history] == [
        ("membership", True),
        ("news", True),
    ]
    await chief.says("/members consent:no")
    chief.sees("No member fits")
    await zubi.says("/start")
    assert await hearing(stage) == {"telegram-Zubi"}


async def test_a_no_takes_them_off_the_list(stage: Stage, chief: Persona) -> None:
    _, code = await invitation(stage, chief)
    zubi = stage.persona("Zubi")
    await zubi.says(f"/link {code}")
    await zubi.presses("Yes, that is me")
    no = zubi.button("No, take me off").action
    await zubi.presses("No, take me off")
    zubi.sees("off the list")
    await zubi.presses_action(no)
    zubi.sees("answered this already")
    await chief.says("/members")
    chief.sees("No member fits")


async def test_an_invitation_counts_once_and_not_for_ever(stage: Stage, chief: Persona) -> None:
    _, code = await invitation(stage, chief)
    stage.clock.advance(31 * 86400)
    zubi = stage.persona("Zubi")
    await zubi.says(f"/link {code}")
    zubi.sees("does not count")


def with_channel() -> DiscordSettings:
    return DiscordSettings(server=1, welcome_channel=7)


async def comes(stage: Stage, persona: Persona) -> None:
    await persona.does(MemberJoined(**persona.common()))


async def test_who_comes_is_greeted_and_nothing_is_kept_of_them(stage: Stage) -> None:
    stage.restart(settings_with(discord=with_channel()))
    ana = stage.persona("Ana", platform="discord", chat_id="7", locale="fr")
    await comes(stage, ana)
    assert "Ana" in ana.screen
    assert ana.button("").action.args == ("join",)
    async with stage.database.connect() as connection:
        assert (await connection.execute(select(account))).all() == []
        assert (await connection.execute(select(person))).all() == []


async def test_a_member_who_comes_is_greeted_as_one(stage: Stage) -> None:
    stage.restart(settings_with(discord=with_channel()))
    ana = stage.persona("Ana", platform="discord", chat_id="7")
    await ana.does(modal(ana, "join", name="Ana", country="Kenya", stakeholder="ngo"))
    await ana.presses("Yes, I join")
    await comes(stage, ana)
    ana.sees("Good to see a member here")
    await ana.says("/me")
    ana.sees("Kenya")


async def test_elsewhere_nobody_is_greeted(stage: Stage) -> None:
    ana = stage.persona("Ana", chat_id="-5")
    await comes(stage, ana)
    ana.sees_nothing()


async def test_the_welcome_message_is_posted_by_command(stage: Stage, chief: Persona) -> None:
    await chief.says("/welcome")
    chief.sees("no channel for welcomes")
    stage.restart(settings_with(discord=with_channel()))
    eve = stage.persona("Eve")
    await eve.says("/welcome")
    eve.sees("for the network's secretariat")
    await chief.says("/welcome")
    async with stage.database.connect() as connection:
        (row,) = (await connection.execute(select(delivery))).all()
    assert (row.platform, row.chat_id, row.is_private) == ("discord", "7", False)
    assert "Join the network" in row.payload


async def approved(stage: Stage, chief: Persona, chat_id: str | None) -> Persona:
    """Ana, who joined on a server, and whom the secretariat has taken."""
    stage.restart(settings_with(membership=MembershipSettings(approval=True)))
    ana = stage.persona("Ana", platform="discord", chat_id=chat_id)
    await ana.does(modal(ana, "join", name="Ana", country="Kenya", stakeholder="ngo"))
    await ana.presses("Yes, I join")
    await chief.says("/members approve 1")
    return ana


async def delivered(stage: Stage, state: str) -> None:
    """The private message of the approval came to this end."""
    async with stage.database.connect() as connection:
        changed = await connection.execute(
            update(delivery).where(delivery.c.chat_id == "user:discord-Ana").values(state=state)
        )
        assert changed.rowcount == 1


async def test_the_word_goes_to_the_private_chat_of_who_joined_on_a_server(
    stage: Stage, chief: Persona
) -> None:
    ana = await approved(stage, chief, "a-server")
    await delivered(stage, "sent")
    await ana.says("/about")
    ana.sees_not("You are a member")


async def test_where_private_messages_are_closed_it_is_told_at_the_next_meeting(
    stage: Stage, chief: Persona
) -> None:
    ana = await approved(stage, chief, "a-server")
    await ana.says("/about")
    ana.sees_not("You are a member")
    await delivered(stage, "failed")
    await ana.says("how do I take a soil sample?")
    ana.sees_not("You are a member")
    stage.restart()
    await ana.says("/about")
    ana.sees("About INSOP", "You are a member of the network now")
    await ana.says("/about")
    ana.sees_not("You are a member")
