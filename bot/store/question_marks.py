"""Which signs the messages of askers and contacts should bear, each where it was written.

The truth is in the copies; a sign follows it. What an origin still waits for stands in its own
``state``: queued (no sign yet), marked (it bears "on its way"), sent (nothing more to show).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, Platform
from bot.chat.marks import Mark
from bot.store.schema import question
from bot.store.schema_desk import question_copy, question_message

MARKED: Final[frozenset[Platform]] = frozenset({"telegram", "discord"})
"""Platforms on which messages can bear signs."""
PATIENCE: Final = timedelta(seconds=3)
"""What arrives sooner is never shown as on its way."""
TOO_OLD: Final = timedelta(days=7)
"""After which no sign is worth setting any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkWish:
    """``mark`` is wanted on the message ``ref``, None: nothing any more; ``shown`` is there."""

    copy: int
    where: ConversationRef
    ref: str
    mark: Mark | None
    shown: Mark | None


class QuestionMarks:
    """Rows of ``question_copy`` that are origins."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def due(self, platform: Platform, now: datetime, limit: int) -> list[MarkWish]:
        """Signs that differ from what is shown, the oldest first."""
        rows = await self._connection.execute(
            select(question_copy, _MARK.label("mark"), question_message.c.created_at)
            .join_from(
                question_copy, question_message, question_copy.c.message_id == question_message.c.id
            )
            .join(question, question_message.c.question_id == question.c.id)
            .where(
                question_copy.c.is_origin,
                question_copy.c.platform == platform,
                question_copy.c.state.in_(("queued", "marked")),
                or_(
                    _MARK != "underway",
                    and_(
                        _MARK == "underway",
                        question_copy.c.state == "queued",
                        question_message.c.created_at <= now - PATIENCE,
                    ),
                    question_message.c.created_at <= now - TOO_OLD,
                ),
            )
            .order_by(question_copy.c.id)
            .limit(limit)
        )
        return [_wish(row, now) for row in rows]

    async def settle(self, wish: MarkWish) -> None:
        """The sign stands there, or was refused for good."""
        state = "marked" if wish.mark == "underway" else "sent"
        await self._connection.execute(
            update(question_copy).where(question_copy.c.id == wish.copy).values(state=state)
        )


_copy: Final = question_copy.alias("copy")
_TO_ASKER: Final = and_(
    _copy.c.platform == question.c.platform,
    _copy.c.chat_id == question.c.chat_id,
    _copy.c.thread_id == question.c.thread_id,
)


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        _copy.c.message_id == question_copy.c.message_id, _copy.c.is_origin.is_(False), *conditions
    )


_MARK: Final[ColumnElement[Any]] = case(
    (
        and_(question_message.c.kind == "asker", _has(_copy.c.state == "sent")),
        "received",
    ),
    (question_message.c.kind != "contact", None),
    (_has(_TO_ASKER, _copy.c.state == "sent"), "arrived"),
    (_has(_TO_ASKER, _copy.c.state == "unknown"), "doubtful"),
    (_has(_TO_ASKER, _copy.c.state.in_(("failed", "blocked"))), "failed"),
    (_has(_TO_ASKER, _copy.c.state == "queued"), "underway"),
)


def _wish(row: Any, now: datetime) -> MarkWish:
    is_old = row.created_at <= now - TOO_OLD
    return MarkWish(
        copy=row.id,
        where=ConversationRef(
            platform=cast(Platform, row.platform),
            chat_id=row.chat_id,
            thread_id=row.thread_id,
            is_private=row.is_private,
        ),
        ref=row.message_ref,
        mark=None if is_old else cast(Mark, row.mark),
        shown="underway" if row.state == "marked" else None,
    )
