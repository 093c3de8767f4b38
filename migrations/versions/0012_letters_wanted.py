"""Which letters by mail are wanted; documents of events."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "letter_refusal",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark", "kind", name=op.f("pk_letter_refusal")),
    )
    op.create_table(
        "event_document",
        sa.Column(
            "file_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("platform", sa.String(length=16), nullable=True),
        sa.Column("chat_id", sa.String(length=64), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["event_file.id"], name=op.f("fk_event_document_file_id_event_file")
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_event_document")),
    )
    op.create_index(op.f("ix_event_document_state"), "event_document", ["state"])


def downgrade() -> None:
    op.drop_table("event_document")
    op.drop_table("letter_refusal")
