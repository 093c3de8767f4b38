"""Forgetting an asker at the question desk: the words go, here and where they were relayed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import String, cast, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ports import Lane
from bot.store.outbox import AT_ONCE
from bot.store.schema import delivery, question
from bot.store.schema_desk import desk_thread, question_copy, question_message
from bot.store.schema_mail import mail_file

KEPT: Final = frozenset({"question", "question_message", "question_event"})
"""Rows that stay for counting, without whom they are about."""


async def forget_questions(
    connection: AsyncConnection, numbers: Sequence[int], now: datetime
) -> int:
    """Take the words out of questions; copies at the desks are deleted there. Returns rows."""
    if not numbers:
        return 0
    messages = select(question_message.c.id).where(question_message.c.question_id.in_(numbers))
    await _recall(connection, numbers, now)
    copies = await connection.execute(
        delete(question_copy).where(question_copy.c.message_id.in_(messages))
    )
    gone = await connection.execute(
        delete(question_message).where(question_message.c.question_id.in_(numbers))
    )
    files = await connection.execute(delete(mail_file).where(mail_file.c.question_id.in_(numbers)))
    # The threads' names quote the question: they are called by their numbers from now on.
    await connection.execute(
        update(desk_thread)
        .where(desk_thread.c.question_id.in_(numbers))
        .values(title="✅ #" + cast(desk_thread.c.question_id, String), shown="", updated_at=now)
    )
    await connection.execute(
        update(question)
        .where(question.c.id.in_(numbers))
        .values(
            person_id=None,
            chat_id="",
            thread_id="",
            text="",
            first_text="",
            candidates="[]",
            state="forgotten",
            due_at=None,
        )
    )
    return int(copies.rowcount) + int(gone.rowcount) + int(files.rowcount)


async def forget_names(connection: AsyncConnection, person_id: int) -> None:
    """What a contact wrote stays with the asker, without the name."""
    await connection.execute(
        update(question_message).where(question_message.c.person_id == person_id).values(author="")
    )


async def _recall(connection: AsyncConnection, numbers: Sequence[int], now: datetime) -> None:
    """Queue the deletion of every copy that does not stand in the asker's own conversation."""
    rows = await connection.execute(
        select(
            question_copy,
            question_message.c.question_id,
            delivery.c.message_id.label("sent_as"),
        )
        .join(question_message, question_copy.c.message_id == question_message.c.id)
        .join(question, question.c.id == question_message.c.question_id)
        .outerjoin(delivery, question_copy.c.source == delivery.c.source)
        .where(
            question_message.c.question_id.in_(numbers),
            question_copy.c.is_origin.is_(False),
            question_copy.c.chat_id != question.c.chat_id,
        )
    )
    recalls = [
        {
            "source": f"recall:{row.id}",
            "platform": row.platform,
            "chat_id": row.chat_id,
            "thread_id": row.thread_id,
            "is_private": row.is_private,
            "lane": int(Lane.RELAY),
            "kind": "delete",
            "on_unknown": "resend",
            "state": "ready",
            "due_at": AT_ONCE,
            "message_id": row.message_ref or row.sent_as,
            "updated_at": now,
        }
        for row in rows
        if row.message_ref or row.sent_as
    ]
    if recalls:
        await connection.execute(insert(delivery), recalls)
