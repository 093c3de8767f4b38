"""Publishing, discarding and calling off; and who comes, for organisers."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.chat.markup import escape
from bot.chat.messages import Button, Message, Row
from bot.chat.turn import Reply, Turn
from bot.store import Store
from bot.store.attendance import Attendee
from bot.store.event_rows import FALLBACK, Event
from handlers.event_card import fact_lines, when
from handlers.event_notices import EventNotices
from handlers.event_panel import ACTION, EventPanel
from handlers.event_times import shown_zone
from handlers.noting import note

LISTED: Final = 100


class EventPublishing:
    """A yes carries the state that was seen; after a change, or a second time, it does nothing."""

    def __init__(self, panel: EventPanel, notices: EventNotices) -> None:
        self._panel = panel
        self._notices = notices

    async def pressed(self, turn: Turn, kind: str, event: Event, rest: list[str]) -> Reply:
        """One of these buttons; None for any other."""
        is_seen = rest == [str(event.sequence)]
        match kind:
            case "publish" if event.state in ("draft", "cancelled"):
                return await self._ask_publish(turn, event)
            case "publish" | "discard" | "cancel" if event.state == "deleted":
                return None
            case "yes" if event.state in ("draft", "cancelled") and is_seen:
                return await self._set(turn, event, "planned")
            case "discard" if event.state == "draft":
                await self._change_state(turn, event, "deleted")
                return Message(text=turn._("The draft is gone. Nobody saw it."), is_ephemeral=True)
            case "cancel" if event.state == "planned":
                return self._ask_cancel(turn, event)
            case "stop" if event.state == "planned" and is_seen:
                return await self._set(turn, event, "cancelled")
            case "people":
                return await self._people(turn, event)
            case "publish" | "yes" | "discard" | "cancel" | "stop":
                # A second press, or the event has changed since: show how it stands.
                return await self._panel.show(turn, event)
        return None

    async def _ask_publish(self, turn: Turn, event: Event) -> Reply:
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        meetings = await store.occurrences.of_event(event.id, since=now, limit=1)
        if not meetings:
            text = _("All its times have passed. Name a later one first.")
            return Message(text=text, is_ephemeral=True)
        zone = shown_zone(event.zone, meetings[0].occurrence.starts_at, _.language)
        lines = fact_lines(meetings[0], event.zone, _)
        question = _(
            "Publish “{title}”? Everybody can see it then, and it is in the calendar. Its times "
            "are by the clock of **{zone}**.",
            title=event.texts[FALLBACK].title,
            zone=zone,
        )
        yes = Button(
            label=_("Yes, publish it"),
            action=Action(ACTION, "yes", str(event.id), str(event.sequence)),
            style="primary",
        )
        back = Button(label=_("Back"), action=Action(ACTION, "show", str(event.id)))
        text = "\n\n".join((question, "\n".join(lines)))
        return Message(text=text, rows=((yes, back),), is_ephemeral=True)

    def _ask_cancel(self, turn: Turn, event: Event) -> Message:
        _ = turn._
        text = _(
            "Really cancel “{title}”? Those who said that they come hear of it at once.",
            title=event.texts[FALLBACK].title,
        )
        if event.is_series:
            text += " " + _("All its coming times are called off, not one of them alone.")
        yes = Button(
            label=_("Yes, cancel it"),
            action=Action(ACTION, "stop", str(event.id), str(event.sequence)),
            style="danger",
        )
        back = Button(label=_("Back"), action=Action(ACTION, "show", str(event.id)))
        return Message(text=text, rows=((yes, back),), is_ephemeral=True)

    async def _set(self, turn: Turn, event: Event, state: str) -> Message:
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        before = await store.occurrences.of_event(event.id, since=now)
        await self._change_state(turn, event, state)
        told = await self._notices.tell(store, before, now, language=_.language)
        kept = await store.events.get(event.id)
        assert kept is not None
        said = _("It is published.") if state == "planned" else _("It is cancelled.")
        if told:
            said += " " + _.plural(
                "{count} person hears of it.", "{count} people hear of it.", told
            )
        return await self._panel.show(turn, kept, said)

    async def _change_state(self, turn: Turn, event: Event, state: str) -> None:
        store: Store = turn.store
        now = turn.clock.now()
        match state:
            case "planned":
                await store.events.set_state(event.id, "planned", now)
            case "cancelled":
                await store.events.set_state(event.id, "cancelled", now)
            case _:
                await store.events.set_state(event.id, "deleted", now)
        turn.notes["decision"] = f"event {state}"
        await note(turn, f"event.{state}", detail=str(event.id))

    async def _people(self, turn: Turn, event: Event) -> Message:
        """Names, the next time first; each look is noted like one into the list of members."""
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        meetings = await store.occurrences.of_event(event.id, since=now, limit=3)
        meetings = meetings or (await store.occurrences.of_event(event.id))[-1:]
        parts, shown = [], 0
        for each in meetings:
            people = await store.attendance.people([each.occurrence.id], limit=LISTED + 1)
            counts = await store.attendance.counts(each.occurrence.id)
            lines = [f"**{when(each, event.zone, _.language)}**"]
            lines += [
                _(
                    "{going} going, {waiting} waiting, {maybe} maybe, {no} not",
                    going=counts.going,
                    waiting=counts.waiting,
                    maybe=counts.maybe,
                    no=counts.no,
                )
            ]
            lines += [f"- {escape(person.name)} · {_mark(person, turn)}" for person in people]
            shown += len(people)
            votes = await store.attendance.votes(each.occurrence.id)
            if votes:
                lines.append(_("Useful: {yes}, not: {no}", yes=votes[1], no=votes[-1] + votes[0]))
            parts.append("\n".join(lines))
        await note(turn, "event.people", detail=f"{event.id}: {shown}")
        back = Button(label=_("Back"), action=Action(ACTION, "show", str(event.id)))
        rows: tuple[Row, ...] = ((back,),)
        return Message(
            title=event.texts[FALLBACK].title,
            text="\n\n".join(parts) or _("Nobody has answered yet."),
            rows=rows,
            is_ephemeral=True,
        )


def _mark(person: Attendee, turn: Turn) -> str:
    _ = turn._
    if person.is_waiting:
        return _("waiting")
    return _("going") if person.answer == "going" else _("maybe")
