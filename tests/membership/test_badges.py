"""The mark of members: wanted by what happens to a membership, given and taken with patience."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, RecipientGone, Undeliverable
from bot.chat.events import MemberJoined, Platform
from bot.chat.turn import Role
from bot.config_members import MembershipSettings
from bot.delivery.badges import Badges
from bot.store.schema import delivery
from bot.store.schema_members import badge
from bot.translating import translator
from tests.membership.journeys import join, modal, settings_with
from tests.membership.test_linking import code_of
from tests.stage import Persona, Stage


class Bearer:
    """A platform that notes who bears the mark; ``faults`` are raised first."""

    platform: Platform = "discord"

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.faults: list[DeliveryError] = []
        self.calls = 0

    async def set_badge(self, account_id: str, *, is_held: bool) -> None:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        (self.held.add if is_held else self.held.discard)(account_id)


@pytest.fixture
def bearer() -> Bearer:
    return Bearer()


@pytest.fixture
def badges(stage: Stage, bearer: Bearer) -> Badges:
    desk = stage.persona("Desk", platform="console").where
    return Badges(
        database=stage.database,
        clock=stage.clock,
        bearer=bearer,
        desks=[desk],
        translate=translator("en"),
    )


async def join_on_discord(stage: Stage, name: str = "Ana") -> Persona:
    ana = stage.persona(name, platform="discord", chat_id="a-server")
    await ana.does(modal(ana, "join", name=name, country="Kenya", stakeholder="ngo"))
    await ana.presses("Yes, I join")
    return ana


async def rows(stage: Stage) -> list[tuple[str, bool, str]]:
    async with stage.database.connect() as connection:
        found = await connection.execute(select(badge).order_by(badge.c.account_id))
        return [(row.account_id, row.is_wanted, row.state) for row in found]


async def told(stage: Stage) -> list[str]:
    """What the desk was told."""
    async with stage.database.connect() as connection:
        found = await connection.scalars(
            select(delivery.c.payload).where(delivery.c.source.startswith("badge:"))
        )
        return list(found)


async def test_joining_gives_it_and_leaving_takes_it(
    stage: Stage, badges: Badges, bearer: Bearer
) -> None:
    ana = await join_on_discord(stage)
    assert await badges.step() == 1
    assert bearer.held == {"discord-Ana"}
    assert await badges.step() == 0
    await ana.says("/leave")
    await ana.presses("Yes, leave")
    assert await badges.step() == 1
    assert bearer.held == set()
    assert await rows(stage) == []


async def test_only_confirmed_members_bear_it(stage: Stage, badges: Badges, bearer: Bearer) -> None:
    stage.restart(settings_with(membership=MembershipSettings(approval=True)))
    await join_on_discord(stage)
    assert await badges.step() == 0
    chief = stage.persona("Chief", role=Role.SECRETARIAT)
    await chief.says("/members approve 1")
    assert await badges.step() == 1
    await chief.says("/members end 1")
    await chief.presses("Yes, end it")
    await badges.step()
    assert bearer.held == set()


async def test_being_forgotten_takes_it_and_leaves_nothing(
    stage: Stage, badges: Badges, bearer: Bearer
) -> None:
    ana = await join_on_discord(stage)
    await badges.step()
    await ana.says("/forget")
    await ana.presses("Yes, erase")
    ana.sees("mark as a member is being taken on Discord")
    assert await rows(stage) == [("discord-Ana", False, "ready")]
    await badges.step()
    assert bearer.held == set()
    assert await rows(stage) == []


async def test_being_forgotten_before_it_was_given_leaves_no_row(stage: Stage) -> None:
    ana = await join_on_discord(stage)
    await ana.says("/forget")
    await ana.presses("Yes, erase")
    ana.sees_not("mark as a member")
    assert await rows(stage) == []


async def test_linking_gives_it_to_the_other_account_and_separating_takes_it(
    stage: Stage, badges: Badges, bearer: Bearer
) -> None:
    ana = stage.persona("Ana")
    other = stage.persona("ana", platform="discord")
    await join(ana)
    await other.says(f"/link {await code_of(ana)}")
    await other.presses("Yes, link")
    await badges.step()
    assert bearer.held == {"discord-ana"}
    await other.says("/unlink")
    await other.presses("Yes, separate")
    await badges.step()
    assert bearer.held == set()


async def test_somebody_who_comes_later_gets_it_then(
    stage: Stage, badges: Badges, bearer: Bearer
) -> None:
    ana = await join_on_discord(stage)
    bearer.faults.append(RecipientGone("not on the server"))
    await badges.step()
    assert await rows(stage) == [("discord-Ana", True, "absent")]
    stage.clock.advance(3600)
    assert await badges.step() == 0
    await ana.does(MemberJoined(**ana.common()))
    assert await badges.step() == 1
    assert bearer.held == {"discord-Ana"}
    assert await told(stage) == []


async def test_what_may_pass_is_tried_again_later_and_later(
    stage: Stage, badges: Badges, bearer: Bearer
) -> None:
    await join_on_discord(stage)
    bearer.faults += [RateLimited(30), Ambiguous("no answer"), Ambiguous("no answer")]
    await badges.step()
    stage.clock.advance(29)
    assert await badges.step() == 0
    assert bearer.calls == 1
    stage.clock.advance(2)
    await badges.step()
    stage.clock.advance(15)
    await badges.step()
    assert bearer.calls == 2
    stage.clock.advance(6)
    await badges.step()
    stage.clock.advance(41)
    assert await badges.step() == 1
    assert await told(stage) == []


async def test_a_refusal_is_told_once_a_day_without_names(
    stage: Stage, badges: Badges, bearer: Bearer
) -> None:
    await join_on_discord(stage, "Zubaida")
    await join_on_discord(stage, "Quentin")
    bearer.faults += [Undeliverable("the bot lacks a right") for _ in range(2)]
    await badges.step()
    (text,) = await told(stage)
    assert "the bot lacks a right" in text
    assert "manage roles" in text
    assert "Zubaida" not in text
    assert "Quentin" not in text
    stage.clock.advance(timedelta(hours=25).total_seconds())
    assert await badges.step() == 2
    assert len(bearer.held) == 2


async def test_what_cannot_be_taken_is_let_go_after_a_day(
    stage: Stage, badges: Badges, bearer: Bearer
) -> None:
    ana = await join_on_discord(stage)
    await badges.step()
    await ana.says("/forget")
    await ana.presses("Yes, erase")
    bearer.faults += [Undeliverable("the bot lacks a right") for _ in range(2)]
    await badges.step()
    stage.clock.advance(timedelta(hours=25).total_seconds())
    await badges.step()
    assert await rows(stage) == []
    assert "from somebody who left" in (await told(stage))[0]


async def test_a_change_of_mind_while_it_is_given_is_not_lost(
    stage: Stage, badges: Badges, bearer: Bearer
) -> None:
    ana = await join_on_discord(stage)

    class Slow(Bearer):
        async def set_badge(self, account_id: str, *, is_held: bool) -> None:
            await super().set_badge(account_id, is_held=is_held)
            if is_held:
                await ana.presses_action(Action("leaving", "leave", "yes"))

    slow = Slow()
    badges._bearer = slow
    await badges.step()
    assert slow.held == {"discord-Ana"}
    await badges.step()
    assert slow.held == set()
    assert await rows(stage) == []
