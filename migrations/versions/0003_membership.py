"""Membership: profiles, consents, codes, the secretariat's log; questions outlive their asker."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table('application',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('answers', sa.Text(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_application_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_application'))
    )
    op.create_table('audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('via', sa.String(length=16), nullable=False),
    sa.Column('action', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_audit_actor_id_person')),
    sa.ForeignKeyConstraint(['subject_id'], ['person.id'], name=op.f('fk_audit_subject_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_index(op.f('ix_audit_actor_id'), 'audit', ['actor_id'], unique=False)
    op.create_index(op.f('ix_audit_subject_id'), 'audit', ['subject_id'], unique=False)
    op.create_table('consent',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('given', sa.Integer(), nullable=False),
    sa.Column('version', sa.String(length=32), nullable=False),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    op.create_index(op.f('ix_consent_person_id'), 'consent', ['person_id'], unique=False)
    op.create_table('email_code',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('address_mark', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('salt', sa.String(length=32), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('requested_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_email_code_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_code'))
    )
    op.create_index(op.f('ix_email_code_address_mark'), 'email_code', ['address_mark'], unique=False)
    op.create_index(op.f('ix_email_code_person_id'), 'email_code', ['person_id'], unique=False)
    op.create_index('ix_email_code_work', 'email_code', ['state', 'due_at'], unique=False)
    op.create_table('link_code',
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_link_code_person_id_person')),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_link_code'))
    )
    op.create_index(op.f('ix_link_code_person_id'), 'link_code', ['person_id'], unique=False)
    op.create_table('membership',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('email_confirmed_at', UtcDateTime(), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('stakeholder', sa.String(length=24), nullable=True),
    sa.Column('organisation', sa.String(length=200), nullable=False),
    sa.Column('interests', sa.Text(), nullable=False),
    sa.Column('languages', sa.Text(), nullable=False),
    sa.Column('receives', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=16), nullable=False),
    sa.Column('search', sa.Text(), nullable=False),
    sa.Column('joined_at', UtcDateTime(), nullable=False),
    sa.Column('approved_at', UtcDateTime(), nullable=True),
    sa.Column('left_at', UtcDateTime(), nullable=True),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_membership'))
    )
    op.create_index('ix_membership_email', 'membership', ['email'], unique=False)
    op.create_index('ix_membership_state', 'membership', ['state', 'person_id'], unique=False)
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('home_platform', sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column('home_chat', sa.String(length=64), nullable=True))
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.alter_column('person_id',
               existing_type=sa.INTEGER(),
               nullable=True)


def downgrade() -> None:
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.alter_column('person_id',
               existing_type=sa.INTEGER(),
               nullable=False)
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('home_chat')
        batch_op.drop_column('home_platform')
    op.drop_index('ix_membership_state', table_name='membership')
    op.drop_index('ix_membership_email', table_name='membership')
    op.drop_table('membership')
    op.drop_index(op.f('ix_link_code_person_id'), table_name='link_code')
    op.drop_table('link_code')
    op.drop_index('ix_email_code_work', table_name='email_code')
    op.drop_index(op.f('ix_email_code_person_id'), table_name='email_code')
    op.drop_index(op.f('ix_email_code_address_mark'), table_name='email_code')
    op.drop_table('email_code')
    op.drop_index(op.f('ix_consent_person_id'), table_name='consent')
    op.drop_table('consent')
    op.drop_index(op.f('ix_audit_subject_id'), table_name='audit')
    op.drop_index(op.f('ix_audit_actor_id'), table_name='audit')
    op.drop_table('audit')
    op.drop_table('application')
