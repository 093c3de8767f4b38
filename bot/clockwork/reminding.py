"""Puts due reminders into the outbox: taken and queued in one transaction, once each.

A late reminder goes out with a word of excuse as long as the event has not begun; after that it
is skipped, and the secretariat's desks are told how many. Of several that are due for the same
recipient and occurrence, after a day of silence, only the last goes out.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Clock, Lane
from bot.chat.wire import message_to_json
from bot.clockwork.sleeping import MARGIN, wait_for
from bot.clockwork.texts import CalendarTexts, Defaults, Reader
from bot.store import Database, Store
from bot.store.event_rows import Meeting
from bot.store.event_texts import EventFile
from bot.store.outbox_batches import OutboxBatches, Parcel
from bot.store.reminders import DueReminder, Reminders

AT_ONCE: Final = 250
"""Reminders in one transaction, so that no turn waits long for it."""
AHEAD: Final = timedelta(seconds=2)
"""Reminders are queued this long before they are due, for their moment: the senders take them up
then, whatever the database is busy with at that time."""
LATE_AFTER: Final = timedelta(minutes=3)
"""A reminder that is later than this says so."""
START_GRACE: Final = timedelta(minutes=10)
"""How long after the start its own reminder still makes sense."""
AFTER_GRACE: Final = timedelta(days=7)
"""How late thanks and recordings still go out."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Sorted:
    """What becomes of the reminders of one transaction."""

    parcels: list[Parcel] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    missed: Counter[int] = field(default_factory=Counter)

    def skip(self, due: DueReminder, reason: str) -> None:
        self.skipped.setdefault(reason, []).append(due.id)
        if reason == "over":
            self.missed[due.occurrence_id] += 1


class Reminding:
    """``poke_senders`` is called when there are new rows in the outbox."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        texts: CalendarTexts,
        defaults: Defaults,
        desks: Sequence[ConversationRef] = (),
        poke_senders: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._texts = texts
        self._defaults = defaults
        self._desks = desks
        self._poke_senders = poke_senders
        self._is_busy = False
        self._next_due: datetime | None = None
        self._moments: list[datetime] = []
        self._has_moments = asyncio.Event()

    @property
    def next_moment(self) -> datetime | None:
        """When ``send_due`` has something to do next, as of its last look."""
        return None if self._next_due is None else self._next_due - AHEAD

    async def send_due(self) -> int:
        """Queue all that is due or nearly, a few hundred a transaction; returns how many were
        settled. Pokes the senders for what falls due now."""
        total = 0
        self._poke()
        while True:
            count = await self._send_some()
            total += count
            self._poke()
            if count < AT_ONCE:
                return total
            # Let the turns of people in between.
            await asyncio.sleep(0)

    async def poke_at_moments(self) -> None:
        """Poke the senders whenever something that is queued falls due, for ever.

        It never waits for the database.
        """
        while True:
            self._poke()
            self._has_moments.clear()
            left = (self._moments[:1] or [self._clock.now() + AHEAD])[0] - self._clock.now()
            await wait_for(self._clock, left / timedelta(seconds=1) + MARGIN, self._has_moments)

    def _poke(self) -> None:
        now = self._clock.now()
        if self._moments and self._moments[0] <= now:
            self._moments = [moment for moment in self._moments if moment > now]
            self._poke_senders()

    async def _send_some(self) -> int:
        now = self._clock.now()
        async with self._database.begin(is_short=not self._is_busy) as store:
            reminders = Reminders(store.connection)
            taken = await reminders.take_due(now + AHEAD, AT_ONCE)
            found = await self._settle(store, reminders, taken, now)
            self._next_due = await reminders.next_due()
        self._is_busy = len(taken) == AT_ONCE
        if found.parcels:
            moments = {parcel.due_at or now for parcel in found.parcels}
            self._moments = sorted(moments.union(self._moments))
            self._has_moments.set()
            log.info("reminders.queued", count=len(found.queued))
        for reason, ids in found.skipped.items():
            log.warning("reminders.skipped", reason=reason, count=len(ids))
        return len(taken)

    async def _settle(
        self, store: Store, reminders: Reminders, taken: Sequence[DueReminder], now: datetime
    ) -> _Sorted:
        if not taken:
            return _Sorted()
        meetings = await store.occurrences.many({due.occurrence_id for due in taken})
        files: dict[int, EventFile] = {}
        if any(due.kind == "recording" for due in taken):
            files = await store.event_texts.recordings(meetings)
        found = self._sort(taken, meetings, files, now)
        await OutboxBatches(store.connection).add(found.parcels, Lane.REMINDER, now)
        await reminders.settle(found.queued, "queued", now)
        for reason, ids in found.skipped.items():
            await reminders.settle(ids, "skipped", now, reason=reason)
        await self._report(store, found.missed, meetings, now)
        return found

    def _sort(
        self,
        taken: Sequence[DueReminder],
        meetings: Mapping[int, Meeting],
        files: Mapping[int, EventFile],
        now: datetime,
    ) -> _Sorted:
        found = _Sorted()
        written: dict[object, str] = {}
        for due in taken:
            meeting = meetings.get(due.occurrence_id)
            reason = _reason_against(due, meeting, now)
            if reason is not None or meeting is None or due.to is None:
                found.skip(due, reason or "nowhere")
                continue
            is_late = due.kind == "before" and now - due.due_at > LATE_AFTER
            reader = self._reader(due, now)
            key = (due.occurrence_id, due.kind, due.lead, is_late, reader)
            if key not in written:
                moment = max(now, due.due_at)
                message = self._write(due, meeting, files, is_late, moment, reader)
                if message is None:
                    found.skip(due, "empty")
                    continue
                written[key] = message_to_json(message)
            found.queued.append(due.id)
            found.parcels.append(
                Parcel(
                    source=source_of(due),
                    to=due.to,
                    payload=written[key],
                    due_at=due.due_at if due.due_at > now else None,
                    expires_at=_expiry(due, meeting, now),
                )
            )
        return found

    def _reader(self, due: DueReminder, now: datetime) -> Reader:
        zone, is_known = self._defaults.zone_of(due.zone, due.country, now)
        return Reader(
            language=self._defaults.language_of(due.language, due.locale),
            zone=zone,
            is_private=due.person_id is not None,
            is_zone_known=is_known,
            is_member=due.is_member,
            answer=due.answer,
            is_waiting=due.is_waiting,
        )

    def _write(
        self,
        due: DueReminder,
        meeting: Meeting,
        files: Mapping[int, EventFile],
        is_late: bool,
        now: datetime,
        reader: Reader,
    ) -> Message | None:
        if due.kind == "thanks":
            return self._texts.thanks(meeting, reader=reader)
        if due.kind == "recording":
            file = files.get(due.occurrence_id)
            if file is None:
                return None
            return self._texts.recording(meeting, files=[file], reader=reader)
        return self._texts.before(meeting, lead=due.lead, is_late=is_late, now=now, reader=reader)

    async def _report(
        self, store: Store, missed: Counter[int], meetings: Mapping[int, Meeting], now: datetime
    ) -> None:
        """Tell the desks what came too late. Several batches of one event are several reports."""
        reader = Reader(language=self._defaults.language, zone=self._defaults.zone)
        for number, count in missed.items():
            for desk in self._desks:
                await store.outbox.add(
                    f"reminders-missed:{number}:{int(now.timestamp())}",
                    desk,
                    self._texts.skipped(meetings[number], count=count, reader=reader),
                    lane=Lane.RELAY,
                    on_unknown="resend",
                    now=now,
                )


def source_of(due: DueReminder) -> str:
    """Names the reminder in the outbox: an occurrence that was moved is reminded of anew."""
    start = int(due.starts_at.timestamp())
    return f"reminder:{due.occurrence_id}:{due.kind}:{due.lead}:{start}"


def _reason_against(due: DueReminder, meeting: Meeting | None, now: datetime) -> str | None:
    if meeting is None or not meeting.is_on:
        return "cancelled"
    if due.person_id is not None and (due.answer not in ("going", "maybe") or due.is_waiting):
        return "declined"
    if due.to is None:
        return "nowhere"
    if due.kind != "before":
        return "over" if now - due.due_at > AFTER_GRACE else None
    if now >= _last_moment(due, meeting):
        return "over"
    return "superseded" if due.is_superseded else None


def _last_moment(due: DueReminder, meeting: Meeting) -> datetime:
    start = meeting.occurrence.starts_at
    return start if due.lead else start + START_GRACE


def _expiry(due: DueReminder, meeting: Meeting, now: datetime) -> datetime:
    return _last_moment(due, meeting) if due.kind == "before" else now + AFTER_GRACE
