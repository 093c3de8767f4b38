"""The tables. ``migrations/`` builds the same ones; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in UTC on every database; SQLite keeps them without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


ID: Final = BigInteger().with_variant(Integer, "sqlite")

inbox = Table(
    "inbox",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("update_id", String(64), primary_key=True),
    Column("accepted_at", UtcDateTime, nullable=False),
    Column("payload", Text),
    Column("done_at", UtcDateTime),
    Index("ix_inbox_accepted_at", "accepted_at"),
)
"""Updates by the platform's id. ``payload`` is the raw update until it is handled and answered,
then null."""

person = Table(
    "person",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("name", String(200), nullable=False),
    Column("language", String(8)),
    Column("role", Integer, nullable=False, default=0),
    Column("created_at", UtcDateTime, nullable=False),
    Column("home_platform", String(16)),
    Column("home_chat", String(64)),
)
"""``home_*`` is the private chat in which the assistant writes to somebody by itself."""

account = Table(
    "account",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("locale", String(16)),
)
"""A person's name on one platform; one person may have several."""

conversation = Table(
    "conversation",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("chat_id", String(64), primary_key=True),
    Column("thread_id", String(64), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("state", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
"""Where each person stands in each conversation: last article, misses, candidates."""

draft = Table(
    "draft",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("chat_id", String(64), primary_key=True),
    Column("thread_id", String(64), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("form", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""A form being filled in, one question at a time."""

chat = Table(
    "chat",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("chat_id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("migrated_to", String(64)),
    Column("language", String(8)),
    Column("is_desk", Boolean, nullable=False, default=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("has_opted_out", Boolean, nullable=False, default=False, server_default=false()),
    Column("zone", String(64)),
)
"""Chats that the assistant writes to by itself. Status: active, blocked, gone, migrated.

``has_opted_out``: wants no announcements. ``zone`` is an IANA time zone, where it is known.
"""

muted_topic = Table(
    "muted_topic",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("chat_id", String(64), primary_key=True),
    Column("topic", String(32), primary_key=True),
)
"""Topics of announcements that a chat has switched off."""

question = Table(
    "question",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("platform", String(16), nullable=False),
    Column("chat_id", String(64), nullable=False),
    Column("thread_id", String(64), nullable=False),
    Column("is_private", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("first_text", Text, nullable=False, default=""),
    Column("candidates", Text, nullable=False, default="[]"),
    Column("language", String(8), nullable=False),
    Column("topic", String(32)),
    Column("country", String(2)),
    Column("state", String(16), nullable=False),
    Column("is_urgent", Boolean, nullable=False, default=False),
    Column("is_confidential", Boolean, nullable=False, default=False, server_default=false()),
    Column("wants_article", Boolean, nullable=False, default=False, server_default=false()),
    Column("owner", String(80)),
    Column("outcome", String(16)),
    Column("merged_into", ID),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("nudges", Integer, nullable=False, default=0, server_default="0"),
    Column("asker_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("contact_at", UtcDateTime),
    Column("warned_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index("ix_question_state", "state", "id"),
    Index("ix_question_place", "platform", "chat_id", "state"),
    Index("ix_question_due", "state", "due_at"),
)
"""Questions handed to the secretariat; ``id`` is the number that people are told.

States: open (nobody has taken it; ``owner`` is whom it was routed to), assigned (``owner`` works on
it), waiting (for the asker), closed, forgotten. ``owner`` is a contact's id from ``contacts.toml``
or an account such as ``telegram:123``. ``outcome`` says how it was closed: answered, withdrawn,
silence, merged. ``wants_article``: the asker wishes to hear when the answer becomes an article.
``due_at`` is when the next nudge, warning or closing is due. ``asker_at`` and ``contact_at`` are
the last words of either side, ``answered_at`` a contact's first answer.
``person_id`` is null, and the texts are empty, once the asker is forgotten.
"""

feedback = Table(
    "feedback",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("article", String(80), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("vote", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""One vote a person and article; the last press counts."""

delivery = Table(
    "delivery",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("source", String(80), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("chat_id", String(64), nullable=False),
    Column("thread_id", String(64), nullable=False, default=""),
    Column("is_private", Boolean, nullable=False, default=True),
    Column("lane", Integer, nullable=False),
    Column("batch", BigInteger, nullable=False, default=0),
    Column("kind", String(8), nullable=False, default="send"),
    Column("language", String(8)),
    Column("version", Integer, nullable=False, default=0),
    Column("payload", Text),
    Column("on_unknown", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("lease_until", UtcDateTime),
    Column("owner", String(64)),
    Column("epoch", BigInteger, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("message_id", String(64)),
    Column("parts", Text),
    Column("error", String(200)),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("tried_at", UtcDateTime),
    UniqueConstraint("source", "platform", "chat_id", "thread_id"),
    Index("ix_delivery_work", "platform", "state", "lane", "batch", "due_at", "id"),
)
"""The outbox. States: ready, claimed, sending, sent, failed, skipped, unknown.

``batch`` is the announcement that a row belongs to, 0 for single messages; its text is the
announcement's in ``language`` where ``payload`` is null. ``kind``: send, or edit, delete or
publish ``message_id``. ``parts`` are the ids of the other messages that it was split into, with
spaces between. ``version`` is the announcement's text that was sent.
``tried_at`` is the first attempt that may have arrived, null before it and where none can have.
"""

sender_lease = Table(
    "sender_lease",
    metadata,
    Column("token_id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("has_lock", Boolean, nullable=False, default=False),
)
"""Which process may send for a bot token, and until when. ``has_lock``: it holds the token's lock
as well, so that it is dead when the lock is free."""
