"""Where each message of a question stands: as it was written, and every relayed copy.

A copy's state follows the outbox row that carries it: ``settle`` takes over what is final, and
until then a copy is found by the number that the row has got already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, Platform
from bot.store.question_marks import MARKED
from bot.store.question_messages import QuestionMessage
from bot.store.schema import delivery
from bot.store.schema_desk import question_copy, question_message

CopyState = Literal["queued", "sent", "failed", "blocked", "unknown"]
FINAL: Final = ("sent", "failed", "skipped", "unknown")
GONE: Final = ("recipient gone",)
"""What the outbox notes where nobody is there to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """``ref`` is the platform's number of the message, None until it is sent."""

    id: int
    message: int
    question: int
    where: ConversationRef
    is_origin: bool
    source: str | None
    ref: str | None
    state: CopyState


class QuestionCopies:
    """Rows of ``question_copy``, read together with the outbox."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def note_origin(
        self, message_id: int, where: ConversationRef, ref: str, *, is_marked: bool = True
    ) -> None:
        """This is where the message was written; ``is_marked``: it shall bear a sign there."""
        waits = is_marked and where.platform in MARKED
        await self._connection.execute(
            insert(question_copy).values(
                **_place(where),
                message_id=message_id,
                is_origin=True,
                message_ref=ref,
                state="queued" if waits else "sent",
            )
        )

    async def queue(self, message: QuestionMessage, to: ConversationRef) -> str:
        """A copy is to go to ``to``; returns the ``source`` that its outbox row must have."""
        inserted = await self._connection.execute(
            insert(question_copy)
            .values(
                **_place(to),
                message_id=message.id,
                is_origin=False,
                state="queued",
                version=message.version,
            )
            .returning(question_copy.c.id)
        )
        copy_id = int(inserted.scalar_one())
        # ``/forget`` finds what tells of a question by the beginning of its source.
        source = f"question:{message.question}:copy:{copy_id}"
        await self._connection.execute(
            update(question_copy).where(question_copy.c.id == copy_id).values(source=source)
        )
        return source

    async def find(self, where: ConversationRef, ref: str) -> Copy | None:
        """What stands under this number in a chat, whoever wrote it."""
        found = await self._read(
            and_(
                question_copy.c.platform == where.platform,
                question_copy.c.chat_id == where.chat_id,
                _is_ref(ref),
            )
        )
        return found[-1] if found else None

    async def number_at(self, where: ConversationRef, ref: str) -> int | None:
        """The question that any message of ours in a chat is about: a copy, a head, a nudge."""
        copy = await self.find(where, ref)
        if copy is not None:
            return copy.question
        source = await self._connection.scalar(
            select(delivery.c.source).where(
                delivery.c.platform == where.platform,
                delivery.c.chat_id == where.chat_id,
                delivery.c.message_id == ref,
                delivery.c.source.startswith("question:"),
            )
        )
        number = source.split(":")[1] if source else ""
        return int(number) if number.isdecimal() else None

    async def of(self, message_id: int) -> list[Copy]:
        """Every place of one message, the origin first."""
        return await self._read(question_copy.c.message_id == message_id)

    async def of_question(self, number: int) -> list[Copy]:
        """Every place of every message of a question."""
        return await self._read(question_message.c.question_id == number)

    async def settle(self, limit: int = 500) -> list[Copy]:
        """Take over what the outbox has finished; returns the copies that are final now."""
        found = await self._read(
            and_(question_copy.c.state == "queued", delivery.c.state.in_(FINAL)), limit
        )
        for copy in found:
            await self._connection.execute(
                update(question_copy)
                .where(question_copy.c.id == copy.id)
                .values(state=copy.state, message_ref=copy.ref)
            )
        return found

    async def outdated(self, number: int | None = None, limit: int = 500) -> list[Copy]:
        """Sent copies that show an older version than the message has, of one question or all."""
        condition = and_(
            question_copy.c.is_origin.is_(False),
            question_copy.c.version < question_message.c.version,
            or_(question_copy.c.state == "sent", delivery.c.state == "sent"),
        )
        if number is not None:
            condition = and_(condition, question_message.c.question_id == number)
        return await self._read(condition, limit)

    async def note_version(self, copy: Copy, version: int) -> None:
        """An edit to this version is on its way to a copy."""
        await self._connection.execute(
            update(question_copy).where(question_copy.c.id == copy.id).values(version=version)
        )

    async def unreported(self, limit: int = 100) -> list[Copy]:
        """Copies that did not arrive and of which nobody was told."""
        return await self._read(
            and_(
                question_copy.c.state.in_(("failed", "blocked", "unknown")),
                question_copy.c.reported_at.is_(None),
            ),
            limit,
        )

    async def note_reported(self, copies: Sequence[Copy], now: datetime) -> None:
        """Somebody was told of these."""
        await self._connection.execute(
            update(question_copy)
            .where(question_copy.c.id.in_([copy.id for copy in copies]))
            .values(reported_at=now)
        )

    async def _read(self, condition: ColumnElement[bool], limit: int = 10_000) -> list[Copy]:
        rows = await self._connection.execute(
            select(
                question_copy,
                question_message.c.question_id,
                _REF.label("ref"),
                delivery.c.state.label("delivery_state"),
                delivery.c.error,
            )
            .join_from(
                question_copy, question_message, question_copy.c.message_id == question_message.c.id
            )
            .outerjoin(delivery, question_copy.c.source == delivery.c.source)
            .where(condition)
            .order_by(question_copy.c.id)
            .limit(limit)
        )
        return [_copy(row) for row in rows]


_REF: ColumnElement[str | None] = func.coalesce(question_copy.c.message_ref, delivery.c.message_id)


def _is_ref(ref: str) -> ColumnElement[bool]:
    return _REF.in_([ref])


def _copy(row: Any) -> Copy:
    return Copy(
        id=row.id,
        message=row.message_id,
        question=row.question_id,
        where=ConversationRef(
            platform=cast(Platform, row.platform),
            chat_id=row.chat_id,
            thread_id=row.thread_id,
            is_private=row.is_private,
        ),
        is_origin=row.is_origin,
        source=row.source,
        ref=row.ref,
        state=_state(row),
    )


def _state(row: Any) -> CopyState:
    if row.state != "queued" or row.delivery_state is None:
        return cast(CopyState, row.state)
    if row.delivery_state in ("sent", "unknown"):
        return cast(CopyState, row.delivery_state)
    if row.delivery_state in ("failed", "skipped"):
        return "blocked" if row.error in GONE else "failed"
    return "queued"


def _place(where: ConversationRef) -> dict[str, object]:
    return {
        "platform": where.platform,
        "chat_id": where.chat_id,
        "thread_id": where.thread_id,
        "is_private": where.is_private,
    }
