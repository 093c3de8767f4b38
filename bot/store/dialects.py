"""The few statements that SQLite and PostgreSQL share under another import."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def upsert(connection: AsyncConnection, table: Table) -> Any:
    """``INSERT`` into ``table`` with ``on_conflict_do_update`` and ``…_nothing``.

    Typed loosely: the two dialects' classes share these methods but no base that has them.
    """
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
