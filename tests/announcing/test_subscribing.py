"""Who hears announcements, and the way out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from bot.chat.actions import Action
from bot.chat.events import Author, ChatStatusChanged, ConversationRef, Platform
from bot.chat.turn import Role
from bot.commands.channels import subscribe_channels
from bot.config import Settings
from bot.config_announcements import AnnouncementSettings
from bot.store import Database
from bot.store.audience import Audience
from bot.store.memberships import Membership
from tests.announcing.conftest import FanOutAll, Rows, Subscribe, send, write
from tests.clock import ManualClock
from tests.knowledge_sample import sample_library
from tests.stage import Persona, Stage


async def reached(database: Database, audience: Audience | None = None) -> int:
    """How many chats an announcement would go to."""
    async with database.begin() as store:
        return (await store.announcement_drafts.recipients(audience or Audience())).total()


async def test_start_subscribes_a_private_chat_and_says_so_once(
    stage: Stage, database: Database
) -> None:
    ana = stage.persona("Ana", locale="fr")
    await ana.says("/start")
    assert await reached(database) == 1
    assert await reached(database, Audience(languages=("fr",))) == 1
    ana.sees("/stop")
    await ana.says("/start")
    ana.sees_not("/stop")


@pytest.mark.parametrize("platform", ["discord", "console"])
async def test_start_elsewhere_subscribes_nobody(
    stage: Stage, database: Database, platform: str
) -> None:
    ana = stage.persona("Ana", platform=platform)  # type: ignore[arg-type]  # a plain string
    await ana.says("/start")
    assert await reached(database) == 0


async def test_start_after_stop_does_not_subscribe_again(stage: Stage, database: Database) -> None:
    ana = stage.persona("Ana")
    await ana.says("/stop")
    ana.sees("You get no more news here")
    await ana.says("/start")
    assert await reached(database) == 0
    await ana.says("/subscribe")
    assert await reached(database) == 1


async def test_the_button_under_an_announcement_is_a_way_out(
    stage: Stage, subscribe: Subscribe, sara: Persona, database: Database
) -> None:
    ana = stage.persona("Ana")
    await ana.says("/start")
    await write(sara)
    stop = sara.button("Stop these messages").action
    await ana.presses_action(stop)
    ana.sees("also none that is on its way")
    assert await reached(database) == 0
    await ana.presses("Subscribe again")
    ana.sees("This chat gets the news")
    assert await reached(database) == 1


async def test_a_topic_is_switched_off_and_on(stage: Stage, database: Database) -> None:
    ana = stage.persona("Ana")
    await ana.says("/subscribe")
    await ana.presses("✓ Events")
    assert await reached(database, Audience(topic="events")) == 0
    assert await reached(database, Audience(topic="news")) == 1
    await ana.presses("Events")
    assert await reached(database, Audience(topic="events")) == 1


async def test_the_last_topic_off_ends_it(stage: Stage, database: Database) -> None:
    ana = stage.persona("Ana")
    await ana.says("/subscribe")
    for label in ("✓ News", "✓ Events", "✓ Calls"):
        await ana.presses(label)
    ana.sees("You get no more news here")
    assert await reached(database) == 0


async def test_a_member_who_stops_stays_stopped_when_other_data_change(
    stage: Stage, database: Database, clock: ManualClock
) -> None:
    ana = stage.persona("Ana")
    await ana.says("/start")
    async with database.begin() as store:
        person = (await store.people.recognise(ana.author, clock.now())).id
        await store.memberships.save(
            Membership(
                person_id=person,
                state="member",
                name="Ana",
                joined_at=clock.now(),
                consented_at=clock.now(),
                receives=("news", "events"),
            ),
            clock.now(),
        )
        await store.accounts.set_home(person, ana.where)
    await ana.says("/stop")
    async with database.begin() as store:
        member = await store.memberships.get(person)
        assert member is not None
        assert member.receives == ()
        await store.memberships.save(replace(member, organisation="FAO"), clock.now())
    assert await reached(database) == 0
    await ana.says("/subscribe")
    assert await reached(database) == 1
    await ana.presses("✓ Calls")
    assert await reached(database, Audience(topic="calls")) == 0
    assert await reached(database, Audience(topic="news")) == 1


async def test_a_group_is_subscribed_by_its_administrator_only(
    stage: Stage, database: Database
) -> None:
    ana = stage.persona("Ana", chat_id="-100")
    await ana.says("/subscribe")
    ana.sees("Only an administrator")
    assert await reached(database) == 0
    group = Persona(stage, Author(platform="telegram", id="-100", name="Group"), ana.where)
    await group.says("/subscribe")
    assert await reached(database, Audience(kinds=("group",))) == 1
    await ana.presses_action(Action("news", "stop"))
    ana.sees("Only an administrator")
    await ana.presses_action(Action("news", "topic", "events"))
    ana.sees("Only an administrator")
    assert await reached(database) == 1
    await group.says("/stop")
    assert await reached(database) == 0


@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_an_administrator_subscribes_the_group_with_its_language_clock_and_topics(
    stage: Stage, database: Database, platform: Platform
) -> None:
    ana = stage.persona("Ana", platform=platform, chat_id="-100")
    author = ana.author
    ana.author = replace(author, is_chat_admin=True)
    await ana.says("/subscribe")
    ana.sees("This chat gets the news", "English", "Its clock: the secretariat's")
    await ana.presses("Français")
    ana.sees("in Français", "✓ Français")
    await ana.says("/subscribe Atlantis")
    ana.sees("I do not know the place “Atlantis”", "in Français")
    await ana.says("/subscribe Dakar")
    ana.sees("Its clock: Dakar", "in Français")
    await ana.says("/subscribe Brazil")
    ana.sees("“Brazil” has several clocks", "America/Sao_Paulo")
    await ana.presses("✓ Events")
    assert await reached(database, Audience(kinds=("group",), topic="events")) == 0
    assert await reached(database, Audience(languages=("fr",), topic="news")) == 1
    async with database.begin() as store:
        assert await store.chat_zones.of(ana.where) == "Africa/Dakar"
    ana.author = replace(author, is_chat_admin=False)
    await ana.presses_action(Action("news", "language", "ru"))
    ana.sees("Only an administrator of this group")
    await ana.says("/stop")
    ana.sees("Only an administrator of this group")
    assert await reached(database) == 1


async def test_the_panel_of_a_telegram_group_stays_in_the_group(stage: Stage) -> None:
    ana = stage.persona("Ana", chat_id="-100")
    ana.author = replace(ana.author, is_chat_admin=True)
    await ana.says("/subscribe")
    assert [part.is_ephemeral for part in ana.last] == [False]  # type: ignore[attr-defined]  # messages


async def test_what_somebody_says_yes_and_no_to_is_written_down(
    stage: Stage, database: Database, clock: ManualClock
) -> None:
    ana = stage.persona("Ana")

    async def history() -> list[tuple[str, bool]]:
        async with database.begin() as store:
            person = await store.people.recognise(ana.author, clock.now())
            return [
                (each.purpose, each.is_given) for each in await store.consents.history(person.id)
            ]

    await ana.says("/start")
    assert await history() == [("news", True), ("events", True), ("calls", True)]
    await ana.says("/start")
    assert len(await history()) == 3
    await ana.says("/subscribe")
    await ana.presses("✓ Events")
    assert (await history())[3:] == [("events", False)]
    await ana.says("/stop")
    assert (await history())[4:] == [("news", False), ("calls", False)]
    await ana.says("/subscribe")
    assert len(await history()) == 9
    group = stage.persona("Ana", chat_id="-100")
    group.author = replace(group.author, is_chat_admin=True)
    await group.says("/subscribe")
    assert len(await history()) == 9


async def test_a_discord_channel_is_subscribed_by_the_secretariat_and_no_private_chat_ever(
    stage: Stage, database: Database
) -> None:
    sara = stage.persona("Sara", platform="discord", role=Role.SECRETARIAT, chat_id="channel")
    await sara.says("/subscribe")
    assert await reached(database, Audience(platforms=("discord",))) == 1
    ana = stage.persona("Ana", platform="discord")
    await ana.says("/subscribe")
    ana.sees("not to private chats")
    assert await reached(database) == 1


async def test_a_group_that_let_the_assistant_in_hears_nothing_unasked(
    stage: Stage, database: Database
) -> None:
    group = stage.persona("Ana", chat_id="-100")
    await group.does(ChatStatusChanged(status="active", **group.common()))
    assert await reached(database) == 0


async def test_a_group_keeps_its_choice_at_its_new_address(
    stage: Stage, database: Database
) -> None:
    sara = stage.persona("Sara", role=Role.SECRETARIAT, chat_id="-1")
    await sara.says("/subscribe Dakar")
    new = ConversationRef(platform="telegram", chat_id="-1001", is_private=False)
    await stage.app.record_move(sara.where, new)
    async with database.begin() as store:
        assert await store.subscriptions.is_subscribed(new)
        assert await store.chat_zones.of(new) == "Africa/Dakar"
    assert await reached(database) == 1


async def test_a_chosen_language_is_that_of_the_news(stage: Stage, database: Database) -> None:
    ana = stage.persona("Ana", locale="en")
    await ana.says("/start")
    await ana.says("/language fr")
    assert await reached(database, Audience(languages=("fr",))) == 1


async def test_a_message_on_its_way_is_not_written_for_who_stopped(
    stage: Stage, sara: Persona, subscribe: Subscribe, fan_out: FanOutAll, rows: Rows
) -> None:
    ana = stage.persona("Ana")
    await ana.says("/start")
    await subscribe("a")
    await write(sara)
    await send(sara)
    await ana.says("/stop")
    await fan_out(1)
    assert [row.chat_id for row in await rows()] == ["a"]


async def test_channels_of_the_configuration_hear_and_may_stop(
    database: Database, clock: ManualClock
) -> None:
    channels = AnnouncementSettings(channels=("discord:12", "telegram:-100"))
    stage = Stage(database, clock, sample_library(), Settings(announcements=channels))
    await subscribe_channels(stage.app)
    assert await reached(database) == 2
    channel = stage.persona("Sara", platform="discord", role=Role.SECRETARIAT, chat_id="12")
    await channel.says("/stop")
    await subscribe_channels(stage.app)
    assert await reached(database, Audience(platforms=("discord",))) == 0


@pytest.mark.parametrize("channel", ["12", "discord:-12", "telegram:12", "console:you", "discord:"])
def test_what_is_no_channel_is_refused(channel: str) -> None:
    with pytest.raises(ValidationError, match="is not a channel"):
        AnnouncementSettings(channels=(channel,))
