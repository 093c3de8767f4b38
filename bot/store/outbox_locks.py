"""A lock that the operating system or the server drops when its holder dies.

The lease tells who may send; this lock tells a stand-by at once that the sender is dead, instead
of after the lease has run out. On SQLite it is an ``flock`` on a file beside the database, on
PostgreSQL a session's advisory lock. Losing it is harmless: the epoch fences.
"""

from __future__ import annotations

import hashlib
import os
import sys

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database

if sys.platform != "win32":
    import fcntl


def key_of(name: str) -> int:
    """The number of PostgreSQL's advisory lock for a name."""
    return int.from_bytes(_digest(name), signed=True)


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=8).digest()


class TokenLock:
    """The lock of one bot token; ``try_take`` again after the connection broke."""

    def __init__(self, database: Database, token_id: str) -> None:
        self._database = database
        self._key = _digest(token_id)
        self._file: int | None = None
        self._session: AsyncConnection | None = None

    async def try_take(self) -> bool:
        """Whether this process holds the lock now; raises what ``OUTAGES`` names."""
        if self._database.is_sqlite:
            return self._take_file()
        return await self._take_session()

    async def release(self) -> None:
        """Let go; harmless where it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._session is not None:
            session, self._session = self._session, None
            # The connection goes back to a pool, so ending the session is not enough.
            await session.invalidate()
            await session.close()

    def _take_file(self) -> bool:
        path = self._database.url.database
        if self._file is not None or not path or path == ":memory:":
            return True
        if sys.platform == "win32":
            return False  # no flock: the lease alone decides
        file = os.open(
            f"{path}-sender-{self._key.hex()}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    async def _take_session(self) -> bool:
        if self._session is not None:
            try:
                await self._session.execute(text("SELECT 1"))
            except BaseException:
                await self.release()
                raise
            return True
        session = await self._database.engine.connect()
        try:
            session = await session.execution_options(isolation_level="AUTOCOMMIT")
            key = int.from_bytes(self._key, signed=True)
            is_taken = await session.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
        except BaseException:
            await session.invalidate()
            await session.close()
            raise
        if not is_taken:
            await session.close()
            return False
        self._session = session
        return True
