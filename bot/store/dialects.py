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
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> Any:
    """The same by the dialect's name, for statements that are built once and kept.

    Building a statement costs more than running it: those of every turn are module functions
    under ``functools.cache`` with bound parameters.
    """
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
