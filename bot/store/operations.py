"""How the work stands, in a few quick counts: for metrics, /status and alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ports import Lane
from bot.store.schema import delivery, inbox, question, sender_lease
from bot.store.schema_operations import process

_OPEN: Final = ("open", "assigned", "waiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Rows of one lane that are due. ``oldest`` is when the first of them became due."""

    platform: str
    lane: Lane
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """Who has a lease and until when; ``token_id`` names a bot token or a task."""

    token_id: str
    owner: str
    epoch: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All times aware and UTC. ``held`` are messages of which nobody knows whether they arrived."""

    lanes: tuple[Waiting, ...] = ()
    held: dict[str, int] = field(default_factory=dict)
    leases: tuple[Leased, ...] = ()
    processes: int = 0
    open_questions: int = 0
    unanswered: int = 0
    """Updates that were accepted and not answered yet."""


class Operations:
    """Reads only; every query stays on an index."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def standing(self, now: datetime) -> Standing:
        """Everything at once."""
        return Standing(
            lanes=await self.lanes(now),
            held=await self._held(),
            leases=await self._leases(),
            processes=await self._count(select(func.count()).select_from(process)),
            open_questions=await self._count(
                select(func.count()).select_from(question).where(question.c.state.in_(_OPEN))
            ),
            unanswered=await self._count(
                select(func.count()).select_from(inbox).where(inbox.c.payload.is_not(None))
            ),
        )

    async def lanes(self, now: datetime) -> tuple[Waiting, ...]:
        """What is due and waits, lane by lane.

        Rows that are due at once have the epoch's first second there: for these the time counts
        at which they were written.
        """
        rows = await self._connection.execute(
            select(
                delivery.c.platform,
                delivery.c.lane,
                func.count().label("waiting"),
                func.min(delivery.c.updated_at).label("written"),
                func.min(delivery.c.due_at).label("due"),
            )
            .where(delivery.c.state.in_(("ready", "claimed")), delivery.c.due_at <= now)
            .group_by(delivery.c.platform, delivery.c.lane)
        )
        return tuple(
            Waiting(
                platform=row.platform,
                lane=Lane(row.lane),
                count=row.waiting,
                oldest=max(row.written, row.due),
            )
            for row in rows
        )

    async def last_sent(self, platform: str) -> datetime | None:
        """When a message of this platform was last settled as sent."""
        at: datetime | None = await self._connection.scalar(
            select(func.max(delivery.c.updated_at)).where(
                delivery.c.platform == platform, delivery.c.state == "sent"
            )
        )
        return at

    async def _held(self) -> dict[str, int]:
        rows = await self._connection.execute(
            select(delivery.c.platform, func.count().label("held"))
            .where(delivery.c.state == "unknown")
            .group_by(delivery.c.platform)
        )
        return {row.platform: row.held for row in rows}

    async def _leases(self) -> tuple[Leased, ...]:
        rows = await self._connection.execute(
            select(sender_lease).order_by(sender_lease.c.token_id)
        )
        return tuple(
            Leased(token_id=row.token_id, owner=row.owner, epoch=row.epoch, until=row.until)
            for row in rows
        )

    async def _count(self, query: object) -> int:
        return int(await self._connection.scalar(query) or 0)  # type: ignore[call-overload]  # a select of one count
