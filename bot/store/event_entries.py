"""Events as entries of calendar files, and entries as events."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.calendar.entries import CalendarEntry, Override, Status
from bot.calendar.places import place_and_link, words_of
from bot.chat.markup import plain
from bot.store.event_rows import FALLBACK, Event, EventState, EventText, Occurrence

_STATUS: dict[EventState, Status] = {
    "draft": "TENTATIVE",
    "planned": "CONFIRMED",
    "cancelled": "CANCELLED",
    "deleted": "CANCELLED",
}
_TITLE = 200
_TEXT = 8000


def entry_of(
    told: Event,
    occurrences: Collection[Occurrence] = (),
    *,
    language: str | None = None,
    with_link: bool = False,
) -> CalendarEntry:
    """For ``bot.calendar.ics_writing``. ``occurrences`` are those that may differ from the rule.

    ``with_link`` gives the meeting's link away: only for a reader who may see it.
    """
    text = told.text_in(language)
    place = words_of(told.place)
    words = plain(text.text) if told.feed_id is None else text.text
    if with_link and told.meeting_link:
        place = place or told.meeting_link
        words = f"{told.meeting_link}\n\n{words}".strip()
    return CalendarEntry(
        uid=told.uid,
        title=text.title,
        text=words,
        place=place,
        link=text.link,
        contact=told.organiser_name,
        categories=told.topics,
        pattern=told.pattern,
        is_all_day=told.is_all_day,
        status=_STATUS[told.state],
        sequence=told.sequence,
        overrides=tuple(
            Override(
                original=each.original_wall,
                start=each.start_wall,
                end=each.end_wall,
                place=None if each.place is None else words_of(each.place),
                is_cancelled=each.state == "cancelled",
            )
            for each in occurrences
            if told.is_series and (each.is_moved or each.state == "cancelled")
        ),
        updated_at=told.updated_at,
    )


def event_of(entry: CalendarEntry, *, feed_id: int | None, before: Event | None = None) -> Event:
    """The event of an entry. What only we know of it (places, answers' rules) is kept."""
    kept = before or Event(
        start_wall=entry.pattern.start,
        end_wall=entry.pattern.end,
        zone=entry.pattern.zone,
        texts={},
    )
    place, link = place_and_link(entry.place)
    text = EventText(
        title=entry.title[:_TITLE],
        text=entry.text[:_TEXT],
        link=entry.link,
        audience=kept.texts[FALLBACK].audience if FALLBACK in kept.texts else "",
    )
    return Event(
        id=kept.id,
        uid=entry.uid[:255],
        state="cancelled" if entry.status == "CANCELLED" else "planned",
        start_wall=entry.pattern.start,
        end_wall=entry.pattern.end,
        zone=entry.pattern.zone,
        texts={**kept.texts, FALLBACK: text},
        is_all_day=entry.is_all_day,
        rule=entry.pattern.rule,
        extra_starts=entry.pattern.extra,
        left_out=_left_out(entry),
        place=place[:300],
        meeting_link=link or kept.meeting_link,
        link_for="members" if link and not kept.meeting_link else kept.link_for,
        organiser_id=kept.organiser_id,
        organiser_name=entry.contact[:200] or kept.organiser_name,
        topics=kept.topics,
        capacity=kept.capacity,
        leads=kept.leads,
        sequence=max(kept.sequence, entry.sequence),
        feed_id=feed_id,
        updated_at=kept.updated_at,
    )


def _left_out(entry: CalendarEntry) -> tuple[datetime, ...]:
    cancelled = {each.original for each in entry.overrides if each.is_cancelled}
    return tuple(sorted({*entry.pattern.left_out, *cancelled}))
