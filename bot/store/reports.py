"""What was asked and answered in a stretch of time, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import feedback, question
from bot.store.schema_teaching import asked
from knowledge.gaps import Unanswered

OPEN = ("open", "assigned", "waiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Questions by one thing; the empty name stands for what is not known."""

    topic: dict[str, int]
    language: dict[str, int]
    country: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``asked`` counts questions to the assistant, ``handed`` those put before people.

    ``seconds`` are the times from a question to its first answer by a person, of questions
    answered in the time; ``decisions`` are the search's words, see ``knowledge.answering``.
    """

    asked: Counts
    handed: Counts
    decisions: dict[str, int]
    handed_over: int
    answered_by_people: int
    seconds: tuple[float, ...]
    open: int
    refused: int
    wrong: dict[str, int]
    unanswered: tuple[Unanswered, ...]

    @property
    def total(self) -> int:
        """Questions to the assistant."""
        return sum(self.decisions.values())

    @property
    def answered_by_bot(self) -> int:
        """Questions after which an article, values or a choice of articles was shown."""
        return sum(self.decisions.get(name, 0) for name in ("answer", "limits", "suggest"))


class Reports:
    """Reads only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def between(self, since: datetime, until: datetime) -> Report:
        """From ``since`` up to ``until``, both aware; what is open is counted now."""
        in_asked = (asked.c.at >= since, asked.c.at < until)
        in_handed = (question.c.created_at >= since, question.c.created_at < until)
        decisions = await self._by(asked.c.decision, *in_asked)
        seconds = await self._answer_times(since, until)
        still_open = await self._connection.scalar(
            select(func.count()).select_from(question).where(question.c.state.in_(OPEN))
        )
        return Report(
            asked=await self._counts(asked, *in_asked),
            handed=await self._counts(question, *in_handed),
            decisions=decisions,
            handed_over=sum((await self._by(question.c.language, *in_handed)).values()),
            answered_by_people=len(seconds),
            seconds=tuple(sorted(seconds)),
            open=int(still_open or 0),
            refused=decisions.get("handoff", 0),
            wrong=await self._by(
                feedback.c.article,
                feedback.c.vote < 0,
                feedback.c.at >= since,
                feedback.c.at < until,
            ),
            unanswered=tuple(await self._unanswered(since, until)),
        )

    async def _counts(self, table: Any, *conditions: Any) -> Counts:
        return Counts(
            topic=await self._by(table.c.topic, *conditions),
            language=await self._by(table.c.language, *conditions),
            country=await self._by(table.c.country, *conditions),
        )

    async def _by(self, column: Any, *conditions: Any) -> dict[str, int]:
        rows = await self._connection.execute(
            select(column, func.count().label("number")).where(*conditions).group_by(column)
        )
        counts = Counter({row[0] or "": int(row.number) for row in rows})
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    async def _answer_times(self, since: datetime, until: datetime) -> list[float]:
        rows = await self._connection.execute(
            select(question.c.created_at, question.c.answered_at).where(
                question.c.answered_at >= since, question.c.answered_at < until
            )
        )
        return [(row.answered_at - row.created_at).total_seconds() for row in rows]

    async def _unanswered(self, since: datetime, until: datetime) -> list[Unanswered]:
        """The wording of what found no article, and of what was handed over at once."""
        missed = await self._connection.execute(
            select(asked.c.words, asked.c.language)
            .where(asked.c.at >= since, asked.c.at < until, asked.c.words != "")
            .order_by(asked.c.id)
        )
        found = [Unanswered(text=row.words, language=row.language) for row in missed]
        handed = await self._connection.execute(
            select(question.c.text, question.c.language)
            .where(
                question.c.created_at >= since,
                question.c.created_at < until,
                question.c.text != "",
                # What was asked before it was handed over is among the missed already.
                question.c.first_text == "",
            )
            .order_by(question.c.id)
        )
        return found + [Unanswered(text=row.text, language=row.language) for row in handed]
