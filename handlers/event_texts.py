"""What the assistant writes by itself about events: before them, after them, and on moving up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.chat.actions import Action
from bot.chat.markup import escape
from bot.chat.messages import Button, Message, Row
from bot.chat.turn import Translate
from bot.store.event_rows import Meeting
from bot.store.event_texts import EventFile
from bot.translating import direction
from handlers.event_card import (
    ACTION,
    answer_row,
    fact_lines,
    file_label,
    link_button,
    title_of,
    when,
)
from handlers.event_feedback import question_row

NOW: Final = timedelta(minutes=1)
"""What is nearer than this begins now."""


def reminder(
    meeting: Meeting,
    now: datetime,
    zone: str,
    _: Translate,
    *,
    sees_link: bool,
    is_late: bool = False,
    is_group: bool = False,
) -> Message:
    """Before an event, or at its start. ``is_late``: it should have come earlier.

    ``sees_link``: the reader may have the meeting's link. In a group it is never shown.
    """
    told = meeting.occurrence
    lines = [_lead_line(meeting, now, _)]
    if is_late:
        lines.insert(0, _("I am sorry, this reminder comes late."))
    facts = fact_lines(meeting, zone, _)
    link = meeting.event.meeting_link
    if link and sees_link and not is_group:
        facts.append(_("- **Join here:** {link}", link=link))
    elif link:
        facts.append(_("- Press “Show the event” for the link to join."))
    rows: list[Row] = []
    if is_group or told.starts_at > now + NOW:
        rows.append(answer_row(told.id, _))
    rows.append((_show(meeting, _), _bell(_, is_group=is_group)))
    title = f"**{escape(title_of(meeting, _.language))}**"
    return _message("\n\n".join((title, " ".join(lines), "\n".join(facts))), tuple(rows), _)


def thanks(meeting: Meeting, recording: EventFile | None, _: Translate) -> Message:
    """After an event, with the one question."""
    text = _(
        "**{title}** is over. Thank you, if you could be there. Was it useful? One press tells "
        "the organisers.",
        title=title_of(meeting, _.language),
    )
    rows: list[Row] = [question_row(meeting.occurrence.id, _)]
    if recording is not None:
        link = link_button(file_label(recording, _), recording.url)
        rows += [(link,)] if link else []
    else:
        text += " " + _("If there is a recording, I tell you.")
    return _message(text, tuple(rows), _)


def recorded(meeting: Meeting, recording: EventFile, _: Translate) -> Message:
    """A recording is there, for those who came or wanted to."""
    text = _("The recording of **{title}** is there.", title=title_of(meeting, _.language))
    link = link_button(file_label(recording, _), recording.url)
    if link is None:
        return _message(f"{text}\n{escape(recording.url)}", (), _)
    return _message(text, ((link,),), _)


def moved_up(meeting: Meeting, zone: str, _: Translate) -> Message:
    """A place came free for somebody who waited."""
    text = _(
        "Good news: there is a place for you at **{title}**, {time}. You are on the list now. "
        "If you cannot come, press “Not going”, so that somebody else can.",
        title=title_of(meeting, _.language),
        time=when(meeting, zone, _.language),
    )
    rows: tuple[Row, ...] = (
        answer_row(meeting.occurrence.id, _, chosen="going"),
        (_show(meeting, _),),
    )
    return _message(text, rows, _)


def _lead_line(meeting: Meeting, now: datetime, _: Translate) -> str:
    if meeting.event.is_all_day:
        days = (meeting.occurrence.start_wall.date() - now.date()).days
        if days <= 0:
            return _("It is today.")
        return _.plural("It is in {count} day.", "It is in {count} days.", days)
    left = meeting.occurrence.starts_at - now
    if left < NOW:
        return _("It begins now.")
    minutes = round(left.total_seconds() / 60)
    if minutes < 90:
        return _.plural("It begins in {count} minute.", "It begins in {count} minutes.", minutes)
    hours = round(minutes / 60)
    if hours < 24:
        return _.plural("It begins in {count} hour.", "It begins in {count} hours.", hours)
    days = round(hours / 24)
    return _.plural("It begins in {count} day.", "It begins in {count} days.", days)


def _show(meeting: Meeting, _: Translate) -> Button:
    action = Action(ACTION, "show", str(meeting.occurrence.id))
    return Button(label=_("Show the event"), action=action)


def _bell(_: Translate, *, is_group: bool) -> Button:
    return Button(label=_("🔔 Reminders"), action=Action("bell", "chat" if is_group else "show"))


def _message(text: str, rows: tuple[Row, ...], _: Translate) -> Message:
    rtl = direction(_.language) == "rtl"
    return Message(text=text, rows=rows, direction="rtl" if rtl else "ltr")
