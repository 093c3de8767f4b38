"""Reminders that are due at chosen moments, written straight into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, update

from bot.store import Database
from bot.store.event_rows import FALLBACK, Event, EventText
from bot.store.schema import account, person
from bot.store.schema_events import attendance, occurrence, reminder

FIRST_CHAT = 100_000_000


async def seed(database: Database, dues: Sequence[datetime], starts_at: datetime) -> None:
    """One event that starts at ``starts_at``, a guest and a reminder for each due moment."""
    now = datetime.now(UTC)
    shown = starts_at.replace(tzinfo=None, microsecond=0)
    told = Event(
        start_wall=shown,
        end_wall=shown + timedelta(hours=1),
        zone="UTC",
        texts={FALLBACK: EventText(title="Benchmark")},
        state="planned",
    )
    async with database.begin() as store:
        told = await store.events.add(told, now)
        number = (await store.occurrences.of_event(told.id))[0].occurrence.id
    numbers = range(1, len(dues) + 1)
    async with database.connect() as connection:
        await connection.execute(
            insert(person),
            [{"id": each, "name": "x", "role": 0, "created_at": now} for each in numbers],
        )
        await connection.execute(
            insert(account),
            [
                {
                    "platform": "telegram",
                    "account_id": str(FIRST_CHAT + each * 7),
                    "person_id": each,
                    "name": "x",
                }
                for each in numbers
            ],
        )
        await connection.execute(
            insert(attendance),
            [
                {
                    "occurrence_id": number,
                    "person_id": each,
                    "answer": "going",
                    "is_waiting": False,
                    "asked_at": now,
                    "is_planned": True,
                    "is_told": True,
                    "updated_at": now,
                }
                for each in numbers
            ],
        )
        await connection.execute(
            insert(reminder),
            [
                {
                    "occurrence_id": number,
                    "person_id": each,
                    "platform": "",
                    "chat_id": "",
                    "thread_id": "",
                    "kind": "before",
                    "lead": 60,
                    "starts_at": starts_at,
                    "due_at": due,
                    "state": "waiting",
                }
                for each, due in zip(numbers, dues, strict=True)
            ],
        )
        await connection.execute(
            update(occurrence).where(occurrence.c.id == number).values(is_planned=True)
        )
