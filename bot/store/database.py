"""The connection to the database, and one transaction after another on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import URL, AsyncAdaptedQueuePool, event, make_url, text
from sqlalchemy.exc import InvalidatePoolError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store import sqlite_driver
from bot.store.grouping import GroupCommit
from bot.store.unit import Store

HEAD: Final = "0012"
"""The migration that this release of the code is written for."""

_SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    # What is deleted is overwritten with zeros.
    "PRAGMA secure_delete=ON",
)


_FRESH: Final = 1.0
"""Seconds of rest after which a connection to PostgreSQL is asked whether it still works."""


class DatabaseError(Exception):
    """The database cannot be used; one plain sentence that says what to do."""


class Database:
    """An engine and its transactions.

    SQLite gets a single connection a process: its writers take turns in any case, waiting for
    the connection is fairer and cheaper than ``SQLITE_BUSY``, and units that queue up share a
    commit (``bot.store.grouping``). PostgreSQL gets a pool.
    """

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _create_engine(self.url, pool_size)
        self._group = GroupCommit(self.engine) if self.is_sqlite else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give all connections back; call it before the event loop ends."""
        await asyncio.shield(self.engine.dispose())

    @asynccontextmanager
    async def begin(self, *, is_short: bool = False) -> AsyncIterator[Store]:
        """A unit of work: committed at the end, rolled back when an exception leaves it.

        ``is_short`` lets its statements run on the event loop, for the few quick ones of a turn.
        """
        sqlite_driver.IS_SHORT.set(is_short)
        try:
            async with self.connect() as connection:
                store = Store(connection)
                yield store
                await store.write_rest()
        finally:
            sqlite_driver.IS_SHORT.set(False)
        if store.eraser.has_erased:
            await self.empty_log()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A bare connection in a transaction, for repositories that run their own statements."""
        async with self._group.unit() if self._group else self.engine.begin() as connection:
            yield connection

    async def empty_log(self) -> None:
        """Empty SQLite's write-ahead log, which holds pages as they were before an erasure.

        Does what it can: a reader of the file may hold the log for a while.
        """
        if not self.is_sqlite:
            return
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            await driver.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def revision(self) -> str | None:
        """The migration that the database is at; None for an empty one.

        Raises ``DatabaseError`` where the server cannot be reached or refuses.
        """
        try:
            async with self.engine.connect() as connection:
                if not await connection.run_sync(_has_version_table):
                    return None
                row = await connection.scalar(text("SELECT version_num FROM alembic_version"))
                return None if row is None else str(row)
        except (SQLAlchemyError, OSError) as error:
            is_far = not self.is_sqlite
            raise DatabaseError(
                f"The database at {self.place} cannot be {'reached' if is_far else 'used'}: "
                f"{_reason(error)}. "
                f"Check [database] url{' and that the server runs' if is_far else ''}."
            ) from error

    @property
    def place(self) -> str:
        """The address without its password, for people."""
        return self.url.render_as_string(hide_password=True)


def async_url(url: str) -> URL:
    """``url`` with the async driver, a SQLite file's folder made; raises ``DatabaseError``."""
    try:
        parsed = make_url(url)
    except (SQLAlchemyError, ValueError) as error:
        raise DatabaseError("[database] url is not a database URL.") from error
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            folder = Path(parsed.database).parent
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DatabaseError(
                    f"The folder {folder} of [database] url cannot be made: {error.strerror}."
                ) from error
        return parsed.set(drivername="sqlite+aiosqlite")
    return parsed.set(drivername="postgresql+psycopg")


def _create_engine(url: URL, pool_size: int) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        engine = create_async_engine(
            url, pool_size=pool_size, max_overflow=0, pool_timeout=30, hide_parameters=True
        )
        _ask_rested(engine)
        return engine
    path = url.database or ":memory:"
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        async_creator=lambda: sqlite_driver.connect(path),
        # Every unit commits or rolls back by itself: one more rollback would be one more trip.
        pool_reset_on_return=None,
        # An error quotes what was written otherwise, and errors are logged.
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in _SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _ask_rested(engine: AsyncEngine) -> None:
    """Ask a connection whether its server is there, unless it was at work just now.

    SQLAlchemy's ``pool_pre_ping`` asks every time, which is one trip in ten of a turn.
    """
    dialect: Any = engine.sync_engine.dialect

    @event.listens_for(engine.sync_engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.pop("rests_since", None)
        if since is None or time.monotonic() - since < _FRESH:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError("the server was away") from error


def _reason(error: BaseException) -> str:
    """The driver's own first line, which holds no password, such as "database is locked"."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(cause).__name__


def _has_version_table(connection: Any) -> bool:
    return bool(connection.dialect.has_table(connection, "alembic_version"))
