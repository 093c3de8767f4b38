"""Where somebody with several accounts is written to."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.events import ConversationRef, private_chat_with
from bot.store.schema import chat
from tests.membership.journeys import join, modal
from tests.membership.test_linking import code_of
from tests.stage import Persona, Stage


async def hearing(stage: Stage) -> set[str]:
    """Chats that hear announcements."""
    async with stage.database.connect() as connection:
        rows = await connection.scalars(select(chat.c.chat_id).where(~chat.c.has_opted_out))
        return set(rows)


async def home_of(stage: Stage, persona: Persona) -> ConversationRef | None:
    async with stage.database.begin() as store:
        person = await store.people.recognise(persona.author, stage.clock.now())
        return await store.accounts.home(person.id)


async def linked(stage: Stage, platform: str = "discord") -> tuple[Persona, Persona]:
    """Ana, a member on Telegram, and her other account."""
    ana = stage.persona("Ana")
    other = stage.persona("ana", platform=platform)  # type: ignore[arg-type]  # a test's word
    await join(ana)
    await other.says(f"/link {await code_of(ana)}")
    await other.presses("Yes, link")
    return ana, other


async def test_the_choice_is_asked_after_linking_and_holds_for_one_copy(stage: Stage) -> None:
    ana, other = await linked(stage, "console")
    other.sees("Where shall I write to you?", "✓ Telegram (Ana)", "Terminal (ana)")
    assert await hearing(stage) == {"telegram-Ana"}
    await other.presses("Terminal")
    other.sees("from now on I write to you on Terminal (ana)")
    assert await hearing(stage) == {"console-ana"}
    assert await home_of(stage, ana) == other.where
    await other.presses_action(Action("prefer", "telegram", "telegram-Ana"))
    assert await hearing(stage) == {"telegram-Ana"}


async def test_me_shows_and_changes_it(stage: Stage) -> None:
    ana, _ = await linked(stage)
    await ana.says("/me")
    ana.sees("I write to you on: Telegram (Ana)")
    await ana.presses("Where I write to you")
    await ana.presses("Discord")
    ana.sees("in the channels of its server")
    assert await home_of(stage, ana) == private_chat_with("discord", "discord-ana")
    # Discord's private chats hear no announcement (an audience leaves them out).
    assert await hearing(stage) == {"user:discord-ana"}
    await ana.says("/me")
    ana.sees("I write to you on: Discord (ana)")


async def test_one_account_has_nothing_to_choose(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await ana.says("/me")
    ana.sees_not("I write to you on")
    assert not [button for button in ana.buttons if "Where I write" in button.label]
    await ana.presses_action(Action("prefer", "ask"))
    ana.sees("not linked to another")


async def test_nobody_chooses_an_account_of_somebody_else(stage: Stage) -> None:
    await linked(stage)
    eve = stage.persona("Eve")
    await join(eve, email="eve@example.org")
    await eve.presses_action(Action("prefer", "telegram", "telegram-Ana"))
    eve.sees("no longer works")
    assert await home_of(stage, eve) == eve.where


async def test_subscribing_on_the_other_account_moves_the_copy(stage: Stage) -> None:
    ana, other = await linked(stage, "console")
    await other.says("/subscribe")
    assert await hearing(stage) == {"console-ana"}
    await ana.says("/subscribe")
    assert await hearing(stage) == {"telegram-Ana"}


async def test_two_accounts_without_membership_get_one_copy(stage: Stage) -> None:
    one, two = stage.persona("One"), stage.persona("Two")
    await one.says("/start")
    await two.says("/start")
    assert await hearing(stage) == {"telegram-One", "telegram-Two"}
    await two.says(f"/link {await code_of(one)}")
    await two.presses("Yes, link")
    assert await hearing(stage) == {"telegram-One"}


async def test_after_separating_the_other_account_is_written_to(stage: Stage) -> None:
    ana, other = await linked(stage)
    await ana.presses_action(Action("prefer", "discord", "discord-ana"))
    await other.says("/unlink")
    await other.presses("Yes, separate")
    assert await home_of(stage, ana) == ana.where
    assert await hearing(stage) == {"telegram-Ana"}


async def test_who_joined_in_a_server_can_be_written_to(stage: Stage) -> None:
    ana = stage.persona("Ana", platform="discord", chat_id="a-server")
    await ana.does(modal(ana, "join", name="Ana", country="Kenya", stakeholder="ngo"))
    await ana.presses("Yes, I join")
    assert await home_of(stage, ana) == private_chat_with("discord", "discord-Ana")
