"""What somebody may see of an event, read from the store and put into a message."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.chat.messages import Message
from bot.chat.turn import Role, Turn
from bot.store import Store
from bot.store.attendance import Attending
from bot.store.event_rows import Event, Meeting
from handlers.discretion import is_discreet
from handlers.event_card import Reader, card
from handlers.event_zone import Zones

GRACE: Final = timedelta(hours=1)
"""How long an event is on of which no end is known."""


class EventViews:
    """Shared by whatever shows events; ``zones`` tells by whose clock."""

    def __init__(self, zones: Zones) -> None:
        self.zones = zones

    async def show(self, turn: Turn, meeting: Meeting, note: str = "") -> Message:
        """The card of one time of an event, for whoever the turn is of."""
        store: Store = turn.store
        occurrence = meeting.occurrence
        files = await store.event_texts.files(meeting.event.id, occurrence.id)
        return card(
            meeting,
            await self.reader(turn, meeting),
            turn._,
            counts=await store.attendance.counts(occurrence.id),
            files=tuple(files),
            is_over=is_over(turn, meeting),
            note=note,
        )

    async def reader(self, turn: Turn, meeting: Meeting) -> Reader:
        """Who looks at this event here."""
        store: Store = turn.store
        zone = await self.zones.of(turn)
        answer = await store.attendance.get(meeting.occurrence.id, turn.member.id)
        discreet = is_discreet(turn)
        return Reader(
            zone=zone.name,
            is_zone_known=zone.is_known,
            sees_link=discreet and await may_join(turn, meeting.event, answer),
            sees_files=discreet and has_files(turn, meeting.event, answer),
            may_manage=discreet and may_organise(turn, meeting.event),
            is_personal=True,
            answer=answer if discreet else None,
        )


def is_over(turn: Turn, meeting: Meeting) -> bool:
    """Whether it has ended; an event without an end is over when its first hour is."""
    occurrence = meeting.occurrence
    return turn.clock.now() >= max(occurrence.ends_at, occurrence.starts_at + GRACE)


def may_organise(turn: Turn, event: Event) -> bool:
    """The secretariat may change every event, an expert their own."""
    role = turn.member.role
    is_own = event.organiser_id is not None and event.organiser_id == turn.member.id
    return role >= Role.SECRETARIAT or (role >= Role.EXPERT and is_own)


def has_files(turn: Turn, event: Event, answer: Attending | None) -> bool:
    """Whether the event's documents are for somebody: for organisers and for those who come."""
    if may_organise(turn, event):
        return True
    return answer is not None and answer.answer in ("going", "maybe") and not answer.is_waiting


async def may_join(turn: Turn, event: Event, answer: Attending | None) -> bool:
    """Whether somebody may have the meeting's link."""
    if may_organise(turn, event) or event.link_for == "all":
        return True
    if event.link_for == "going":
        return answer is not None and answer.answer == "going" and not answer.is_waiting
    store: Store = turn.store
    member = await store.memberships.get(turn.member.id)
    return turn.member.role >= Role.MEMBER or (member is not None and member.state == "member")
