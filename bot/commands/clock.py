"""The clock of one process, built from the settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.app import App, desks_of
from bot.calendar.leads import QuietHours
from bot.chat.ports import Clock
from bot.clockwork.ahead import WritingAhead
from bot.clockwork.clockwork import Clockwork
from bot.clockwork.feeds import Feeds, Fetch
from bot.clockwork.fetching import Fetched, fetch
from bot.clockwork.importing import Importing
from bot.clockwork.planning import Planning
from bot.clockwork.reminding import Reminding
from bot.clockwork.telling import Telling
from bot.clockwork.texts import Defaults
from bot.commands.calendar_texts import HandlersTexts
from bot.config import Settings
from bot.store import Database, Store
from bot.store.event_rows import Meeting
from bot.translating import translator
from handlers.event_notices import EventNotices


def clockwork_for(app: App, poke_senders: Callable[[], None] = lambda: None) -> Clockwork:
    """What reminds, tells, writes ahead and reads feeds."""
    settings = app.settings
    defaults = defaults_of(settings)
    texts = HandlersTexts()
    return Clockwork(
        clock=app.clock,
        ahead=WritingAhead(database=app.database, clock=app.clock),
        planning=Planning(database=app.database, clock=app.clock, defaults=defaults),
        reminding=Reminding(
            database=app.database,
            clock=app.clock,
            texts=texts,
            defaults=defaults,
            desks=desks_of(settings),
            poke_senders=poke_senders,
        ),
        telling=Telling(
            database=app.database,
            clock=app.clock,
            texts=texts,
            defaults=defaults,
            poke_senders=poke_senders,
        ),
        feeds=feeds_for(settings, app.database, app.clock),
    )


def feeds_for(settings: Settings, database: Database, clock: Clock) -> Feeds:
    """What reads the calendars of others."""
    rules = settings.events
    return Feeds(
        database=database,
        clock=clock,
        fetch=fetcher(settings),
        importing=importing_for(settings, database, clock),
        zone=settings.zone,
        every=timedelta(hours=rules.feed_hours),
        urls=rules.feeds,
    )


def fetcher(settings: Settings) -> Fetch:
    """What fetches a calendar, within the bounds of the settings."""

    async def fetch_one(url: str, etag: str | None) -> Fetched:
        return await fetch(url, etag=etag, allows_private=settings.events.allow_private_addresses)

    return fetch_one


def importing_for(settings: Settings, database: Database, clock: Clock) -> Importing:
    """What takes calendar files in; those who answered hear of changes."""
    notices = EventNotices(settings.zone, translator)
    return Importing(
        database=database, clock=clock, tell=partial(_tell, notices, settings.language)
    )


def defaults_of(settings: Settings) -> Defaults:
    """What holds for those who chose nothing."""
    return Defaults(
        language=settings.language,
        zone=settings.zone,
        quiet=QuietHours.parse(settings.events.quiet),
    )


async def _tell(
    notices: EventNotices,
    language: str,
    store: Store,
    before: Sequence[Meeting],
    now: datetime,
) -> int:
    return await notices.tell(store, before, now, language=language)
