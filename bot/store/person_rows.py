"""Where rows about people stand: read from the tables themselves, so that none is forgotten.

A table belongs to a person by a foreign key to ``person``, by the account that acted, or by the
private chat that it speaks of. ``PERSONAL`` and ``IMPERSONAL`` name every table that has none of
these; a test holds them against the schema.
"""

from __future__ import annotations

from typing import Final, cast

from sqlalchemy import Column, ColumnElement, Table, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import Platform, private_chat_with
from bot.store.schema import account, metadata, person, question

Pair = tuple[str, str]
"""A platform, and an account's or a chat's number on it."""

PERSONAL: Final = frozenset({"person", "inbox", "mail_file", "letter_refusal"})
"""Handled by name when somebody is forgotten."""
IMPERSONAL: Final = frozenset(
    {
        "contact_absence",
        *("announcement_text", "announcement_count"),
        *("announcement_sample", "sender_lease"),
        *("event_text", "event_file", "event_feed", "event_mirror", "occurrence"),
        *("alert", "process", "inbox_owner", "site_key", "mailbox_position", "heard"),
    }
)
"""Tables without a word about anybody."""


def person_columns() -> list[tuple[Table, Column[int]]]:
    """All columns that point at a person."""
    return [
        (table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if any(key.references(person) for key in column.foreign_keys)
    ]


def account_tables() -> list[Table]:
    """Tables by platform and account, the accounts themselves left out."""
    return [
        table
        for table in metadata.sorted_tables
        if {"platform", "account_id"} <= set(table.columns.keys()) and table is not account
    ]


def chat_tables() -> list[Table]:
    """Tables by platform and chat, without those that point at a person or an account."""
    pointing = {table.name for table, _ in person_columns()}
    return [
        table
        for table in metadata.sorted_tables
        if {"platform", "chat_id"} <= set(table.columns.keys())
        and "account_id" not in table.columns
        and table.name not in pointing
    ]


def among(table: Table, column: str, pairs: set[Pair]) -> ColumnElement[bool]:
    """The condition that a row's platform and ``column`` are one of ``pairs``."""
    return or_(
        false(),
        *(and_(table.c.platform == platform, table.c[column] == key) for platform, key in pairs),
    )


async def accounts_of(connection: AsyncConnection, person_id: int) -> set[Pair]:
    """Platform and number of each account."""
    rows = await connection.execute(
        select(account.c.platform, account.c.account_id).where(account.c.person_id == person_id)
    )
    return {(row.platform, row.account_id) for row in rows}


async def private_chats_of(
    connection: AsyncConnection, person_id: int, accounts: set[Pair]
) -> set[Pair]:
    """The chats in which the assistant speaks with nobody else.

    Its number is the account's on Telegram and in the terminal. On Discord it is the account
    with a mark, and another one where the person asked something: rows with ``is_private`` tell.
    """
    chats = accounts | {
        private_chat_with(cast(Platform, platform), number).key[:2] for platform, number in accounts
    }
    home = (
        await connection.execute(
            select(person.c.home_platform, person.c.home_chat).where(person.c.id == person_id)
        )
    ).first()
    if home is not None and home.home_chat is not None:
        chats.add((home.home_platform, home.home_chat))
    asked = await connection.execute(
        select(question.c.platform, question.c.chat_id)
        .where(question.c.person_id == person_id, question.c.is_private)
        .distinct()
    )
    chats |= {(row.platform, row.chat_id) for row in asked}
    return chats
