"""What the secretariat can do, and what is noted of it."""

from __future__ import annotations

import pytest

from bot.chat.actions import Action
from bot.chat.messages import Message
from bot.chat.turn import Role
from bot.config_members import MembershipSettings
from bot.store.memberships import Membership
from handlers.duplicates import find_pairs
from handlers.members import read_filter
from tests.membership.journeys import join, settings_with
from tests.stage import Persona, Stage


@pytest.fixture
def chief(stage: Stage) -> Persona:
    return stage.persona("Chief", role=Role.SECRETARIAT)


async def noted(stage: Stage) -> list[tuple[str, int | None, str]]:
    async with stage.database.begin() as store:
        return [(each.action, each.subject_id, each.actor) for each in await store.audit.last(50)]


async def test_search_and_filters(stage: Stage, chief: Persona) -> None:
    await join(stage.persona("Ana"), name="Ana Wanjiru", country="Kenya")
    await join(stage.persona("Лев"), name="Лев Толстой", country="Russia", stakeholder="expert")
    await chief.says("/members")
    chief.sees("2 records", "Ana Wanjiru", "Лев Толстой")
    await chief.says("/members толстой")
    chief.sees("1 record", "Лев")
    chief.sees_not("Ana")
    await chief.says("/members country:kenya group:farmer")
    chief.sees("Ana Wanjiru")
    await chief.says("/members country:atlantis")
    chief.sees("No member fits")
    await chief.says("/members 100%_")
    chief.sees("No member fits")
    await chief.says("/members ana")
    await chief.presses_action(chief.button("1").action)
    chief.sees("Record 1", "ana@example.org", "Kenya")
    assert ("view", 1, "Chief") in await noted(stage)
    await chief.says("/members audit")
    chief.sees("view · 1", "list")


async def test_long_lists_have_pages(stage: Stage, chief: Persona) -> None:
    async with stage.database.begin() as store:
        now = stage.clock.now()
        people = await store.people.add_all([f"Person {number:02}" for number in range(20)], now)
        await store.memberships.add_all(
            [
                Membership(person_id=key, state="member", name=f"Person {number:02}", joined_at=now)
                for number, key in enumerate(people)
            ],
            now,
        )
    await chief.says("/members person")
    chief.sees("20 records", "Person 00", "Person 07")
    await chief.presses("More")
    await chief.presses("More")
    chief.sees("Person 16", "Person 19")
    await chief.presses("Back")
    chief.sees("Person 08")


@pytest.mark.parametrize(
    "action",
    [
        Action("members", "show", "1"),
        Action("members", "page", "", "0"),
        Action("members", "merge", "1", "2"),
        Action("vet", "yes", "1"),
    ],
)
async def test_every_entry_asks_for_the_role(stage: Stage, action: Action) -> None:
    ana, expert = stage.persona("Ana"), stage.persona("Expert", role=Role.EXPERT)
    await join(ana)
    for persona in (ana, expert):
        await persona.presses_action(action)
        persona.sees("for the network's secretariat")
        await persona.says("/members")
        persona.sees("for the network's secretariat")
    assert await noted(stage) == []


async def test_an_application_is_told_to_the_desk_and_decided_once(
    stage: Stage, chief: Persona
) -> None:
    stage.restart(settings_with(membership=MembershipSettings(approval=True)))
    async with stage.database.begin() as store:
        await store.chats.set_desk(
            stage.persona("Desk", platform="console").where, True, stage.clock.now()
        )
    ana = stage.persona("Ana")
    await join(ana)
    ana.sees("waits for the secretariat")
    rows = await waiting(stage)
    assert [row["chat_id"] for row in rows] == ["console-Desk"]
    assert "ana@example.org" not in rows[0]["payload"]
    await chief.presses_action(Action("vet", "yes", "1"))
    chief.sees("Ana is a member now")
    await chief.presses_action(Action("vet", "no", "1"))
    chief.sees("settled already")
    assert {row["chat_id"] for row in await waiting(stage)} == {"console-Desk", "telegram-Ana"}
    async with stage.database.begin() as store:
        assert await store.accounts.role(1) is Role.MEMBER


async def waiting(stage: Stage) -> list[dict[str, str]]:
    from sqlalchemy import select

    from bot.store.schema import delivery

    async with stage.database.connect() as connection:
        return [dict(row._mapping) for row in await connection.execute(select(delivery))]


async def test_a_declined_application_is_no_membership(stage: Stage, chief: Persona) -> None:
    stage.restart(settings_with(membership=MembershipSettings(approval=True)))
    ana = stage.persona("Ana")
    await join(ana)
    await chief.says("/members state:applied")
    await chief.presses_action(chief.button("1").action)
    await chief.presses("Decline")
    chief.sees("declined")
    await ana.says("/me")
    ana.sees("You have not joined")


async def test_fields_are_corrected_but_not_choices(stage: Stage, chief: Persona) -> None:
    await join(stage.persona("Ana"))
    await chief.says("/members fix 1 country Ghanna")
    chief.sees("Country: Ghana")
    await chief.says("/members fix 1 email nonsense")
    chief.sees("does not look like")
    await chief.says("/members fix 1 receives calls")
    chief.sees("own choice")
    await chief.says("/members fix 1 name")
    chief.sees("needed")
    await chief.says("/members fix 99 name Bob")
    chief.sees("no such record")
    assert ("fix", 1, "Chief") in await noted(stage)


async def test_roles_are_granted_by_administrators_only(stage: Stage, chief: Persona) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await chief.says("/members grant 1 secretariat")
    chief.sees("Only an administrator")
    root = stage.persona("Root", role=Role.ADMIN)
    await root.says("/members grant 1 secretariat")
    root.sees("has the role secretariat")
    await ana.says("/members 1")
    ana.sees("Record 1")
    await root.says("/members grant 1 member")
    await ana.says("/members 1")
    ana.sees("for the network's secretariat")


async def test_duplicates_are_found_and_merged(stage: Stage, chief: Persona) -> None:
    ana = stage.persona("Ana")
    await join(ana, name="Ana Wanjiru", email="ana+soil@example.org")
    async with stage.database.begin() as store:
        now = stage.clock.now()
        (imported,) = await store.people.add_all(["Wanjiru, Ana"], now)
        record = Membership(
            person_id=imported,
            state="member",
            name="Wanjiru, Ana",
            email="ana@example.org",
            country="KE",
            interests=("mapping",),
            source="import",
            joined_at=now,
        )
        await store.memberships.add_all([record], now)
    await chief.says("/members duplicates")
    await chief.presses(" + ")
    chief.sees("Ana Wanjiru | Wanjiru, Ana")
    await chief.presses("Merge, 1 counts")
    chief.sees("record 1 holds both")
    await chief.says("/members duplicates")
    chief.sees("No two records look alike")
    await ana.says("/me")
    ana.sees("Ana Wanjiru")


def test_names_alike_in_any_order_and_script() -> None:
    from datetime import UTC, datetime

    def member(number: int, name: str, country: str = "KE", email: str | None = None) -> Membership:
        return Membership(
            person_id=number,
            state="member",
            name=name,
            country=country,
            email=email,
            joined_at=datetime(2026, 1, 1, tzinfo=UTC),
        )

    members = [
        member(1, "José Ñandú"),
        member(2, "Nandu, Jose"),
        member(3, "Jose Nandu", "GH"),
        member(4, "Анна Иванова"),
        member(5, "Иванова Анна"),
        member(6, "Bob Stone", email="b@x.org"),
        member(7, "R. Stone", "FR", email="b+1@x.org"),
        member(8, "Jane Smith"),
    ]
    found = {(pair.first, pair.second) for pair in find_pairs(members)}
    assert found == {(1, 2), (4, 5), (6, 7)}


async def test_counts_are_a_table_and_a_picture(stage: Stage, chief: Persona) -> None:
    await join(stage.persona("Ana"))
    await join(stage.persona("Bob"), country="Ghana", stakeholder="ngo")
    for language in ("en", "ar", "zh"):
        reader = stage.persona(f"Chief-{language}", role=Role.SECRETARIAT, locale=language)
        await reader.says("/members stats")
        (reply,) = reader.last
        assert isinstance(reply, Message)
        (picture,) = reply.attachments
        assert picture.data.startswith(b"\x89PNG")
        assert picture.alt
    await chief.says("/members stats")
    chief.sees("2 members", "Kenya: 1", "Ghana: 1", "NGO: 1", "2026-04: 2")


def test_filters_are_read() -> None:
    wanted = read_filter("country:Кения state:member Ana time:12")
    assert (wanted.country, wanted.state, wanted.words) == ("KE", "member", "Ana time:12")


HUGE = "9" * 30


@pytest.mark.parametrize(
    "words",
    [HUGE, f"approve {HUGE}", f"fix {HUGE} name X", f"invite {HUGE}", f"grant {HUGE} expert"],
)
async def test_a_number_that_no_table_holds_is_no_record(stage: Stage, words: str) -> None:
    boss = stage.persona("Boss", role=Role.ADMIN)
    await boss.says(f"/members {words}")
    boss.sees("No member fits.")


@pytest.mark.parametrize(
    "action",
    [
        Action("members", "show", HUGE),
        Action("members", "page", "x", HUGE),
        Action("members", "correct", HUGE, "name"),
        Action("members", "compare", "1", HUGE),
        Action("members", "merge", HUGE, "1"),
        Action("vet", "yes", HUGE),
        Action("teach", "draft", HUGE),
        Action("teach", "is", f"asked:{HUGE}", "-"),
    ],
)
async def test_a_forged_number_is_an_old_button(chief: Persona, action: Action) -> None:
    await chief.presses_action(action)
    chief.sees_not("Something went wrong")
