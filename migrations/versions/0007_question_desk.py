"""The question desk: conversations between askers and contacts."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "contact_absence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_absence")),
    )
    with op.batch_alter_table("contact_absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_absence_contact"), ["contact"], unique=False)
    op.create_table(
        "desk_thread",
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("thread_id", sa.String(length=64), nullable=False),
        sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("has_thread", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("shown", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("head_ref", sa.String(length=200), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_desk_thread_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", "platform", "desk", name=op.f("pk_desk_thread")),
    )
    with op.batch_alter_table("desk_thread", schema=None) as batch_op:
        batch_op.create_index("ix_desk_thread_address", ["platform", "chat_id", "thread_id"], unique=False)
        batch_op.create_index("ix_desk_thread_state", ["state", "platform"], unique=False)
    op.create_table(
        "question_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_question_event_person_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_event_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_event")),
    )
    with op.batch_alter_table("question_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_event_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_event_question_id"), ["question_id"], unique=False)
    op.create_table(
        "question_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("album", sa.String(length=64), nullable=True),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_question_message_person_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_message_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_message")),
    )
    with op.batch_alter_table("question_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_message_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_message_question_id"), ["question_id"], unique=False)
    op.create_table(
        "question_copy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("thread_id", sa.String(length=64), nullable=False),
        sa.Column("is_private", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("is_origin", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.Column("message_ref", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["question_message.id"], name=op.f("fk_question_copy_message_id_question_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_copy")),
        sa.UniqueConstraint("source", name=op.f("uq_question_copy_source")),
    )
    with op.batch_alter_table("question_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_copy_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_question_copy_ref", ["platform", "chat_id", "message_ref"], unique=False)
        batch_op.create_index("ix_question_copy_state", ["state", "id"], unique=False)
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_relay",
            ["platform", "chat_id", "thread_id", "id"],
            unique=False,
            sqlite_where=sa.text("lane = 1 AND state IN ('ready', 'claimed', 'sending')"),
            postgresql_where=sa.text("lane = 1 AND state IN ('ready', 'claimed', 'sending')"),
        )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("country", sa.String(length=2), nullable=True))
        batch_op.add_column(sa.Column("is_confidential", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("wants_article", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("owner", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("updated_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("nudges", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("asker_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("answered_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("contact_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("warned_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("closed_at", UtcDateTime(), nullable=True))
        batch_op.create_index("ix_question_due", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_question_place", ["platform", "chat_id", "state"], unique=False)
    op.create_table(
        "asked",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("topic", sa.String(length=32), nullable=True),
        sa.Column("article", sa.String(length=80), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_asked_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked")),
    )
    op.create_index(op.f("ix_asked_at"), "asked", ["at"], unique=False)
    op.create_index(op.f("ix_asked_person_id"), "asked", ["person_id"], unique=False)
    op.create_table(
        "label",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("article", sa.String(length=80), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_label_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label")),
        sa.UniqueConstraint("source", name=op.f("uq_label_source")),
    )
    op.create_index(op.f("ix_label_person_id"), "label", ["person_id"], unique=False)
    op.create_table(
        "article_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("article", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_article_draft_question_id_question")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_article_draft_author_id_person")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_article_draft_reviewer_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_draft")),
    )
    op.create_index(op.f("ix_article_draft_author_id"), "article_draft", ["author_id"], unique=False)
    op.create_index(op.f("ix_article_draft_question_id"), "article_draft", ["question_id"], unique=False)
    op.create_index(op.f("ix_article_draft_reviewer_id"), "article_draft", ["reviewer_id"], unique=False)
    op.create_index("ix_article_draft_state", "article_draft", ["state", "id"], unique=False)


def downgrade() -> None:
    for table in ("article_draft", "label", "asked"):
        op.drop_table(table)
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index("ix_question_place")
        batch_op.drop_index("ix_question_due")
        batch_op.drop_column("closed_at")
        batch_op.drop_column("warned_at")
        batch_op.drop_column("contact_at")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("asker_at")
        batch_op.drop_column("nudges")
        batch_op.drop_column("due_at")
        batch_op.drop_column("updated_at")
        batch_op.drop_column("merged_into")
        batch_op.drop_column("outcome")
        batch_op.drop_column("owner")
        batch_op.drop_column("wants_article")
        batch_op.drop_column("is_confidential")
        batch_op.drop_column("country")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_delivery_relay", sqlite_where=sa.text("lane = 1 AND state IN ('ready', 'claimed', 'sending')"), postgresql_where=sa.text("lane = 1 AND state IN ('ready', 'claimed', 'sending')")
        )
    with op.batch_alter_table("question_copy", schema=None) as batch_op:
        batch_op.drop_index("ix_question_copy_state")
        batch_op.drop_index("ix_question_copy_ref")
        batch_op.drop_index(batch_op.f("ix_question_copy_message_id"))
    op.drop_table("question_copy")
    with op.batch_alter_table("question_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_message_question_id"))
        batch_op.drop_index(batch_op.f("ix_question_message_person_id"))
    op.drop_table("question_message")
    with op.batch_alter_table("question_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_event_question_id"))
        batch_op.drop_index(batch_op.f("ix_question_event_person_id"))
    op.drop_table("question_event")
    with op.batch_alter_table("desk_thread", schema=None) as batch_op:
        batch_op.drop_index("ix_desk_thread_state")
        batch_op.drop_index("ix_desk_thread_address")
    op.drop_table("desk_thread")
    with op.batch_alter_table("contact_absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_absence_contact"))
    op.drop_table("contact_absence")
