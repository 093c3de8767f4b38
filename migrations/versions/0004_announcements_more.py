"""Announcements to chosen people, corrected, recalled and approved."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column('delivery', sa.Column('parts', sa.Text(), nullable=True))
    op.add_column('announcement', sa.Column('kind', sa.String(length=8), server_default='send', nullable=False))
    op.add_column('announcement', sa.Column('revises', sa.BigInteger(), nullable=True))
    op.add_column('announcement', sa.Column('wall_time', sa.String(length=16), nullable=True))
    op.add_column('announcement', sa.Column('zone', sa.String(length=64), nullable=True))
    op.add_column('announcement', sa.Column('quiet', sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column('announcement', 'quiet')
    op.drop_column('announcement', 'zone')
    op.drop_column('announcement', 'wall_time')
    op.drop_column('announcement', 'revises')
    op.drop_column('announcement', 'kind')
    op.drop_column('delivery', 'parts')
