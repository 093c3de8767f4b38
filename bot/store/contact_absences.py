"""When contacts are away, beside the holidays of ``contacts.toml``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_desk import contact_absence


class ContactAbsences:
    """A contact says so in the chat."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begin(self, contact: str, now: datetime, until: datetime | None) -> None:
        """Away from now on, until a moment or until further notice; replaces what was said."""
        await self.end(contact, now)
        await self._connection.execute(
            insert(contact_absence).values(contact=contact, since=now, until=until)
        )

    async def end(self, contact: str, now: datetime) -> None:
        """Back again."""
        await self._connection.execute(
            update(contact_absence)
            .where(
                contact_absence.c.contact == contact,
                or_(contact_absence.c.until.is_(None), contact_absence.c.until > now),
            )
            .values(until=now)
        )

    async def away(self, now: datetime) -> dict[str, datetime | None]:
        """Who is away now, and until when."""
        rows = await self._connection.execute(
            select(contact_absence.c.contact, contact_absence.c.until).where(
                contact_absence.c.since <= now,
                or_(contact_absence.c.until.is_(None), contact_absence.c.until > now),
            )
        )
        return {row.contact: row.until for row in rows}

    async def forget_before(self, moment: datetime) -> int:
        """Absences that are long over."""
        result = await self._connection.execute(
            delete(contact_absence).where(contact_absence.c.until < moment)
        )
        return int(result.rowcount)
