"""How far platforms were listened to, and where somebody expects to be heard."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.catching_up import Place, Spoken
from bot.chat.events import Author, ConversationRef, Platform, private_chat_with
from bot.store.dialects import upsert
from bot.store.questions import ALIVE
from bot.store.schema import account, conversation, draft, inbox, question
from bot.store.schema_desk import desk_thread, question_copy, question_message
from bot.store.schema_listening import heard

_AT_ONCE: Final = 500
"""Numbers in one statement; SQLite took 999 for long."""


class Hearing:
    """See ``bot.chat.catching_up.Backlog``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def until(self, platform: Platform) -> datetime | None:
        """Until when everything was heard; None before the first time."""
        found: datetime | None = await self._connection.scalar(
            select(heard.c.until).where(heard.c.platform == platform)
        )
        return found

    async def note(self, platform: Platform, until: datetime) -> None:
        """Everything was heard until then."""
        await self._connection.execute(
            upsert(self._connection, heard)
            .values(platform=platform, until=until)
            .on_conflict_do_update(index_elements=[heard.c.platform], set_={"until": until})
        )

    async def places(
        self, platform: Platform, now: datetime, recently: datetime, limit: int
    ) -> list[Place]:
        """Open questions' places first, then what was closed or talked about since ``recently``."""
        found: dict[tuple[str, str, str], Place] = {}
        for state in (question.c.state.in_(ALIVE), _closed_since(recently)):
            for place in (
                *await self._at_desks(platform, state),
                *await self._askers(platform, state),
            ):
                found.setdefault(place.where.key, place)
        for where in await self._talking(platform, now, recently, limit):
            found.setdefault(where.key, Place(where=where))
        return list(found.values())[:limit]

    async def spoken(self, platform: Platform, since: datetime) -> dict[str, list[Spoken]]:
        """People's own messages that were passed on, by chat."""
        rows = await self._connection.execute(
            select(
                question_copy.c.chat_id,
                question_copy.c.message_ref,
                account.c.account_id,
                account.c.name,
            )
            .join(question_message, question_copy.c.message_id == question_message.c.id)
            .join(
                account,
                and_(
                    account.c.person_id == question_message.c.person_id,
                    account.c.platform == question_copy.c.platform,
                ),
            )
            .where(
                question_copy.c.platform == platform,
                question_copy.c.is_origin,
                question_copy.c.message_ref.is_not(None),
                question_message.c.deleted_at.is_(None),
                question_message.c.created_at >= since,
            )
            .order_by(question_copy.c.id)
        )
        found: dict[str, dict[str, Spoken]] = {}
        for row in rows:
            author = Author(platform=platform, id=row.account_id, name=row.name)
            spoken = Spoken(ref=row.message_ref, author=author)
            found.setdefault(row.chat_id, {}).setdefault(spoken.ref, spoken)
        return {chat: list(messages.values()) for chat, messages in found.items()}

    async def unheard(self, platform: Platform, ids: Collection[str]) -> set[str]:
        """Those that the inbox has never had."""
        left = sorted(ids)
        known: set[str] = set()
        for start in range(0, len(left), _AT_ONCE):
            known |= set(
                await self._connection.scalars(
                    select(inbox.c.update_id).where(
                        inbox.c.platform == platform,
                        inbox.c.update_id.in_(left[start : start + _AT_ONCE]),
                    )
                )
            )
        return set(left) - known

    async def _at_desks(self, platform: Platform, state: ColumnElement[bool]) -> list[Place]:
        rows = await self._connection.execute(
            select(desk_thread, question.c.state.label("question_state"))
            .join(question, question.c.id == desk_thread.c.question_id)
            .where(desk_thread.c.platform == platform, desk_thread.c.state == "open", state)
            .order_by(question.c.id.desc())
        )
        return [
            Place(
                where=_where(row),
                question=row.question_id if row.question_state in ALIVE else None,
                only_answers=not row.has_thread,
            )
            for row in rows
        ]

    async def _askers(self, platform: Platform, state: ColumnElement[bool]) -> list[Place]:
        rows = await self._connection.execute(
            select(question)
            .where(
                question.c.platform == platform,
                question.c.is_private,
                question.c.chat_id != "",
                question.c.person_id.is_not(None),
                state,
            )
            .order_by(question.c.id.desc())
        )
        return [
            Place(where=_where(row), question=row.id if row.state in ALIVE else None)
            for row in rows
        ]

    async def _talking(
        self, platform: Platform, now: datetime, recently: datetime, limit: int
    ) -> list[ConversationRef]:
        """Forms that are being filled in, and recent conversations (groups among them)."""
        filling = await self._connection.scalars(
            select(draft.c.account_id)
            .where(draft.c.platform == platform, draft.c.expires_at > now)
            .distinct()
            .limit(limit)
        )
        places = [private_chat_with(platform, key) for key in filling]
        rows = await self._connection.execute(
            select(conversation.c.chat_id, conversation.c.thread_id)
            .where(conversation.c.platform == platform, conversation.c.updated_at >= recently)
            .order_by(conversation.c.updated_at.desc())
            .limit(limit)
        )
        return places + [
            ConversationRef(platform=platform, chat_id=row.chat_id, thread_id=row.thread_id)
            for row in rows
        ]


def _closed_since(moment: datetime) -> ColumnElement[bool]:
    return and_(question.c.state == "closed", question.c.closed_at >= moment)


def _where(row: Any) -> ConversationRef:
    return ConversationRef(
        platform=cast(Platform, row.platform),
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        is_private=row.is_private,
    )
