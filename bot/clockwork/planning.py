"""Plans the reminders of whatever was changed: an event, an answer, a choice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.calendar.reminding import Wanted, afterwards, before_start
from bot.chat.ports import Clock
from bot.clockwork.texts import Defaults
from bot.store import Database, Store
from bot.store.calendar_choices import ChatChoices
from bot.store.event_rows import Meeting
from bot.store.event_texts import EventFile
from bot.store.reminder_plans import AFTERMATH, Guest, Plan, Recipient, ReminderPlans

OCCURRENCES: Final = 100
GUESTS: Final = 250
"""Looked at in one transaction, so that nobody waits long for it."""


class Planning:
    """Call ``plan`` again and again, in as many processes as there are."""

    def __init__(self, *, database: Database, clock: Clock, defaults: Defaults) -> None:
        self._database = database
        self._clock = clock
        self._defaults = defaults

    async def plan(self) -> int:
        """Plan all that must be; returns how many occurrences and answers were looked at."""
        total = 0
        while count := await self._plan_occurrences():
            total += count
        while count := await self._plan_guests():
            total += count
        return total

    async def _plan_occurrences(self) -> int:
        now = self._clock.now()
        async with self._database.begin() as store:
            plans = ReminderPlans(store.connection)
            taken = await plans.take_occurrences(now, OCCURRENCES)
            meetings = await store.occurrences.many(taken)
            if not meetings:
                return len(taken)
            recordings = await _recordings(store, meetings)
            wanted: dict[Recipient, Plan] = {}
            for chat in await store.calendar_choices.chats():
                for meeting in meetings.values():
                    to = Recipient(occurrence_id=meeting.occurrence.id, where=chat.where)
                    recording = recordings.get(meeting.occurrence.id)
                    wanted[to] = self._plan_of_chat(meeting, chat, recording, now)
            await plans.settle_chats(taken, wanted)
        return len(taken)

    async def _plan_guests(self) -> int:
        now = self._clock.now()
        async with self._database.begin() as store:
            plans = ReminderPlans(store.connection)
            guests = await plans.take_guests(GUESTS)
            meetings = await store.occurrences.many({guest.occurrence_id for guest in guests})
            recordings = await _recordings(store, meetings)
            wanted: dict[Recipient, Plan] = {}
            for guest in guests:
                to = Recipient(occurrence_id=guest.occurrence_id, person_id=guest.person_id)
                meeting = meetings.get(guest.occurrence_id)
                recording = recordings.get(guest.occurrence_id)
                wanted[to] = (
                    Plan(starts_at=now, since=now)
                    if meeting is None
                    else self._plan_of_guest(meeting, guest, recording, now)
                )
            if wanted:
                await plans.settle_people(wanted)
        return len(guests)

    def _plan_of_chat(
        self, meeting: Meeting, chat: ChatChoices, recording: EventFile | None, now: datetime
    ) -> Plan:
        starts_at = meeting.occurrence.starts_at
        since = max(filter(None, (meeting.event.updated_at, chat.since)), default=now)
        is_theirs = not chat.topics or bool(set(chat.topics) & set(meeting.event.topics))
        if not meeting.is_on or not is_theirs:
            return Plan(starts_at=starts_at, since=since)
        zone, _ = self._defaults.zone_of(chat.choices.zone, None, now)
        quiet = self._defaults.quiet_of(chat.choices)
        leads = self._defaults.leads_of(chat.choices, meeting.event.leads)
        wishes = before_start(starts_at, leads, quiet, zone)
        if recording is not None:
            wishes.append(afterwards("recording", recording.added_at, quiet, zone))
        return Plan(starts_at=starts_at, since=since, wishes=tuple(wishes))

    def _plan_of_guest(
        self, meeting: Meeting, guest: Guest, recording: EventFile | None, now: datetime
    ) -> Plan:
        told = meeting.occurrence
        since = max(guest.since, meeting.event.updated_at or guest.since)
        if not meeting.is_on or guest.answer not in ("going", "maybe") or guest.is_waiting:
            return Plan(starts_at=told.starts_at, since=since)
        # Discord bans bots that write to many people by themselves: there, only those hear from
        # us alone who asked for it; the others read it in the channel.
        is_shy = guest.home is None or guest.home.platform == "discord"
        if is_shy and guest.choices.leads is None:
            return Plan(starts_at=told.starts_at, since=since)
        zone, is_known = self._defaults.zone_of(guest.choices.zone, guest.country, now)
        quiet = self._defaults.quiet_of(guest.choices) if is_known else None
        leads = self._defaults.leads_of(guest.choices, meeting.event.leads)
        wishes: list[Wanted] = before_start(told.starts_at, leads, quiet, zone)
        if guest.answer == "going" and guest.choices.leads != ():
            due = told.ends_at + self._defaults.thanks_after
            wishes.append(afterwards("thanks", due, quiet, zone))
        if recording is not None and guest.choices.leads != ():
            wishes.append(afterwards("recording", recording.added_at, quiet, zone))
        return Plan(starts_at=told.starts_at, since=since, wishes=tuple(wishes))


async def _recordings(store: Store, meetings: dict[int, Meeting]) -> dict[int, EventFile]:
    """The first recording of each, where it came while people still remember."""
    found = await store.event_texts.recordings(meetings)
    return {
        number: file
        for number, file in found.items()
        if timedelta(0) <= file.added_at - meetings[number].occurrence.ends_at < AFTERMATH
    }
