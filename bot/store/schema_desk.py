"""The tables of the question desk; part of the same metadata as ``bot.store.schema``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    text,
    true,
)

from bot.store.schema import ID, UtcDateTime, delivery, metadata

question_message: Final = Table(
    "question_message",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("question_id", ForeignKey("question.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("author", String(200), nullable=False, default=""),
    Column("text", Text, nullable=False),
    Column("language", String(8)),
    Column("album", String(64)),
    Column("files", Text, nullable=False, default="[]"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("deleted_at", UtcDateTime),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
)
"""What was said in a question, in order of ``id``. Kinds: asker, contact (told to the asker), note
(among contacts only), bot (what the assistant had tried, and what it told both sides).

``text`` is markup (``bot.chat.markup``); ``files`` is JSON, see ``bot.store.question_messages``.
``version`` counts the changes by its author; each copy knows which one it shows.
"""

question_copy: Final = Table(
    "question_copy",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("message_id", ForeignKey("question_message.id"), nullable=False, index=True),
    Column("platform", String(16), nullable=False),
    Column("chat_id", String(64), nullable=False),
    Column("thread_id", String(64), nullable=False),
    Column("is_private", Boolean, nullable=False, default=True, server_default=true()),
    Column("is_origin", Boolean, nullable=False),
    Column("source", String(80), unique=True),
    Column("message_ref", String(200)),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
    Column("state", String(8), nullable=False),
    Column("reported_at", UtcDateTime),
    Index("ix_question_copy_ref", "platform", "chat_id", "message_ref"),
    Index("ix_question_copy_state", "state", "id"),
)
"""Where each message stands: as it was written (``is_origin``) and every relayed copy.

``source`` is the outbox row that carries the copy. ``state`` is queued until that row is final,
then sent, failed, blocked or unknown; ``message_ref`` is the platform's number of the message (a
mail's Message-ID). ``reported_at``: the other side was told that it failed. The ``state`` of an
origin says what sign it waits for, see ``bot.store.question_marks``.
"""

question_event: Final = Table(
    "question_event",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("question_id", ForeignKey("question.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("actor", String(80), nullable=False, default=""),
    Column("detail", String(200), nullable=False, default=""),
)
"""A question's history: opened, routed, claimed, assigned, answered, nudged, escalated, warned,
closed, reopened, merged, withdrawn. ``actor`` is a contact's id; ``detail`` holds ids."""

desk_thread: Final = Table(
    "desk_thread",
    metadata,
    Column("question_id", ForeignKey("question.id"), primary_key=True, autoincrement=False),
    Column("platform", String(16), primary_key=True),
    Column("desk", String(64), primary_key=True),
    Column("chat_id", String(64), nullable=False),
    Column("thread_id", String(64), nullable=False),
    Column("is_private", Boolean, nullable=False, default=False, server_default=false()),
    Column("has_thread", Boolean, nullable=False, default=False, server_default=false()),
    Column("title", String(200), nullable=False, default=""),
    Column("shown", String(200), nullable=False, default=""),
    Column("state", String(8), nullable=False),
    Column("tries", Integer, nullable=False, default=0, server_default="0"),
    Column("head_ref", String(200)),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_desk_thread_address", "platform", "chat_id", "thread_id"),
    Index("ix_desk_thread_state", "state", "platform"),
)
"""A question's place at a desk: a Telegram topic, a Discord thread, a contact's mailbox.

``desk`` is the desk's chat (a contact's id by e-mail); ``chat_id`` and ``thread_id`` are where to
send. ``has_thread``: the question has the place for itself, else replies tell questions
apart. States: wanted (to be made), open, lost (deleted by somebody; to be made anew), refused.
``title`` is the name that the thread shall have, ``shown`` the one that it has; ``head_ref`` is the
first message, with the buttons.
"""

contact_absence: Final = Table(
    "contact_absence",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("contact", String(80), nullable=False, index=True),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
)
"""When a contact is away, beside what ``contacts.toml`` says; open-ended without ``until``."""

_UNDERWAY: Final = "lane = 1 AND state IN ('ready', 'claimed', 'sending')"

relay_order: Final = Index(
    "ix_delivery_relay",
    delivery.c.platform,
    delivery.c.chat_id,
    delivery.c.thread_id,
    delivery.c.id,
    sqlite_where=text(_UNDERWAY),
    postgresql_where=text(_UNDERWAY),
)
"""For the order of relays: what goes to one place waits for what was queued there before."""
