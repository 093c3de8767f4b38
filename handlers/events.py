"""``/events``: what comes and what was, in the reader's own time, with the way to each event."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked
from bot.chat.markup import escape
from bot.chat.messages import Button, Edit, Message, Notice, Row
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Translate, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.event_rows import Meeting
from bot.translating import direction
from handlers import event_documents
from handlers.descriptions import Translators, in_all
from handlers.discretion import is_discreet
from handlers.event_answers import EventAnswers
from handlers.event_card import ACTION, PERSONAL, cut_label, day_of, file_label, title_of, when
from handlers.event_times import short_date
from handlers.event_views import EventViews
from handlers.event_zone import ReaderZone

LISTED: Final = 5
OBSERVANCE: Final = "observance"
"""The topic of yearly days, which are no meetings (``knowledge/events.toml``)."""
RECORDINGS: Final = 2
"""Links beside each past event of the list."""


class EventList:
    """Everybody may look; what only some may see is decided by ``EventViews``."""

    def __init__(self, views: EventViews, answers: EventAnswers, translators: Translators) -> None:
        self._views = views
        self._answers = answers
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="events",
            descriptions=in_all(self._translators, N_("Meetings and webinars of the network")),
        )
        routes.add_command(spec, self.events)
        routes.add_action(ACTION, self.pressed)

    async def events(self, turn: Turn) -> Reply:
        """The next ones."""
        return await self._coming(turn, 0)

    async def opened(self, turn: Turn) -> Reply:
        """A deep link: ``/start event_12`` shows that event."""
        if isinstance(turn.event, CommandInvoked):
            number = turn.event.text.partition("_")[2]
            if (meeting := await self.find(turn, number)) is not None:
                return await self._views.show(turn, meeting)
        return await self._coming(turn, 0)

    async def by_number(self, turn: Turn, number: str) -> Reply:
        """The next time of an event, or its last; the list where there is no such event."""
        if not number.isdecimal() or len(number) > 18:
            return await self._coming(turn, 0)
        store: Store = turn.store
        event = await store.events.get(int(number))
        if event is None or event.state in ("draft", "deleted"):
            return Message(text=turn._("There is no event with this number."), is_ephemeral=True)
        now = turn.clock.now()
        found = await store.occurrences.of_event(event.id, since=now, limit=1)
        found = found or (await store.occurrences.of_event(event.id))[-1:]
        return await self._views.show(turn, found[0]) if found else await self._coming(turn, 0)

    async def find(self, turn: Turn, number: str) -> Meeting | None:
        """The occurrence of a button, but no draft and nothing deleted."""
        if not number.isdecimal() or len(number) > 18:
            return None
        store: Store = turn.store
        meeting = await store.occurrences.get(int(number))
        return None if meeting is None or meeting.event.state == "draft" else meeting

    async def pressed(self, turn: Turn) -> Reply:
        """A page of a list, a card, an answer, or a file for the calendar."""
        assert isinstance(turn.event, ActionPressed)
        match turn.event.action.args:
            case ("list", offset, *mark) if offset.isdecimal():
                page = await self._coming(turn, _page(offset))
                return Edit(message=page) if mark == [PERSONAL] else page
            case ("past", offset, *mark) if offset.isdecimal():
                page = await self._past(turn, _page(offset))
                return Edit(message=page) if mark == [PERSONAL] else page
            case ("show" | "answer" | "ics" | "file" as kind, number, *rest):
                meeting = await self.find(turn, number)
                if meeting is None:
                    return Notice(text=turn._("This event is no longer in the calendar."))
                if kind == "show":
                    return await self._views.show(turn, meeting)
                if kind == "ics":
                    return await self._answers.calendar_file(turn, meeting)
                if kind == "file":
                    reader = await self._views.reader(turn, meeting)
                    return await event_documents.give(turn, meeting, reader, rest)
                return await self._answers.take(turn, meeting, rest)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def _coming(self, turn: Turn, offset: int) -> Message:
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        zone = await self._views.zones.of(turn)
        found = await store.occurrences.upcoming(now, limit=LISTED + 1, offset=offset)
        shown = found[:LISTED]
        rows = [self._open_button(each, zone, _) for each in shown]
        rows += _pages("list", offset, has_more=len(found) > LISTED, turn=turn)
        if is_discreet(turn):
            rows += self._personal(turn, zone)
        else:
            chat = Button(label=_("Reminders in this group"), action=Action("bell", "chat"))
            rows.append((self._past_button(_), chat))
        if not shown:
            text = _(
                "No meeting is in the calendar at present. I tell those who subscribe to the "
                "network's news when there is one."
            )
        else:
            text = "\n\n".join(self._lines(each, zone, _) for each in shown)
        if not offset and all(OBSERVANCE in each.event.topics for each in shown):
            more = Action("show", "next-meeting")
            rows.append((Button(label=_("About the network's meetings"), action=more),))
            if shown:
                note = _("No meeting of the network itself has a date in the calendar yet.")
                text = f"{note}\n\n{text}"
        return Message(
            title=_("Coming events"),
            text=text,
            footer="" if zone.is_known or not shown else _("Times by the network's own clock."),
            rows=tuple(rows),
            is_ephemeral=is_discreet(turn),
            direction="rtl" if direction(_.language) == "rtl" else "ltr",
        )

    async def _past(self, turn: Turn, offset: int) -> Message:
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        zone = await self._views.zones.of(turn)
        found = await store.occurrences.past(now, limit=LISTED + 1, offset=offset)
        lines, rows = [], list[Row]()
        for each in found[:LISTED]:
            files = await store.event_texts.files(each.event.id, each.occurrence.id)
            recordings = [
                f"- [{escape(file_label(file, _))}]({file.url})"
                for file in files
                if file.kind == "recording"
            ]
            lines.append("\n".join([self._lines(each, zone, _), *recordings[:RECORDINGS]]))
            rows.append(self._open_button(each, zone, _))
        rows += _pages("past", offset, has_more=len(found) > LISTED, turn=turn)
        coming = Action(ACTION, "list", "0", *_mark(turn))
        rows.append((Button(label=_("Coming events"), action=coming),))
        return Message(
            title=_("Past events"),
            text="\n\n".join(lines) or _("Nothing is kept of past events yet."),
            rows=tuple(rows),
            is_ephemeral=is_discreet(turn),
            direction="rtl" if direction(_.language) == "rtl" else "ltr",
        )

    def _lines(self, meeting: Meeting, zone: ReaderZone, _: Translate) -> str:
        title = escape(title_of(meeting, _.language))
        place = f"\n{escape(meeting.place)}" if meeting.place else ""
        return f"**{title}**\n{when(meeting, zone.name, _.language)}{place}"

    def _open_button(self, meeting: Meeting, zone: ReaderZone, _: Translate) -> Row:
        day = short_date(day_of(meeting, zone.name), _.language)
        label = cut_label(f"{day} · {title_of(meeting, _.language)}")
        action = Action(ACTION, "show", str(meeting.occurrence.id))
        return (Button(label=label, action=action),)

    def _past_button(self, _: Translate) -> Button:
        return Button(label=_("Past events"), action=Action(ACTION, "past", "0"))

    def _personal(self, turn: Turn, zone: ReaderZone) -> list[Row]:
        """What one person sets for themselves."""
        _ = turn._
        bell = Button(label=_("🔔 Reminders"), action=Action("bell", "show"))
        digest = Button(label=_("Weekly overview"), action=Action("digest", "show"))
        rows: list[Row] = [(bell, digest)]
        clock = Button(
            label=_("My time zone") if zone.is_known else _("Show my own time"),
            action=Action("zone", "ask"),
            style="plain" if zone.is_known else "primary",
        )
        rows.append((self._past_button(_), clock))
        return rows


def _mark(turn: Turn) -> tuple[str, ...]:
    return (PERSONAL,) if is_discreet(turn) else ()


def _page(offset: str) -> int:
    return min(int(offset[:6]), 100_000)


def _pages(kind: str, offset: int, *, has_more: bool, turn: Turn) -> list[Row]:
    _, mark = turn._, _mark(turn)
    buttons = []
    if offset:
        back = Action(ACTION, kind, str(max(0, offset - LISTED)), *mark)
        buttons.append(Button(label=_("Back"), action=back))
    if has_more:
        more = Action(ACTION, kind, str(offset + LISTED), *mark)
        buttons.append(Button(label=_("More"), action=more))
    return [tuple(buttons)] if buttons else []
