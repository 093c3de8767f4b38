"""Who wants no letters; part of the same metadata as ``bot.store.schema``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table

from bot.store.schema import UtcDateTime, metadata

letter_refusal: Final = Table(
    "letter_refusal",
    metadata,
    Column("mark", String(32), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)
"""Addresses whose owner said no to a kind of letter (code, question).

``mark`` is a keyed digest, so that nobody reads an address out of the table.
"""
