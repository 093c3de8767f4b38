"""How far a platform was listened to; part of the same metadata as ``bot.store.schema``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table

from bot.store.schema import UtcDateTime, metadata

heard: Final = Table(
    "heard",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)
"""Until when everything that was said on a platform has been taken in. It stands still while the
platform is not listened to, and until what was said meanwhile has been caught up with."""
