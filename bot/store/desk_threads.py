"""A question's places at the desks: a Telegram topic, a Discord thread, a contact's mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, Platform
from bot.store.dialects import upsert
from bot.store.schema_desk import desk_thread

ThreadState = Literal["wanted", "open", "lost", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskThread:
    """``desk`` is the chat that it stands in; ``where`` the address to send to.

    Without ``has_thread``, ``where`` is shared by several questions. ``title`` is wanted and
    ``shown`` is there. For states see ``bot.store.schema_desk.desk_thread``.
    """

    question: int
    platform: Platform
    desk: str
    where: ConversationRef
    has_thread: bool
    title: str
    shown: str
    state: ThreadState
    tries: int
    head_ref: str | None


class DeskThreads:
    """At most one row a question and desk."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(
        self,
        number: int,
        desk: ConversationRef,
        *,
        state: ThreadState,
        title: str,
        now: datetime,
    ) -> None:
        """Give a question a place at ``desk``; one that it has already stays as it is."""
        await self._connection.execute(
            upsert(self._connection, desk_thread)
            .values(
                question_id=number,
                platform=desk.platform,
                desk=desk.chat_id,
                chat_id=desk.chat_id,
                thread_id=desk.thread_id,
                is_private=desk.is_private,
                title=title,
                state=state,
                updated_at=now,
            )
            .on_conflict_do_nothing()
        )

    async def of(self, number: int) -> list[DeskThread]:
        """All places of one question."""
        return await self._read(desk_thread.c.question_id == number)

    async def at(self, where: ConversationRef) -> DeskThread | None:
        """The question that has this place for itself, or None."""
        found = await self._read(and_(_is_at(where), desk_thread.c.has_thread))
        return found[-1] if found else None

    async def is_place(self, number: int, where: ConversationRef) -> bool:
        """Whether a question has, or shares, this place."""
        return bool(await self._read(and_(_is_at(where), desk_thread.c.question_id == number), 1))

    async def unfinished(self, platform: Platform, limit: int = 50) -> list[DeskThread]:
        """Threads to be made, made anew or renamed, the oldest question first."""
        is_renamed = and_(
            desk_thread.c.state == "open",
            desk_thread.c.has_thread,
            desk_thread.c.shown != desk_thread.c.title,
        )
        return await self._read(
            and_(
                desk_thread.c.platform == platform,
                or_(desk_thread.c.state.in_(("wanted", "lost")), is_renamed),
            ),
            limit,
        )

    async def change(self, thread: DeskThread, now: datetime, **values: Any) -> None:
        """Set some columns of ``bot.store.schema_desk.desk_thread`` by name."""
        await self._connection.execute(
            update(desk_thread)
            .where(
                desk_thread.c.question_id == thread.question,
                desk_thread.c.platform == thread.platform,
                desk_thread.c.desk == thread.desk,
            )
            .values(updated_at=now, **values)
        )

    async def rename(self, number: int, title: str, now: datetime) -> None:
        """What the threads of a question shall be called."""
        await self._connection.execute(
            update(desk_thread)
            .where(desk_thread.c.question_id == number)
            .values(title=title, updated_at=now)
        )

    async def _read(self, condition: ColumnElement[bool], limit: int = 1000) -> list[DeskThread]:
        rows = await self._connection.execute(
            select(desk_thread).where(condition).order_by(desk_thread.c.question_id).limit(limit)
        )
        return [_thread(row) for row in rows]


def _is_at(where: ConversationRef) -> ColumnElement[bool]:
    return and_(
        desk_thread.c.platform == where.platform,
        desk_thread.c.chat_id == where.chat_id,
        desk_thread.c.thread_id == where.thread_id,
    )


def _thread(row: Any) -> DeskThread:
    platform = cast(Platform, row.platform)
    return DeskThread(
        question=row.question_id,
        platform=platform,
        desk=row.desk,
        where=ConversationRef(
            platform=platform,
            chat_id=row.chat_id,
            thread_id=row.thread_id,
            is_private=row.is_private,
        ),
        has_thread=row.has_thread,
        title=row.title,
        shown=row.shown,
        state=cast(ThreadState, row.state),
        tries=row.tries,
        head_ref=row.head_ref,
    )
