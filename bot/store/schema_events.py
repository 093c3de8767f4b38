"""The tables of the calendar; part of the same metadata as ``bot.store.schema``.

Wall times are naive: what a clock on the wall shows in the row's ``zone``. All others are UTC.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.schema import ID, UtcDateTime, metadata

_WALL: Final = DateTime(timezone=False)

event_feed: Final = Table(
    "event_feed",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("url", String(1000), nullable=False, unique=True),
    Column("state", String(8), nullable=False),
    Column("etag", String(200)),
    Column("digest", String(64)),
    Column("failures", Integer, nullable=False, default=0),
    Column("error", String(300)),
    Column("next_at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
)
"""Calendars that are read again and again. States: active, stopped. ``digest`` is that of the
file last taken in; ``error`` is a sentence for staff, null after a reading that went well."""

event: Final = Table(
    "event",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("uid", String(255), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("start_wall", _WALL, nullable=False),
    Column("end_wall", _WALL, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("is_all_day", Boolean, nullable=False, default=False),
    Column("rule", String(500)),
    Column("extra_starts", Text, nullable=False, default=""),
    Column("left_out", Text, nullable=False, default=""),
    Column("place", String(300), nullable=False, default=""),
    Column("meeting_link", String(1000)),
    Column("link_for", String(8), nullable=False, default="all"),
    Column("organiser_id", ForeignKey("person.id"), index=True),
    Column("organiser_name", String(200), nullable=False, default=""),
    Column("topics", Text, nullable=False, default=""),
    Column("capacity", Integer),
    Column("leads", String(100)),
    Column("sequence", Integer, nullable=False, default=0),
    Column("feed_id", ForeignKey("event_feed.id"), index=True),
    Column("tzdata", String(16), nullable=False),
    Column("reckoned_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_event_reckoned_until", "state", "reckoned_until", "id"),
)
"""States: draft, planned, cancelled, deleted.

``rule`` is an RRULE; ``extra_starts`` (RDATE) and ``left_out`` (EXDATE) are wall times, ISO 8601,
joined by commas. ``link_for`` says who sees ``meeting_link``: all, members, going. ``leads`` are
minutes before the start, joined by commas; null takes the defaults. ``sequence`` counts the
changes that others must hear of. ``tzdata`` and ``reckoned_until`` say by which rules, and how
far, its occurrences are written; null means that they must be reckoned anew.
"""

event_text: Final = Table(
    "event_text",
    metadata,
    Column("event_id", ForeignKey("event.id"), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("link", String(1000)),
    Column("audience", String(300), nullable=False, default=""),
)
"""Title, description, web page and whom it is for, in each language it was written in; the empty
language is the one for all others."""

event_file: Final = Table(
    "event_file",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("event_id", ForeignKey("event.id"), nullable=False, index=True),
    Column("occurrence_id", ForeignKey("occurrence.id"), index=True),
    Column("kind", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("url", String(1000), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)
"""Links to what belongs to an event or to one of its occurrences. Kinds: file, recording."""

occurrence: Final = Table(
    "occurrence",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("event_id", ForeignKey("event.id"), nullable=False),
    Column("original_wall", _WALL, nullable=False),
    Column("start_wall", _WALL, nullable=False),
    Column("end_wall", _WALL, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("is_moved", Boolean, nullable=False, default=False),
    Column("place", String(300)),
    Column("is_planned", Boolean, nullable=False, default=False),
    UniqueConstraint("event_id", "original_wall"),
    Index("ix_occurrence_starts_at", "starts_at", "id"),
    Index("ix_occurrence_is_planned", "is_planned", "starts_at"),
)
"""One time that an event takes place. States: planned, cancelled, gone (no longer in the rule).

``original_wall`` is its start by the rule, which names it for good; ``is_moved``: its own times
hold, whatever the rule says. ``is_planned``: its reminders are as they should be.
"""

attendance: Final = Table(
    "attendance",
    metadata,
    Column("occurrence_id", ForeignKey("occurrence.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("answer", String(8), nullable=False),
    Column("is_waiting", Boolean, nullable=False, default=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("is_planned", Boolean, nullable=False, default=False),
    Column("is_told", Boolean, nullable=False, default=True),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_attendance_person_id", "person_id"),
    Index("ix_attendance_is_planned", "is_planned", "occurrence_id"),
)
"""Answers: going, maybe, no. ``is_waiting``: going, when a place comes free; the order is that of
``asked_at``. ``is_told`` is false for somebody who moved up and has not heard of it yet."""

event_vote: Final = Table(
    "event_vote",
    metadata,
    Column("occurrence_id", ForeignKey("occurrence.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("vote", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_event_vote_person_id", "person_id"),
)
"""The answer to the one question after an event; the last press counts."""

calendar_person: Final = Table(
    "calendar_person",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("zone", String(64)),
    Column("leads", String(100)),
    Column("quiet", String(11)),
    Column("updated_at", UtcDateTime, nullable=False),
)
"""What a person chose for the calendar; null takes the default, empty ``leads`` mean none.

``zone`` is an IANA time zone. ``quiet`` is ``22:00-07:00`` in it, empty for no quiet hours.
"""

calendar_chat: Final = Table(
    "calendar_chat",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("chat_id", String(64), primary_key=True),
    Column("thread_id", String(64), primary_key=True),
    Column("language", String(8)),
    Column("zone", String(64)),
    Column("leads", String(100)),
    Column("quiet", String(11)),
    Column("topics", Text, nullable=False, default=""),
    Column("updated_at", UtcDateTime, nullable=False),
)
"""Groups and channels in which reminders are posted; empty ``topics`` mean all events."""

reminder: Final = Table(
    "reminder",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("occurrence_id", ForeignKey("occurrence.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("platform", String(16), nullable=False, default=""),
    Column("chat_id", String(64), nullable=False, default=""),
    Column("thread_id", String(64), nullable=False, default=""),
    Column("kind", String(10), nullable=False),
    Column("lead", Integer, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(8), nullable=False),
    Column("reason", String(16)),
    Column("done_at", UtcDateTime),
    Index(
        "uq_reminder_person",
        *("occurrence_id", "person_id", "kind", "lead"),
        unique=True,
        sqlite_where=text("person_id IS NOT NULL"),
        postgresql_where=text("person_id IS NOT NULL"),
    ),
    Index(
        "uq_reminder_chat",
        *("occurrence_id", "platform", "chat_id", "thread_id", "kind", "lead"),
        unique=True,
        sqlite_where=text("person_id IS NULL"),
        postgresql_where=text("person_id IS NULL"),
    ),
    Index("ix_reminder_work", "state", "due_at", "id"),
)
"""One reminder of one occurrence to one recipient: a person, or else a chat.

States: waiting, queued (in the outbox), skipped (``reason`` says why). Kinds: before (``lead``
minutes), thanks, recording. ``starts_at`` is the start that it speaks of; ``due_at`` heeds the
quiet hours.
"""

digest: Final = Table(
    "digest",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("platform", String(16), nullable=False),
    Column("chat_id", String(64), nullable=False),
    Column("thread_id", String(64), nullable=False),
    Column("is_private", Boolean, nullable=False),
    Column("language", String(8), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False, index=True),
    Column("tzdata", String(16), nullable=False),
    UniqueConstraint("platform", "chat_id", "thread_id"),
)
"""Who gets "this week in the network". ``weekday`` 0 is Monday, ``hour`` local in ``zone``;
``person_id`` is the subscriber of a private chat, null for a group."""

event_mirror: Final = Table(
    "event_mirror",
    metadata,
    Column("occurrence_id", ForeignKey("occurrence.id"), primary_key=True),
    Column("platform", String(16), primary_key=True),
    Column("server_id", String(64), primary_key=True),
    Column("external_id", String(64)),
    Column("digest", String(64), nullable=False, default=""),
    Column("failures", Integer, nullable=False, default=0),
    Column("due_at", UtcDateTime, nullable=False),
)
"""The platform's own entry for an occurrence (Discord's scheduled events). ``digest`` is that of
what was written there last; ``due_at`` is when it is to be looked at again."""
