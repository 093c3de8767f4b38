"""What the clock sends about events: in the reader's words, and the link only to whom it is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.markup import plain
from bot.clockwork.texts import Reader
from bot.commands.calendar_texts import HandlersTexts, sees_link
from bot.store.event_rows import FALLBACK, EventText, Meeting
from bot.store.event_texts import EventFile
from tests.events.test_texts import LINK, START, meeting

__all__ = ["meeting"]

TEXTS = HandlersTexts()


def reader(**changes: object) -> Reader:
    """Somebody in Tokyo who reads English, in private."""
    given = {"language": "en", "zone": "Asia/Tokyo", "is_private": True, **changes}
    return Reader(**given)  # type: ignore[arg-type]  # the changes are of the fields' types


def for_whom(meeting: Meeting, link_for: str) -> Meeting:
    """The same meeting with a link for some only."""
    return replace(meeting, event=replace(meeting.event, link_for=link_for))


@pytest.mark.parametrize(
    ("link_for", "who", "sees"),
    [
        ("all", {}, True),
        ("all", {"is_private": False}, False),
        ("members", {}, False),
        ("members", {"is_member": True}, True),
        ("members", {"is_member": True, "is_private": False}, False),
        ("going", {"is_member": True}, False),
        ("going", {"answer": "maybe"}, False),
        ("going", {"answer": "going"}, True),
        ("going", {"answer": "going", "is_waiting": True}, False),
        ("going", {"answer": "going", "is_private": False}, False),
    ],
)
def test_the_link_reaches_only_whom_it_is_for(
    meeting: Meeting, link_for: str, who: dict[str, object], sees: bool
) -> None:
    told, asked = for_whom(meeting, link_for), reader(**who)
    assert sees_link(told, asked) is sees
    now = START - timedelta(hours=1)
    said = TEXTS.before(told, lead=60, is_late=False, now=now, reader=asked)
    everything = f"{said.text} {said.footer} {said.rows}"
    assert (LINK in everything) is sees


def test_a_reminder_is_in_the_readers_zone_and_language(meeting: Meeting) -> None:
    now = START - timedelta(hours=1)
    in_tokyo = TEXTS.before(meeting, lead=60, is_late=False, now=now, reader=reader())
    assert "22:00–23:00 (Tokyo, UTC+9)" in plain(in_tokyo.text)
    assert "It begins in 60 minutes." in plain(in_tokyo.text)
    french = TEXTS.before(
        meeting, lead=60, is_late=False, now=now, reader=reader(language="fr", zone="Africa/Dakar")
    )
    assert "13:00–14:00" in plain(french.text)
    assert "It begins" not in french.text


def test_what_comes_after_and_between(meeting: Meeting) -> None:
    file = EventFile(
        id=1,
        event_id=7,
        occurrence_id=3,
        kind="recording",
        title="Film",
        url="https://film.example/1",
        added_at=START,
    )
    assert "Mapping" in plain(TEXTS.thanks(meeting, reader=reader()).text)
    recording = TEXTS.recording(meeting, files=[file], reader=reader())
    assert "https://film.example/1" in str(recording.rows)
    assert "22:00" in plain(TEXTS.moved_up(meeting, reader=reader()).text)
    week = TEXTS.digest([meeting], [], reader=reader())
    assert "Mapping *webinar*" in plain(week.text)


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 reminder of"), (4, "4 reminders of")], ids=["one", "four"]
)
def test_the_desk_hears_what_was_not_sent_under_the_title_of_its_language(
    meeting: Meeting, count: int, words: str
) -> None:
    texts = {FALLBACK: EventText(title="Mapping *webinar*"), "fr": EventText(title="Atelier")}
    told = replace(meeting, event=replace(meeting.event, texts=texts))
    said = plain(TEXTS.skipped(told, count=count, reader=reader()).text)
    assert words in said
    assert "Mapping *webinar*" in said
    assert "Atelier" in plain(TEXTS.skipped(told, count=1, reader=reader(language="fr")).text)
