"""Announcements: their texts, totals, and what chats do not want to hear."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column('chat', sa.Column('has_opted_out', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('chat', sa.Column('zone', sa.String(length=64), nullable=True))
    op.create_table('muted_topic',
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('chat_id', sa.String(length=64), nullable=False),
    sa.Column('topic', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('platform', 'chat_id', 'topic', name=op.f('pk_muted_topic'))
    )
    op.create_table('announcement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('topic', sa.String(length=32), nullable=True),
    sa.Column('on_unknown', sa.String(length=8), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('cursor', sa.Text(), nullable=True),
    sa.Column('is_fanned_out', sa.Boolean(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=True),
    sa.Column('created_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_announcement_created_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement'))
    )
    op.create_index('ix_announcement_state', 'announcement', ['state', 'id'], unique=False)
    op.create_table('announcement_text',
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_text_announcement_id_announcement')),
    sa.PrimaryKeyConstraint('announcement_id', 'language', name=op.f('pk_announcement_text'))
    )
    op.create_table('announcement_count',
    sa.Column('announcement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_count_announcement_id_announcement')),
    sa.PrimaryKeyConstraint('announcement_id', 'platform', 'state', name=op.f('pk_announcement_count'))
    )


def downgrade() -> None:
    op.drop_table('announcement_count')
    op.drop_table('announcement_text')
    op.drop_index('ix_announcement_state', table_name='announcement')
    op.drop_table('announcement')
    op.drop_table('muted_topic')
    op.drop_column('chat', 'zone')
    op.drop_column('chat', 'has_opted_out')
