"""Keys that this installation made for itself, the same in all of its processes."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema_operations import site_key


class SiteKeys:
    """256 random bits for each purpose."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, purpose: str, now: datetime) -> bytes:
        """The key, made on first use."""
        await self._connection.execute(
            upsert(self._connection, site_key)
            .values(purpose=purpose, value=secrets.token_hex(32), made_at=now)
            .on_conflict_do_nothing()
        )
        value = await self._connection.scalar(
            select(site_key.c.value).where(site_key.c.purpose == purpose)
        )
        return bytes.fromhex(str(value))
