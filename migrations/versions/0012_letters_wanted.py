"""Which letters by mail are wanted."""

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


def downgrade() -> None:
    op.drop_table("letter_refusal")
