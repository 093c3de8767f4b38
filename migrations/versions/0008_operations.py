"""Operations: processes that share a database, alerts, keys; a poke for senders elsewhere."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0008"
down_revision = "0007"

_POKE = """
CREATE FUNCTION insop_poke() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('insop_outbox', '');
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table('process',
    sa.Column('owner', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('started_at', UtcDateTime(), nullable=False),
    sa.Column('seen_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('owner', name=op.f('pk_process'))
    )
    op.create_table('inbox_owner',
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('update_id', sa.String(length=64), nullable=False),
    sa.Column('owner', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('platform', 'update_id', name=op.f('pk_inbox_owner'))
    )
    op.create_index(op.f('ix_inbox_owner_owner'), 'inbox_owner', ['owner'], unique=False)
    op.create_table('alert',
    sa.Column('cause', sa.String(length=48), nullable=False),
    sa.Column('owner', sa.String(length=64), nullable=False),
    sa.Column('since', UtcDateTime(), nullable=False),
    sa.Column('seen_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('cause', name=op.f('pk_alert'))
    )
    op.create_table('site_key',
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('value', sa.String(length=64), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('purpose', name=op.f('pk_site_key'))
    )
    if op.get_bind().dialect.name == 'postgresql':
        # A statement's trigger: one poke a statement, and equal ones of a transaction are one.
        op.execute(_POKE)
        op.execute(
            'CREATE TRIGGER insop_poke AFTER INSERT ON delivery '
            'FOR EACH STATEMENT EXECUTE FUNCTION insop_poke()'
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP TRIGGER insop_poke ON delivery')
        op.execute('DROP FUNCTION insop_poke()')
    op.drop_table('site_key')
    op.drop_table('alert')
    op.drop_index(op.f('ix_inbox_owner_owner'), table_name='inbox_owner')
    op.drop_table('inbox_owner')
    op.drop_table('process')
