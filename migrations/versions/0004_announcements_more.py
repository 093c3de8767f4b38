"""Announcements to chosen people, corrected, recalled and approved."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column('delivery', sa.Column('parts', sa.Text(), nullable=True))
    op.add_column('announcement', sa.Column('kind', sa.String(length=8), server_default='send', nullable=False))
    op.add_column('announcement', sa.Column('revises', sa.BigInteger(), nullable=True))
    op.add_column('announcement', sa.Column('wall_time', sa.String(length=16), nullable=True))
    op.add_column('announcement', sa.Column('zone', sa.String(length=64), nullable=True))
    op.add_column('announcement', sa.Column('quiet', sa.String(length=16), nullable=True))
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('announcement_file',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('announcement_id', big, nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('alt', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('error', sa.String(length=40), nullable=True),
    sa.Column('handle', sa.Text(), nullable=True),
    sa.Column('platform', sa.String(length=16), nullable=True),
    sa.Column('chat_id', sa.String(length=64), nullable=True),
    sa.Column('data', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_file_announcement_id_announcement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_file'))
    )
    op.create_index(op.f('ix_announcement_file_announcement_id'), 'announcement_file', ['announcement_id'], unique=False)
    op.create_table('announcement_review',
    sa.Column('announcement_id', big, autoincrement=False, nullable=False),
    sa.Column('proposed_by', big, nullable=True),
    sa.Column('proposed_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by', big, nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('is_approved', sa.Integer(), nullable=True),
    sa.Column('corrects', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_review_announcement_id_announcement')),
    sa.ForeignKeyConstraint(['proposed_by'], ['person.id'], name=op.f('fk_announcement_review_proposed_by_person')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_announcement_review_decided_by_person')),
    sa.PrimaryKeyConstraint('announcement_id', name=op.f('pk_announcement_review'))
    )
    op.create_table('announcement_watch',
    sa.Column('announcement_id', big, autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('chat_id', sa.String(length=64), nullable=False),
    sa.Column('message_id', sa.String(length=64), nullable=False),
    sa.Column('is_private', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('shown', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_watch_announcement_id_announcement')),
    sa.PrimaryKeyConstraint('announcement_id', 'platform', 'chat_id', name=op.f('pk_announcement_watch'))
    )
    op.create_table('announcement_sample',
    sa.Column('announcement_id', big, autoincrement=False, nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('settled', sa.BigInteger(), nullable=False),
    sa.Column('sent', sa.BigInteger(), nullable=False),
    sa.Column('meant', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_sample_announcement_id_announcement')),
    sa.PrimaryKeyConstraint('announcement_id', 'at', name=op.f('pk_announcement_sample'))
    )


def downgrade() -> None:
    op.drop_table('announcement_sample')
    op.drop_table('announcement_watch')
    op.drop_table('announcement_review')
    op.drop_index(op.f('ix_announcement_file_announcement_id'), table_name='announcement_file')
    op.drop_table('announcement_file')
    op.drop_column('announcement', 'quiet')
    op.drop_column('announcement', 'zone')
    op.drop_column('announcement', 'wall_time')
    op.drop_column('announcement', 'revises')
    op.drop_column('announcement', 'kind')
    op.drop_column('delivery', 'parts')
