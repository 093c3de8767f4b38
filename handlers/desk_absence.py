"""A contact is away: until a day, or until further notice; deputies get the questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.chat.events import CommandInvoked
from bot.chat.messages import Message
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Turn
from bot.desk.staff import contact_of
from bot.marking import N_
from bot.store import Store
from handlers.descriptions import Translators, in_all
from knowledge.library import Library


class DeskAbsence:
    """``/away`` and ``/back``, for those who stand in ``contacts.toml``."""

    def __init__(self, library: Library, translators: Translators) -> None:
        self._library = library
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        away = CommandSpec(
            name="away",
            descriptions=in_all(self._translators, N_("Contacts: your deputy takes new questions")),
            option="until",
            option_hints=in_all(self._translators, N_("The last day, like 2026-12-31")),
            is_in_groups=False,
        )
        back = CommandSpec(
            name="back",
            descriptions=in_all(self._translators, N_("Contacts: you take questions again")),
            is_in_groups=False,
        )
        routes.add_command(away, self.away)
        routes.add_command(back, self.back)

    async def away(self, turn: Turn) -> Reply:
        """From now on; the day that is named is the last one away, by the contact's own clock."""
        assert isinstance(turn.event, CommandInvoked)
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        contact = contact_of(self._library, turn.event.author)
        if contact is None:
            return self._no_contact(turn)
        until: datetime | None = None
        text = turn.event.text.strip()
        if text:
            try:
                day = date.fromisoformat(text) + timedelta(days=1)
            except (ValueError, OverflowError):
                fault = _("Please write the last day like this: /away 2026-12-31")
                return Message(text=fault, is_ephemeral=True)
            until = datetime.combine(day, time(), ZoneInfo(contact.hours.zone)).astimezone(UTC)
            if until <= now:
                return Message(text=_("That day is over."), is_ephemeral=True)
        await store.contact_absences.begin(contact.id, now, until)
        told = (
            _("New questions go to your deputy until {day}. /back ends that.", day=text)
            if text
            else _("New questions go to your deputy until you send /back.")
        )
        return Message(text=told, is_ephemeral=True)

    async def back(self, turn: Turn) -> Reply:
        """Questions come again."""
        store: Store = turn.store
        contact = contact_of(self._library, turn.event.author)
        if contact is None:
            return self._no_contact(turn)
        await store.contact_absences.end(contact.id, turn.clock.now())
        return Message(text=turn._("Welcome back. Questions come to you again."), is_ephemeral=True)

    @staticmethod
    def _no_contact(turn: Turn) -> Message:
        return Message(
            text=turn._("This is for the contacts who answer questions."), is_ephemeral=True
        )
