"""How every question was decided, for counting; and the wording of those that found no answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import String, bindparam, cast, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_members import membership
from bot.store.schema_teaching import asked, label
from bot.store.writes import Write

MISSED: Final = ("rephrase", "handoff")
"""Decisions after which nobody was shown an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A question without an answer. ``source`` names it for labels."""

    source: str
    person_id: int | None
    words: str
    language: str


class Asked:
    """Rows that are only added to, until their time is over."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def adding(
        self,
        person_id: int,
        *,
        decision: str,
        language: str,
        topic: str | None,
        article: str | None,
        words: str,
        now: datetime,
    ) -> Write:
        """Count one question, at the end of the unit; the country is the member's, if any."""
        values = {
            "asked_by": person_id,
            "asked_at": now,
            "asked_decision": decision,
            "asked_language": language,
            "asked_topic": topic,
            "asked_article": article,
            "asked_words": words,
        }
        return Write(_add, values)

    async def missed_between(self, since: datetime, until: datetime) -> list[Missed]:
        """The wording of what found no answer, the oldest first."""
        return await self._read(asked.c.at >= since, asked.c.at < until)

    async def unlabelled(self, limit: int) -> list[Missed]:
        """Those that staff have not said anything about, the newest first."""
        return await self._read(
            ~exists().where(label.c.source == "asked:" + cast(asked.c.id, String)),
            limit=limit,
        )

    async def one(self, number: int) -> Missed | None:
        """One of them."""
        found = await self._read(asked.c.id == number)
        return found[0] if found else None

    async def forget_words_of(self, person_id: int) -> None:
        """Empty what somebody wrote; the eraser takes the person out of the rows."""
        await self._connection.execute(
            update(asked).where(asked.c.person_id == person_id).values(words="", country=None)
        )

    async def forget_before(self, moment: datetime) -> int:
        """Let go of people and words before ``moment``; the counts stay."""
        result = await self._connection.execute(
            update(asked)
            .where(asked.c.at < moment, asked.c.person_id.is_not(None))
            .values(person_id=None, words="", country=None)
        )
        return int(result.rowcount)

    async def _read(self, *conditions: Any, limit: int | None = None) -> list[Missed]:
        order = asked.c.id if limit is None else asked.c.id.desc()
        rows = await self._connection.execute(
            select(asked.c.id, asked.c.person_id, asked.c.words, asked.c.language)
            .where(asked.c.words != "", *conditions)
            .order_by(order)
            .limit(limit)
        )
        return [
            Missed(
                source=f"asked:{row.id}",
                person_id=row.person_id,
                words=row.words,
                language=row.language,
            )
            for row in rows
        ]


@cache
def _add(_dialect: str) -> Any:
    country = (
        select(membership.c.country)
        .where(membership.c.person_id == bindparam("asked_by"))
        .scalar_subquery()
    )
    names = ("decision", "language", "topic", "article", "words")
    # Nobody asks for the row's number: without ``inline`` it would be sent back each time.
    return (
        insert(asked)
        .inline()
        .values(
            person_id=bindparam("asked_by"),
            at=bindparam("asked_at"),
            country=country,
            **{name: bindparam(f"asked_{name}") for name in names},
        )
    )
