"""Puts the events that come along (``knowledge/events.toml``) into the calendar."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import IntegrityError

from bot.chat.ports import Clock
from bot.store import Database
from bot.store.event_rows import FALLBACK, Event, EventText
from knowledge.events import SeedEvent, load_events

_log = structlog.get_logger(__name__)


async def seed_events(database: Database, clock: Clock) -> int:
    """Add those that are missing; what staff changed or deleted stays. Returns how many."""
    added = 0
    for seed in load_events():
        try:
            added += await _add(database, clock, seed)
        except IntegrityError:
            # Another process that starts at this moment was quicker.
            _log.info("calendar.seeded_elsewhere")
    if added:
        _log.info("calendar.seeded", events=added)
    return added


async def _add(database: Database, clock: Clock, seed: SeedEvent) -> int:
    now = clock.now()
    async with database.begin() as store:
        if await store.events.by_uid(seed.uid) is not None:
            return 0
        texts = {
            language: EventText(
                title=text.title, text=text.text, link=seed.link, audience=text.audience
            )
            for language, text in seed.texts.items()
        }
        event = await store.events.add(
            Event(
                uid=seed.uid,
                state="planned",
                start_wall=seed.start,
                end_wall=seed.end,
                zone=seed.zone,
                is_all_day=seed.is_all_day,
                rule=seed.rule,
                place=seed.place,
                organiser_name=seed.organiser,
                topics=seed.topics,
                texts={**texts, FALLBACK: texts["en"]},
            ),
            now,
        )
        if seed.recordings is not None:
            await store.event_texts.add_file(
                event.id, kind="recording", title="", url=seed.recordings, now=now
            )
    return 1
