"""What was said while nobody listened: ``bot.chat.catching_up.Backlog`` on the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.chat.catching_up import BacklogClosed, Place, Spoken
from bot.chat.events import Platform
from bot.chat.ports import Clock
from bot.chat.troubles import Troubles
from bot.desk.relaying import Relay
from bot.store import Database, Store
from bot.store.outages import OUTAGES
from bot.store.questions import Question
from bot.translating import translator

RECENTLY: Final = timedelta(days=7)
"""Who talked with the assistant in that time, or had a question closed, may still write."""
PLACES: Final = 200
"""At most; open questions come first."""
MISSED: Final = "missed"
"""In a question's history: that something may have been missed was said."""

_log = structlog.get_logger(__name__)


class Missed:
    """``troubles`` is told where the assistant may not read what was said."""

    def __init__(
        self, *, database: Database, clock: Clock, relay: Relay, troubles: Troubles
    ) -> None:
        self._database = database
        self._clock = clock
        self._relay = relay
        self._troubles = troubles

    async def since(self, platform: Platform) -> datetime | None:
        """Until when everything was heard."""
        async with self._begin() as store:
            return await store.hearing.until(platform)

    async def heard(self, platform: Platform, until: datetime) -> None:
        """Everything was heard until then."""
        async with self._begin() as store:
            await store.hearing.note(platform, until)

    async def places(self, platform: Platform) -> Sequence[Place]:
        """Open questions' threads and private chats, then other private chats of late."""
        now = self._clock.now()
        async with self._begin() as store:
            return await store.hearing.places(platform, now, now - RECENTLY, PLACES)

    async def spoken(self, platform: Platform, since: datetime) -> Mapping[str, Sequence[Spoken]]:
        """What was passed on of messages written since then, by chat."""
        async with self._begin() as store:
            return await store.hearing.spoken(platform, since)

    async def unheard(self, platform: Platform, ids: Collection[str]) -> set[str]:
        """Those of the events' ids that have never come."""
        if not ids:
            return set()
        async with self._begin() as store:
            return await store.hearing.unheard(platform, ids)

    async def lost(self, place: Place, since: datetime, until: datetime) -> None:
        """Say so, once for each time away, to whoever writes there about an open question."""
        if place.question is None:
            return
        async with self._begin() as store:
            question = await store.questions.get(place.question)
            if question is None or not question.is_alive:
                return
            told = f"{place.where.platform} {since:%Y-%m-%d %H:%M:%S}"
            told += " asker" if place.where.is_private else ""
            events = await store.question_events.of(question.number)
            if any(event.kind == MISSED and event.detail == told for event in events):
                return
            now = self._clock.now()
            await store.question_events.add(question.number, MISSED, now, detail=told)
            await self._say(store, question, place, since, until)
        _log.warning("backlog.lost", question=place.question, platform=place.where.platform)

    async def gone(self, place: Place) -> None:
        """A question's thread was deleted: it is made anew, with everything that was said."""
        if place.question is None or place.where.is_private:
            return
        async with self._begin() as store:
            now = self._clock.now()
            for thread in await store.desk_threads.of(place.question):
                if thread.has_thread and thread.where.key == place.where.key:
                    await store.desk_threads.change(thread, now, state="lost")
                    _log.info("thread.doubted", question=place.question, platform=thread.platform)

    async def readable(self, platform: Platform, *, is_so: bool) -> None:
        """Told to the secretariat once, and again when it is well."""
        cause = f"history:{platform}"
        if is_so:
            self._troubles.settle(cause)
        else:
            self._troubles.report(cause)

    async def _say(
        self, store: Store, question: Question, place: Place, since: datetime, until: datetime
    ) -> None:
        is_asker = place.where.is_private
        _ = translator(question.language) if is_asker else self._relay.words
        begin, end = f"{since:%Y-%m-%d %H:%M} UTC", f"{until:%Y-%m-%d %H:%M} UTC"
        if is_asker:
            text = _(
                "I could not be reached for a while. What you wrote to me between {begin} and "
                "{end} may not have arrived; please write it again.",
                begin=begin,
                end=end,
            )
        else:
            text = _(
                "The assistant was away. What was written here between {begin} and {end} may not "
                "have been passed on; please write it again.",
                begin=begin,
                end=end,
            )
        await self._relay.say(
            store,
            question,
            kind="bot",
            text=text,
            now=self._clock.now(),
            is_for_asker=is_asker,
            is_for_desks=not is_asker,
        )

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[Store]:
        try:
            async with self._database.begin() as store:
                yield store
        except OUTAGES as error:
            raise BacklogClosed(type(error).__name__) from error
