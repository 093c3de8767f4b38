"""Articles made of answers, on their way to the library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, Platform
from bot.store.schema import person, question
from bot.store.schema_desk import question_message
from bot.store.schema_members import membership
from bot.store.schema_teaching import article_draft

State = Literal["draft", "review", "published", "dropped"]
ALIVE: Final = ("draft", "review")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDraft:
    """``content`` is the English file; ``sources`` are TOML tables of sources of its own."""

    id: int
    question: int | None
    article: str
    content: str
    sources: tuple[dict[str, str], ...]
    state: State
    author_id: int | None
    reviewer_id: int | None
    is_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What an article can be made of: texts as they were written, and the names in play."""

    asked: tuple[str, ...]
    answer: str
    names: tuple[str, ...]
    topic: str
    language: str
    is_closed: bool
    is_confidential: bool

    @property
    def is_english(self) -> bool:
        """Whether the asker's words can stand as examples in the English file."""
        return self.language == "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Somebody who asked, and wished to hear of an article."""

    question: int
    merged_into: int | None
    text: str
    language: str
    to: ConversationRef


class ArticleDrafts:
    """A published one is written to the folder of own articles by ``bot.delivery.own_articles``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        *,
        question: int | None,
        article: str,
        content: str,
        sources: tuple[dict[str, str], ...],
        author_id: int,
        now: datetime,
    ) -> int:
        """Keep a new draft; returns its number."""
        inserted = await self._connection.execute(
            insert(article_draft)
            .values(
                question_id=question,
                article=article,
                content=content,
                sources=json.dumps(sources, ensure_ascii=False),
                state="draft",
                author_id=author_id,
                created_at=now,
                updated_at=now,
            )
            .returning(article_draft.c.id)
        )
        return int(inserted.scalar_one())

    async def get(self, number: int) -> ArticleDraft | None:
        """One draft."""
        found = await self._read(article_draft.c.id == number)
        return found[0] if found else None

    async def of_question(self, question: int) -> ArticleDraft | None:
        """The one that is made of a question, unless it was dropped."""
        found = await self._read(
            article_draft.c.question_id == question, article_draft.c.state != "dropped"
        )
        return found[0] if found else None

    async def with_name(self, article: str) -> list[ArticleDraft]:
        """Those of the same name that were not dropped."""
        return await self._read(
            article_draft.c.article == article, article_draft.c.state != "dropped"
        )

    async def change(
        self, number: int, was: State, state: State, now: datetime, **values: Any
    ) -> bool:
        """Go on to ``state``; False where the draft is not ``was`` any more."""
        result = await self._connection.execute(
            update(article_draft)
            .where(article_draft.c.id == number, article_draft.c.state == was)
            .values(state=state, updated_at=now, **values)
        )
        return bool(result.rowcount)

    async def rewrite(
        self, number: int, content: str, sources: tuple[dict[str, str], ...], now: datetime
    ) -> bool:
        """Another text for a draft that nobody reviews yet."""
        written = json.dumps(sources, ensure_ascii=False)
        return await self.change(number, "draft", "draft", now, content=content, sources=written)

    async def published(self) -> list[ArticleDraft]:
        """Everything that belongs into the folder."""
        return await self._read(article_draft.c.state == "published")

    async def untold(self) -> list[ArticleDraft]:
        """Published ones whose askers have not been told yet."""
        return await self._read(
            article_draft.c.state == "published", article_draft.c.told_at.is_(None)
        )

    async def told(self, number: int, now: datetime) -> bool:
        """Note it; False where somebody else did."""
        result = await self._connection.execute(
            update(article_draft)
            .where(article_draft.c.id == number, article_draft.c.told_at.is_(None))
            .values(told_at=now)
        )
        return bool(result.rowcount)

    async def in_hand(self, limit: int) -> list[ArticleDraft]:
        """Those that are written or reviewed, the oldest first."""
        return (await self._read(article_draft.c.state.in_(ALIVE)))[:limit]

    async def answered_without(self, limit: int) -> list[int]:
        """Closed questions that a person answered, without an article of it, the newest first."""
        taken = select(article_draft.c.question_id).where(
            article_draft.c.question_id == question.c.id, article_draft.c.state != "dropped"
        )
        rows = await self._connection.scalars(
            select(question.c.id)
            .where(
                question.c.state == "closed",
                question.c.answered_at.is_not(None),
                ~question.c.is_confidential,
                ~taken.exists(),
            )
            .order_by(question.c.id.desc())
            .limit(limit)
        )
        return list(rows)

    async def material(self, number: int) -> Material | None:
        """What was asked and answered in a question that is not forgotten."""
        row = (
            await self._connection.execute(
                select(question, person.c.name.label("asker"), membership.c.name.label("member"))
                .outerjoin(person, person.c.id == question.c.person_id)
                .outerjoin(membership, membership.c.person_id == question.c.person_id)
                .where(question.c.id == number, question.c.state != "forgotten")
            )
        ).first()
        if row is None or not row.text:
            return None
        said = await self._connection.execute(
            select(question_message.c.text, question_message.c.author)
            .where(
                question_message.c.question_id == number,
                question_message.c.kind == "contact",
                question_message.c.deleted_at.is_(None),
            )
            .order_by(question_message.c.id)
        )
        answers = said.all()
        return Material(
            asked=(row.text, row.first_text),
            answer="\n".join(each.text for each in answers),
            names=(row.asker or "", row.member or "", *(each.author for each in answers)),
            topic=row.topic or "",
            language=row.language,
            is_closed=row.state == "closed",
            is_confidential=row.is_confidential,
        )

    async def wishing(self) -> list[Wish]:
        """Askers who want to hear when an article answers them."""
        rows = await self._connection.execute(
            select(question)
            .where(question.c.wants_article, question.c.chat_id != "")
            .order_by(question.c.id)
        )
        return [
            Wish(
                question=row.id,
                merged_into=row.merged_into,
                text=row.text,
                language=row.language,
                to=ConversationRef(
                    platform=cast(Platform, row.platform),
                    chat_id=row.chat_id,
                    thread_id=row.thread_id,
                    is_private=row.is_private,
                ),
            )
            for row in rows
        ]

    async def fulfil(self, number: int) -> None:
        """The asker of a question has been told."""
        await self._connection.execute(
            update(question).where(question.c.id == number).values(wants_article=False)
        )

    async def forget_asker(self, person_id: int) -> None:
        """Drop what is being made of somebody's words and has not been published."""
        theirs = select(question.c.id).where(question.c.person_id == person_id)
        await self._connection.execute(
            delete(article_draft).where(
                article_draft.c.question_id.in_(theirs), article_draft.c.state != "published"
            )
        )

    async def _read(self, *conditions: Any) -> list[ArticleDraft]:
        rows = await self._connection.execute(
            select(article_draft).where(*conditions).order_by(article_draft.c.id)
        )
        return [
            ArticleDraft(
                id=row.id,
                question=row.question_id,
                article=row.article,
                content=row.content,
                sources=tuple(json.loads(row.sources)),
                state=cast(State, row.state),
                author_id=row.author_id,
                reviewer_id=row.reviewer_id,
                is_told=row.told_at is not None,
            )
            for row in rows
        ]
