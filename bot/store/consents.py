"""To what people said yes or no, and when: a history that is only added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_members import consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """``version`` names the privacy text that was shown. ``at`` is aware and UTC."""

    purpose: str
    is_given: bool
    version: str
    platform: str
    at: datetime


class Consents:
    """The history of each person."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, person_id: int, given: Consent) -> None:
        """Write down a yes or a no."""
        await self._connection.execute(
            insert(consent).values(
                person_id=person_id,
                purpose=given.purpose,
                given=int(given.is_given),
                version=given.version,
                platform=given.platform,
                at=given.at,
            )
        )

    async def history(self, person_id: int) -> list[Consent]:
        """All of somebody's, the oldest first."""
        rows = await self._connection.execute(
            select(consent).where(consent.c.person_id == person_id).order_by(consent.c.id)
        )
        return [
            Consent(
                purpose=row.purpose,
                is_given=bool(row.given),
                version=row.version,
                platform=row.platform,
                at=row.at,
            )
            for row in rows
        ]
