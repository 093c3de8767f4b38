"""What questions teach: their decisions, what they should have matched, articles made of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from bot.store.schema import ID, UtcDateTime, metadata

asked: Final = Table(
    "asked",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("decision", String(12), nullable=False),
    Column("language", String(8), nullable=False),
    Column("country", String(2)),
    Column("topic", String(32)),
    Column("article", String(80)),
    Column("words", Text, nullable=False, default=""),
)
"""Every question put to the assistant, for counting. ``decision`` is the search's word for it.

``words`` is kept only where no answer was found, and with names, numbers and places taken out; it
is emptied, and ``person_id`` null, once the asker is forgotten.
"""

label: Final = Table(
    "label",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("source", String(32), nullable=False, unique=True),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("language", String(8), nullable=False),
    Column("words", Text, nullable=False),
    Column("article", String(80)),
    Column("at", UtcDateTime, nullable=False),
)
"""What staff say that an unanswered question should have matched; ``article`` is null for none.

``source`` is asked:ID or question:ID. ``person_id`` is the asker: the label goes with them.
"""

article_draft: Final = Table(
    "article_draft",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("question_id", ForeignKey("question.id"), index=True),
    Column("article", String(80), nullable=False),
    Column("content", Text, nullable=False),
    Column("sources", Text, nullable=False, default="[]"),
    Column("state", String(12), nullable=False),
    Column("author_id", ForeignKey("person.id"), index=True),
    Column("reviewer_id", ForeignKey("person.id"), index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
    Index("ix_article_draft_state", "state", "id"),
)
"""Articles made of answers. States: draft, review, published, dropped.

``content`` is the English file as authors write it; ``sources`` is JSON, sources of its own.
``told_at``: the askers have been told that it is there.
"""
