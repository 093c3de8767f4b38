"""Keeps a platform's own lists of coming events in step with the calendar."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.chat.boards import BoardEntry, BoardRefused, BoardServer, EventBoard
from bot.chat.errors import DeliveryError, RateLimited, RecipientGone, Undeliverable
from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Clock, Lane
from bot.chat.turn import Translate
from bot.delivery.waking import wait_first
from bot.store import Database
from bot.store.event_mirrors import Mirror
from bot.store.event_rows import Meeting
from bot.store.outages import OUTAGES

POLL: Final = 60.0
"""Seconds between two looks."""
HORIZON: Final = timedelta(days=60)
MOST: Final = 25
"""Entries of one list; Discord takes 100 that have not begun, and others make some as well."""
LEAST_AHEAD: Final = timedelta(minutes=2)
"""What begins sooner is refused by the time it arrives."""
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=6)
AFTER_REFUSAL: Final = timedelta(hours=12)

_log = structlog.get_logger(__name__)

Describe = Callable[[Meeting, str], BoardEntry]
"""An event as an entry, in the language of a place."""


class Mirroring:
    """One task a platform. A repeat does no harm: what stands there already is looked for."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        board: EventBoard,
        describe: Describe,
        language_of: Callable[[str | None], str],
        desks: Sequence[ConversationRef],
        translate: Translate,
    ) -> None:
        self._database = database
        self._clock = clock
        self._board = board
        self._describe = describe
        self._language_of = language_of
        self._desks = tuple(desks)
        self._translate = translate
        self._refused: dict[str, datetime] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Look every minute until ``stop`` is set."""
        while not stop.is_set():
            try:
                await self.step()
            except OUTAGES as error:
                _log.warning("mirroring.database", error=type(error).__name__)
            except DeliveryError as error:
                _log.info("mirroring.delayed", error=type(error).__name__)
            await wait_first(self._clock, POLL, stop)

    async def step(self) -> int:
        """Bring every list in step; returns how many entries were written or taken away."""
        now = self._clock.now()
        async with self._database.begin() as store:
            coming = await store.occurrences.between(now + LEAST_AHEAD, now + HORIZON, limit=MOST)
        wanted = {each.occurrence.id: each for each in coming}
        done = 0
        for server in await self._board.servers():
            if self._refused.get(server.id, now) > now:
                continue
            try:
                done += await self._keep(server, wanted)
            except BoardRefused as error:
                await self._tell(server, str(error))
            except RateLimited as error:
                self._refused[server.id] = now + timedelta(seconds=error.retry_after)
        return done

    async def _keep(self, server: BoardServer, wanted: Mapping[int, Meeting]) -> int:
        async with self._database.begin() as store:
            known = {
                each.occurrence_id: each
                for each in await store.event_mirrors.of(self._board.platform, server.id)
            }
            others = await store.occurrences.many([each for each in known if each not in wanted])
        done = 0
        for number, mirror in known.items():
            if number not in wanted:
                done += await self._end(mirror, others.get(number))
        language = self._language_of(server.locale)
        for number, meeting in wanted.items():
            entry = self._describe(meeting, language)
            done += await self._write(server, number, entry, known.get(number))
        return done

    async def _end(self, mirror: Mirror, meeting: Meeting | None) -> bool:
        """What is called off, deleted or far away goes; what has begun ends by itself there."""
        now = self._clock.now()
        has_begun = meeting is not None and meeting.occurrence.starts_at <= now + LEAST_AHEAD
        is_on = meeting is not None and meeting.is_on
        if meeting is not None and is_on and has_begun:
            if meeting.occurrence.ends_at > now:
                return False
        elif mirror.external_id is not None:
            if mirror.due_at > now:
                return False
            try:
                await self._board.remove(mirror.server_id, mirror.external_id)
            except (BoardRefused, RateLimited):
                raise
            except DeliveryError as error:
                await self._put_off(mirror, error)
                return False
        async with self._database.begin() as store:
            await store.event_mirrors.remove(mirror)
        return True

    async def _write(
        self, server: BoardServer, number: int, entry: BoardEntry, known: Mirror | None
    ) -> bool:
        now, mark = self._clock.now(), _digest(entry)
        mirror = known or Mirror(
            occurrence_id=number,
            platform=self._board.platform,
            server_id=server.id,
            external_id=None,
            digest="",
            failures=0,
            due_at=now,
        )
        if mirror.due_at > now or (mirror.external_id is not None and mirror.digest == mark):
            return False
        try:
            external = await self._carry_out(mirror, entry)
        except (BoardRefused, RateLimited):
            raise
        except DeliveryError as error:
            await self._put_off(mirror, error)
            return False
        written = replace(mirror, external_id=external, digest=mark, failures=0, due_at=now)
        async with self._database.begin() as store:
            await store.event_mirrors.put(written)
        return True

    async def _carry_out(self, mirror: Mirror, entry: BoardEntry) -> str:
        if mirror.external_id is not None:
            try:
                await self._board.change(mirror.server_id, mirror.external_id, entry)
            except RecipientGone:
                _log.info("mirroring.entry_gone", platform=mirror.platform)
            else:
                return mirror.external_id
        found = await self._board.find(mirror.server_id, entry)
        return found or await self._board.create(mirror.server_id, entry)

    async def _put_off(self, mirror: Mirror, error: DeliveryError) -> None:
        pause = min(FIRST_PAUSE * 2 ** min(mirror.failures, 12), LONGEST_PAUSE)
        if isinstance(error, Undeliverable):
            pause = AFTER_REFUSAL
        _log.info(
            "mirroring.put_off",
            occurrence=mirror.occurrence_id,
            error=type(error).__name__,
            reason=str(error),
        )
        due = self._clock.now() + pause
        async with self._database.begin() as store:
            await store.event_mirrors.put(replace(mirror, failures=mirror.failures + 1, due_at=due))

    async def _tell(self, server: BoardServer, reason: str) -> None:
        """The secretariat hears once of each missing right; it is tried again twice a day."""
        now = self._clock.now()
        self._refused[server.id] = now + AFTER_REFUSAL
        _log.warning("mirroring.refused", server=server.id, reason=reason)
        _ = self._translate
        text = _(
            "I cannot keep the event list of the Discord server “{server}” in step with the "
            "calendar: {reason}. Give my role the right to create and manage events there, or "
            "switch this off with discord_events = false under [events].",
            server=server.name,
            reason=_(reason),
        )
        async with self._database.begin() as store:
            for desk in (*self._desks, *await store.chats.desks("console")):
                await store.outbox.add(
                    f"board:{server.id}:{reason}"[:80],
                    desk,
                    Message(text=text),
                    lane=Lane.RELAY,
                    on_unknown="resend",
                    now=now,
                )


def _digest(entry: BoardEntry) -> str:
    text = "\0".join(map(str, astuple(entry)))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
