"""What the sender reads of a row of the outbox, and what it writes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from bot.chat.events import ConversationRef, Platform
from bot.chat.ports import Lane
from bot.store.schema import delivery

Kind = Literal["send", "edit", "delete", "publish"]
Policy = Literal["hold", "resend"]
State = Literal["ready", "claimed", "sending", "sent", "failed", "skipped", "unknown"]

COLUMNS: Final = (
    delivery.c.id,
    delivery.c.source,
    delivery.c.platform,
    delivery.c.chat_id,
    delivery.c.thread_id,
    delivery.c.is_private,
    delivery.c.lane,
    delivery.c.batch,
    delivery.c.kind,
    delivery.c.language,
    delivery.c.payload,
    delivery.c.on_unknown,
    delivery.c.due_at,
    delivery.c.expires_at,
    delivery.c.lease_until,
    delivery.c.attempts,
    delivery.c.tried_at,
    delivery.c.message_id,
    delivery.c.parts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A message on its way to one recipient. ``payload`` is JSON, None where its batch has it.

    ``tried_at`` is the first attempt that may have arrived, None where none can have.
    """

    id: int
    source: str
    to: ConversationRef
    lane: Lane
    batch: int
    kind: Kind
    language: str | None
    payload: str | None
    on_unknown: Policy
    due_at: datetime
    expires_at: datetime | None
    lease_until: datetime | None
    attempts: int
    message_id: str | None
    parts: tuple[str, ...] = ()
    tried_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a row that was claimed. ``parts``: the other messages it was split into.

    ``is_unsent``: no attempt at it so far can have arrived.
    """

    row: OutboxRow
    state: State
    message_id: str | None = None
    parts: tuple[str, ...] = ()
    error: str | None = None
    due_at: datetime | None = None
    version: int = 0
    is_unsent: bool = False


def read_rows(rows: Iterable[Any]) -> list[OutboxRow]:
    """The rows in the order in which they are to go."""
    found = [
        OutboxRow(
            id=row.id,
            source=row.source,
            to=ConversationRef(
                platform=cast(Platform, row.platform),
                chat_id=row.chat_id,
                thread_id=row.thread_id,
                is_private=row.is_private,
            ),
            lane=Lane(row.lane),
            batch=row.batch,
            kind=row.kind,
            language=row.language,
            payload=row.payload,
            on_unknown=row.on_unknown,
            due_at=row.due_at,
            expires_at=row.expires_at,
            lease_until=row.lease_until,
            attempts=row.attempts,
            message_id=row.message_id,
            parts=tuple(row.parts.split()) if row.parts else (),
            tried_at=row.tried_at,
        )
        for row in rows
    ]
    # RETURNING promises no order.
    return sorted(found, key=_turn)


def _turn(row: OutboxRow) -> tuple[bool, float, int]:
    """Relays go in the order in which they were queued, all else by its time."""
    is_relay = row.lane == Lane.RELAY
    return (is_relay, 0.0 if is_relay else row.due_at.timestamp(), row.id)
