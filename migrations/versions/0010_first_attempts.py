"""When a delivery was first attempted, as far as that attempt may have arrived."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column('delivery', sa.Column('tried_at', UtcDateTime(), nullable=True))
    # Rows of a sender that was killed before the change: it marked them at that time.
    op.execute("UPDATE delivery SET tried_at = updated_at WHERE state = 'sending'")


def downgrade() -> None:
    op.drop_column('delivery', 'tried_at')
