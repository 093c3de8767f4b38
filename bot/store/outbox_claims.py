"""The sender's side of the outbox: claim, arm, record, release.

ready → claimed → sending → sent | failed | skipped | unknown. Every write is fenced: it changes
only rows that this owner holds in this epoch, so a sender that was replaced without knowing it
changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    TextClause,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.chat.events import Platform
from bot.chat.ports import Lane
from bot.store.outbox_leases import Lease
from bot.store.outbox_rows import COLUMNS, OutboxRow, Result, read_rows
from bot.store.schema import UtcDateTime, delivery, sender_lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose rows: one platform's, in one lease, perhaps of one chat only."""

    platform: Platform
    lease: Lease
    only_chat: str | None = None

    def rows(self) -> tuple[ColumnElement[bool], ...]:
        """The conditions on ``delivery``."""
        mine: tuple[ColumnElement[bool], ...] = (delivery.c.platform == self.platform,)
        return mine if self.only_chat is None else (*mine, delivery.c.chat_id == self.only_chat)

    def held(self) -> tuple[ColumnElement[bool], ...]:
        """The conditions that fence a write."""
        return (delivery.c.owner == self.lease.owner, delivery.c.epoch == self.lease.epoch)


class OutboxClaims:
    """What one sender does to its rows, inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    async def claim(self, lane: Lane, batch: int, limit: int, now: datetime) -> list[OutboxRow]:
        """Take up to ``limit`` due rows of a lane and batch; none once the epoch has passed."""
        lease = self._scope.lease
        values = {
            "on": self._scope.platform,
            "of": lane,
            "in": batch,
            "most": limit,
            "now": now,
            "token": lease.token_id,
            "by": lease.owner,
            "term": lease.epoch,
        }
        if self._scope.only_chat is not None:
            values["in_chat"] = self._scope.only_chat
        is_of_one_chat = self._scope.only_chat is not None
        statement = _claim(is_of_one_chat, is_in_order=lane == Lane.RELAY)
        rows = await self._connection.execute(statement, values)
        return read_rows(rows)

    async def claimed(self) -> list[OutboxRow]:
        """All rows claimed in this epoch: more than is known after a commit in doubt."""
        rows = await self._connection.execute(
            select(*COLUMNS).where(
                *self._scope.rows(), delivery.c.state == "claimed", *self._scope.held()
            )
        )
        return read_rows(rows)

    async def arm(self, ids: Collection[int], now: datetime, until: datetime) -> set[int]:
        """Mark rows as being sent, to leave before ``until``; returns those still held.

        A row that is marked already is armed again: the commit before was in doubt, and nothing
        leaves before a commit is known.
        """
        lease = self._scope.lease
        values = {"ids": list(ids), "until": until, "now": now}
        rows = await self._connection.execute(
            _ARM, {**values, "by": lease.owner, "term": lease.epoch}
        )
        return set(rows.scalars())

    async def record(
        self, results: Sequence[Result], now: datetime
    ) -> tuple[list[Result], list[Result]]:
        """Write what became of rows; returns the results that were written, and the late ones.

        Late is a message that arrived after its row was given up as unknown: it is sent after
        all.
        """
        if not results:
            return [], []
        written = await self._write(results, ("claimed", "sending"), now)
        missed = [
            result for result in results if result.state == "sent" and result.row.id not in written
        ]
        late = await self._write(missed, ("unknown", "unknown"), now) if missed else set()
        return (
            [result for result in results if result.row.id in written],
            [result for result in missed if result.row.id in late],
        )

    async def release(self, now: datetime) -> None:
        """Give back all that was claimed and never armed."""
        await self._connection.execute(
            update(delivery)
            .where(*self._scope.rows(), delivery.c.state == "claimed", *self._scope.held())
            .values(state="ready", owner=None, lease_until=None, updated_at=now)
        )

    async def _write(
        self, results: Sequence[Result], states: tuple[str, str], now: datetime
    ) -> set[int]:
        unsent = {result.row.id for result in results if result.is_unsent}
        # Of two results of one row, as of one that is retried and then released, the last counts.
        rows = {
            result.row.id: {
                "id": result.row.id,
                "state": result.state,
                "message": result.message_id,
                "parts": " ".join(result.parts) or None,
                "error": result.error,
                "version": result.version,
                "unsent": result.row.id in unsent,
            }
            for result in results
        }
        is_sqlite = self._connection.dialect.name == "sqlite"
        found = await self._connection.execute(
            _RECORD_SQLITE if is_sqlite else _RECORD_POSTGRES,
            {
                "rows": json.dumps(list(rows.values())),
                "epoch": self._scope.lease.epoch,
                "now": now,
                "one": states[0],
                "two": states[1],
            },
        )
        written = set(found.scalars())
        for result in results:
            if result.due_at is not None and result.row.id in written:
                await self._connection.execute(
                    update(delivery)
                    .where(delivery.c.id == result.row.id)
                    .values(due_at=result.due_at)
                )
        return written


# Built once: they are part of every commit of the sender.
_MOMENT: Final = UtcDateTime()
_ARM: Final = (
    update(delivery)
    .where(
        delivery.c.id.in_(bindparam("ids", expanding=True)),
        delivery.c.state.in_(("claimed", "sending")),
        delivery.c.owner == bindparam("by"),
        delivery.c.epoch == bindparam("term"),
    )
    .values(
        state="sending",
        attempts=delivery.c.attempts + 1,
        tried_at=func.coalesce(delivery.c.tried_at, bindparam("now", type_=_MOMENT)),
        lease_until=bindparam("until", type_=_MOMENT),
        updated_at=bindparam("now", type_=_MOMENT),
    )
    .returning(delivery.c.id)
)


@cache
def _claim(is_of_one_chat: bool, *, is_in_order: bool) -> ReturningUpdate[Any]:
    mine = [delivery.c.platform == bindparam("on")]
    if is_of_one_chat:
        mine.append(delivery.c.chat_id == bindparam("in_chat"))
    ready = (
        select(delivery.c.id)
        .where(
            *mine,
            delivery.c.state == "ready",
            delivery.c.lane == bindparam("of", type_=Integer),
            delivery.c.batch == bindparam("in"),
            delivery.c.due_at <= bindparam("now", type_=_MOMENT),
            *((~_is_overtaking(),) if is_in_order else ()),
        )
        .order_by(*(() if is_in_order else (delivery.c.due_at,)), delivery.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    is_leader = exists().where(
        sender_lease.c.token_id == bindparam("token"),
        sender_lease.c.owner == bindparam("by"),
        sender_lease.c.epoch == bindparam("term"),
    )
    return (
        update(delivery)
        .where(delivery.c.id.in_(select(ready.c.id)), is_leader)
        .values(
            state="claimed",
            owner=bindparam("by"),
            epoch=bindparam("term"),
            updated_at=bindparam("now", type_=_MOMENT),
        )
        .returning(*COLUMNS)
    )


def _is_overtaking() -> ColumnElement[bool]:
    """Whether something queued earlier for the same place waits, or is in another's hands.

    What people say to each other arrives in the order in which it was said, even where a message
    has to be repeated, or was in flight when its sender died. The condition in plain text is the
    one of the index ``ix_delivery_relay``.
    """
    earlier = delivery.alias("earlier")
    is_mine = and_(earlier.c.owner == bindparam("by"), earlier.c.epoch == bindparam("term"))
    return (
        exists()
        .where(
            text("earlier.lane = 1 AND earlier.state IN ('ready', 'claimed', 'sending')"),
            earlier.c.platform == delivery.c.platform,
            earlier.c.chat_id == delivery.c.chat_id,
            earlier.c.thread_id == delivery.c.thread_id,
            earlier.c.id < delivery.c.id,
            or_(
                and_(
                    earlier.c.state == "ready",
                    earlier.c.due_at > bindparam("now", type_=_MOMENT),
                ),
                and_(earlier.c.state != "ready", ~is_mine),
            ),
        )
        .correlate(delivery)
    )


_RECORD: Final = """
UPDATE delivery SET
    state = new.state,
    message_id = COALESCE(new.message, delivery.message_id),
    parts = COALESCE(new.parts, delivery.parts),
    error = new.error,
    version = CASE WHEN new.version > 0 THEN new.version ELSE delivery.version END,
    tried_at = CASE WHEN new.unsent THEN NULL ELSE delivery.tried_at END,
    lease_until = NULL,
    updated_at = :now
FROM {new}
WHERE delivery.id = new.id AND delivery.epoch = :epoch AND delivery.state IN (:one, :two)
RETURNING delivery.id
"""


def _record(source: str) -> TextClause:
    return text(_RECORD.format(new=source)).bindparams(
        bindparam("now", type_=UtcDateTime),
        bindparam("one", type_=String),
        bindparam("two", type_=String),
    )


_RECORD_SQLITE: Final = _record(
    "(SELECT value->>'id' AS id, value->>'state' AS state, value->>'message' AS message,"
    " value->>'parts' AS parts,"
    " value->>'error' AS error, value->>'version' AS version, value->>'unsent' AS unsent"
    " FROM json_each(:rows)) AS new"
)
_RECORD_POSTGRES: Final = _record(
    "json_to_recordset(CAST(:rows AS json))"
    " AS new(id bigint, state text, message text, parts text, error text, version integer,"
    " unsent boolean)"
)
