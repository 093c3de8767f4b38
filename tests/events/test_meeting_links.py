"""The link to join never stands where it is not meant to, however it was written."""

from __future__ import annotations

import pytest

from handlers.event_edits import place_and_link
from tests.events.stage import open_first, publish
from tests.stage import Persona, Stage

LINK = "https://meet.example/j/123?pwd=abc"


async def seen_in_a_group(stage: Stage) -> str:
    """The list and the card, as a group reads them."""
    group = stage.persona("Gus", chat_id="-100")
    await group.says("/events")
    screen = group.screen
    await open_first(group)
    return f"{screen}\n{group.screen}"


async def test_a_link_among_the_words_of_the_place(stage: Stage, sara: Persona) -> None:
    await publish(sara, place=f"FAO, Room A; Zoom: {LINK}")
    sara.sees("Where: FAO, Room A; Zoom", "Members see the link to join")
    screen = await seen_in_a_group(stage)
    assert "FAO, Room A" in screen
    assert "meet.example" not in screen


async def test_a_link_that_takes_the_place_of_a_room(
    stage: Stage, sara: Persona, ana: Persona
) -> None:
    await publish(sara, place="Rome")
    await sara.presses("Time and place")
    await sara.presses("Skip")
    await sara.presses("Skip")
    await sara.says(LINK)
    sara.sees("Members see the link to join")
    assert "meet.example" not in await seen_in_a_group(stage)
    await ana.says("/events")
    ana.sees_not("meet.example")


async def test_a_link_for_one_time_of_a_series(stage: Stage, sara: Persona) -> None:
    await publish(sara, place="Rome")
    await sara.presses("Repetition")
    await sara.presses("every week")
    await sara.presses("Single times")
    await sara.presses("10 Dec: another time")
    await sara.presses("Skip")
    await sara.presses("Skip")
    await sara.says(f"Bonn {LINK}")
    sara.sees("Bonn", "The link to join the meeting")
    screen = await seen_in_a_group(stage)
    assert "Bonn" in screen
    assert "meet.example" not in screen


@pytest.mark.parametrize(
    ("text", "place", "link"),
    [
        ("Room 5 (FAO)", "Room 5 (FAO)", None),
        ("", "", None),
        (LINK, "", LINK),
        (f"Online: {LINK}.", "Online", LINK),
        (f"Online ({LINK})", "Online", LINK),
        ("HTTPS://meet.example/a", "", "HTTPS://meet.example/a"),
        (f"{LINK} or https://b.example/x", "or", LINK),
        ("https://", "https://", None),
    ],
)
def test_words_and_links_are_told_apart(text: str, place: str, link: str | None) -> None:
    assert place_and_link(text) == (place, link)


@pytest.mark.parametrize("start", ["9999-12-31 23:30", "9999-12-31", "31.12.9999"])
async def test_the_end_of_the_calendar_is_no_time(sara: Persona, start: str) -> None:
    await sara.says("/event new")
    await sara.says("Talk")
    await sara.presses("Skip")
    await sara.says(start)
    sara.sees("I do not understand this time.")
