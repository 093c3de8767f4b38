"""The question desk's own tasks: threads beside a platform, and what falls due."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from bot.app import App, desks_of
from bot.chat.ports import Adapter, ThreadKeeper
from bot.delivery.threading import Threads
from bot.delivery.waking import wait_first
from bot.desk.due import Due
from bot.desk.missed import Missed
from bot.desk.relaying import Relay
from bot.store.outages import OUTAGES

PERIOD: Final = 2.0
"""Seconds between two looks at what is due: somebody may wait for "did not arrive"."""

_log = structlog.get_logger(__name__)


def relay_of(app: App) -> Relay:
    """Where questions go by the settings."""
    has_mail = app.settings.mailbox.host is not None
    language = app.settings.language
    return Relay(app.library, desks_of(app.settings), has_mail=has_mail, language=language)


def due_of(app: App) -> Due:
    """What is done at its time."""
    return Due(
        database=app.database,
        clock=app.clock,
        library=app.library,
        relay=relay_of(app),
        zone=app.settings.zone,
    )


def backlog_of(app: App) -> Missed:
    """What a platform needs to know to catch up with what was said while it was away."""
    return Missed(
        database=app.database, clock=app.clock, relay=relay_of(app), troubles=app.troubles
    )


async def keep_due(app: App, stop: asyncio.Event) -> None:
    """Until ``stop``."""
    due = due_of(app)
    while not stop.is_set():
        try:
            await due.process()
        except OUTAGES as error:
            _log.warning("desk.database", error=type(error).__name__)
        await wait_first(app.clock, PERIOD, stop)


def threads_of(app: App, adapter: Adapter) -> Threads | None:
    """What keeps a platform's threads; None where it has no desk or no threads."""
    has_desk = any(desk.platform == adapter.platform for desk in desks_of(app.settings))
    if not has_desk or not isinstance(adapter, ThreadKeeper):
        return None
    return Threads(
        database=app.database,
        clock=app.clock,
        platform=adapter.platform,
        keeper=adapter,
        relay=relay_of(app),
    )
