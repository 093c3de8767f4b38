"""The questions an organiser is asked: for a new event, and for each thing that can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.chat.forms import Accepted, Doubt, Field, Form
from bot.chat.messages import Choice
from bot.chat.routes import ABOUT
from bot.chat.turn import Translate
from bot.marking import N_
from bot.store.event_rows import FALLBACK, Event, Occurrence
from handlers.event_reading import read_start, written
from handlers.join_fields import INTERESTS
from handlers.settings import LANGUAGE_NAMES

NEW: Final = "event"
TITLE_LIMIT: Final = 120
TEXT_LIMIT: Final = 2000
PLACE_LIMIT: Final = 300
LINK_LIMIT: Final = 512
"""Characters of an address under a button (Discord)."""
AUDIENCE_LIMIT: Final = 300
MOST_PLACES: Final = 100_000

TOPICS: Final[Mapping[str, str]] = {**INTERESTS, "insop": N_("The network itself")}
"""What an event may be about: the members' interests, and the network's own matters."""


def new_form(_: Translate, values: Mapping[str, str], zone: str) -> Form:
    """Five questions make a draft; everything else has a default and is changed on its page."""
    markup = _("**Bold**, *italics*, lists and links are understood.")
    title = _title(_, value=values.get("title", ""))
    text = _text(_, hint=markup, value=values.get("text", ""))
    return Form(
        id=NEW,
        title=_("A new event"),
        intro=_("It becomes a draft that only you see, until you publish it."),
        fields=(title, text, *time_fields(_, values, zone)),
    )


def time_fields(_: Translate, values: Mapping[str, str], zone: str) -> tuple[Field, ...]:
    """When and where; times by the clock of ``zone``, which is named."""
    return (
        Field(
            name="start",
            label=_("When does it begin?"),
            hint=_(
                "Like 2027-03-15 14:00, by the clock of {zone}. A day alone: all day.", zone=zone
            ),
            limit=60,
            value=values.get("start", ""),
        ),
        Field(
            name="end",
            label=_("When does it end?"),
            hint=_("Like 15:30, or 90 min. Leave it out if that is not known."),
            is_required=False,
            limit=60,
            value=values.get("end", ""),
        ),
        Field(
            name="place",
            label=_("Where is it?"),
            hint=_("A place, or the link to an online meeting."),
            is_required=False,
            limit=PLACE_LIMIT,
            value=values.get("place", ""),
        ),
    )


def time_form(event: Event, _: Translate, zone: str, once: Occurrence | None = None) -> Form:
    """Another time or place: of the whole event, or of one time of a series."""
    start = once.start_wall if once else event.start_wall
    end = once.end_wall if once else event.end_wall
    place = once.place if once and once.place is not None else event.place
    values = {"start": written(start), "end": written(end) if end > start else "", "place": place}
    if event.is_all_day:
        values["start"] = f"{start:%Y-%m-%d}"
        values["end"] = f"{end - timedelta(days=1):%Y-%m-%d}"
    about = f"once{ABOUT}{once.id}" if once else f"time{ABOUT}{event.id}"
    fields = tuple(
        replace(field, is_required=False, hint=field.hint if field.name == "start" else keeping(_))
        for field in time_fields(_, values, zone)
    )
    return Form(id=f"event.{about}", title=_("Time and place"), fields=fields)


def keeping(_: Translate) -> str:
    """What skipping a question means where something stands already."""
    return _("Skip it to leave it as it is; a single - takes it away.")


def words_form(event: Event, _: Translate) -> Form:
    """Title and text as first written."""
    told = event.texts[FALLBACK]
    title = _title(_, is_required=False, hint=keeping(_), value=told.title)
    text = _text(_, hint=keeping(_), value=told.text)
    return _form("words", event.id, _("Title and text"), title, text, _audience(_, told.audience))


def language_form(event: Event, _: Translate) -> Form:
    """The same in another language."""
    choices = tuple(Choice(label=name, value=code) for code, name in LANGUAGE_NAMES.items())
    language = Field(
        name="language",
        label=_("In which language is it written?"),
        kind="choice",
        choices=choices,
    )
    fields = (language, _title(_), _text(_), _audience(_, ""))
    return _form("language", event.id, _("Another language"), *fields)


def zone_form(event: Event, _: Translate) -> Form:
    """By whose clock the event's times are."""
    place = Field(
        name="place",
        label=_("By the clock of which city or country?"),
        hint=_("In any language; or like UTC+3."),
        limit=80,
    )
    return _form("zone", event.id, _("Time zone"), place)


def repeat_form(event: Event, _: Translate) -> Form:
    """How often, in the organiser's own words."""
    words = Field(
        name="words",
        label=_("How often does it take place?"),
        hint=_("Like: every two weeks, 6 times; or: every month until 2027-12-31; or: once"),
        limit=200,
    )
    return _form("repeat", event.id, _("Repetition"), words)


def link_form(event: Event, _: Translate) -> Form:
    """The link to an online meeting, and a page about the event."""
    meeting, page = event.meeting_link or "", event.texts[FALLBACK].link or ""
    return _form(
        "link",
        event.id,
        _("Links"),
        _link(_, "link", _("The link to join the meeting"), meeting),
        _link(_, "page", _("A web page about the event"), page),
    )


def places_form(event: Event, _: Translate) -> Form:
    """How many can come."""
    places = Field(
        name="places",
        label=_("How many people can come?"),
        hint=_("A number; a single - where there is room for everybody."),
        is_required=False,
        limit=20,
        value="" if event.capacity is None else str(event.capacity),
    )
    return _form("places", event.id, _("Places"), places)


def topics_form(event: Event, _: Translate) -> Form:
    """What it is about, so that groups can choose what is posted there."""
    choices = tuple(Choice(label=_(label), value=key) for key, label in TOPICS.items())
    topics = Field(
        name="topics",
        label=_("What is it about?"),
        kind="choices",
        is_required=False,
        choices=choices,
        value=",".join(topic for topic in event.topics if topic in TOPICS),
    )
    return _form("topics", event.id, _("Topics"), topics)


def file_form(event: Event, kind: str, _: Translate) -> Form:
    """A link to a recording or to a file."""
    is_recording = kind == "recording"
    title = _title(_, is_required=not is_recording)
    url = Field(name="url", label=_("Its address (https://…)"), limit=LINK_LIMIT)
    heading = _("Add a recording") if is_recording else _("Add a file")
    return _form(kind, event.id, heading, title, url)


def document_form(event: Event, _: Translate) -> Form:
    """Asks for one document, sent or forwarded; the words beside it are its name."""
    document = Field(
        name="file",
        label=_("Send or forward it to me"),
        kind="file",
        hint=_("What you write beside it stands on its button."),
        limit=TITLE_LIMIT,
    )
    return _form("document", event.id, _("A picture or a document"), document)


def check_start(text: str, _: Translate) -> Accepted | Doubt:
    """A day with a time, looked at while it is written."""
    found = read_start(text)
    if found is None:
        return Doubt(fault=bad_time(_))
    return Accepted(value=f"{found.wall:%Y-%m-%d}" if found.is_all_day else written(found.wall))


def bad_time(_: Translate) -> str:
    """A start that is none."""
    return _("I do not understand this time. Write it like 2027-03-15 14:00.")


def _title(_: Translate, *, is_required: bool = True, hint: str = "", value: str = "") -> Field:
    return Field(
        name="title",
        label=_("What is it called?"),
        is_required=is_required,
        limit=TITLE_LIMIT,
        hint=hint,
        value=value,
    )


def _text(_: Translate, *, hint: str = "", value: str = "") -> Field:
    return Field(
        name="text",
        label=_("What is it about?"),
        kind="text",
        is_required=False,
        limit=TEXT_LIMIT,
        hint=hint,
        value=value,
    )


def _link(_: Translate, name: str, label: str, value: str) -> Field:
    return Field(
        name=name,
        label=label,
        is_required=False,
        limit=LINK_LIMIT,
        hint=keeping(_),
        value=value,
    )


def _audience(_: Translate, value: str) -> Field:
    return Field(
        name="audience",
        label=_("Whom is it for?"),
        is_required=False,
        limit=AUDIENCE_LIMIT,
        hint=keeping(_) if value else "",
        value=value,
    )


def _form(name: str, number: int, title: str, *fields: Field) -> Form:
    return Form(id=f"event.{name}{ABOUT}{number}", title=title, fields=fields)
