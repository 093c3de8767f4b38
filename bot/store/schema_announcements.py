"""The tables of announcements; part of the same metadata as ``bot.store.schema``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from bot.store.schema import ID, UtcDateTime, metadata

announcement: Final = Table(
    "announcement",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("kind", String(8), nullable=False, default="send", server_default="send"),
    Column("revises", BigInteger),
    Column("state", String(16), nullable=False),
    Column("audience", Text, nullable=False),
    Column("topic", String(32)),
    Column("on_unknown", String(8), nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("cursor", Text),
    Column("is_fanned_out", Boolean, nullable=False, default=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("wall_time", String(16)),
    Column("zone", String(64)),
    Column("quiet", String(16)),
    Column("created_by", ForeignKey("person.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_announcement_state", "state", "id"),
)
"""States: draft, proposed (waits for a second yes), running, paused, cancelled, done. ``audience``
is JSON; ``cursor`` is how far its rows are written; ``version`` counts the corrections of its text.

A correction or a recall is a row of its own: ``kind`` edit or delete, and ``revises`` is the
announcement whose copies it changes. ``wall_time`` (``2026-05-01T09:00``) is the local time at
which each recipient is due, and ``quiet`` (``21:00-07:00``) when nobody is written to; ``zone``
is for chats whose zone is not known.
"""

announcement_text: Final = Table(
    "announcement_text",
    metadata,
    Column("announcement_id", ForeignKey("announcement.id"), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("payload", Text, nullable=False),
)
"""The message in each language it was written in; the empty language is the fallback."""

announcement_count: Final = Table(
    "announcement_count",
    metadata,
    Column("announcement_id", ForeignKey("announcement.id"), primary_key=True),
    Column("platform", String(16), primary_key=True),
    Column("state", String(8), primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""Running totals: ``queued`` by the fan-out, the rest by the sender, so that neither waits."""

announcement_file: Final = Table(
    "announcement_file",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("announcement_id", ForeignKey("announcement.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("alt", Text, nullable=False, default=""),
    Column("state", String(8), nullable=False),
    Column("error", String(40)),
    Column("handle", Text),
    Column("platform", String(16)),
    Column("chat_id", String(64)),
    Column("data", LargeBinary),
)
"""Pictures and documents. States: wanted (``data`` has yet to be fetched by its ``handle`` from the
platform and chat it was sent to, which are null from then on), kept, failed (``error``: gone, size,
kind)."""

announcement_review: Final = Table(
    "announcement_review",
    metadata,
    Column("announcement_id", ForeignKey("announcement.id"), primary_key=True, autoincrement=False),
    Column("proposed_by", ForeignKey("person.id")),
    Column("proposed_at", UtcDateTime),
    Column("decided_by", ForeignKey("person.id")),
    Column("decided_at", UtcDateTime),
    Column("is_approved", Integer),
    Column("corrects", BigInteger),
)
"""Who wrote a draft off as ready, and the second person's yes (1) or no (0).

``corrects``: the draft is a correction of that announcement, and waits for a yes.
"""

announcement_watch: Final = Table(
    "announcement_watch",
    metadata,
    Column("announcement_id", ForeignKey("announcement.id"), primary_key=True, autoincrement=False),
    Column("platform", String(16), primary_key=True),
    Column("chat_id", String(64), primary_key=True),
    Column("message_id", String(64), nullable=False),
    Column("is_private", Integer, nullable=False),
    Column("language", String(8), nullable=False),
    Column("shown", String(64), nullable=False, default=""),
)
"""Messages that show an announcement's progress and are kept fresh; ``shown`` is a digest of what
stands there."""

announcement_sample: Final = Table(
    "announcement_sample",
    metadata,
    Column("announcement_id", ForeignKey("announcement.id"), primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, primary_key=True),
    Column("settled", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("meant", BigInteger),
)
"""How far an announcement had got, every few seconds while it runs: for its rate and its chart.
``meant``: for how many recipients it was begun, in its first row."""
