"""The link to join never stands where it is not meant to, however it was written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.calendar.entries import CalendarEntry
from bot.calendar.places import place_and_link
from bot.calendar.recurrence import Pattern
from bot.store.event_entries import entry_of, event_of
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


@pytest.mark.parametrize("bare", ["meet.example/j/123", "zoom.us/j/9", "teams.microsoft.com/l/9"])
async def test_a_link_without_its_scheme(
    stage: Stage, sara: Persona, ana: Persona, bare: str
) -> None:
    await publish(sara, place=f"Room 7, {bare}")
    sara.sees("Where: Room 7", "Members see the link to join")
    screen = await seen_in_a_group(stage)
    assert "Room 7" in screen
    assert bare not in screen
    await ana.says("/events")
    await open_first(ana)
    ana.sees_not(bare)


async def test_a_link_in_a_calendar_file_is_for_members(stage: Stage) -> None:
    def described(place: str) -> CalendarEntry:
        pattern = Pattern(
            start=datetime.fromisoformat("2026-12-03T15:00"),
            end=datetime.fromisoformat("2026-12-03T16:00"),
            zone="Europe/Rome",
        )
        return CalendarEntry(uid="x", title="Talk", place=place, pattern=pattern)

    told = event_of(described(f"Room 5, {LINK}"), feed_id=None)
    assert (told.place, told.meeting_link, told.link_for) == ("Room 5", LINK, "members")
    assert entry_of(told).place == "Room 5"
    again = event_of(described("zoom.us/j/2"), feed_id=None, before=replace(told, link_for="going"))
    assert (again.place, again.meeting_link) == ("", "https://zoom.us/j/2")
    assert again.link_for == "going"
    kept = replace(told, place="zoom.us/j/3", meeting_link=None)
    assert "zoom" not in f"{entry_of(kept).place}"


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
        ("zoom.us/j/123?pwd=x", "", "https://zoom.us/j/123?pwd=x"),
        ("Zoom.Us/j/1", "", "https://Zoom.Us/j/1"),
        ("Room 5; meet.google.com/abc-defg-hij.", "Room 5", "https://meet.google.com/abc-defg-hij"),
        ("teams.microsoft.com/l/x/19%3am", "", "https://teams.microsoft.com/l/x/19%3am"),
        ("us02web.zoom.us/j/1, Rome", "Rome", "https://us02web.zoom.us/j/1"),
        ("zoommtg://zoom.us/join?confno=1", "", "https://zoom.us/join?confno=1"),
        ("meet.example.com:8443/a", "", "https://meet.example.com:8443/a"),
        ("例子.中国/会议", "", "https://例子.中国/会议"),
        ("قاعة 5/6", "قاعة 5/6", None),
        ("St.Peter/Paul, Room 5/6 at 1.5/2 km", "St.Peter/Paul, Room 5/6 at 1.5/2 km", None),
        ("ana@example.org/x", "ana@example.org/x", None),
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
