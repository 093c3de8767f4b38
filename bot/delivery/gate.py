"""The last look before a message leaves: is it still wanted, in time, and worded so?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ports import Lane
from bot.delivery.backlog import Job
from bot.delivery.texts import Edition, Texts
from bot.store.announcement_revisions import AnnouncementRevisions
from bot.store.announcements import Announcements, CountKey
from bot.store.outbox_chats import OutboxChats, Standing
from bot.store.outbox_rows import Result

COUNTED: Final = frozenset(("sent", "failed", "skipped", "unknown"))
SENDING: Final = frozenset(("running", "done"))
"""States of an announcement whose rows may leave: ``done`` for a row that staff send again."""


class Gate:
    """Runs in the transaction that arms the jobs."""

    def __init__(self, *, texts: Texts) -> None:
        self._texts = texts
        self._seen: Mapping[int, Edition] = {}

    async def stops(
        self, connection: AsyncConnection, jobs: Sequence[Job], now: datetime
    ) -> list[Result]:
        """The jobs that must not leave, as results; the others get the latest wording.

        Comes first in its transaction.
        """
        self._seen = {}
        stops = [
            _stopped(job, "expired")
            for job in jobs
            if job.row.expires_at is not None and job.row.expires_at <= now
        ]
        over = {result.row.id for result in stops}
        stops += await self._unwanted(connection, [job for job in jobs if job.row.id not in over])
        over = {result.row.id for result in stops}
        stops += await self._halted(connection, [job for job in jobs if job.row.id not in over])
        return stops

    async def count(
        self, connection: AsyncConnection, written: Sequence[Result], late: Sequence[Result]
    ) -> None:
        """Keep the running totals of announcements."""
        changes: Counter[CountKey] = Counter()
        for result in (*written, *late):
            if result.row.batch and result.state in COUNTED:
                changes[result.row.batch, result.row.to.platform, result.state] += 1
        for result in late:
            if result.row.batch:
                changes[result.row.batch, result.row.to.platform, "unknown"] -= 1
        if changes:
            await Announcements(connection).add_counts(changes)

    async def catch_up(
        self,
        connection: AsyncConnection,
        written: Sequence[Result],
        now: datetime,
        *,
        is_apart: bool = False,
    ) -> None:
        """Correct, or recall, what has arrived in words that were replaced meanwhile.

        ``is_apart``: in a transaction of its own, not in that of ``stops``.
        """
        arrived = [
            result
            for result in written
            if result.row.batch and result.row.kind == "send" and result.state == "sent"
        ]
        batches = {result.row.batch for result in arrived if result.row.payload is None}
        seen = {} if is_apart else self._seen
        unseen = batches - seen.keys()
        found = await self._texts.editions(connection, unseen) if unseen else {}
        for batch, edition in {**seen, **found}.items():
            outdated = [
                result.row.id
                for result in arrived
                if result.row.batch == batch and result.version < edition.version
            ]
            if outdated:
                await AnnouncementRevisions(connection).catch_up(batch, outdated, now)

    async def _unwanted(self, connection: AsyncConnection, jobs: list[Job]) -> list[Result]:
        # Who has left since still has the words that are to be corrected.
        asked = {
            job.row.id: job
            for job in jobs
            if job.row.lane >= Lane.REMINDER and job.row.kind == "send"
        }
        if not asked:
            return []
        reasons = [
            (standing.row_id, _reason(standing, asked[standing.row_id].row.lane))
            for standing in await OutboxChats(connection).standings(list(asked))
        ]
        return [_stopped(asked[row_id], reason) for row_id, reason in reasons if reason is not None]

    async def _halted(self, connection: AsyncConnection, jobs: list[Job]) -> list[Result]:
        batches = {job.row.batch for job in jobs if job.row.batch}
        if not batches:
            return []
        self._seen = editions = await self._texts.editions(connection, batches)
        stops = []
        for job in jobs:
            if not job.row.batch:
                continue
            edition = editions.get(job.row.batch)
            if edition is None or edition.state not in SENDING:
                stops.append(Result(row=job.row, state="ready"))
            elif job.row.payload is None:
                job.message = edition.message(job.row.language)
                job.version = edition.version
        muted = await self._muted(connection, jobs, editions)
        return stops + [_stopped(job, "topic muted") for job in jobs if job.row.id in muted]

    async def _muted(
        self, connection: AsyncConnection, jobs: list[Job], editions: Mapping[int, Edition]
    ) -> set[int]:
        muted: set[int] = set()
        for batch, edition in editions.items():
            if edition.topic is not None and edition.state in SENDING:
                ids = [job.row.id for job in jobs if job.row.batch == batch]
                muted |= await OutboxChats(connection).muted(ids, edition.topic)
        return muted


def _stopped(job: Job, reason: str) -> Result:
    """Not sent any more; but a report does not call skipped what may have arrived before."""
    is_in_doubt = job.tried_at is not None and job.row.batch and job.row.kind == "send"
    return Result(row=job.row, state="unknown" if is_in_doubt else "skipped", error=reason)


def _reason(standing: Standing, lane: Lane) -> str | None:
    if standing.has_opted_out and lane == Lane.ANNOUNCEMENT:
        return "opted out"
    if standing.status in ("blocked", "gone"):
        return "recipient gone"
    return None
