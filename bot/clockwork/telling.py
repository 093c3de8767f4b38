"""Tells who moved up from a waiting list, and sends the weekly digests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.chat.ports import Clock, Lane
from bot.chat.wire import message_to_json
from bot.clockwork.texts import CalendarTexts, Defaults, Reader
from bot.store import Database
from bot.store.digests import Digest
from bot.store.event_rows import Meeting
from bot.store.outbox_batches import OutboxBatches, Parcel

AT_ONCE: Final = 100
WEEK: Final = timedelta(days=7)
DIGEST_GRACE: Final = timedelta(days=3)
"""How late a digest still goes out."""
MOST_EVENTS: Final = 20

log = structlog.get_logger(__name__)


class Telling:
    """Each method does what is due and may be called at any time, in several processes."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        texts: CalendarTexts,
        defaults: Defaults,
        poke_senders: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._texts = texts
        self._defaults = defaults
        self._poke_senders = poke_senders

    async def fill_places(self) -> int:
        """Let people move up where a place came free, and tell them; returns how many were told."""
        now = self._clock.now()
        async with self._database.begin() as store:
            for number in await store.attendance.with_room(now):
                await store.attendance.fill(number, now)
            moved = await store.attendance.take_moved_up(AT_ONCE)
            meetings = await store.occurrences.many({number for number, _ in moved})
            parcels = []
            for number, guest in moved:
                meeting = meetings.get(number)
                if meeting is None or guest.home is None or meeting.occurrence.ends_at <= now:
                    continue
                choices = await store.calendar_choices.of_person(guest.person_id)
                zone, is_known = self._defaults.zone_of(choices.zone, None, now)
                reader = Reader(
                    language=self._defaults.language_of(guest.language, guest.locale),
                    zone=zone,
                    is_zone_known=is_known,
                    answer=guest.answer,
                )
                message = self._texts.moved_up(meeting, reader=reader)
                parcels.append(
                    Parcel(
                        source=f"moved-up:{number}:{int(now.timestamp())}",
                        to=guest.home,
                        payload=message_to_json(message),
                        expires_at=meeting.occurrence.ends_at,
                    )
                )
            await OutboxBatches(store.connection).add(parcels, Lane.REMINDER, now)
        if parcels:
            self._poke_senders()
        return len(parcels)

    async def send_digests(self) -> int:
        """Queue the digests that are due; returns how many. A week without anything has none."""
        total = 0
        while True:
            count, sent = await self._send_some_digests()
            total += sent
            if count < AT_ONCE:
                return total

    async def _send_some_digests(self) -> tuple[int, int]:
        now = self._clock.now()
        async with self._database.begin() as store:
            taken = await store.digests.claim(now, AT_ONCE)
            if not taken:
                return 0, 0
            coming = await store.occurrences.between(now, now + WEEK, limit=MOST_EVENTS)
            recorded = await store.occurrences.recorded(now - WEEK, limit=MOST_EVENTS)
            parcels = [
                self._parcel(each, coming, recorded, now)
                for each in taken
                if (coming or recorded)
                and each.next_at is not None
                and now - each.next_at < DIGEST_GRACE
            ]
            await OutboxBatches(store.connection).add(parcels, Lane.REMINDER, now)
        if parcels:
            self._poke_senders()
        log.info("digests.queued", count=len(parcels), skipped=len(taken) - len(parcels))
        return len(taken), len(parcels)

    def _parcel(
        self, each: Digest, coming: list[Meeting], recorded: list[Meeting], now: datetime
    ) -> Parcel:
        reader = Reader(language=each.language, zone=each.zone, is_private=each.where.is_private)
        assert each.next_at is not None
        return Parcel(
            source=f"digest:{each.id}:{int(each.next_at.timestamp())}",
            to=each.where,
            payload=message_to_json(self._texts.digest(coming, recorded, reader=reader)),
            expires_at=now + DIGEST_GRACE,
        )
