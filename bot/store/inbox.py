"""Updates by the platform's own id, so that each is handled once and answered.

While the reply to an update is on its way, ``payload`` holds the raw update and the reply behind
a record separator (U+001E, which JSON always escapes; RFC 7464).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import insert_for
from bot.store.schema import UtcDateTime, inbox
from bot.store.writes import Write

_SEPARATOR: Final = "\x1e"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``is_first``: not handled before. ``is_kept``: its raw text is here, for another try."""

    is_first: bool
    is_kept: bool = False


class Inbox:
    """Accepted updates, with their raw text until they are done."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def accept(
        self, platform: str, updates: Sequence[tuple[str, str]], now: datetime
    ) -> None:
        """Keep ``(id, raw JSON)`` pairs; ids that are known already stay as they are."""
        statement = _accept(self._connection.dialect.name)
        rows = [
            {"platform": platform, "update_id": key, "accepted_at": now, "payload": raw}
            for key, raw in updates
        ]
        if rows:
            await self._connection.execute(statement, rows)

    async def begin(self, platform: str, update_id: str, now: datetime) -> bool:
        """Mark an update as done, with no reply to come; False where it was done before."""
        statement = marking(self._connection.dialect.name, keeps=False)
        values = {"platform": platform, "update_id": update_id, "now": now}
        return (await self._connection.execute(statement, values)).first() is not None

    async def take(self, platform: str, update_id: str, now: datetime) -> Taken:
        """Mark an update as handled in this transaction; what was kept stays until ``reply``.

        Takes the row's lock, so that of two processes with the same update one waits and
        then learns that it is done.
        """
        statement = marking(self._connection.dialect.name, keeps=True)
        values = {"platform": platform, "update_id": update_id, "now": now}
        row = (await self._connection.execute(statement, values)).first()
        return taken_of(row.is_kept if row is not None else None)

    def replying(self, platform: str, update_id: str, text: str | None) -> Write:
        """Keep the reply to an update with it until ``forget_replies``; None: there is none.

        For the end of the unit.
        """
        values = {"of_platform": platform, "of_id": update_id}
        if text is None:
            return Write(_drop, values)
        return Write(_keep, {**values, "behind": _SEPARATOR + text})

    async def reply_of(self, platform: str, update_id: str) -> str | None:
        """The reply of a handled update that was not sent yet, as far as is known."""
        payload = await self._connection.scalar(
            select(inbox.c.payload).where(*_key(platform, update_id), inbox.c.done_at.is_not(None))
        )
        return (payload or "").partition(_SEPARATOR)[2] or None

    async def forget_replies(self, sent: Sequence[tuple[str, str]]) -> None:
        """The replies to ``(platform, update id)`` have gone out, or never will.

        What was refused as too fast was never handled; from here on it counts as done too.
        """
        rows = [{"sent_platform": platform, "sent_id": key} for platform, key in sent]
        if rows:
            await self._connection.execute(_FORGET, rows)

    async def pending(self, platform: str) -> list[str]:
        """Raw updates that were accepted and never handled or answered, oldest first."""
        rows = await self._connection.scalars(
            select(inbox.c.payload)
            .where(inbox.c.platform == platform, inbox.c.payload.is_not(None))
            .order_by(inbox.c.accepted_at, func.length(inbox.c.update_id), inbox.c.update_id)
        )
        return [str(row).partition(_SEPARATOR)[0] for row in rows]

    async def forget_before(self, moment: datetime) -> int:
        """Drop done updates from before ``moment``; returns how many."""
        result = await self._connection.execute(
            delete(inbox).where(inbox.c.done_at.is_not(None), inbox.c.accepted_at < moment)
        )
        return int(result.rowcount)


_OF: Final = (
    inbox.c.platform == bindparam("of_platform"),
    inbox.c.update_id == bindparam("of_id"),
)
_KEEP: Final = (
    update(inbox)
    .where(*_OF)
    .values(payload=inbox.c.payload.concat(bindparam("behind", type_=Text)))
)
_DROP: Final = update(inbox).where(*_OF).values(payload=None)
_FORGET: Final = (
    update(inbox)
    .where(
        inbox.c.platform == bindparam("sent_platform"), inbox.c.update_id == bindparam("sent_id")
    )
    .values(payload=None, done_at=func.coalesce(inbox.c.done_at, inbox.c.accepted_at))
)


def _keep(_dialect: str) -> Any:
    return _KEEP


def _drop(_dialect: str) -> Any:
    return _DROP


def _key(platform: str, update_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (inbox.c.platform == platform, inbox.c.update_id == update_id)


@cache
def _accept(dialect: str) -> Any:
    return insert_for(dialect, inbox).on_conflict_do_nothing()


def taken_of(is_kept: bool | None) -> Taken:
    """What ``marking`` says; None where it has no row."""
    return Taken(is_first=is_kept is not None, is_kept=bool(is_kept))


@cache
def marking(dialect: str, *, keeps: bool) -> Any:
    """Marks an update as done at ``:now`` and has a row, with ``is_kept``, where it was not yet."""
    now = bindparam("now", type_=UtcDateTime)
    return (
        insert_for(dialect, inbox)
        .values(
            platform=bindparam("platform"),
            update_id=bindparam("update_id"),
            accepted_at=now,
            done_at=now,
        )
        .on_conflict_do_update(
            index_elements=[inbox.c.platform, inbox.c.update_id],
            set_={"done_at": now} if keeps else {"done_at": now, "payload": None},
            where=inbox.c.done_at.is_(None),
        )
        # SQLite 3.40 returns true for "payload IS NOT NULL" in a new row whatever stands in it.
        .returning((func.coalesce(func.length(inbox.c.payload), 0) > 0).label("is_kept"))
    )
