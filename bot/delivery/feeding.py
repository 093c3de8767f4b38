"""Keeps the backlog filled with about one second of work."""

from __future__ import annotations

import asyncio
import math
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.errors import ChatError
from bot.chat.messages import Message
from bot.chat.ports import Clock, Lane
from bot.chat.wire import message_from_json
from bot.delivery.backlog import Backlog, Job
from bot.delivery.journal import Journal
from bot.delivery.pacing import Pacer
from bot.delivery.policy import SenderPolicy
from bot.delivery.texts import Texts
from bot.delivery.waking import wait_first
from bot.store.announcements import Announcements
from bot.store.database import Database
from bot.store.outages import OUTAGES
from bot.store.outbox_claims import OutboxClaims, Scope
from bot.store.outbox_rows import OutboxRow, Result

LEAST: Final = 8
MOST: Final = 2000
"""Rows claimed of one lane, whatever the rate."""
AT_ONCE: Final = 125
"""Rows claimed in one transaction, so that nobody waits long for it."""
MOST_PARKED: Final = 2000
"""Rows that may wait for their chats before no more are claimed."""

log = structlog.get_logger(__name__)


class Feeder:
    """Claims rows; ``poke`` makes it look at once."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        policy: SenderPolicy,
        scope: Scope,
        backlog: Backlog,
        pacer: Pacer,
        journal: Journal,
        texts: Texts,
        text_limit: int,
        poked: asyncio.Event,
    ) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy
        self._scope = scope
        self._backlog = backlog
        self._pacer = pacer
        self._journal = journal
        self._texts = texts
        self._text_limit = text_limit
        self._poked = poked
        self._batches: list[int] = []
        self._is_in_doubt = False

    async def run(self) -> None:
        """Refill for ever: at a poke, when half is used up, and every ``policy.poll``."""
        while True:
            self._poked.clear()
            try:
                is_full = await self._refill()
            except OUTAGES as error:
                log.warning("claim_failed", error=type(error).__name__)
                # The commit may have come through: rows may be ours without our knowing.
                self._is_in_doubt = True
                is_full = False
            # A full refill means that there is more: come back when some of it is used.
            pause = self._policy.ahead / 16 if is_full else self._policy.poll
            await wait_first(self._clock, min(pause, self._policy.poll), self._poked)

    async def _refill(self) -> bool:
        if self._is_in_doubt:
            async with self._database.connect() as connection:
                rows = await OutboxClaims(connection, self._scope).claimed()
                found = await self._jobs(connection, [row for row in rows if self._is_new(row)])
            self._take_in(found)
            self._is_in_doubt = False
        room = MOST_PARKED - self._backlog.parked
        if room <= 0:
            return False
        want = min(max(math.ceil(self._pacer.rate * self._policy.ahead), LEAST), MOST, room)
        async with self._database.connect() as connection:
            batches = await Announcements(connection).running()
            jobs, is_full = await self._claim(connection, batches, want)
        self._release_stopped(batches)
        self._take_in(jobs)
        return is_full

    async def _claim(
        self, connection: AsyncConnection, batches: list[int], want: int
    ) -> tuple[list[Job], bool]:
        claims = OutboxClaims(connection, self._scope)
        now = self._clock.now()
        wishes = [(lane, 0, want) for lane in Lane]
        if batches:
            share = max(LEAST, math.ceil(want / len(batches)))
            wishes += [(Lane.ANNOUNCEMENT, batch, share) for batch in batches]
        found: list[OutboxRow] = []
        is_full = False
        for lane, batch, share in wishes:
            missing = share - self._backlog.size(lane, batch)
            if missing <= share // 4:
                is_full = True
                continue
            limit = min(missing, AT_ONCE)
            rows = await claims.claim(lane, batch, limit, now)
            is_full = is_full or len(rows) == limit
            found += rows
        return await self._jobs(connection, found), is_full

    async def _jobs(self, connection: AsyncConnection, rows: list[OutboxRow]) -> list[Job]:
        batches = {row.batch for row in rows if row.batch and row.payload is None}
        editions = await self._texts.editions(connection, batches)
        jobs = []
        for row in rows:
            edition = editions.get(row.batch)
            version = 0
            if row.payload is not None:
                message = self._decoded(row)
            elif edition is not None:
                message, version = edition.message(row.language), edition.version
            else:
                message = Message(text="") if row.kind in ("delete", "publish") else None
            self._journal.known.add(row.id)
            if message is None:
                self._journal.note(Result(row=row, state="failed", error="unreadable"))
                continue
            jobs.append(
                Job(
                    row=row,
                    message=message,
                    version=version,
                    attempts=row.attempts,
                    tried_at=row.tried_at,
                    cost=self._cost(row, message),
                )
            )
        return jobs

    def _cost(self, row: OutboxRow, message: Message) -> int:
        if row.kind != "send":
            return 1 + (len(row.parts) if row.kind == "delete" else 0)
        pieces = len(message.text) // max(1, self._text_limit)
        return 1 + pieces + max(0, len(message.attachments) - 1)

    def _decoded(self, row: OutboxRow) -> Message | None:
        try:
            return message_from_json(row.payload or "")
        except (ValueError, KeyError, TypeError, ChatError) as error:
            log.error("outbox_row_unreadable", row=row.id, error=type(error).__name__)
            return None

    def _is_new(self, row: OutboxRow) -> bool:
        return row.id not in self._journal.known

    def _take_in(self, jobs: list[Job]) -> None:
        if jobs:
            self._backlog.add(jobs)
            self._journal.wake.set()

    def _release_stopped(self, batches: list[int]) -> None:
        for batch in set(self._batches) - set(batches):
            for job in self._backlog.drop(batch):
                self._journal.note(Result(row=job.row, state="ready"))
        self._batches = batches
        self._texts.keep(set(batches))
