"""Many units of work in one commit.

A commit that survives a power cut costs a disk flush, 1 to 10 ms. Units that come while another
is at work join its transaction under a savepoint each; the last of them commits for all, and
none of them is told of success before that. A unit that fails rolls back to its savepoint and
leaves the others alone. (The group commit of DeWitt et al., SIGMOD 1984.)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

MAX_UNITS: Final = 128
"""Units in one commit: bounds how long the first of them waits for the last."""


class GroupCommit:
    """Transactions of one engine with a single connection, taken in turn."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._connection: AsyncConnection | None = None
        self._committed: asyncio.Future[None] | None = None
        self._units = 0
        self._waiting = 0

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[AsyncConnection]:
        """One unit of work; on leaving, its changes are on disk or the exception says why not."""
        await self._take_turn()
        committed: asyncio.Future[None] | None = None
        try:
            connection, committed = await self._open()
            # The first of a group stands alone as long as it works: it needs no savepoint.
            is_alone = self._units == 1
            if not is_alone:
                await connection.exec_driver_sql("SAVEPOINT unit")
            try:
                yield connection
            except BaseException:
                await asyncio.shield(self._undo(is_alone))
                raise
        finally:
            if self._waiting and self._units < MAX_UNITS:
                self._turn.release()
            else:
                # A unit that was cancelled must not leave the others without their commit.
                await asyncio.shield(self._finish())
        await asyncio.shield(committed)

    async def _take_turn(self) -> None:
        self._waiting += 1
        try:
            await self._turn.acquire()
        except asyncio.CancelledError:
            self._waiting -= 1
            if not self._waiting and self._connection is not None and not self._turn.locked():
                async with self._turn:
                    await asyncio.shield(self._commit())
            raise
        self._waiting -= 1

    async def _open(self) -> tuple[AsyncConnection, asyncio.Future[None]]:
        if self._connection is None or self._committed is None:
            connection = await self._engine.connect()
            try:
                await connection.begin()
            except BaseException:
                await asyncio.shield(connection.close())
                raise
            self._connection = connection
            self._committed = asyncio.get_running_loop().create_future()
            # Nobody may be left to look at it when every unit of the group failed.
            self._committed.add_done_callback(_retrieve)
            self._units = 0
        self._units += 1
        return self._connection, self._committed

    async def _undo(self, is_alone: bool) -> None:
        assert self._connection is not None
        if not is_alone:
            await self._connection.exec_driver_sql("ROLLBACK TO unit")
            return
        connection, self._connection, self._committed = self._connection, None, None
        try:
            await connection.rollback()
        finally:
            await connection.close()

    async def _finish(self) -> None:
        try:
            await self._commit()
        finally:
            self._turn.release()

    async def _commit(self) -> None:
        connection, committed = self._connection, self._committed
        self._connection = self._committed = None
        if connection is None or committed is None:
            return
        try:
            try:
                await connection.commit()
            finally:
                await connection.close()
        except BaseException as error:
            committed.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            committed.set_result(None)


def _retrieve(future: asyncio.Future[None]) -> None:
    if not future.cancelled():
        future.exception()
