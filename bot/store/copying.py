"""Every row of one database into another, and a comparison of the two, row by row.

Works on plain connections of their own in a thread, beside a running assistant: the source is
read in one snapshot, so that what is copied belongs together.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Integer,
    Row,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
    text,
)

from bot.store.database import HEAD, DatabaseError
from bot.store.schema import metadata

CHUNK: Final = 2000
_STAMPED: Final = "SELECT version_num FROM alembic_version"


class CopyError(Exception):
    """A copy is not possible, or is not the same; one plain sentence."""


def plain_engine(url: URL) -> Engine:
    """A synchronous engine whose transactions see one snapshot."""
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url.set(drivername="postgresql+psycopg"), isolation_level="REPEATABLE READ"
        )
    engine = create_engine(url.set(drivername="sqlite"))

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


@contextmanager
def opened(url: URL) -> Iterator[Connection]:
    """A connection in one transaction, committed at the end."""
    engine = plain_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def copy_all(source: Connection, target: Connection) -> dict[str, int]:
    """All rows of all tables; returns how many of each. ``target`` must have empty tables."""
    check_release(source)
    check_release(target)
    counts: dict[str, int] = {}
    for table in metadata.sorted_tables:
        if target.execute(select(func.count()).select_from(table)).scalar():
            raise CopyError(f"The table {table.name} of the target is not empty.")
    for table in metadata.sorted_tables:
        counts[table.name] = 0
        for rows in _chunks(source, table):
            target.execute(insert(table), [dict(row._mapping) for row in rows])
            counts[table.name] += len(rows)
        _set_sequence(target, table)
    return counts


def compare_all(source: Connection, target: Connection) -> None:
    """Raises ``CopyError`` at the first row that differs; names its key, not its contents."""
    for table in metadata.sorted_tables:
        with closing(_rows(source, table)) as left, closing(_rows(target, table)) as right:
            for number, (ours, theirs) in enumerate(zip_longest(left, right), 1):
                if ours is None or theirs is None or tuple(ours) != tuple(theirs):
                    raise CopyError(f"Row {number} of the table {table.name} is not the same.")


def empty_all(target: Connection) -> None:
    """Drop every row, for a restore that replaces."""
    for table in reversed(metadata.sorted_tables):
        target.execute(table.delete())


def check_release(connection: Connection) -> None:
    """Raises ``CopyError`` where the tables are not this release's."""
    found = connection.execute(text(_STAMPED)).scalar()
    if found != HEAD:
        raise CopyError(
            f"A database is at migration {found}, this release needs {HEAD}. Run on it: "
            "insop db upgrade"
        )


def _rows(connection: Connection, table: Table) -> Generator[Row[Any], None, None]:
    for rows in _chunks(connection, table):
        yield from rows


def _chunks(connection: Connection, table: Table) -> Iterator[list[Row[Any]]]:
    """In the order of the key, texts by their bytes: the same on every database."""
    is_sqlite = connection.dialect.name == "sqlite"
    order = [
        column.collate("C") if isinstance(column.type, String) and not is_sqlite else column
        for column in table.primary_key.columns
    ]
    query = select(table).order_by(*order).execution_options(yield_per=CHUNK)
    result = connection.execute(query)
    try:
        for partition in result.partitions():
            yield list(partition)
    finally:
        result.close()


def _set_sequence(target: Connection, table: Table) -> None:
    """PostgreSQL counts on from the highest number; SQLite does so by itself."""
    column = table.autoincrement_column
    if target.dialect.name == "sqlite" or column is None or not isinstance(column.type, Integer):
        return
    highest = target.execute(select(func.max(column))).scalar()
    sequence = target.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"),
        {"table": table.name, "column": column.name},
    ).scalar()
    if sequence is not None and highest is not None:
        target.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :highest)"),
            {"sequence": sequence, "highest": highest},
        )


__all__ = [
    "CopyError",
    "DatabaseError",
    "check_release",
    "compare_all",
    "copy_all",
    "empty_all",
    "opened",
]
