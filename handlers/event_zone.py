"""By which clock somebody reads times: guessed from the country, else asked once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from babel.dates import format_time

from bot.calendar.wall import is_zone, to_wall
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, FormSubmitted
from bot.chat.forms import Accepted, Doubt, Field, Form
from bot.chat.messages import Button, Choice, Message, Notice, Row
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Translate, Turn
from bot.store import Store
from handlers.discretion import is_discreet
from handlers.event_times import LOCALES, shown_zone
from knowledge.zones import clocks_of, find_zones, guess_zone

ACTION: Final = "zone"
FORM: Final = "zone"
WELL_KNOWN: Final = (
    *("America/Los_Angeles", "America/New_York", "America/Bogota", "America/Sao_Paulo"),
    *("Africa/Dakar", "Europe/Rome", "Africa/Cairo", "Africa/Nairobi"),
    *("Europe/Moscow", "Asia/Kolkata", "Asia/Bangkok", "Asia/Shanghai"),
)
"""One press for many people; all others write a place."""
_SOME_DAY: Final = datetime(2027, 1, 15, tzinfo=UTC)
"""Which of a country's clocks differ hardly depends on the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderZone:
    """``is_known`` is false where the network's own zone stands in."""

    name: str
    is_known: bool


class Zones:
    """Guesses, asks and keeps time zones; ``default`` is the network's."""

    def __init__(self, default: str) -> None:
        self._default = default

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_action(ACTION, self.pressed)
        routes.add_form(FORM, self.submitted)
        routes.checks[FORM, "place"] = check_place

    async def of(self, turn: Turn) -> ReaderZone:
        """The reader's zone: as they chose, else that of their country if it has only one.

        In a group, where all read the same message, it is the group's choice.
        """
        store: Store = turn.store
        if not is_discreet(turn):
            where = turn.event.conversation
            chosen = await store.calendar_choices.of_chat(where)
            name = chosen.choices.zone if chosen is not None else None
            name = name or await store.chat_zones.of(where)
            return ReaderZone(name=name or self._default, is_known=True)
        name = (await store.calendar_choices.of_person(turn.member.id)).zone
        if name is None:
            member = await store.memberships.get(turn.member.id)
            if member is not None and member.country:
                name = guess_zone(member.country, turn.clock.now())
        return ReaderZone(name=name or self._default, is_known=name is not None)

    async def pressed(self, turn: Turn) -> Reply:
        """Ask for the zone, or take the one that was pressed."""
        assert isinstance(turn.event, ActionPressed)
        match turn.event.action.args:
            case ("ask",):
                return await self.ask(turn)
            case ("other",):
                return _form(turn._)
            case ("set", zone) if is_zone(zone):
                return await self._keep(turn, zone)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def ask(self, turn: Turn) -> Message:
        """Buttons for the clocks of the person's country, or of the world."""
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        member = await store.memberships.get(turn.member.id)
        zones = clocks_of(member.country, now)[:12] if member and member.country else ()
        buttons = [
            Button(label=shown_zone(zone, now, _.language), action=Action(ACTION, "set", zone))
            for zone in (zones if len(zones) > 1 else WELL_KNOWN)
        ]
        rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
        rows.append((Button(label=_("Another place"), action=Action(ACTION, "other")),))
        known = await self.of(turn)
        text = _("Which clock do you live by? I tell the times of events by it.")
        if known.is_known:
            now_there = shown_zone(known.name, now, _.language)
            text += "\n\n" + _("At present it is: {zone}", zone=now_there)
        return Message(text=text, rows=tuple(rows), is_ephemeral=True)

    async def submitted(self, turn: Turn) -> Reply:
        """A place was written."""
        assert isinstance(turn.event, FormSubmitted)
        found = find_zones(turn.event.value("place"), turn.clock.now())
        if len(found) == 1:
            return await self._keep(turn, found[0])
        if not found:
            return (Message(text=_unknown(turn._), is_ephemeral=True), _form(turn._))
        buttons = [
            Button(
                label=shown_zone(zone, turn.clock.now(), turn._.language),
                action=Action(ACTION, "set", zone),
            )
            for zone in found
        ]
        rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
        text = turn._("There are several clocks. Which one is yours?")
        return Message(text=text, rows=rows, is_ephemeral=True)

    async def _keep(self, turn: Turn, zone: str) -> Message:
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        chosen = await store.calendar_choices.of_person(turn.member.id)
        await store.calendar_choices.set_person(turn.member.id, replace(chosen, zone=zone), now)
        turn.notes["decision"] = "zone"
        text = _(
            "Good. Your clock is that of {zone}, where it is {time} now.",
            zone=shown_zone(zone, now, _.language),
            time=shown_clock(now, zone, _.language),
        )
        events = Button(label=_("All events"), action=Action("event", "list", "0"))
        return Message(text=text, rows=((events,),), is_ephemeral=True)


def shown_clock(at: datetime, zone: str, language: str) -> str:
    """What the clock shows, without the day."""
    return format_time(to_wall(at, zone), "short", locale=LOCALES.get(language, language))


def check_place(text: str, _: Translate) -> Accepted | Doubt:
    """A city, a country or a zone, looked up while it is written."""
    found = find_zones(text, _SOME_DAY)
    if not found:
        return Doubt(fault=_unknown(_))
    if len(found) == 1:
        return Accepted(value=found[0])
    choices = tuple(
        Choice(label=shown_zone(zone, _SOME_DAY, _.language), value=zone) for zone in found
    )
    return Doubt(fault=_("There are several clocks. Which one is yours?"), choices=choices)


def _form(_: Translate) -> Form:
    return Form(
        id=FORM,
        title=_("Your time zone"),
        fields=(
            Field(
                name="place",
                label=_("In which city or country are you?"),
                hint=_("In any language; or like UTC+3."),
                limit=80,
            ),
        ),
    )


def _unknown(_: Translate) -> str:
    return _("I do not know this place. Name a larger city near you, or write it like UTC+3.")
