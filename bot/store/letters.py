"""Which letters an address does not want, by the word of whoever reads its mail."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Final, get_args

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.mail import LetterKind
from bot.store.dialects import upsert
from bot.store.schema_letters import letter_refusal
from bot.store.schema_members import membership
from bot.store.schema_operations import site_key
from bot.store.site_keys import SiteKeys

KINDS: Final[tuple[LetterKind, ...]] = get_args(LetterKind)
KEY: Final = "letters"
"""The purpose of the key in ``store.site_keys``."""


class Letters:
    """A no belongs to the address, not to the person who named it: anybody may name any."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def mark(self, email: str, now: datetime) -> str:
        """What stands for an address: 128 bits that only this installation can make."""
        return _mark(await SiteKeys(self._connection).get(KEY, now), email)

    async def marks_of(self, person_id: int) -> list[str]:
        """Of the address that a person has confirmed; none before that."""
        email = await self._connection.scalar(
            select(membership.c.email).where(
                membership.c.person_id == person_id, membership.c.email_confirmed_at.is_not(None)
            )
        )
        key = await self._connection.scalar(
            select(site_key.c.value).where(site_key.c.purpose == KEY)
        )
        return [] if email is None or key is None else [_mark(bytes.fromhex(key), email)]

    async def refuse(self, mark: str, kind: LetterKind, now: datetime) -> bool:
        """No more letters of this kind; False where that was known."""
        result = await self._connection.execute(
            upsert(self._connection, letter_refusal)
            .values(mark=mark, kind=kind, since=now)
            .on_conflict_do_nothing()
        )
        return bool(result.rowcount)

    async def allow(self, mark: str, kind: LetterKind) -> bool:
        """Letters again; False where they were not refused."""
        result = await self._connection.execute(
            delete(letter_refusal).where(
                letter_refusal.c.mark == mark, letter_refusal.c.kind == kind
            )
        )
        return bool(result.rowcount)

    async def has_refused(self, mark: str, kind: LetterKind) -> bool:
        """Whether letters of this kind are not wanted."""
        found = await self._connection.scalar(
            select(letter_refusal.c.since).where(
                letter_refusal.c.mark == mark, letter_refusal.c.kind == kind
            )
        )
        return found is not None

    async def is_refused(self, email: str, kind: LetterKind, now: datetime) -> bool:
        """The same by the address itself."""
        return await self.has_refused(await self.mark(email, now), kind)


def _mark(key: bytes, email: str) -> str:
    return hmac.digest(key, email.strip().casefold().encode(), hashlib.sha256)[:16].hex()
