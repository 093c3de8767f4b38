"""Going, maybe, not going: by button only, with places and a waiting list; and calendar files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast, get_args

from bot.calendar.feed_links import PURPOSE, feed_url
from bot.chat.messages import Edit, LinkButton, Message, Notice, Row
from bot.chat.turn import Reply, Turn
from bot.store import Store
from bot.store.attendance import Answer, Attending
from bot.store.event_rows import Meeting
from handlers.discretion import is_discreet, private_chat
from handlers.event_card import PERSONAL
from handlers.event_file import attachment
from handlers.event_views import EventViews, is_over

ANSWERS: Final[tuple[str, ...]] = get_args(Answer)


class EventAnswers:
    """The last press counts; the same press again changes nothing."""

    def __init__(self, views: EventViews, public_url: str | None = None) -> None:
        self._views = views
        self._public_url = public_url

    async def take(self, turn: Turn, meeting: Meeting, rest: Sequence[str]) -> Reply:
        """Keep somebody's answer, and show them where they stand; to nobody else."""
        answer, *mark = (*rest, "")
        if answer not in ANSWERS:
            return Notice(text=turn._("This button no longer works. Please ask again."))
        if (refusal := self._refusal(turn, meeting)) is not None:
            return refusal
        store: Store = turn.store
        number, now = meeting.occurrence.id, turn.clock.now()
        before = await store.attendance.get(number, turn.member.id)
        kept = await store.attendance.answer(number, turn.member.id, cast(Answer, answer), now)
        turn.notes["decision"] = f"answer:{kept.answer}"
        if mark[:1] == [PERSONAL] and is_discreet(turn):
            return Edit(message=await self._views.show(turn, meeting))
        notice = Notice(text=await self._told(turn, kept, is_again=before == kept))
        if not turn.event.conversation.is_private:
            return notice
        return (notice, await self._views.show(turn, meeting))

    async def calendar_file(self, turn: Turn, meeting: Meeting) -> Reply:
        """The event as a file that calendar programs open."""
        store: Store = turn.store
        _ = turn._
        reader = await self._views.reader(turn, meeting)
        times = await store.occurrences.of_event(meeting.event.id, limit=200)
        now = turn.clock.now()
        file = attachment(meeting, times, now, _.language, sees_link=reader.sees_link)
        return Message(
            text=_("Open this file; your calendar takes the event from it."),
            attachments=(file,),
            rows=await self._feed(turn),
            is_ephemeral=True,
        )

    async def _feed(self, turn: Turn) -> tuple[Row, ...]:
        """The way to all events at once, where there is a web server for it."""
        if self._public_url is None:
            return ()
        store: Store = turn.store
        key = await store.site_keys.get(PURPOSE, turn.clock.now())
        url = feed_url(self._public_url, key, turn._.language)
        return ((LinkButton(label=turn._("All events in my calendar"), url=url),),)

    def _refusal(self, turn: Turn, meeting: Meeting) -> Notice | None:
        _ = turn._
        if not meeting.is_on:
            return Notice(text=_("This event is cancelled."))
        if is_over(turn, meeting):
            return Notice(text=_("This event is over."))
        return None

    async def _told(self, turn: Turn, kept: Attending, *, is_again: bool) -> str:
        _ = turn._
        if kept.is_waiting:
            text = _(
                "All places are taken. You are on the waiting list, in place {place}; I tell you "
                "when a place is free.",
                place=kept.place,
            )
        elif kept.answer == "no":
            return _("Good, you are not coming. You can change your mind at any time.")
        elif is_again:
            text = _("That is noted already.")
        elif kept.answer == "going":
            text = _("Good, you are coming. I remind you in time.")
        else:
            text = _("Good, perhaps you come. I remind you in time.")
        if turn.event.conversation.is_private:
            return text
        store: Store = turn.store
        if await store.subscriptions.is_subscribed(private_chat(turn)) is None:
            text += " " + _("Write to me once in private, so that I can reach you.")
        return text
