"""The tables of membership; part of the same metadata as ``bot.store.schema``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.store.schema import ID, UtcDateTime, metadata

membership: Final = Table(
    "membership",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("email", String(254)),
    Column("email_confirmed_at", UtcDateTime),
    Column("country", String(2)),
    Column("stakeholder", String(24)),
    Column("organisation", String(200), nullable=False, default=""),
    Column("interests", Text, nullable=False, default=""),
    Column("languages", Text, nullable=False, default=""),
    Column("receives", Text, nullable=False, default=""),
    Column("source", String(16), nullable=False),
    Column("search", Text, nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("consented_at", UtcDateTime),
    Column("approved_at", UtcDateTime),
    Column("left_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_membership_state", "state", "person_id"),
    Index("ix_membership_email", "email"),
)
"""What a member told us. States: unconfirmed (needs the e-mail's code), applied (waits for the
secretariat), member, left.

``country`` is ISO 3166 alpha-2; ``interests``, ``languages`` and ``receives`` are codes joined by
commas; ``search`` is the case-folded text that lists are searched by; ``source``: chat, import.
``consented_at`` is null for those of an imported list until they say yes themselves.
"""

application: Final = Table(
    "application",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("answers", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""Answers to the joining form that wait for the person's yes."""

consent: Final = Table(
    "consent",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("purpose", String(16), nullable=False),
    Column("given", Integer, nullable=False),
    Column("version", String(32), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""History, never changed: ``given`` 1 or withdrawn 0, to a version of the privacy text.

Purposes: membership, email (the double opt-in), and one for each thing that can be received.
"""

email_code: Final = Table(
    "email_code",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("email", String(254)),
    Column("address_mark", Integer, nullable=False, index=True),
    Column("language", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("code_hash", String(64)),
    Column("salt", String(32)),
    Column("tries", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcDateTime, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_email_code_work", "state", "due_at"),
)
"""Codes to confirm an address. States: wanted, sending, sent, used, failed, void.

A code is made when its mail is sent and kept only as a salted hash. ``address_mark`` is 24 bits
of a digest: enough to count mails to an address, too little to learn it.
"""

link_code: Final = Table(
    "link_code",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("platform", String(16), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""One-time codes that join two accounts of one person; only their digest is kept."""

audit: Final = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", ForeignKey("person.id"), index=True),
    Column("via", String(16), nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject_id", ForeignKey("person.id"), index=True),
    Column("detail", String(200), nullable=False, default=""),
)
"""Who looked at or changed what: names of fields and counts, never their contents."""

badge: Final = Table(
    "badge",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("is_wanted", Boolean, nullable=False),
    Column("state", String(8), nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcDateTime, nullable=False),
    Index("ix_badge_work", "platform", "state", "due_at"),
)
"""Which accounts are to bear the mark of members that their platform has (a role on Discord).

States: ready (to be given, or taken where it is not wanted), given, absent (the account is not
where the mark is). ``version`` counts changes of mind. A row goes when the mark is taken.
"""

notice: Final = Table(
    "notice",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("source", String(80), nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
"""What somebody must hear, at their next meeting with the assistant if its ``delivery`` of the same
``source`` did not reach them."""
