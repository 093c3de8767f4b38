"""Events, people who come, and as many clocks as a test wants; time is moved by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.calendar.wall import to_wall
from bot.chat.events import Author, ConversationRef
from bot.chat.messages import Message
from bot.chat.wire import message_from_json
from bot.clockwork.ahead import WritingAhead
from bot.clockwork.planning import Planning
from bot.clockwork.reminding import Reminding
from bot.clockwork.telling import Telling
from bot.clockwork.texts import Defaults, Reader
from bot.store import Database
from bot.store.event_rows import FALLBACK, Event, EventText, Meeting, Occurrence
from bot.store.event_texts import EventFile
from bot.store.schema import delivery
from bot.store.schema_events import digest, reminder
from tests.clock import ManualClock

START = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DESK = ConversationRef(platform="telegram", chat_id="-100", is_private=False)
ZONE = "Europe/Rome"


class PlainTexts:
    """Says what it was asked to say, for tests."""

    def before(
        self, meeting: Meeting, *, lead: int, is_late: bool, now: datetime, reader: Reader
    ) -> Message:
        late = "late " if is_late else ""
        start = to_wall(meeting.occurrence.starts_at, reader.zone)
        return Message(text=f"{late}before {lead} {start:%d.%m. %H:%M} {reader.language}")

    def thanks(self, meeting: Meeting, *, reader: Reader) -> Message:
        return Message(text="thanks")

    def recording(self, meeting: Meeting, *, files: Sequence[EventFile], reader: Reader) -> Message:
        return Message(text=f"recording {files[0].url}")

    def moved_up(self, meeting: Meeting, *, reader: Reader) -> Message:
        return Message(text="moved up")

    def digest(
        self, coming: Sequence[Meeting], recorded: Sequence[Meeting], *, reader: Reader
    ) -> Message:
        return Message(text=f"digest {len(coming)} {len(recorded)} {reader.language}")

    def skipped(self, meeting: Meeting, *, count: int, reader: Reader) -> Message:
        return Message(text=f"skipped {count}")


class World:
    """One database; ``tick`` does what the clock does."""

    def __init__(self, database: Database, defaults: Defaults | None = None) -> None:
        self.database = database
        self.clock = ManualClock(START)
        self.defaults = defaults or Defaults(zone=ZONE)
        self.pokes = 0

    def planning(self) -> Planning:
        return Planning(database=self.database, clock=self.clock, defaults=self.defaults)

    def reminding(self) -> Reminding:
        return Reminding(
            database=self.database,
            clock=self.clock,
            texts=PlainTexts(),
            defaults=self.defaults,
            desks=[DESK],
            poke_senders=self._poke,
        )

    def telling(self) -> Telling:
        return Telling(
            database=self.database,
            clock=self.clock,
            texts=PlainTexts(),
            defaults=self.defaults,
            poke_senders=self._poke,
        )

    async def tick(self) -> None:
        """All that is due."""
        await WritingAhead(database=self.database, clock=self.clock).write()
        await self.planning().plan()
        await self.reminding().send_due()
        await self.telling().fill_places()
        await self.telling().send_digests()

    async def pass_to(self, moment: datetime) -> None:
        """Let time pass with a tick whenever something is due."""
        while True:
            await self.tick()
            now = self.clock.now()
            if now >= moment:
                return
            following = min(each for each in (*await self._due(), moment) if each > now)
            self.clock.advance((following - now).total_seconds())

    async def _due(self) -> list[datetime]:
        async with self.database.connect() as connection:
            waiting = await connection.scalars(
                select(reminder.c.due_at).where(reminder.c.state == "waiting").distinct()
            )
            return [*waiting, *await connection.scalars(select(digest.c.next_at))]

    async def jump_to(self, moment: datetime) -> None:
        """Nobody ticks meanwhile."""
        self.clock.advance((moment - self.clock.now()).total_seconds())
        await self.tick()

    async def event(self, starts_at: datetime, **values: Any) -> Event:
        """A published event of one hour."""
        shown = to_wall(starts_at, values.get("zone", ZONE))
        told = Event(
            start_wall=shown,
            end_wall=shown + timedelta(hours=1),
            zone=ZONE,
            texts={FALLBACK: EventText(title="Call")},
            state="planned",
        )
        async with self.database.begin() as store:
            return await store.events.add(replace(told, **values), self.clock.now())

    async def save(self, told: Event, **values: Any) -> Event:
        """Change an event."""
        async with self.database.begin() as store:
            return await store.events.save(replace(told, **values), self.clock.now())

    async def move(self, told: Event, by: timedelta) -> Event:
        """Move an event."""
        return await self.save(told, start_wall=told.start_wall + by, end_wall=told.end_wall + by)

    async def occurrence(self, told: Event, number: int = 0) -> Occurrence:
        """One of its occurrences."""
        async with self.database.begin() as store:
            found = await store.occurrences.of_event(told.id)
        return found[number].occurrence

    async def person(self, name: str, *, locale: str | None = None, platform: Any = None) -> int:
        """Somebody on Telegram, or on another platform."""
        author = Author(platform=platform or "telegram", id=name, name=name, locale=locale)
        async with self.database.begin() as store:
            return (await store.people.recognise(author, self.clock.now())).id

    async def comes(self, name: str, told: Event, answer: Any = "going", number: int = 0) -> int:
        """Somebody answers."""
        person_id = await self.person(name)
        where = await self.occurrence(told, number)
        async with self.database.begin() as store:
            await store.attendance.answer(where.id, person_id, answer, self.clock.now())
        return person_id

    async def outbox(self, chat_id: str | None = None) -> list[str]:
        """The texts in the outbox, in order."""
        async with self.database.connect() as connection:
            rows = await connection.execute(select(delivery).order_by(delivery.c.id))
            return [
                message_from_json(row.payload).text
                for row in rows
                if chat_id in (None, row.chat_id)
            ]

    async def rows(self) -> list[Any]:
        """The reminders."""
        async with self.database.connect() as connection:
            query = select(reminder).order_by(reminder.c.due_at, reminder.c.id)
            return list(await connection.execute(query))

    def _poke(self) -> None:
        self.pokes += 1
