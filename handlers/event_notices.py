"""Those who answered hear of another time or place, and that an event is called off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.chat.actions import Action
from bot.chat.markup import escape
from bot.chat.messages import Button, Message, Row
from bot.chat.ports import Lane
from bot.chat.turn import Translate
from bot.store import Store
from bot.store.event_rows import Meeting
from bot.translating import direction, supported
from handlers.descriptions import Translators
from handlers.event_card import ACTION, answer_row, title_of, when

CHATS_HEAR: Final = timedelta(days=8)
"""Groups hear of a change if the event is near enough for its first reminder to be there."""


class EventNotices:
    """Writes the outbox rows of a change in the transaction that makes it."""

    def __init__(self, zone: str, translators: Translators) -> None:
        self._zone = zone
        self._translators = translators

    async def tell(
        self, store: Store, before: Sequence[Meeting], now: datetime, *, language: str
    ) -> int:
        """Tell of all that changed since ``before`` was read; returns how many messages.

        ``language`` is for those who chose none. Only what was to come and was published counts.
        """
        told = 0
        for old in before:
            if old.event.state == "draft" or old.occurrence.ends_at < now:
                continue
            new = await store.occurrences.get(old.occurrence.id)
            if new is None or is_same(old, new) or not (old.is_on or new.is_on):
                continue
            told += await self._tell_one(store, old, new, now, language)
        return told

    async def _tell_one(
        self, store: Store, old: Meeting, new: Meeting, now: datetime, language: str
    ) -> int:
        people = await store.attendance.people([old.occurrence.id])
        zones = await store.calendar_choices.zones([each.person_id for each in people])
        source = f"event:{new.event.id}:{new.occurrence.id}:{new.event.sequence}"
        told = 0
        for each in people:
            if each.home is None:
                continue
            _ = self._translators(each.language or supported(each.locale) or language)
            message = change_message(old, new, zones.get(each.person_id, self._zone), _)
            told += await store.outbox.add(
                source, each.home, message, lane=Lane.REMINDER, on_unknown="resend", now=now
            )
        if min(old.occurrence.starts_at, new.occurrence.starts_at) > now + CHATS_HEAR:
            return told
        for chat in await store.calendar_choices.chats():
            if chat.topics and not set(chat.topics) & set(new.event.topics):
                continue
            _ = self._translators(chat.language or language)
            message = change_message(old, new, chat.choices.zone or self._zone, _)
            told += await store.outbox.add(
                source, chat.where, message, lane=Lane.REMINDER, on_unknown="resend", now=now
            )
        return told


def is_same(old: Meeting, new: Meeting) -> bool:
    """Whether nothing changed that somebody who comes must know."""
    one, other = old.occurrence, new.occurrence
    return (one.starts_at, one.ends_at, old.place, old.is_on, old.event.meeting_link) == (
        other.starts_at,
        other.ends_at,
        new.place,
        new.is_on,
        new.event.meeting_link,
    )


def change_message(old: Meeting, new: Meeting, zone: str, _: Translate) -> Message:
    """What is said of a change; the link itself is shown on the event's page only."""
    title = f"**{escape(title_of(new, _.language))}**"
    number = new.occurrence.id
    rows: tuple[Row, ...] = ()
    if not new.is_on:
        time = when(old, zone, _.language)
        text = _("This event is cancelled. It was to be on {time}.", time=time)
        lines = [text]
    else:
        lines = []
        if not old.is_on:
            lines.append(_("This event takes place after all."))
            lines.append(_("- **When:** {time}", time=when(new, zone, _.language)))
        elif when(old, zone, _.language) != when(new, zone, _.language):
            lines.append(_("This event has a new time."))
            lines.append(_("- **When:** {time}", time=when(new, zone, _.language)))
            lines.append(_("- Before: {time}", time=when(old, zone, _.language)))
        if old.place != new.place:
            place = new.place or _("not known yet")
            lines.append(_("- **Where:** {place}", place=place))
        if old.event.meeting_link != new.event.meeting_link:
            lines.append(_("The link to join has changed; the event's page shows it."))
        show = Button(label=_("Show the event"), action=Action(ACTION, "show", str(number)))
        ics = Button(label=_("Add to calendar"), action=Action(ACTION, "ics", str(number)))
        rows = (answer_row(number, _), (show, ics))
    return Message(
        text="\n".join([title, *lines]),
        rows=rows,
        direction="rtl" if direction(_.language) == "rtl" else "ltr",
    )
