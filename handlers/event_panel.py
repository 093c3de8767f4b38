"""The organiser's page of an event: how it stands, and a button for each thing to change."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.chat.actions import Action
from bot.chat.messages import Button, Message, Row
from bot.chat.turn import Translate, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.attendance import Counts
from bot.store.event_rows import FALLBACK, Event, Meeting
from handlers.event_card import cut_label, fact_lines
from handlers.event_forms import TOPICS
from handlers.event_times import short_date, shown_zone
from handlers.settings import LANGUAGE_NAMES

ACTION: Final = "organise"
TIMES: Final = 6
"""Times of a series that can be changed one by one."""
LINK_FOR: Final = {
    "all": N_("Everybody sees the link to join"),
    "members": N_("Members see the link to join"),
    "going": N_("Those who come see the link to join"),
}
_PREVIEW: Final = 400


class EventPanel:
    """A handler that changes an event answers with this page, so that it is seen as it stands."""

    async def show(self, turn: Turn, event: Event, said: str = "") -> Message:
        """The page; ``said`` is markup that stands first."""
        store: Store = turn.store
        now = turn.clock.now()
        meetings = await store.occurrences.of_event(event.id, since=now, limit=TIMES)
        meetings = meetings or await store.occurrences.of_event(event.id, limit=1)
        first = meetings[0] if meetings else None
        counts = await store.attendance.counts(first.occurrence.id) if first else Counts()
        _ = turn._
        parts = [said, *self._head(event, _), "\n".join(self._lines(event, first, counts, now, _))]
        text = event.texts[FALLBACK].text
        parts.append(text if len(text) <= _PREVIEW else f"{text[:_PREVIEW].rstrip()}…")
        return Message(
            title=event.texts[FALLBACK].title,
            text="\n\n".join(part for part in parts if part),
            rows=self._rows(event, meetings, _),
            is_ephemeral=True,
        )

    def _head(self, event: Event, _: Translate) -> list[str]:
        match event.state:
            case "draft":
                return [_("*Event {number}: a draft; nobody else sees it.*", number=event.id)]
            case "cancelled":
                return [_("*Event {number}: cancelled.*", number=event.id)]
        return [_("*Event {number}: published.*", number=event.id)]

    def _lines(
        self, event: Event, first: Meeting | None, counts: Counts, now: datetime, _: Translate
    ) -> list[str]:
        lines = fact_lines(first, event.zone, _) if first else []
        lines.append(_("- **Time zone:** {zone}", zone=shown_zone(event.zone, now, _.language)))
        topics = ", ".join(_(TOPICS[each]) if each in TOPICS else each for each in event.topics)
        lines.append(_("- **Topics:** {topics}", topics=topics or _("none, so for all groups")))
        places = str(event.capacity) if event.capacity is not None else _("for everybody")
        lines.append(_("- **Places:** {places}", places=places))
        if event.meeting_link:
            lines.append(_("- **Join here:** {link}", link=event.meeting_link))
            lines.append(f"- {_(LINK_FOR[event.link_for])}")
        languages = [LANGUAGE_NAMES[each] for each in event.texts if each in LANGUAGE_NAMES]
        if languages:
            lines.append(_("- **Also in:** {languages}", languages=", ".join(languages)))
        if event.state != "draft":
            lines.append(
                _(
                    "- **Answers:** {going} going, {waiting} waiting, {maybe} maybe, {no} not",
                    going=counts.going,
                    waiting=counts.waiting,
                    maybe=counts.maybe,
                    no=counts.no,
                )
            )
        return lines

    def _rows(self, event: Event, meetings: list[Meeting], _: Translate) -> tuple[Row, ...]:
        def button(label: str, kind: str) -> Button:
            return Button(label=label, action=Action(ACTION, kind, str(event.id)))

        edits: tuple[Row, ...] = (
            (button(_("Title and text"), "words"), button(_("Time and place"), "time")),
            (button(_("Time zone"), "zone"), button(_("Repetition"), "repeat")),
            (button(_("Links"), "link"), button(_("Who sees the link"), "seen")),
            (
                button(_("Places"), "places"),
                button(_("Topics"), "topics"),
                button(_("Add a language"), "language"),
            ),
        )
        match event.state:
            case "draft":
                publish = Action(ACTION, "publish", str(event.id))
                yes = Button(label=_("Publish…"), action=publish, style="primary")
                no = Action(ACTION, "discard", str(event.id))
                end: tuple[Row, ...] = (
                    (yes, Button(label=_("Discard"), action=no, style="danger")),
                )
                return (*edits, *end)
            case "planned":
                after = (
                    button(_("Who comes"), "people"),
                    button(_("Add a recording"), "recording"),
                )
                files = (button(_("Add a file"), "file"), button(_("Send a document"), "document"))
                cancel = Action(ACTION, "cancel", str(event.id))
                stop = Button(label=_("Cancel the event…"), action=cancel, style="danger")
                times = button(_("Single times"), "times") if len(meetings) > 1 else None
                return (*edits, after, files, (times, stop) if times else (stop,))
        return ((button(_("Who comes"), "people"), button(_("Publish again…"), "publish")),)

    def times(self, event: Event, meetings: list[Meeting], _: Translate) -> Message:
        """The coming times of a series, each to move or call off by itself."""
        rows: list[Row] = []
        for each in meetings:
            day = short_date(each.occurrence.start_wall.date(), _.language)
            number = str(each.occurrence.id)
            move = Action(ACTION, "once", number)
            label = cut_label(_("{day}: another time", day=day))
            if each.occurrence.state == "cancelled":
                back = Action(ACTION, "back", number)
                rows.append((Button(label=_("{day}: hold it after all", day=day), action=back),))
                continue
            off = Button(
                label=_("{day}: cancel", day=day),
                action=Action(ACTION, "off", number),
                style="danger",
            )
            rows.append((Button(label=label, action=move), off))
        title = event.texts[FALLBACK].title
        text = _("The next times of {title}. The others stay as they are.", title=title)
        return Message(text=text, rows=tuple(rows), is_ephemeral=True)
