"""Events and their occurrences as the code sees them, and how they stand in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from bot.calendar.leads import leads_from_text, leads_to_text
from bot.calendar.places import words_of
from bot.calendar.recurrence import Pattern
from bot.store.schema_events import event, occurrence

EventState = Literal["draft", "planned", "cancelled", "deleted"]
OccurrenceState = Literal["planned", "cancelled", "gone"]
LinkFor = Literal["all", "members", "going"]
FALLBACK: Final = ""
"""The language under which the text for all other languages is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventText:
    """What is said of an event in one language. ``audience``: whom it is for."""

    title: str
    text: str = ""
    link: str | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event or series; see ``bot.store.schema_events.event``.

    ``start_wall`` and ``end_wall`` are naive wall times in ``zone``, the first of a series;
    ``texts`` are by language and need one under ``FALLBACK``. ``leads`` are minutes, None for
    the defaults. ``id`` is 0 before it is stored, ``uid`` empty lets the store make one.
    """

    start_wall: datetime
    end_wall: datetime
    zone: str
    texts: Mapping[str, EventText]
    id: int = 0
    uid: str = ""
    state: EventState = "draft"
    is_all_day: bool = False
    rule: str | None = None
    extra_starts: tuple[datetime, ...] = ()
    left_out: tuple[datetime, ...] = ()
    place: str = ""
    meeting_link: str | None = field(default=None, repr=False)
    link_for: LinkFor = "all"
    organiser_id: int | None = None
    organiser_name: str = ""
    topics: tuple[str, ...] = ()
    capacity: int | None = None
    leads: tuple[int, ...] | None = None
    sequence: int = 0
    feed_id: int | None = None
    updated_at: datetime | None = None

    @property
    def pattern(self) -> Pattern:
        """When it takes place."""
        return Pattern(
            start=self.start_wall,
            end=self.end_wall,
            zone=self.zone,
            rule=self.rule,
            extra=self.extra_starts,
            left_out=self.left_out,
        )

    @property
    def is_series(self) -> bool:
        """Whether it may take place more than once."""
        return self.rule is not None or bool(self.extra_starts)

    def text_in(self, language: str | None) -> EventText:
        """In this language, in its main language (``pt`` for ``pt-BR``), or the fallback."""
        for candidate in (language or FALLBACK, (language or FALLBACK).partition("-")[0]):
            if candidate in self.texts:
                return self.texts[candidate]
        return self.texts[FALLBACK]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time that an event takes place. The moments are UTC, the wall times naive.

    ``original_wall`` names it within its event for good. ``place`` is None where it is the
    event's.
    """

    id: int
    event_id: int
    original_wall: datetime
    start_wall: datetime
    end_wall: datetime
    starts_at: datetime
    ends_at: datetime
    state: OccurrenceState
    is_moved: bool
    place: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """An occurrence with its event: what people see in a list."""

    event: Event
    occurrence: Occurrence

    @property
    def place(self) -> str:
        """Where this one takes place; never a link to join, whatever a calendar file said."""
        own = self.occurrence.place
        return words_of(self.event.place if own is None else own)

    @property
    def is_on(self) -> bool:
        """Neither the event nor this occurrence is called off."""
        return self.event.state == "planned" and self.occurrence.state == "planned"


_PLAIN: Final = (
    *("uid", "state", "start_wall", "end_wall", "zone", "is_all_day", "rule", "place"),
    *("meeting_link", "link_for", "organiser_id", "organiser_name", "capacity", "sequence"),
    "feed_id",
)
EVENT_COLUMNS: Final = (
    event.c.id.label("event_id"),
    event.c.state.label("event_state"),
    event.c.start_wall.label("event_start_wall"),
    event.c.end_wall.label("event_end_wall"),
    event.c.place.label("event_place"),
    *(event.c[name] for name in _PLAIN if name not in {"state", "start_wall", "end_wall", "place"}),
    *(event.c[name] for name in ("extra_starts", "left_out", "topics", "leads", "updated_at")),
)
"""Labelled so that they can stand beside an occurrence's."""
OCCURRENCE_COLUMNS: Final = (
    *(
        occurrence.c[name]
        for name in (
            *("id", "original_wall", "start_wall", "end_wall", "starts_at", "ends_at"),
            *("state", "is_moved", "place"),
        )
    ),
    occurrence.c.event_id.label("of_event"),
)


def event_values(told: Event) -> dict[str, Any]:
    """The columns of ``event``, but for the texts and what the store keeps for itself."""
    return {
        **{name: getattr(told, name) for name in _PLAIN},
        "extra_starts": _walls_to_text(told.extra_starts),
        "left_out": _walls_to_text(told.left_out),
        "topics": ",".join(told.topics),
        "leads": leads_to_text(told.leads),
    }


def read_event(row: Any, texts: Mapping[str, EventText]) -> Event:
    """From a row of ``EVENT_COLUMNS``."""
    return Event(
        id=row.event_id,
        state=row.event_state,
        start_wall=row.event_start_wall,
        end_wall=row.event_end_wall,
        place=row.event_place,
        **{
            name: getattr(row, name)
            for name in _PLAIN
            if name not in {"state", "start_wall", "end_wall", "place"}
        },
        extra_starts=_walls_from_text(row.extra_starts),
        left_out=_walls_from_text(row.left_out),
        topics=tuple(filter(None, row.topics.split(","))),
        leads=leads_from_text(row.leads),
        updated_at=row.updated_at,
        texts=texts,
    )


def read_occurrence(row: Any) -> Occurrence:
    """From a row of ``OCCURRENCE_COLUMNS``."""
    return Occurrence(
        id=row.id,
        event_id=row.of_event,
        original_wall=row.original_wall,
        start_wall=row.start_wall,
        end_wall=row.end_wall,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=row.state,
        is_moved=row.is_moved,
        place=row.place,
    )


def _walls_to_text(walls: tuple[datetime, ...]) -> str:
    return ",".join(wall.isoformat(timespec="seconds") for wall in sorted(set(walls)))


def _walls_from_text(text: str) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(part) for part in text.split(",") if part)
