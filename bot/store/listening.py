"""PostgreSQL's NOTIFY: a sender in another process hears of new rows at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from bot.chat.ports import Clock
from bot.store.database import Database

CHANNEL: Final = "insop_outbox"
"""The trigger of migration 0008 notifies it."""
_PAUSE: Final = 2.0
_QUIET: Final = 30.0
"""Seconds without a word after which the connection is tried."""

_log = structlog.get_logger(__name__)


async def listen(
    database: Database, clock: Clock, poke: Callable[[], None], stop: asyncio.Event
) -> None:
    """Call ``poke`` at every notice until ``stop``; a lost connection is made anew.

    A notice that is missed does no harm: senders look every second by themselves.
    """
    listening = asyncio.ensure_future(_listen_for_ever(database, clock, poke))
    ending = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((listening, ending), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (listening, ending):
            task.cancel()
        await asyncio.gather(listening, ending, return_exceptions=True)


async def _listen_for_ever(database: Database, clock: Clock, poke: Callable[[], None]) -> None:
    import psycopg  # a tenth of a second that a start on SQLite need not pay

    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                poke()
                while True:
                    async for _ in connection.notifies(timeout=_QUIET):
                        poke()
                    await connection.execute("SELECT 1")
        except (psycopg.Error, OSError) as error:
            _log.warning("notices.lost", error=type(error).__name__)
        await clock.sleep(_PAUSE)
