"""What members told us about themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema_members import membership

State = Literal["unconfirmed", "applied", "member", "left"]
PAGE: Final = 500
_LISTS: Final = ("interests", "languages", "receives")


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One member. Times are aware and UTC; see ``bot.store.schema_members.membership``."""

    person_id: int
    state: State
    name: str
    joined_at: datetime
    source: str = "chat"
    email: str | None = None
    email_confirmed_at: datetime | None = None
    country: str | None = None
    stakeholder: str | None = None
    organisation: str = ""
    interests: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    receives: tuple[str, ...] = ()
    consented_at: datetime | None = None
    approved_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody is a member who said yes to that, not only on a list."""
        return self.state == "member" and self.consented_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFilter:
    """What a list is narrowed by; None and empty mean: anything. ``words`` must all occur."""

    words: str = ""
    state: str | None = None
    country: str | None = None
    stakeholder: str | None = None
    has_consented: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for a query over ``membership``."""
        table = membership.c
        found: list[ColumnElement[bool]] = [
            table.search.contains(word, autoescape=True) for word in self.words.casefold().split()
        ]
        if self.state is not None:
            found.append(table.state == self.state)
        if self.country is not None:
            found.append(table.country == self.country)
        if self.stakeholder is not None:
            found.append(table.stakeholder == self.stakeholder)
        if self.has_consented is not None:
            found.append(table.consented_at.is_not(None) == self.has_consented)
        return found


class Memberships:
    """At most one row a person."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, person_id: int) -> Membership | None:
        """Somebody's membership, even one that was ended, or None."""
        found = await self.find_where(membership.c.person_id == person_id, limit=1)
        return found[0] if found else None

    async def save(self, member: Membership, now: datetime) -> None:
        """Write it, whether it was there or not."""
        values = _values(member, now)
        await self._connection.execute(
            upsert(self._connection, membership)
            .values(**values)
            .on_conflict_do_update(index_elements=[membership.c.person_id], set_=values)
        )

    async def add_all(self, members: Sequence[Membership], now: datetime) -> None:
        """Write new ones in one statement."""
        if members:
            await self._connection.execute(
                insert(membership), [_values(member, now) for member in members]
            )

    async def remove(self, person_id: int) -> None:
        """Take it away for good."""
        await self._connection.execute(
            delete(membership).where(membership.c.person_id == person_id)
        )

    async def by_email(self, email: str) -> list[Membership]:
        """Whoever gave this address; an address is compared without regard to case."""
        return await self.find_where(membership.c.email == email.lower(), limit=PAGE)

    async def find(self, wanted: MemberFilter, *, offset: int = 0, limit: int) -> list[Membership]:
        """Members by name."""
        rows = await self._connection.execute(
            select(membership)
            .where(*wanted.conditions())
            .order_by(membership.c.search, membership.c.person_id)
            .offset(offset)
            .limit(limit)
        )
        return [_read(row) for row in rows]

    async def find_where(
        self, *conditions: ColumnElement[bool], limit: int = PAGE
    ) -> list[Membership]:
        """Members by number."""
        rows = await self._connection.execute(
            select(membership).where(*conditions).order_by(membership.c.person_id).limit(limit)
        )
        return [_read(row) for row in rows]

    async def each(self, wanted: MemberFilter) -> AsyncIterator[Membership]:
        """All that fit, by number, a page at a time."""
        last = 0
        while True:
            page = await self.find_where(*wanted.conditions(), membership.c.person_id > last)
            for member in page:
                yield member
            if len(page) < PAGE:
                return
            last = page[-1].person_id

    async def count(self, wanted: MemberFilter) -> int:
        """How many fit."""
        count = await self._connection.scalar(
            select(func.count()).select_from(membership).where(*wanted.conditions())
        )
        return int(count or 0)

    async def counts(self, by: Literal["country", "stakeholder", "state"]) -> dict[str, int]:
        """Members by one field, the largest first; the state counts those who left, too."""
        column = membership.c[by]
        query = select(column, func.count().label("number")).group_by(column)
        if by != "state":
            query = query.where(membership.c.state == "member")
        rows = await self._connection.execute(query.order_by(func.count().desc(), column))
        return {row[0] or "": int(row.number) for row in rows}

    async def joined_times(self) -> list[datetime]:
        """When those who are members joined, for counting by month."""
        rows = await self._connection.scalars(
            select(membership.c.joined_at)
            .where(membership.c.state == "member")
            .order_by(membership.c.joined_at)
        )
        return list(rows)

    async def left_before(self, moment: datetime) -> list[int]:
        """Numbers of those who left before ``moment``."""
        rows = await self._connection.scalars(
            select(membership.c.person_id).where(
                membership.c.state == "left", membership.c.left_at < moment
            )
        )
        return list(rows)


_FIELDS: Final = tuple(field.name for field in fields(Membership))


def _values(member: Membership, now: datetime) -> dict[str, Any]:
    values = {name: getattr(member, name) for name in _FIELDS}
    values |= {name: ",".join(values[name]) for name in _LISTS}
    values["email"] = member.email.lower() if member.email else None
    words = (member.name, member.email or "", member.organisation)
    return {**values, "search": " ".join(words).casefold(), "updated_at": now}


def _read(row: Any) -> Membership:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {name: tuple(filter(None, values[name].split(","))) for name in _LISTS}
    values["state"] = cast(State, values["state"])
    return Membership(**values)
