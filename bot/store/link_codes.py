"""One-time codes with which a person joins a second account to the first."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_members import link_code

VALID_FOR: Final = timedelta(minutes=10)
LENGTH: Final = 10
_SIGNS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""No I, L, O, U, 0 and 1: 49 bits that can be read aloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOffer:
    """Who made a code, and where."""

    person_id: int
    platform: str


class LinkCodes:
    """At most one code a person: a new one replaces the last."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def make(
        self, person_id: int, platform: str, now: datetime, *, valid_for: timedelta = VALID_FOR
    ) -> str:
        """A fresh code; only its digest is kept."""
        await self._connection.execute(delete(link_code).where(link_code.c.person_id == person_id))
        code = "".join(secrets.choice(_SIGNS) for _ in range(LENGTH))
        await self._connection.execute(
            insert(link_code).values(
                code_hash=_digest(code),
                person_id=person_id,
                platform=platform,
                expires_at=now + valid_for,
            )
        )
        return code

    async def find(self, code: str, now: datetime) -> LinkOffer | None:
        """Who made the code, if it still counts."""
        row = (
            await self._connection.execute(
                select(link_code.c.person_id, link_code.c.platform).where(
                    link_code.c.code_hash == _digest(code), link_code.c.expires_at > now
                )
            )
        ).first()
        return None if row is None else LinkOffer(person_id=row.person_id, platform=row.platform)

    async def use(self, code: str) -> bool:
        """Spend a code; False where it was spent before."""
        result = await self._connection.execute(
            delete(link_code).where(link_code.c.code_hash == _digest(code))
        )
        return bool(result.rowcount)

    async def forget_expired(self, now: datetime) -> int:
        """Drop what is too old; returns how many."""
        result = await self._connection.execute(
            delete(link_code).where(link_code.c.expires_at <= now)
        )
        return int(result.rowcount)


def tidy(code: str) -> str:
    """A code as typed, with spaces, dashes and small letters taken out."""
    return "".join(sign for sign in code.upper() if sign in _SIGNS)


def _digest(code: str) -> str:
    return hashlib.sha256(b"insop-link\0" + tidy(code).encode()).hexdigest()
