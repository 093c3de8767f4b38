"""How far the desks' places were heard."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "heard",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("platform", name=op.f("pk_heard")),
    )


def downgrade() -> None:
    op.drop_table("heard")
