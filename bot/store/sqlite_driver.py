"""aiosqlite with one hop to its thread a statement instead of four.

aiosqlite makes a cursor, executes, fetches and closes in four separate trips to the connection's
thread; at some 100 µs each they were most of the cost of a turn (measured: 20 trips, 3.6 ms). This
connection does all of it in one trip. Rows past the first ``PREFETCH`` are fetched when asked for.

In a short unit of work (``Database.begin(is_short=True)``: a turn) statements make no trip at all:
they run where they are, some 20 µs each, and only what can wait (``BEGIN``, commit, rollback)
goes to the thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any, Final

import aiosqlite

PREFETCH: Final = 256

IS_SHORT: Final[ContextVar[bool]] = ContextVar("is_short", default=False)
"""Whether the statements of this task are short enough to run on the event loop."""


class OneHopCursor:
    """The part of a cursor that SQLAlchemy's aiosqlite dialect uses."""

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None
        self._rows: list[Any] = []
        self._is_exhausted = True
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> OneHopCursor:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] | None = None) -> OneHopCursor:
        """Execute and fetch the first rows."""
        if IS_SHORT.get() and not sql.startswith("BEGIN"):
            self._execute(sql, parameters or ())
        else:
            await self._connection.hop(self._execute, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> OneHopCursor:
        """Execute once for each set of parameters."""
        await self._connection.hop(self._execute_many, sql, parameters)
        return self

    async def fetchone(self) -> Any:
        """The next row or None."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next ``size`` rows."""
        wanted = size or self.arraysize
        if len(self._rows) < wanted and not self._is_exhausted:
            await self._connection.hop(self._fetch, wanted - len(self._rows))
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        return rows

    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        if not self._is_exhausted:
            await self._connection.hop(self._fetch, None)
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Give the statement back; costs a trip only where rows are left unread."""
        if self._cursor is not None and not self._is_exhausted:
            await self._connection.hop(self._cursor.close)
        self._cursor = None

    def _execute(self, sql: str, parameters: Sequence[Any]) -> None:
        cursor = self._connection.raw.execute(sql, parameters)
        self._note(cursor)
        self._rows = cursor.fetchmany(PREFETCH) if cursor.description else []
        self._is_exhausted = len(self._rows) < PREFETCH
        # With RETURNING the count is known only once the rows are read.
        self.rowcount = cursor.rowcount
        if self._is_exhausted:
            cursor.close()

    def _execute_many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        cursor = self._connection.raw.executemany(sql, parameters)
        self._note(cursor)
        cursor.close()

    def _note(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self._is_exhausted = True
        self.description = cursor.description
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid

    def _fetch(self, count: int | None) -> None:
        assert self._cursor is not None
        fetched = self._cursor.fetchall() if count is None else self._cursor.fetchmany(count)
        self._is_exhausted = count is None or len(fetched) < count
        self._rows += fetched


class OneHopConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors are ``OneHopCursor``."""

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for the thread that owns it."""
        return self._conn

    async def hop(self, function: Any, *arguments: Any) -> Any:
        """Run ``function`` on the connection's thread.

        Who is cancelled meanwhile hears of it once it has run: SQLAlchemy gives up a connection
        whose statement was cut off, and with it the units of others in the same commit.
        """
        work = asyncio.ensure_future(self._execute(function, *arguments))  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped
        is_cancelled = False
        while not work.done():
            try:
                await asyncio.wait({work})
            except asyncio.CancelledError:
                is_cancelled = True
        task = asyncio.current_task()
        if is_cancelled and task is not None:
            task.uncancel()
            task.cancel()
        return work.result()

    def cursor(self) -> Any:
        """A cursor, without a trip."""
        return OneHopCursor(self)


async def connect(path: str) -> OneHopConnection:
    """An open connection to a file, or to ``:memory:``, in autocommit: transactions are ours."""

    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(
            path,
            isolation_level=None,
            check_same_thread=False,
            timeout=30,
            uri=path.startswith("file:"),
        )

    connection = OneHopConnection(open_file, iter_chunk_size=64)
    connection._thread.daemon = True
    await connection
    return connection
