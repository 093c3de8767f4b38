"""The tables of incoming mail; part of the same metadata as ``bot.store.schema``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from bot.store.schema import UtcDateTime, metadata

mailbox_position: Final = Table(
    "mailbox_position",
    metadata,
    Column("mailbox", String(80), primary_key=True),
    Column("validity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
"""How far a mailbox is read: up to ``uid`` while the server's UIDVALIDITY is ``validity``."""

mail_file: Final = Table(
    "mail_file",
    metadata,
    Column("digest", String(32), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("question_id", ForeignKey("question.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
"""Files that came by mail, until the question is forgotten: no server keeps them for us."""
