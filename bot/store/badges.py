"""Which accounts are to bear their platform's mark of members, and which bear it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import and_, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import Author, Platform
from bot.store.dialects import upsert
from bot.store.schema import account
from bot.store.schema_members import badge

PLATFORMS: Final = ("discord",)
"""Platforms that know such a mark; whether one is set up is a matter of the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A mark to give, or to take where it is not wanted."""

    platform: Platform
    account_id: str
    is_wanted: bool
    version: int
    attempts: int


class Badges:
    """What is wanted is written in the turn that decides it; ``bot.delivery.badges`` does it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def want(self, person_id: int, *, is_wanted: bool, now: datetime) -> None:
        """Let all accounts of a person have the mark, or none."""
        rows = await self._connection.execute(
            select(account.c.platform, account.c.account_id).where(
                account.c.person_id == person_id, account.c.platform.in_(PLATFORMS)
            )
        )
        for row in rows.all():
            if is_wanted:
                await self._give(row.platform, row.account_id, now)
            else:
                await self.take(row.platform, row.account_id, now)

    async def take(self, platform: str, account_id: str, now: datetime) -> None:
        """Take the mark from an account, if it may have it."""
        await self._connection.execute(
            update(badge)
            .where(
                badge.c.platform == platform, badge.c.account_id == account_id, badge.c.is_wanted
            )
            .values(
                is_wanted=False,
                state="ready",
                attempts=0,
                due_at=now,
                version=badge.c.version + 1,
            )
        )

    async def came_in(self, who: Author, now: datetime) -> None:
        """An account that was missed where the mark is has come there."""
        await self._connection.execute(
            update(badge)
            .where(
                badge.c.platform == who.platform, badge.c.account_id == who.id, badge.c.is_wanted
            )
            .values(state="ready", attempts=0, due_at=now, version=badge.c.version + 1)
        )

    async def held(self, person_id: int) -> list[Badge]:
        """The marks that a person's accounts have, or may have."""
        rows = await self._connection.execute(
            select(badge)
            .join(
                account,
                and_(
                    account.c.platform == badge.c.platform,
                    account.c.account_id == badge.c.account_id,
                ),
            )
            .where(
                account.c.person_id == person_id,
                or_(badge.c.state == "given", badge.c.attempts > 0, ~badge.c.is_wanted),
            )
        )
        return [_read(row) for row in rows]

    async def take_all(self, marks: Iterable[Badge], now: datetime) -> None:
        """Take marks whose rows are gone; each row goes for good with its mark."""
        for mark in marks:
            await self._connection.execute(
                upsert(self._connection, badge)
                .values(
                    platform=mark.platform,
                    account_id=mark.account_id,
                    is_wanted=False,
                    state="ready",
                    version=mark.version + 1,
                    attempts=0,
                    due_at=now,
                )
                .on_conflict_do_nothing()
            )

    async def due(self, platform: str, now: datetime, limit: int) -> list[Badge]:
        """What is to be done now, the longest waiting first."""
        rows = await self._connection.execute(
            select(badge)
            .where(badge.c.platform == platform, badge.c.state == "ready", badge.c.due_at <= now)
            .order_by(badge.c.due_at)
            .limit(limit)
        )
        return [_read(row) for row in rows]

    async def settle(self, mark: Badge, state: Literal["given", "absent"]) -> None:
        """It was done, or the account is not there; no more than that if minds changed since."""
        if not mark.is_wanted:
            await self.drop(mark)
            return
        await self._connection.execute(update(badge).where(_same(mark)).values(state=state))

    async def drop(self, mark: Badge) -> None:
        """Nothing is left to be done for a mark that is not wanted."""
        await self._connection.execute(delete(badge).where(_same(mark), ~badge.c.is_wanted))

    async def put_off(self, mark: Badge, until: datetime) -> None:
        """Try again later."""
        await self._connection.execute(
            update(badge)
            .where(_same(mark))
            .values(due_at=until, attempts=badge.c.attempts + 1, state="ready")
        )

    async def _give(self, platform: str, account_id: str, now: datetime) -> None:
        is_new = or_(~badge.c.is_wanted, badge.c.state == "absent")
        statement = upsert(self._connection, badge).values(
            platform=platform,
            account_id=account_id,
            is_wanted=True,
            state="ready",
            version=1,
            attempts=0,
            due_at=now,
        )
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(badge.primary_key),
                set_={
                    "is_wanted": True,
                    "state": case((is_new, "ready"), else_=badge.c.state),
                    "attempts": case((is_new, 0), else_=badge.c.attempts),
                    "due_at": case((is_new, now), else_=badge.c.due_at),
                    "version": case((is_new, badge.c.version + 1), else_=badge.c.version),
                },
            )
        )


def _same(mark: Badge) -> Any:
    return and_(
        badge.c.platform == mark.platform,
        badge.c.account_id == mark.account_id,
        badge.c.version == mark.version,
    )


def _read(row: Any) -> Badge:
    return Badge(
        platform=cast(Platform, row.platform),
        account_id=row.account_id,
        is_wanted=row.is_wanted,
        version=row.version,
        attempts=row.attempts,
    )
