"""The tables of operations; part of the same metadata as ``bot.store.schema``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table

from bot.store.schema import UtcDateTime, metadata

process: Final = Table(
    "process",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)
"""Processes that share a PostgreSQL database; ``seen_at`` by the database's own clock."""

inbox_owner: Final = Table(
    "inbox_owner",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("update_id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False, index=True),
)
"""Which process has an update of ``inbox`` in hand, where several receive; gone once answered."""

alert: Final = Table(
    "alert",
    metadata,
    Column("cause", String(48), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)
"""What the secretariat's chats were told needs a person, and were not told is well again.

``owner`` is the process that sees it, empty where every process can see it.
"""

site_key: Final = Table(
    "site_key",
    metadata,
    Column("purpose", String(16), primary_key=True),
    Column("value", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
"""Random keys made here, in hexadecimal: the one that signs links in mails."""
