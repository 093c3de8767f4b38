"""An event as a message: what a list, a card, a reminder and a digest say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.chat.actions import Action
from bot.chat.markup import Raw, escape
from bot.chat.messages import Button, LinkButton, Message, Row
from bot.chat.turn import Translate
from bot.store.attendance import Attending, Counts
from bot.store.event_rows import Meeting
from bot.store.event_texts import EventFile
from bot.translating import direction
from handlers.event_repeats import shown_repeats
from handlers.event_times import local_day, shown_date, shown_moment, shown_span, shown_zone

ACTION: Final = "event"
"""The action of the buttons that anybody may press."""
PERSONAL: Final = "p"
"""Marks buttons under a message that one person sees, and that may be changed in place."""
LINKS: Final = 4
"""Buttons with files and recordings; the rest stands in the text."""
LABEL_LIMIT: Final = 60
LINK_LIMIT: Final = 512
"""Characters of an address under a button (Discord)."""
_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks. ``sees_link``: may see the meeting's link, and nobody else reads along.

    ``sees_files``: comes, so that the event's documents are theirs, too.
    """

    zone: str
    is_zone_known: bool = True
    sees_link: bool = False
    sees_files: bool = False
    may_manage: bool = False
    is_personal: bool = False
    answer: Attending | None = None


def when(meeting: Meeting, zone: str, language: str) -> Raw:
    """When it takes place, by the reader's clock; a whole day is the same day everywhere."""
    told = meeting.occurrence
    if not meeting.event.is_all_day:
        return shown_span(told.starts_at, told.ends_at, zone, language)
    first, last = told.start_wall.date(), told.end_wall.date()
    words = escape(shown_date(first, language))
    if (last - first).days > 1:
        before = last.fromordinal(last.toordinal() - 1)
        words = f"{words} \u2013 {escape(shown_date(before, language))}"
    return Raw(words)


def day_of(meeting: Meeting, zone: str) -> date:
    """The day in the reader's calendar, for a button."""
    if meeting.event.is_all_day:
        return meeting.occurrence.start_wall.date()
    return local_day(meeting.occurrence.starts_at, zone)


def title_of(meeting: Meeting, language: str, limit: int = 200) -> str:
    """The title in the reader's language, as plain text of at most ``limit`` characters."""
    title = meeting.event.text_in(language).title
    return title if len(title) <= limit else f"{title[: limit - 1].rstrip()}…"


def card(
    meeting: Meeting,
    reader: Reader,
    _: Translate,
    *,
    counts: Counts,
    files: tuple[EventFile, ...] = (),
    is_over: bool = False,
    note: str = "",
) -> Message:
    """Everything about one time of an event. ``note`` is markup that stands first."""
    event = meeting.event
    text = event.text_in(_.language)
    lines = [_state_line(meeting, _)] if not meeting.is_on else []
    lines += fact_lines(meeting, reader.zone, _)
    if not is_over and meeting.is_on:
        lines += _places(meeting, counts, _)
        lines += _link_line(meeting, reader, _)
        lines += _answer_line(reader.answer, _)
    documents = tuple(each for each in files if not each.url)
    files = tuple(each for each in files if each.url)
    if documents and not reader.sees_files:
        lines.append(_("- There are documents for those who come; I show them in private."))
    lines += [f"- {escape(file_label(each, _))}: {escape(each.url)}" for each in files[LINKS:]]
    # What came from somebody else's calendar is shown as it is; our own organisers may use markup.
    body = escape(text.text) if event.feed_id is not None else text.text
    parts = [part for part in (note, "\n".join(lines), body) if part]
    return Message(
        title=title_of(meeting, _.language),
        text="\n\n".join(parts),
        rows=_rows(meeting, reader, _, files=files, documents=documents, is_over=is_over),
        is_ephemeral=reader.is_personal,
        direction="rtl" if direction(_.language) == "rtl" else "ltr",
    )


def fact_lines(meeting: Meeting, zone: str, _: Translate) -> list[str]:
    """When, where, for whom, by whom, how often; as items of a list."""
    event = meeting.event
    lines = [_("- **When:** {time}", time=when(meeting, zone, _.language))]
    if not event.is_all_day and event.zone != zone:
        own = shown_zone(event.zone, meeting.occurrence.starts_at, _.language)
        there = Raw(f"{meeting.occurrence.start_wall:%H:%M}")
        lines.append(_("- **There:** {time} ({zone})", time=there, zone=own))
    if meeting.place or event.meeting_link:
        lines.append(_("- **Where:** {place}", place=meeting.place or _("online")))
    if audience := event.text_in(_.language).audience:
        lines.append(_("- **For whom:** {audience}", audience=audience))
    if event.organiser_name:
        lines.append(_("- **Organiser:** {name}", name=event.organiser_name))
    if event.is_series:
        words = shown_repeats(event.rule, event.zone, _)
        lines.append(_("- **Repeats:** {rule}", rule=words))
    return lines


def answer_row(occurrence_id: int, _: Translate, *, chosen: str = "", mark: str = "") -> Row:
    """Going, maybe, not going; what was chosen bears a tick."""
    labels = {"going": _("Going"), "maybe": _("Maybe"), "no": _("Not going")}
    return tuple(
        Button(
            label=f"✓ {label}" if answer == chosen else label,
            action=_action("answer", occurrence_id, answer, *filter(None, (mark,))),
            style="primary" if answer == "going" and not chosen else "plain",
        )
        for answer, label in labels.items()
    )


def file_label(file: EventFile, _: Translate) -> str:
    """What a link is called; one without a name of its own by its kind."""
    return cut_label(file.title) or (_("Recording") if file.kind == "recording" else _("File"))


def link_button(label: str, url: str) -> LinkButton | None:
    """A button for an address that every platform takes as one; None for any other."""
    if not _ADDRESS.fullmatch(url) or len(url) > LINK_LIMIT:
        return None
    return LinkButton(label=label, url=url)


def cut_label(text: str) -> str:
    """Words that fit a button."""
    return text if len(text) <= LABEL_LIMIT else f"{text[: LABEL_LIMIT - 1].rstrip()}…"


def _rows(
    meeting: Meeting,
    reader: Reader,
    _: Translate,
    *,
    files: tuple[EventFile, ...],
    documents: tuple[EventFile, ...],
    is_over: bool,
) -> tuple[Row, ...]:
    number = meeting.occurrence.id
    rows: list[Row] = []
    if meeting.is_on and not is_over:
        chosen = reader.answer.answer if reader.answer else ""
        mark = PERSONAL if reader.is_personal else ""
        rows.append(answer_row(number, _, chosen=chosen, mark=mark))
        rows.append(
            (
                Button(label=_("Add to calendar"), action=_action("ics", number)),
                Button(label=_("🔔 Reminders"), action=Action("bell", "show")),
            )
        )
    named = [(file_label(each, _), each.url) for each in files[:LINKS]]
    named.append((_("Web page"), meeting.event.text_in(_.language).link or ""))
    made = (link_button(label, url) for label, url in named)
    links = [each for each in made if each is not None]
    rows += [tuple(links[start : start + 2]) for start in range(0, len(links), 2)]
    if reader.sees_files:
        sent = [
            Button(label=f"📎 {file_label(each, _)}", action=_action("file", number, str(each.id)))
            for each in documents
        ]
        rows += [tuple(sent[start : start + 2]) for start in range(0, len(sent), 2)]
    last = [Button(label=_("All events"), action=Action(ACTION, "list", "0"))]
    if reader.may_manage:
        manage = Action("organise", "show", str(meeting.event.id))
        last.append(Button(label=_("Organise"), action=manage))
    return (*rows, tuple(last))


def _state_line(meeting: Meeting, _: Translate) -> str:
    if meeting.event.state == "draft":
        return _("*This is a draft; nobody else sees it.*")
    return _("**This event is cancelled.**")


def _places(meeting: Meeting, counts: Counts, _: Translate) -> list[str]:
    capacity = meeting.event.capacity
    if capacity is None:
        return []
    free = max(0, capacity - counts.going)
    if free:
        return [_("- **Places:** {free} of {all} are free", free=free, all=capacity)]
    if not counts.waiting:
        return [_("- **Places:** none of {all} is free", all=capacity)]
    waiting = _.plural("{count} person waits", "{count} people wait", counts.waiting)
    text = _("- **Places:** none of {all} is free; {waiting}", all=capacity, waiting=waiting)
    return [text]


def _link_line(meeting: Meeting, reader: Reader, _: Translate) -> list[str]:
    link = meeting.event.meeting_link
    if not link:
        return []
    if reader.sees_link:
        return [_("- **Join here:** {link}", link=link)]
    match meeting.event.link_for:
        case "going":
            return [_("- The link to join is for those who come; I show it in private.")]
        case "members":
            return [_("- The link to join is for members; I show it in private.")]
    return [_("- I show the link to join in private.")]


def _answer_line(answer: Attending | None, _: Translate) -> list[str]:
    if answer is None:
        return []
    if answer.is_waiting:
        text = _(
            "- You are on the **waiting list**, in place {place}. I tell you when a place is free.",
            place=answer.place,
        )
        return [text]
    match answer.answer:
        case "going":
            return [_("- You said: **going**.")]
        case "maybe":
            return [_("- You said: **maybe**.")]
    return [_("- You said: **not going**.")]


def _action(kind: str, number: int, *rest: str) -> Action:
    return Action(ACTION, kind, str(number), *rest)


__all__ = ["ACTION", "PERSONAL", "Reader", "answer_row", "card", "fact_lines", "shown_moment"]
