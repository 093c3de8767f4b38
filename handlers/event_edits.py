"""What an organiser wrote, put into the event: one function a form, value in, value out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.calendar.places import is_address, place_and_link, whole_address
from bot.calendar.wall import to_wall
from bot.chat.cleaning import clean, clean_line
from bot.chat.turn import Translate
from bot.store.event_rows import FALLBACK, Event, EventText
from handlers.event_forms import (
    AUDIENCE_LIMIT,
    LINK_LIMIT,
    MOST_PLACES,
    PLACE_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    TOPICS,
    bad_time,
)
from handlers.event_reading import Start, read_end, read_start
from handlers.event_repeats import fits, is_never, read_repeats
from handlers.settings import LANGUAGE_NAMES

AWAY: Final = "-"
"""What somebody writes to take something away where skipping leaves it."""


class Misread(Exception):
    """An answer that cannot be used; the message is what to tell the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The values of a form. ``is_whole``: the person saw all of it, so that empty means empty."""

    values: Mapping[str, str]
    is_whole: bool = False

    def line(self, name: str, before: str = "", limit: int = 300) -> str:
        """One line: as written, else as it was."""
        return self._kept(clean_line(self.values.get(name, ""), limit), before)

    def text(self, name: str, before: str = "", limit: int = TEXT_LIMIT) -> str:
        """The same for a text of several lines."""
        return self._kept(clean(self.values.get(name, ""), limit), before)

    def _kept(self, given: str, before: str) -> str:
        if given == AWAY:
            return ""
        return given or ("" if self.is_whole else before)


def new_event(
    answers: Answers, *, zone: str, organiser_id: int, organiser: str, now: datetime, _: Translate
) -> tuple[Event, str]:
    """A draft, and a remark on what was not understood; raises ``Misread`` without a start."""
    title = answers.line("title", limit=TITLE_LIMIT)
    if not title:
        raise Misread(_("An event needs a title."))
    start = _start(answers.line("start"), zone, now, _)
    end, remark = _end(answers.line("end"), start, _)
    event = Event(
        start_wall=start.wall,
        end_wall=end,
        zone=zone,
        is_all_day=start.is_all_day,
        texts={FALLBACK: EventText(title=title, text=answers.text("text"))},
        organiser_id=organiser_id,
        organiser_name=organiser,
    )
    return with_place(event, answers), remark


def with_place(event: Event, answers: Answers) -> Event:
    """Where it is; a link among the words is the meeting's, which not everybody sees."""
    place, link = place_and_link(answers.line("place", event.place, PLACE_LIMIT))
    if link is None:
        return replace(event, place=place)
    seen = event.link_for if event.meeting_link else "members"
    return replace(event, place=place, meeting_link=link, link_for=seen)


def with_words(event: Event, answers: Answers, language: str = FALLBACK) -> Event:
    """Title, text and audience in one language; a missing title leaves the one before."""
    before = event.texts.get(language, EventText(title=""))
    title = answers.line("title", before.title, TITLE_LIMIT) or before.title
    told = replace(
        before,
        title=title or event.texts[FALLBACK].title,
        text=answers.text("text", before.text),
        audience=answers.line("audience", before.audience, AUDIENCE_LIMIT),
    )
    # A version that is the same as the one for all others is the one that is meant.
    alike = [key for key, text in event.texts.items() if text == before] if not language else []
    return replace(event, texts={**event.texts, **dict.fromkeys((*alike, language), told)})


def with_language(event: Event, answers: Answers, _: Translate) -> Event:
    """A version in another language; raises ``Misread``."""
    language = answers.line("language")
    if language not in LANGUAGE_NAMES:
        raise Misread(_("Please choose one of these."))
    return with_words(event, answers, language)


def new_times(
    event: Event, answers: Answers, now: datetime, _: Translate, *, start: datetime, end: datetime
) -> tuple[Start, datetime, str]:
    """When it is to be, with a remark; ``start`` and ``end`` are as it was. Raises ``Misread``."""
    written, ended = answers.line("start"), answers.values.get("end", "").strip()
    begun = Start(wall=start, is_all_day=event.is_all_day)
    if written and read_start(written) != begun:
        begun = _start(written, event.zone, now, _)
    if ended == AWAY or (not ended and answers.is_whole):
        return begun, _default_end(begun), ""
    if ended:
        found, remark = _end(ended, begun, _)
        return begun, found, remark
    # Skipped: it lasts as long as before.
    is_alike = begun.is_all_day == event.is_all_day
    return begun, begun.wall + (end - start) if is_alike else _default_end(begun), ""


def with_rule(event: Event, answers: Answers, _: Translate) -> Event:
    """How often, from plain words; raises ``Misread``."""
    words = answers.line("words")
    if is_never(words):
        return replace(event, rule=None, extra_starts=(), left_out=())
    repeats = read_repeats(words, event.start_wall)
    if repeats is None:
        raise Misread(_("I do not understand how often. Write it like “every two weeks, 6 times”."))
    if not fits(repeats, event.start_wall):
        raise Misread(
            _("The event's first day does not fit this rule. Change the day first, or the rule.")
        )
    return replace(event, rule=repeats.to_rule(), left_out=())


def with_links(event: Event, answers: Answers, _: Translate) -> Event:
    """The meeting's link and the page; raises ``Misread``."""
    told = event.texts[FALLBACK]
    link = whole_address(answers.line("link", event.meeting_link or "", LINK_LIMIT))
    page = whole_address(answers.line("page", told.link or "", LINK_LIMIT))
    for address in filter(None, (link, page)):
        if not is_address(address):
            raise Misread(_("An address begins with https:// and holds no spaces."))
    texts = {key: replace(text, link=page or None) for key, text in event.texts.items()}
    return replace(event, meeting_link=link or None, texts=texts)


def with_places(event: Event, answers: Answers, _: Translate) -> Event:
    """How many can come; raises ``Misread``."""
    before = "" if event.capacity is None else str(event.capacity)
    given = answers.line("places", before, 20).partition(" ")[0]
    if not given:
        return replace(event, capacity=None)
    if not given.isdecimal() or not 0 < int(given) <= MOST_PLACES:
        raise Misread(_("Please write a number from 1 to {most}.", most=f"{MOST_PLACES:,}"))
    return replace(event, capacity=int(given))


def with_topics(event: Event, answers: Answers) -> Event:
    """What it is about; topics of a calendar file that are not ours stay."""
    chosen = answers.values.get("topics", "").split(",")
    others = tuple(topic for topic in event.topics if topic not in TOPICS)
    return replace(event, topics=(*(topic for topic in TOPICS if topic in chosen), *others))


def _start(text: str, zone: str, now: datetime, _: Translate) -> Start:
    found = read_start(text)
    if found is None:
        raise Misread(bad_time(_))
    today = to_wall(now, zone)
    is_gone = found.wall.date() < today.date() if found.is_all_day else found.wall <= today
    if is_gone:
        raise Misread(_("This time has passed. Please name a later one."))
    return found


def _end(text: str, start: Start, _: Translate) -> tuple[datetime, str]:
    """Where no end is known, it is the start."""
    if not text:
        return _default_end(start), ""
    found = read_end(text, start)
    if found is None:
        return _default_end(start), _("I did not understand the end, so I left it out.")
    return found, ""


def _default_end(start: Start) -> datetime:
    if not start.is_all_day:
        return start.wall
    found = read_end(f"{start.wall:%Y-%m-%d}", start)
    assert found is not None
    return found
