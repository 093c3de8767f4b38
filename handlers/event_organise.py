"""``/event``: organisers make events and keep them; the secretariat all, experts their own."""

from __future__ import annotations

from typing import Final

from bot.calendar.wall import is_zone
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, FormSubmitted
from bot.chat.messages import Button, Message, Notice, Row
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.event_rows import Event, Meeting
from handlers import event_edits, event_forms
from handlers.descriptions import Translators, in_all
from handlers.discretion import is_discreet
from handlers.event_card import cut_label
from handlers.event_changes import EventChanges
from handlers.event_edits import Answers, Misread
from handlers.event_forms import NEW
from handlers.event_panel import ACTION, EventPanel
from handlers.event_publishing import EventPublishing
from handlers.event_times import short_date, shown_zone
from handlers.event_views import may_organise
from handlers.event_zone import Zones
from handlers.events import EventList

LISTED: Final = 8


class EventOrganise:
    """From the first words to the published event; every entry asks for the role again."""

    def __init__(
        self,
        listing: EventList,
        zones: Zones,
        panel: EventPanel,
        changes: EventChanges,
        publishing: EventPublishing,
        translators: Translators,
    ) -> None:
        self._listing = listing
        self._zones = zones
        self._panel = panel
        self._changes = changes
        self._publishing = publishing
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="event",
            descriptions=in_all(self._translators, N_("One event by its number, or a new one")),
            option="what",
            option_hints=in_all(self._translators, N_("A number, or: new")),
        )
        routes.add_command(spec, self.event)
        routes.add_action(ACTION, self.pressed, Role.EXPERT)
        routes.add_form(NEW, self.written, Role.EXPERT)
        routes.checks[NEW, "start"] = event_forms.check_start
        for name in self._changes.forms:
            routes.add_form(f"event.{name}", self.changed, Role.EXPERT)

    async def event(self, turn: Turn) -> Reply:
        """``/event new``, ``/event 12``, or what somebody organises."""
        assert isinstance(turn.event, CommandInvoked)
        wanted = turn.event.text.strip().casefold()
        if turn.member.role < Role.EXPERT:
            return await self._read_only(turn, wanted)
        if not is_discreet(turn):
            return Message(text=turn._("Please organise events in a private chat with me."))
        if wanted in ("new", "+"):
            return await self._begin(turn)
        event = await self._own(turn, wanted)
        if event is not None:
            return await self._panel.show(turn, event)
        return await self._read_only(turn, wanted) if wanted else await self._mine(turn)

    async def written(self, turn: Turn) -> Reply:
        """The form of a new event: a draft from now on."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        if not is_discreet(turn):
            return Message(text=turn._("Please organise events in a private chat with me."))
        zone = await self._zones.of(turn)
        values = dict(turn.event.values)
        try:
            draft, remark = event_edits.new_event(
                Answers(values=values),
                zone=zone.name,
                organiser_id=turn.member.id,
                organiser=await self._organiser(turn),
                now=turn.clock.now(),
                _=turn._,
            )
        except Misread as fault:
            form = event_forms.new_form(turn._, values, self._clock(turn, zone.name))
            return (Message(text=str(fault), is_ephemeral=True), form)
        kept = await store.events.add(draft, turn.clock.now())
        turn.notes["decision"] = "event drafted"
        turn.notes["calendar_event"] = str(kept.id)
        clock = turn._(
            "I took the times by the clock of **{zone}**. If that is wrong, press “Time zone”.",
            zone=self._clock(turn, zone.name),
        )
        return await self._panel.show(turn, kept, "\n\n".join(filter(None, (remark, clock))))

    async def pressed(self, turn: Turn) -> Reply:
        """A button of an organiser's page."""
        assert isinstance(turn.event, ActionPressed)
        if not is_discreet(turn):
            return Notice(text=turn._("Please organise events in a private chat with me."))
        match turn.event.action.args:
            case ("new",):
                return await self._begin(turn)
            case ("mine",):
                return await self._mine(turn)
            case ("once" | "off" | "back" as kind, number):
                meeting = await self._listing.find(turn, number)
                if meeting is None or not may_organise(turn, meeting.event):
                    return _gone(turn)
                return await self._once(turn, kind, meeting)
            case (kind, number, *rest):
                event = await self._own(turn, number)
                if event is None:
                    return _gone(turn)
                turn.notes["calendar_event"] = number
                return await self._act(turn, kind, event, rest)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def changed(self, turn: Turn) -> Reply:
        """A form that changes an event was filled in."""
        assert isinstance(turn.event, FormSubmitted)
        if not is_discreet(turn):
            return Message(text=turn._("Please organise events in a private chat with me."))
        name, _mark, number = turn.event.form.removeprefix("event.").partition("#")
        if name == "once":
            meeting = await self._listing.find(turn, number)
            if meeting is None or not may_organise(turn, meeting.event):
                return _gone(turn)
            return await self._changes.move(turn, meeting)
        event = await self._own(turn, number)
        return _gone(turn) if event is None else await self._changes.take(turn, name, event)

    async def _act(self, turn: Turn, kind: str, event: Event, rest: list[str]) -> Reply:
        match (kind, rest):
            case ("show", []):
                return await self._panel.show(turn, event)
            case ("zone", [zone]) if is_zone(zone):
                return await self._changes.set_zone(turn, event, zone)
            case ("repeat", [rule]):
                return await self._changes.set_rule(turn, event, rule)
            case _:
                reply = await self._publishing.pressed(turn, kind, event, rest)
                return reply or await self._changes.ask(turn, kind, event)

    async def _once(self, turn: Turn, kind: str, meeting: Meeting) -> Reply:
        if kind == "once":
            zone = self._clock(turn, meeting.event.zone)
            return event_forms.time_form(meeting.event, turn._, zone, meeting.occurrence)
        return await self._changes.switch(turn, meeting, is_on=kind == "back")

    async def _begin(self, turn: Turn) -> Reply:
        zone = await self._zones.of(turn)
        return event_forms.new_form(turn._, {}, self._clock(turn, zone.name))

    async def _mine(self, turn: Turn) -> Message:
        """Drafts and what is to come, to go on with."""
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        drafts = await store.events.drafts(turn.member.id)
        coming = await store.occurrences.upcoming(now, limit=40)
        rows: list[Row] = []
        seen = set[int]()
        for event in (*drafts, *(each.event for each in coming)):
            if event.id in seen or not may_organise(turn, event) or len(rows) >= LISTED:
                continue
            seen.add(event.id)
            day = short_date(event.start_wall.date(), _.language)
            title = event.text_in(_.language).title
            mark = _("draft") if event.state == "draft" else day
            action = Action(ACTION, "show", str(event.id))
            rows.append((Button(label=cut_label(f"{mark} · {title}"), action=action),))
        new = Button(label=_("A new event"), action=Action(ACTION, "new"), style="primary")
        text = _("Which event?") if rows else _("You organise no event at present.")
        return Message(text=text, rows=(*rows, (new,)), is_ephemeral=True)

    async def _read_only(self, turn: Turn, wanted: str) -> Reply:
        """What anybody gets: the next time of an event, or the list."""
        if wanted in ("new", "+"):
            return Message(
                text=turn._(
                    "Events are entered by the secretariat and by experts. Write to the "
                    "secretariat with /contact if you have one to tell."
                ),
                is_ephemeral=True,
            )
        return await self._listing.by_number(turn, wanted)

    async def _own(self, turn: Turn, number: str) -> Event | None:
        if not number.isdecimal() or len(number) > 18:
            return None
        store: Store = turn.store
        event = await store.events.get(int(number), is_locked=True)
        if event is None or event.state == "deleted" or not may_organise(turn, event):
            return None
        return event

    async def _organiser(self, turn: Turn) -> str:
        """An organisation: people's names have no place in a calendar that outlives them."""
        store: Store = turn.store
        member = await store.memberships.get(turn.member.id)
        if member is not None and member.organisation:
            return member.organisation
        return "INSOP" if turn.member.role >= Role.SECRETARIAT else ""

    def _clock(self, turn: Turn, zone: str) -> str:
        return shown_zone(zone, turn.clock.now(), turn._.language)


def _gone(turn: Turn) -> Message | Notice:
    text = turn._("This event is gone, or it is somebody else's.")
    if isinstance(turn.event, ActionPressed):
        return Notice(text=text)
    return Message(text=text, is_ephemeral=True)
