"""Documents of events; part of the same metadata as ``bot.store.schema``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from bot.store.schema import metadata

event_document: Final = Table(
    "event_document",
    metadata,
    Column("file_id", ForeignKey("event_file.id"), primary_key=True, autoincrement=False),
    Column("name", String(100), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", String(8), nullable=False, index=True),
    Column("handle", Text),
    Column("platform", String(16)),
    Column("chat_id", String(64)),
    Column("data", LargeBinary),
)
"""The bytes of an ``event_file`` without an address. States: wanted (lies at ``platform`` under
``handle``), kept, failed."""
