"""``/reminders``: how long before an event a person, a group or a channel is reminded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.calendar.leads import AT_START, DAY, DEFAULT_LEADS, HOUR, WEEK
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked
from bot.chat.messages import Button, Edit, Message, Notice, Row
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Translate, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.calendar_choices import ChatChoices, Choices
from handlers.descriptions import Translators, in_all
from handlers.discretion import is_discreet
from handlers.event_forms import TOPICS
from handlers.event_times import shown_zone
from handlers.event_zone import Zones
from handlers.subscription_panel import is_personal, refusal
from knowledge.zones import find_zones

ACTION: Final = "bell"
MINE: Final = "me"
CHAT: Final = "chat"
LEADS: Final[Mapping[int, str]] = {
    WEEK: N_("One week before"),
    3 * DAY: N_("Three days before"),
    DAY: N_("One day before"),
    3 * HOUR: N_("Three hours before"),
    HOUR: N_("One hour before"),
    15: N_("15 minutes before"),
    AT_START: N_("When it begins"),
}
NIGHT: Final = "22:00-07:00"
"""The quiet hours that one press switches on."""


class EventBell:
    """A person chooses for themselves; a group's administrators and the secretariat for it."""

    def __init__(self, zones: Zones, quiet: str, translators: Translators) -> None:
        self._zones = zones
        self._quiet = quiet
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="reminders",
            descriptions=in_all(self._translators, N_("When to be reminded of events")),
            option="where",
            option_hints=in_all(self._translators, N_("For a group: its city, for its clock")),
        )
        routes.add_command(spec, self.reminders)
        routes.add_action(ACTION, self.pressed)
        routes.ask_admins |= {"reminders", ACTION}

    async def reminders(self, turn: Turn) -> Reply:
        """In a group the group's choice, for those who decide on it; else one's own.

        In a group the command may bring a city, whose clock the group lives by.
        """
        if turn.event.conversation.is_private:
            return await self._mine(turn)
        if (refused := refusal(turn)) is not None:
            return refused
        wanted = turn.event.text.strip() if isinstance(turn.event, CommandInvoked) else ""
        return await self._settle(turn, wanted) if wanted else await self._chat(turn)

    async def pressed(self, turn: Turn) -> Reply:
        """A lead time, quiet hours, all or none. Every press is written at once."""
        assert isinstance(turn.event, ActionPressed)
        is_group = not turn.event.conversation.is_private
        match turn.event.action.args:
            case ("show",):
                return await self._mine(turn)
            case ("chat",) if is_group:
                return refusal(turn) or await self._chat(turn)
            case ("topic", topic) if is_group and topic in TOPICS:
                return refusal(turn) or await self._toggle_topic(turn, topic)
            case (whose, what) if whose == MINE or (is_group and whose == CHAT):
                if whose == CHAT and (refused := refusal(turn)) is not None:
                    return refused
                return await self._change(turn, whose, what)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def _change(self, turn: Turn, whose: str, what: str) -> Reply:
        store: Store = turn.store
        where, now = turn.event.conversation, turn.clock.now()
        chat = await store.calendar_choices.of_chat(where) if whose == CHAT else None
        if whose == CHAT and what == "off":
            await store.calendar_choices.remove_chat(where, now)
            return Edit(message=await self._chat(turn))
        before = Choices()
        if whose == MINE:
            before = await store.calendar_choices.of_person(turn.member.id)
        elif chat is not None:
            before = chat.choices
        after = self._changed(before, what)
        if after is None:
            return Notice(text=turn._("This button no longer works. Please ask again."))
        if whose == MINE:
            await store.calendar_choices.set_person(turn.member.id, after, now)
            return Edit(message=await self._mine(turn))
        kept = chat or await self._fresh(turn)
        after = replace(after, zone=after.zone or kept.choices.zone)
        await store.calendar_choices.set_chat(replace(kept, choices=after), now)
        return Edit(message=await self._chat(turn))

    async def _toggle_topic(self, turn: Turn, topic: str) -> Reply:
        """Which events are posted in a group; without a choice it is all of them."""
        store: Store = turn.store
        chat = await store.calendar_choices.of_chat(turn.event.conversation)
        if chat is not None:
            chosen = set(chat.topics) ^ {topic}
            topics = tuple(each for each in TOPICS if each in chosen)
            await store.calendar_choices.set_chat(replace(chat, topics=topics), turn.clock.now())
        return Edit(message=await self._chat(turn))

    async def _fresh(self, turn: Turn) -> ChatChoices:
        """A group that has no reminders yet: in the language and by the clock of its news."""
        store: Store = turn.store
        where = turn.event.conversation
        return ChatChoices(
            where=where,
            language=await store.subscriptions.language(where) or turn._.language,
            choices=Choices(zone=await store.chat_zones.of(where)),
        )

    async def _settle(self, turn: Turn, place: str) -> Reply:
        """By whose clock the group lives."""
        store: Store = turn.store
        _, where, now = turn._, turn.event.conversation, turn.clock.now()
        zones = find_zones(place, now)
        if len(zones) != 1:
            text = _("I do not know the place “{name}”. A large city near you will do.", name=place)
            return Message(text=text, is_ephemeral=is_personal(where))
        chat = await store.calendar_choices.of_chat(where) or await self._fresh(turn)
        choices = replace(chat.choices, zone=zones[0])
        await store.calendar_choices.set_chat(replace(chat, choices=choices), now)
        return await self._chat(turn)

    def _changed(self, before: Choices, what: str) -> Choices | None:
        leads = set(DEFAULT_LEADS if before.leads is None else before.leads)
        match what:
            case "none":
                return replace(before, leads=())
            case "usual":
                return replace(before, leads=None)
            case "quiet":
                is_quiet = self._quiet if before.quiet is None else before.quiet
                return replace(before, quiet="" if is_quiet else self._quiet or NIGHT)
            case lead if lead.isdecimal() and len(lead) <= 6 and int(lead) in LEADS:
                return replace(before, leads=tuple(leads ^ {int(lead)}))
        return None

    async def _mine(self, turn: Turn) -> Message:
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            # A toast or a private message: what one person chose is nobody else's business.
            text = _("Write /reminders to me in private to choose for yourself.")
            return Message(text=text, is_ephemeral=True)
        chosen = await store.calendar_choices.of_person(turn.member.id)
        zone = await self._zones.of(turn)
        text = _(
            "I remind you of the events to which you said “going” or “maybe”. Press a time to "
            "switch it on or off."
        )
        quiet = self._quiet_line(chosen, shown_zone(zone.name, turn.clock.now(), _.language), _)
        clock = Button(label=_("My time zone"), action=Action("zone", "ask"))
        rows = (*self._rows(MINE, chosen, _), (clock,))
        return Message(text=f"{text}\n\n{quiet}", rows=rows, is_ephemeral=True)

    async def _chat(self, turn: Turn) -> Message:
        store: Store = turn.store
        _ = turn._
        where = turn.event.conversation
        chat = await store.calendar_choices.of_chat(where)
        if chat is None:
            on = Button(
                label=_("Post reminders here"),
                action=Action(ACTION, CHAT, "usual"),
                style="primary",
            )
            text = _("No reminders of events are posted here.")
            return Message(text=text, rows=((on,),), is_ephemeral=is_personal(where))
        zone = chat.choices.zone or (await self._zones.of(turn)).name
        text = _(
            "Reminders of the network's events are posted here. Press a time to switch it on or "
            "off."
        )
        now = turn.clock.now()
        quiet = self._quiet_line(chat.choices, shown_zone(zone, now, _.language), _)
        off = Button(label=_("Post none here"), action=Action(ACTION, CHAT, "off"), style="danger")
        if not chat.topics:
            text += " " + _("All events are meant; press topics to post only some.")
        topics = [
            Button(
                label=f"✓ {_(label)}" if topic in chat.topics else _(label),
                action=Action(ACTION, "topic", topic),
            )
            for topic, label in TOPICS.items()
        ]
        rows = (*self._rows(CHAT, chat.choices, _), tuple(topics[:3]), (*topics[3:], off))
        hint = _("For another clock, send /reminders with a city, like /reminders Dakar.")
        return Message(text=f"{text}\n\n{quiet} {hint}", rows=rows, is_ephemeral=is_personal(where))

    def _quiet_line(self, chosen: Choices, zone: str, _: Translate) -> str:
        quiet = self._quiet if chosen.quiet is None else chosen.quiet
        if not quiet:
            return _("Reminders come at any hour.")
        begin, _dash, end = quiet.partition("-")
        return _(
            "Between {begin} and {end} ({zone}) none comes; what falls into that time comes "
            "before or after it.",
            begin=begin,
            end=end,
            zone=zone,
        )

    def _rows(self, whose: str, chosen: Choices, _: Translate) -> list[Row]:
        leads = DEFAULT_LEADS if chosen.leads is None else chosen.leads
        buttons = [
            Button(
                label=f"✓ {_(label)}" if lead in leads else _(label),
                action=Action(ACTION, whose, str(lead)),
            )
            for lead, label in LEADS.items()
        ]
        quiet = self._quiet if chosen.quiet is None else chosen.quiet
        label = _("Quiet at night")
        buttons.append(
            Button(label=f"✓ {label}" if quiet else label, action=Action(ACTION, whose, "quiet"))
        )
        rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
        rows.append(
            (
                Button(label=_("As usual"), action=Action(ACTION, whose, "usual")),
                Button(label=_("No reminders"), action=Action(ACTION, whose, "none")),
            )
        )
        return rows
