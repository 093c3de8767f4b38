"""What an organiser changes: the question for it, and the change with word to those who come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.calendar.places import is_address, place_and_link, whole_address
from bot.calendar.rules import BrokenRule, tidy_rule
from bot.chat.actions import Action
from bot.chat.events import FormSubmitted
from bot.chat.forms import WHOLE_FORM_PLATFORMS, Form
from bot.chat.markup import Raw
from bot.chat.messages import Button, Message, Notice, Row
from bot.chat.turn import Reply, Translate, Turn
from bot.store import Store
from bot.store.event_rows import Event, EventText, LinkFor, Meeting
from handlers import event_documents, event_edits, event_forms
from handlers.event_edits import Answers, Misread
from handlers.event_notices import EventNotices
from handlers.event_panel import ACTION, EventPanel
from handlers.event_repeats import CODES, Repeats, ordinal_of, shown_repeats
from handlers.event_times import shown_zone
from handlers.noting import note
from knowledge.zones import find_zones

SEEN: Final[Mapping[LinkFor, LinkFor]] = {"all": "members", "members": "going", "going": "all"}
"""What the next press makes of who sees the link."""
FORMS: Final[Mapping[str, Callable[[Event, Translate], Form]]] = {
    "words": event_forms.words_form,
    "language": event_forms.language_form,
    "zone": event_forms.zone_form,
    "repeat": event_forms.repeat_form,
    "link": event_forms.link_form,
    "places": event_forms.places_form,
    "topics": event_forms.topics_form,
}
KEPT_FILES: Final = 20


class EventChanges:
    """Every change is written at once; those who answered a published event hear of it."""

    forms: Final = (*FORMS, "time", "once", "recording", "file", "document")

    def __init__(self, panel: EventPanel, notices: EventNotices) -> None:
        self._panel = panel
        self._notices = notices

    async def ask(self, turn: Turn, kind: str, event: Event) -> Reply:
        """The question for what is to be changed."""
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        match kind:
            case "time":
                zone = shown_zone(event.zone, now, _.language)
                return event_forms.time_form(event, _, zone)
            case "repeat":
                return self._rules(event, _)
            case "words-repeat":
                return event_forms.repeat_form(event, _)
            case "seen":
                changed = replace(event, link_for=SEEN[event.link_for])
                return await self._keep(turn, event, changed)
            case "recording" | "file":
                return event_forms.file_form(event, kind, _)
            case "document":
                return event_forms.document_form(event, _)
            case "times":
                meetings = await store.occurrences.of_event(event.id, since=now, limit=6)
                return self._panel.times(event, meetings, _)
            case _ if kind in FORMS:
                return FORMS[kind](event, _)
        return Notice(text=_("This button no longer works. Please ask again."))

    async def take(self, turn: Turn, name: str, event: Event) -> Reply:
        """Put the answers of a form into the event."""
        assert isinstance(turn.event, FormSubmitted)
        is_whole = turn.event.conversation.platform in WHOLE_FORM_PLATFORMS
        answers = Answers(values=dict(turn.event.values), is_whole=is_whole)
        try:
            if name in ("recording", "file"):
                return await self._add_file(turn, name, event, answers)
            if name == "document":
                told = await event_documents.take(turn, event)
                return await self._panel.show(turn, event, told)
            if name == "time":
                return await self._retime(turn, event, answers)
            return await self._keep(turn, event, self._changed(turn, name, event, answers))
        except (Misread, BrokenRule) as fault:
            text = _followed(fault, turn._) if isinstance(fault, BrokenRule) else str(fault)
            said = Message(text=text, is_ephemeral=True)
            again = await self.ask(turn, "words-repeat" if name == "repeat" else name, event)
            return (said, again) if isinstance(again, Form | Message) else said

    async def move(self, turn: Turn, meeting: Meeting) -> Reply:
        """Another time for one occurrence of a series."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        is_whole = turn.event.conversation.platform in WHOLE_FORM_PLATFORMS
        answers = Answers(values=dict(turn.event.values), is_whole=is_whole)
        told = meeting.occurrence
        try:
            start, end, remark = event_edits.new_times(
                meeting.event, answers, now, _, start=told.start_wall, end=told.end_wall
            )
        except Misread as fault:
            return Message(text=str(fault), is_ephemeral=True)
        place, link = place_and_link(answers.line("place", meeting.place))
        await store.occurrences.move(
            told.id,
            start_wall=start.wall,
            end_wall=end,
            place=None if place == meeting.event.place else place,
            now=now,
        )
        said = await self._after(turn, [meeting], remark)
        if link is None:
            return said
        # All times share one link, and not everybody sees it: it is asked for where it belongs.
        return (said, event_forms.link_form(replace(meeting.event, meeting_link=link), turn._))

    async def switch(self, turn: Turn, meeting: Meeting, *, is_on: bool) -> Reply:
        """Call one occurrence off, or hold it after all."""
        store: Store = turn.store
        if is_on:
            await store.occurrences.restore(meeting.occurrence.id, turn.clock.now())
        else:
            await store.occurrences.cancel(meeting.occurrence.id, turn.clock.now())
        return await self._after(turn, [meeting])

    async def set_zone(self, turn: Turn, event: Event, zone: str) -> Reply:
        """The same wall times by another clock."""
        return await self._keep(turn, event, replace(event, zone=zone))

    async def set_rule(self, turn: Turn, event: Event, choice: str) -> Reply:
        """One of the usual repetitions."""
        if choice == "words":
            return event_forms.repeat_form(event, turn._)
        known = _usual(event)
        if choice != "once" and choice not in known:
            return Notice(text=turn._("This button no longer works. Please ask again."))
        rule = None if choice == "once" else known[choice].to_rule()
        changed = replace(event, rule=rule, left_out=(), extra_starts=())
        return await self._keep(turn, event, changed)

    def _changed(self, turn: Turn, name: str, event: Event, answers: Answers) -> Event:
        _ = turn._
        match name:
            case "words":
                return event_edits.with_words(event, answers)
            case "language":
                return event_edits.with_language(event, answers, _)
            case "repeat":
                return event_edits.with_rule(event, answers, _)
            case "link":
                return event_edits.with_links(event, answers, _)
            case "places":
                return event_edits.with_places(event, answers, _)
            case "topics":
                return event_edits.with_topics(event, answers)
        found = find_zones(answers.line("place"), turn.clock.now())
        if len(found) != 1:
            raise Misread(
                _("I do not know this place. Name a larger city, or write it like UTC+3.")
            )
        return replace(event, zone=found[0])

    async def _retime(self, turn: Turn, event: Event, answers: Answers) -> Reply:
        start, end, remark = event_edits.new_times(
            event, answers, turn.clock.now(), turn._, start=event.start_wall, end=event.end_wall
        )
        changed = replace(
            event_edits.with_place(event, answers),
            start_wall=start.wall,
            end_wall=end,
            is_all_day=start.is_all_day,
        )
        return await self._keep(turn, event, changed, remark)

    async def _keep(self, turn: Turn, before: Event, after: Event, remark: str = "") -> Reply:
        """Write the event and tell those who come; raises ``BrokenRule``."""
        store: Store = turn.store
        now = turn.clock.now()
        if after.rule is not None:
            rule = tidy_rule(after.rule, after.zone, is_all_day=after.is_all_day)
            after = replace(after, rule=rule)
        meetings = await store.occurrences.of_event(before.id, since=now)
        kept = await store.events.save(after, now)
        if kept.capacity != before.capacity:
            for each in meetings:
                await store.attendance.fill(each.occurrence.id, now)
        return await self._after(turn, meetings, remark, kept)

    async def _after(
        self, turn: Turn, before: list[Meeting], remark: str = "", kept: Event | None = None
    ) -> Message:
        store: Store = turn.store
        _ = turn._
        event = kept or await store.events.get(before[0].event.id)
        assert event is not None
        told = await self._notices.tell(store, before, turn.clock.now(), language=turn._.language)
        said = [remark, _("Good, that is changed.")]
        if told:
            said.append(_.plural("{count} person hears of it.", "{count} people hear of it.", told))
        turn.notes["decision"] = "event changed"
        await note(turn, "event.changed", detail=str(event.id))
        return await self._panel.show(turn, event, " ".join(filter(None, said)))

    async def _add_file(self, turn: Turn, kind: str, event: Event, answers: Answers) -> Reply:
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        url = whole_address(answers.line("url", limit=event_forms.LINK_LIMIT))
        title = answers.line("title", limit=event_forms.TITLE_LIMIT)
        if not is_address(url):
            raise Misread(_("An address begins with https:// and holds no spaces."))
        if len(await store.event_texts.files(event.id)) >= KEPT_FILES:
            text = _("An event holds at most {most} files and recordings.", most=KEPT_FILES)
            return Message(text=text, is_ephemeral=True)
        past = [
            each.occurrence
            for each in await store.occurrences.of_event(event.id, limit=200)
            if each.occurrence.ends_at <= now
        ]
        # A recording is of the time that was held last; a file belongs to all of them.
        of = past[-1].id if past and kind == "recording" else None
        await store.event_texts.add_file(
            event.id,
            kind="recording" if kind == "recording" else "file",
            title=title,
            url=url,
            now=now,
            occurrence_id=of,
        )
        await note(turn, "event.file", detail=str(event.id))
        return await self._panel.show(turn, event, _("Good, it stands with the event now."))

    def _rules(self, event: Event, _: Translate) -> Message:
        def action(choice: str) -> Action:
            return Action(ACTION, "repeat", str(event.id), choice)

        rows: list[Row] = [(Button(label=_("Once"), action=action("once")),)]
        for choice, repeats in _usual(event).items():
            label = shown_repeats(repeats.to_rule(), event.zone, _)
            rows.append((Button(label=label, action=action(choice)),))
        rows.append((Button(label=_("In my own words"), action=action("words")),))
        return Message(text=_("How often does it take place?"), rows=tuple(rows), is_ephemeral=True)


def _usual(event: Event) -> dict[str, Repeats]:
    weekday = (CODES[event.start_wall.weekday()],)
    which = ordinal_of(event.start_wall)
    return {
        "week": Repeats(frequency="WEEKLY"),
        "weeks": Repeats(frequency="WEEKLY", interval=2),
        "month": Repeats(frequency="MONTHLY", weekdays=weekday, ordinal=which),
        "date": Repeats(frequency="MONTHLY"),
        "year": Repeats(frequency="YEARLY"),
    }


__all__ = ["EventChanges", "EventText"]


def _followed(fault: BrokenRule, translate: Translate) -> str:
    """Why a repetition cannot be followed."""
    reason = translate(fault.words, **fault.values)
    return translate("This repetition cannot be followed: {reason}.", reason=Raw(reason))
