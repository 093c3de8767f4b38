"""Rows that wait for the end of a unit, because nobody reads them in it.

On PostgreSQL several of them are one statement, with all but the last as data-modifying ``WITH``
queries (postgresql.org/docs/current/queries-with.html): each trip to the server costs a turn as
much as a look-up. SQLite has neither the trips nor such statements; there they follow one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

Statement = Callable[[str], Any]
"""From a dialect's name to a statement. Its parameters share no name with another's."""


@dataclass(slots=True)
class Write:
    """``is_void``: something else has taken its place."""

    statement: Statement
    values: dict[str, Any]
    is_void: bool = False


async def write_all(connection: AsyncConnection, writes: Sequence[Write]) -> None:
    """Carry them out in their order."""
    due = [write for write in writes if not write.is_void]
    dialect = connection.dialect.name
    statements = tuple(write.statement for write in due)
    if dialect == "sqlite" or len(due) < 2 or len(set(statements)) < len(due):
        for write in due:
            await connection.execute(write.statement(dialect), write.values)
        return
    values = {name: value for write in due for name, value in write.values.items()}
    await connection.execute(_joined(statements), values)


@cache
def _joined(statements: tuple[Statement, ...]) -> Any:
    *others, last = (statement("postgresql") for statement in statements)
    return last.add_cte(*(other.cte(f"write_{number}") for number, other in enumerate(others)))
