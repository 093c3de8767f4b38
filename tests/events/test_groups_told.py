"""Groups that follow the calendar hear of changes: of their topics, and of what is near."""

from __future__ import annotations

import pytest

from bot.chat.events import ConversationRef
from bot.chat.markup import plain
from bot.store import Database
from bot.store.calendar_choices import ChatChoices, Choices
from tests.clock import ManualClock
from tests.events.stage import outbox, publish
from tests.stage import Persona, Stage


def group(number: str) -> ConversationRef:
    """A group on Telegram."""
    return ConversationRef(platform="telegram", chat_id=number, is_private=False)


@pytest.fixture
async def groups(stage: Stage, database: Database) -> None:
    """One for everything in French by Dakar's clock, two with topics of their own."""
    now = stage.clock.now()
    async with database.begin() as store:
        for chosen in (
            ChatChoices(where=group("-1"), language="fr", choices=Choices(zone="Africa/Dakar")),
            ChatChoices(where=group("-2"), topics=("insop",)),
            ChatChoices(where=group("-3"), topics=("assessment",)),
        ):
            await store.calendar_choices.set_chat(chosen, now)


async def heard(database: Database) -> dict[str, str]:
    """The words that wait for each group."""
    return {
        row.chat_id: plain(message.text)
        for row, message in await outbox(database)
        if row.chat_id.startswith("-")
    }


async def about(author: Persona, topic: str) -> None:
    """Give the event that is shown a topic."""
    await author.presses("Topics")
    await author.presses(topic)
    await author.presses("Done")


async def move(author: Persona, start: str) -> None:
    """Give the event that is shown another time, and nothing else."""
    await author.presses("Time and place")
    await author.says(start)
    await author.presses("Skip")
    await author.presses("Skip")


@pytest.mark.usefixtures("groups")
async def test_a_new_time_is_told_in_the_words_and_by_the_clock_of_each(
    sara: Persona, database: Database
) -> None:
    await publish(sara, start="2026-11-27 14:00")
    assert await heard(database) == {}
    await move(sara, "2026-11-28 16:00")
    told = await heard(database)
    assert told.keys() == {"-1"}, "who follows topics does not hear of events without any"
    assert "Mapping webinar" in told["-1"]
    assert "15:00" in told["-1"], "by the clock of Dakar"
    assert "This event has a new time" not in told["-1"], "in French"


@pytest.mark.usefixtures("groups")
async def test_topics_are_followed(sara: Persona, database: Database) -> None:
    await publish(sara, start="2026-11-27 14:00")
    await about(sara, "The network itself")
    await sara.presses("Cancel the event")
    await sara.presses("Yes, cancel it")
    told = await heard(database)
    assert told.keys() == {"-1", "-2"}
    assert "This event is cancelled" in told["-2"]


@pytest.mark.usefixtures("groups")
async def test_what_is_far_away_bothers_no_group_yet(sara: Persona, database: Database) -> None:
    await publish(sara, start="2026-12-20 14:00")
    await move(sara, "2026-12-21 14:00")
    assert await heard(database) == {}
    await move(sara, "2026-11-26 14:00")
    assert (await heard(database)).keys() == {"-1"}, "now it is near"


@pytest.mark.usefixtures("groups")
async def test_the_link_itself_is_not_told_in_a_group(sara: Persona, database: Database) -> None:
    await publish(sara, start="2026-11-27 14:00")
    await sara.presses("Links")
    await sara.says("https://meet.example/new-and-secret")
    await sara.presses("Skip")
    (told,) = (await heard(database)).values()
    assert "meet.example" not in told


async def test_an_event_whose_times_have_passed_is_not_published(
    sara: Persona, clock: ManualClock
) -> None:
    from tests.events.stage import write_event

    await write_event(sara, start="2026-11-24 10:00")
    clock.advance(3 * 86400)
    await sara.presses("Publish…")
    sara.sees("All its times have passed. Name a later one first.")


async def test_a_draft_that_is_thrown_away_is_gone(sara: Persona, ana: Persona) -> None:
    from tests.events.stage import write_event

    await write_event(sara)
    thrown = sara.button("Discard").action
    await sara.presses_action(thrown)
    sara.sees("The draft is gone. Nobody saw it.")
    await sara.presses_action(thrown)
    sara.sees_not("The draft is gone. Nobody saw it.")
    await ana.says("/events")
    ana.sees_not("Mapping webinar")
