"""The calendar feed of the web server: the published events, without the links to join."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from bot.calendar.feed_links import PURPOSE, feed_language
from bot.chat.ports import Clock
from bot.store import Database
from knowledge.model import LANGUAGES

FRESH: Final = 60.0
"""Seconds for which a feed is not written anew: many programs ask at the full hour."""


def feed_of(database: Database, clock: Clock) -> Callable[[str], Awaitable[str | None]]:
    """What ``bot.web.feeds`` asks for the calendar of a token."""
    written: dict[str, tuple[float, str]] = {}

    async def feed(token: str) -> str | None:
        async with database.begin() as store:
            key = await store.site_keys.get(PURPOSE, clock.now())
        language = feed_language(key, token, LANGUAGES)
        if language is None:
            return None
        until, text = written.get(language, (0.0, ""))
        if not text or until <= clock.monotonic():
            from bot.commands.events import calendar_of

            data = await calendar_of(database, language, clock.now())
            text = data.decode("utf-8")
            written[language] = (clock.monotonic() + FRESH, text)
        return text

    return feed
