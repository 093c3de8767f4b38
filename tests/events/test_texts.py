"""What is written about events unasked: reminders, thanks, recordings, the weekly overview."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.markup import plain
from bot.chat.messages import Button, LinkButton, Message
from bot.store.event_rows import FALLBACK, Event, EventText, Meeting, Occurrence
from bot.store.event_texts import EventFile
from bot.translating import translator
from handlers.event_digest import LISTED, digest_message
from handlers.event_texts import moved_up, recorded, reminder, thanks

START = datetime(2026, 12, 10, 13, tzinfo=UTC)
WALL = datetime(2026, 12, 10, 14)  # noqa: DTZ001  # a wall time
LINK = "https://meet.example/abc"
EN = translator("en")


@pytest.fixture
def meeting() -> Meeting:
    """An online webinar in Rome's time."""
    event = Event(
        id=7,
        state="planned",
        start_wall=WALL,
        end_wall=WALL + timedelta(hours=1),
        zone="Europe/Rome",
        texts={FALLBACK: EventText(title="Mapping *webinar*")},
        meeting_link=LINK,
    )
    occurrence = Occurrence(
        id=3,
        event_id=7,
        original_wall=WALL,
        start_wall=WALL,
        end_wall=WALL + timedelta(hours=1),
        starts_at=START,
        ends_at=START + timedelta(hours=1),
        state="planned",
        is_moved=False,
        place=None,
    )
    return Meeting(event=event, occurrence=occurrence)


def labels(message: Message) -> list[str]:
    """What stands on the buttons."""
    return [part.label for row in message.rows for part in row if not hasattr(part, "choices")]  # type: ignore[union-attr]  # no selects


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(days=7), "It begins in 7 days."),
        (timedelta(days=1), "It begins in 1 day."),
        (timedelta(hours=23), "It begins in 23 hours."),
        (timedelta(hours=1), "It begins in 60 minutes."),
        (timedelta(minutes=1), "It begins in 1 minute."),
        (timedelta(0), "It begins now."),
        (-timedelta(minutes=3), "It begins now."),
    ],
)
def test_a_reminder_tells_the_time_that_is_left(
    meeting: Meeting, before: timedelta, words: str
) -> None:
    said = reminder(meeting, START - before, "Asia/Tokyo", EN, sees_link=True)
    text = plain(said.text)
    assert words in text
    assert "Mapping *webinar*" in text
    assert "22:00–23:00 (Tokyo, UTC+9)" in text
    assert LINK in text
    assert ("Going" in labels(said)) == (before > timedelta(minutes=1))


def test_who_may_not_have_the_link_and_groups_do_not_get_it(meeting: Meeting) -> None:
    for sees, group in ((False, False), (True, True)):
        said = reminder(meeting, START, "Europe/Rome", EN, sees_link=sees, is_group=group)
        assert LINK not in said.text
        assert "Press “Show the event” for the link" in said.text
        assert "Show the event" in labels(said)


def test_a_late_one_is_excused(meeting: Meeting) -> None:
    said = reminder(meeting, START, "Europe/Rome", EN, sees_link=True, is_late=True)
    assert "I am sorry, this reminder comes late." in said.text


def test_a_whole_day_is_told_in_days(meeting: Meeting) -> None:
    day = replace(meeting, event=replace(meeting.event, is_all_day=True, meeting_link=None))
    for days, words in ((7, "It is in 7 days."), (1, "It is in 1 day."), (0, "It is today.")):
        said = reminder(day, START - timedelta(days=days), "Asia/Tokyo", EN, sees_link=True)
        assert words in said.text
        assert "Thursday, 10 December 2026" in said.text
        assert "Tokyo" not in said.text


def test_after_the_event_there_is_one_question_and_the_recording(meeting: Meeting) -> None:
    file = EventFile(
        id=1,
        event_id=7,
        occurrence_id=3,
        kind="recording",
        title="",
        url="https://video.example/1",
        added_at=START,
    )
    said = thanks(meeting, None, EN)
    assert labels(said) == ["👍 It was useful", "👎 Not for me"]
    assert "If there is a recording, I tell you." in said.text
    (link,) = (part for row in recorded(meeting, file, EN).rows for part in row)
    assert link == LinkButton(label="Recording", url="https://video.example/1")


def test_who_moves_up_can_still_say_no(meeting: Meeting) -> None:
    said = moved_up(meeting, "Europe/Rome", EN)
    assert "there is a place for you at **Mapping \\*webinar\\***" in said.text
    assert "✓ Going" in labels(said)
    assert "Not going" in labels(said)


def test_the_overview_tells_what_comes_and_what_can_be_watched(meeting: Meeting) -> None:
    said = digest_message([meeting] * 20, [meeting], "Asia/Tokyo", EN)
    assert said.title == "This week in the network"
    assert plain(said.text).count("22:00–23:00") == LISTED
    assert "New recordings" in said.text
    assert len([part for row in said.rows for part in row if isinstance(part, Button)]) == 9
    assert digest_message([meeting], [], "Asia/Tokyo", translator("ar")).direction == "rtl"


def test_an_over_long_title_fits_its_button(meeting: Meeting) -> None:
    text = {FALLBACK: EventText(title="w" * 200)}
    long = replace(meeting, event=replace(meeting.event, texts=text))
    said = digest_message([long], [], "Europe/Rome", EN)
    assert all(len(label) <= 60 for label in labels(said))
