"""Questions that the assistant could not answer and a person must."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, Platform
from bot.store.schema import person, question
from bot.store.schema_desk import question_message

State = Literal["open", "assigned", "waiting", "closed", "forgotten"]
ALIVE: Final = ("open", "assigned", "waiting")
"""States of a question that is not closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """``number`` is what people are told. ``first_text`` is how it was first put, if twice.

    ``candidates`` are the article ids that had been shown. For states and times see
    ``bot.store.schema.question``; ``person_id`` is 0 and ``asker`` empty once the asker is
    forgotten.
    """

    number: int
    person_id: int
    asker: str
    where: ConversationRef
    text: str
    first_text: str
    candidates: tuple[str, ...]
    language: str
    topic: str | None
    country: str | None
    state: State
    is_urgent: bool
    is_confidential: bool
    wants_article: bool
    owner: str | None
    outcome: str | None
    merged_into: int | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    nudges: int
    asker_at: datetime
    answered_at: datetime | None
    contact_at: datetime | None
    warned_at: datetime | None
    closed_at: datetime | None

    @property
    def is_alive(self) -> bool:
        """Whether it is not closed."""
        return self.state in ALIVE

    @property
    def is_owned(self) -> bool:
        """Whether a person works on it, so that the assistant keeps quiet in it."""
        return self.state in ("assigned", "waiting")


class Questions:
    """The secretariat's queue."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(
        self,
        *,
        person_id: int,
        where: ConversationRef,
        text: str,
        first_text: str = "",
        candidates: tuple[str, ...] = (),
        language: str,
        topic: str | None = None,
        country: str | None = None,
        is_urgent: bool = False,
        is_confidential: bool = False,
        now: datetime,
    ) -> int:
        """Store a question and return its number."""
        inserted = await self._connection.execute(
            insert(question)
            .values(
                person_id=person_id,
                platform=where.platform,
                chat_id=where.chat_id,
                thread_id=where.thread_id,
                is_private=where.is_private,
                text=text,
                first_text=first_text,
                candidates=json.dumps(candidates),
                language=language,
                topic=topic,
                country=country,
                state="open",
                is_urgent=is_urgent,
                is_confidential=is_confidential,
                created_at=now,
                updated_at=now,
                asker_at=now,
            )
            .returning(question.c.id)
        )
        return int(inserted.scalar_one())

    async def get(self, number: int) -> Question | None:
        """One question, or None."""
        found = await self._read(question.c.id == number, 1)
        return found[0] if found else None

    async def hold(self, number: int) -> Question | None:
        """The same, and until this transaction ends no other one changes it."""
        found = await self._read(question.c.id == number, 1, is_held=True)
        return found[0] if found else None

    async def change(self, number: int, now: datetime, **values: Any) -> None:
        """Set some columns of ``bot.store.schema.question`` by name."""
        await self._connection.execute(
            update(question).where(question.c.id == number).values(updated_at=now, **values)
        )

    async def list_open(self, limit: int = 20) -> list[Question]:
        """Questions that are not closed, urgent ones first, then the oldest."""
        return await self._read(question.c.state.in_(ALIVE), limit)

    async def count_open(self) -> int:
        """How many are not closed."""
        count = await self._connection.scalar(
            select(func.count()).select_from(question).where(question.c.state.in_(ALIVE))
        )
        return int(count or 0)

    async def of_person(
        self, person_id: int, *, limit: int = 10, only_alive: bool = False
    ) -> list[Question]:
        """Somebody's own, those not closed first, the newest of either first."""
        mine: ColumnElement[bool] = question.c.person_id == person_id
        if only_alive:
            mine = and_(mine, question.c.state.in_(ALIVE))
        is_over = question.c.state.not_in(ALIVE)
        return await self._read(mine, limit, is_over, question.c.id.desc())

    async def owned_in(self, where: ConversationRef, person_id: int) -> Question | None:
        """The person's question in this conversation that somebody works on, the latest heard."""
        found = await self._read(
            and_(
                question.c.person_id == person_id,
                question.c.platform == where.platform,
                question.c.chat_id == where.chat_id,
                question.c.thread_id == where.thread_id,
                question.c.state.in_(("assigned", "waiting")),
            ),
            1,
            func.coalesce(question.c.contact_at, question.c.created_at).desc(),
        )
        return found[0] if found else None

    async def wordless_in(
        self, where: ConversationRef, person_id: int, album: str | None
    ) -> Question | None:
        """The person's latest open question here that is a picture or file without words.

        With ``album``, the one that another picture of that album has begun, words or none.
        """
        mine = and_(
            question.c.person_id == person_id,
            question.c.platform == where.platform,
            question.c.chat_id == where.chat_id,
            question.c.thread_id == where.thread_id,
            question.c.state == "open",
        )
        if album is None:
            found = await self._read(and_(mine, question.c.text == ""), 1, question.c.id.desc())
        else:
            begun = select(question_message.c.question_id).where(question_message.c.album == album)
            found = await self._read(and_(mine, question.c.id.in_(begun)), 1)
        return found[0] if found else None

    async def load(self) -> dict[str, int]:
        """How many questions each owner has that are not closed."""
        rows = await self._connection.execute(
            select(question.c.owner, func.count())
            .where(question.c.state.in_(ALIVE), question.c.owner.is_not(None))
            .group_by(question.c.owner)
        )
        return {row[0]: int(row[1]) for row in rows}

    async def due(self, now: datetime, limit: int = 100) -> list[Question]:
        """Those whose next nudge, warning or closing is due, the most overdue first."""
        return await self._read(
            and_(question.c.state.in_(ALIVE), question.c.due_at <= now), limit, question.c.due_at
        )

    async def take_due(self, question_: Question, until: datetime) -> bool:
        """Put off what is due, so that of several processes one does it; False for the others."""
        result = await self._connection.execute(
            update(question)
            .where(question.c.id == question_.number, question.c.due_at == question_.due_at)
            .values(due_at=until)
        )
        return bool(result.rowcount)

    async def search_open(self, owner: str | None = None) -> list[Question]:
        """All that are not closed, of one owner where he is named."""
        mine: ColumnElement[bool] = question.c.state.in_(ALIVE)
        if owner is not None:
            mine = and_(mine, question.c.owner == owner)
        return await self._read(mine, 1000)

    async def _read(
        self,
        condition: ColumnElement[bool],
        limit: int,
        *order: ColumnElement[Any],
        is_held: bool = False,
    ) -> list[Question]:
        wanted = (
            select(question, person.c.name.label("asker"))
            .outerjoin_from(question, person, question.c.person_id == person.c.id)
            .where(condition)
            .order_by(*(order or (question.c.is_urgent.desc(), question.c.id)))
            .limit(limit)
        )
        if is_held:
            # Without a meaning on SQLite, where there is one writer anyway.
            wanted = wanted.with_for_update(of=question, key_share=True)
        rows = await self._connection.execute(wanted)
        return [_question(row) for row in rows]


def _question(row: Any) -> Question:
    return Question(
        number=row.id,
        person_id=row.person_id or 0,
        asker=row.asker or "",
        where=ConversationRef(
            platform=cast(Platform, row.platform),
            chat_id=row.chat_id,
            thread_id=row.thread_id,
            is_private=row.is_private,
        ),
        text=row.text,
        first_text=row.first_text,
        candidates=tuple(json.loads(row.candidates)),
        language=row.language,
        topic=row.topic,
        country=row.country,
        state=row.state,
        is_urgent=row.is_urgent,
        is_confidential=row.is_confidential,
        wants_article=row.wants_article,
        owner=row.owner,
        outcome=row.outcome,
        merged_into=row.merged_into,
        created_at=row.created_at,
        updated_at=row.updated_at or row.created_at,
        due_at=row.due_at,
        nudges=row.nudges,
        asker_at=row.asker_at or row.created_at,
        answered_at=row.answered_at,
        contact_at=row.contact_at,
        warned_at=row.warned_at,
        closed_at=row.closed_at,
    )


__all__ = ["ALIVE", "Question", "Questions", "State"]
