"""Incoming mail: how far the mailbox is read, and files that came by mail."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table('mailbox_position',
    sa.Column('mailbox', sa.String(length=80), nullable=False),
    sa.Column('validity', sa.BigInteger(), nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('mailbox', name=op.f('pk_mailbox_position'))
    )
    op.create_table('mail_file',
    sa.Column('digest', sa.String(length=32), nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('question_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_mail_file_question_id_question')),
    sa.PrimaryKeyConstraint('digest', 'place', name=op.f('pk_mail_file'))
    )
    op.create_index(op.f('ix_mail_file_question_id'), 'mail_file', ['question_id'], unique=False)


def downgrade() -> None:
    op.drop_table('mail_file')
    op.drop_table('mailbox_position')
