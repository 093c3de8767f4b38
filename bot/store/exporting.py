"""Everything that is held about a person, as plain data."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.letters import Letters
from bot.store.person_rows import (
    account_tables,
    accounts_of,
    among,
    chat_tables,
    person_columns,
    private_chats_of,
)
from bot.store.schema import person
from bot.store.schema_letters import letter_refusal

_LEFT_OUT: Final = frozenset({"code_hash", "salt", "address_mark", "mark", "search", "actor_id"})
"""Digests, doubles, and which member of staff did something."""
_INTERNAL: Final = frozenset(
    {"lease_until", "owner", "epoch", "attempts", "tried_at", "batch", "lane"}
)


async def everything_about(
    connection: AsyncConnection, person_id: int
) -> dict[str, list[dict[str, Any]]]:
    """Rows by table, read from whatever tables there are (see ``bot.store.person_rows``)."""
    accounts = await accounts_of(connection, person_id)
    chats = await private_chats_of(connection, person_id, accounts)
    found: dict[str, list[dict[str, Any]]] = {}

    async def read(table: Table, condition: ColumnElement[bool]) -> None:
        rows = await connection.execute(select(table).where(condition))
        plain = [_plain(row._mapping) for row in rows]
        if plain:
            found.setdefault(table.name, []).extend(plain)

    await read(person, person.c.id == person_id)
    for table, column in person_columns():
        if column.name != "actor_id":
            await read(table, column == person_id)
    for table in account_tables():
        await read(table, among(table, "account_id", accounts))
    for table in chat_tables():
        await read(table, among(table, "chat_id", chats))
    marks = await Letters(connection).marks_of(person_id)
    await read(letter_refusal, letter_refusal.c.mark.in_(marks))
    return found


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
        if name not in _LEFT_OUT and name not in _INTERNAL
    }
