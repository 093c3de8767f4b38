"""Events, answers to invitations, reminders."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table('calendar_chat',
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('chat_id', sa.String(length=64), nullable=False),
    sa.Column('thread_id', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=True),
    sa.Column('zone', sa.String(length=64), nullable=True),
    sa.Column('leads', sa.String(length=100), nullable=True),
    sa.Column('quiet', sa.String(length=11), nullable=True),
    sa.Column('topics', sa.Text(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('platform', 'chat_id', 'thread_id', name=op.f('pk_calendar_chat'))
    )
    op.create_table('event_feed',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('url', sa.String(length=1000), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('etag', sa.String(length=200), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=300), nullable=True),
    sa.Column('next_at', UtcDateTime(), nullable=False),
    sa.Column('read_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_feed')),
    sa.UniqueConstraint('url', name=op.f('uq_event_feed_url'))
    )
    op.create_table('calendar_person',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=True),
    sa.Column('leads', sa.String(length=100), nullable=True),
    sa.Column('quiet', sa.String(length=11), nullable=True),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_person_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_calendar_person'))
    )
    op.create_table('digest',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('chat_id', sa.String(length=64), nullable=False),
    sa.Column('thread_id', sa.String(length=64), nullable=False),
    sa.Column('is_private', sa.Boolean(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('next_at', UtcDateTime(), nullable=False),
    sa.Column('tzdata', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_digest_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest')),
    sa.UniqueConstraint('platform', 'chat_id', 'thread_id', name=op.f('uq_digest_platform_chat_id_thread_id'))
    )
    op.create_index(op.f('ix_digest_next_at'), 'digest', ['next_at'], unique=False)
    op.create_index(op.f('ix_digest_person_id'), 'digest', ['person_id'], unique=False)
    op.create_table('event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('uid', sa.String(length=255), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('start_wall', sa.DateTime(), nullable=False),
    sa.Column('end_wall', sa.DateTime(), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('is_all_day', sa.Boolean(), nullable=False),
    sa.Column('rule', sa.String(length=500), nullable=True),
    sa.Column('extra_starts', sa.Text(), nullable=False),
    sa.Column('left_out', sa.Text(), nullable=False),
    sa.Column('place', sa.String(length=300), nullable=False),
    sa.Column('meeting_link', sa.String(length=1000), nullable=True),
    sa.Column('link_for', sa.String(length=8), nullable=False),
    sa.Column('organiser_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organiser_name', sa.String(length=200), nullable=False),
    sa.Column('topics', sa.Text(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('leads', sa.String(length=100), nullable=True),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('feed_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('tzdata', sa.String(length=16), nullable=False),
    sa.Column('reckoned_until', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['feed_id'], ['event_feed.id'], name=op.f('fk_event_feed_id_event_feed')),
    sa.ForeignKeyConstraint(['organiser_id'], ['person.id'], name=op.f('fk_event_organiser_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('uid', name=op.f('uq_event_uid'))
    )
    op.create_index(op.f('ix_event_feed_id'), 'event', ['feed_id'], unique=False)
    op.create_index(op.f('ix_event_organiser_id'), 'event', ['organiser_id'], unique=False)
    op.create_index('ix_event_reckoned_until', 'event', ['state', 'reckoned_until', 'id'], unique=False)
    op.create_table('event_text',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=1000), nullable=True),
    sa.Column('audience', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_text_event_id_event')),
    sa.PrimaryKeyConstraint('event_id', 'language', name=op.f('pk_event_text'))
    )
    op.create_table('occurrence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('original_wall', sa.DateTime(), nullable=False),
    sa.Column('start_wall', sa.DateTime(), nullable=False),
    sa.Column('end_wall', sa.DateTime(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('is_moved', sa.Boolean(), nullable=False),
    sa.Column('place', sa.String(length=300), nullable=True),
    sa.Column('is_planned', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_occurrence_event_id_event')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_occurrence')),
    sa.UniqueConstraint('event_id', 'original_wall', name=op.f('uq_occurrence_event_id_original_wall'))
    )
    op.create_index('ix_occurrence_is_planned', 'occurrence', ['is_planned', 'starts_at'], unique=False)
    op.create_index('ix_occurrence_starts_at', 'occurrence', ['starts_at', 'id'], unique=False)
    op.create_table('attendance',
    sa.Column('occurrence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('answer', sa.String(length=8), nullable=False),
    sa.Column('is_waiting', sa.Boolean(), nullable=False),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('is_planned', sa.Boolean(), nullable=False),
    sa.Column('is_told', sa.Boolean(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['occurrence_id'], ['occurrence.id'], name=op.f('fk_attendance_occurrence_id_occurrence')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attendance_person_id_person')),
    sa.PrimaryKeyConstraint('occurrence_id', 'person_id', name=op.f('pk_attendance'))
    )
    op.create_index('ix_attendance_is_planned', 'attendance', ['is_planned', 'occurrence_id'], unique=False)
    op.create_index('ix_attendance_person_id', 'attendance', ['person_id'], unique=False)
    op.create_table('event_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('occurrence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('url', sa.String(length=1000), nullable=False),
    sa.Column('added_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_file_event_id_event')),
    sa.ForeignKeyConstraint(['occurrence_id'], ['occurrence.id'], name=op.f('fk_event_file_occurrence_id_occurrence')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_file'))
    )
    op.create_index(op.f('ix_event_file_event_id'), 'event_file', ['event_id'], unique=False)
    op.create_index(op.f('ix_event_file_occurrence_id'), 'event_file', ['occurrence_id'], unique=False)
    op.create_table('event_mirror',
    sa.Column('occurrence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('server_id', sa.String(length=64), nullable=False),
    sa.Column('external_id', sa.String(length=64), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['occurrence_id'], ['occurrence.id'], name=op.f('fk_event_mirror_occurrence_id_occurrence')),
    sa.PrimaryKeyConstraint('occurrence_id', 'platform', 'server_id', name=op.f('pk_event_mirror'))
    )
    op.create_table('event_vote',
    sa.Column('occurrence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vote', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['occurrence_id'], ['occurrence.id'], name=op.f('fk_event_vote_occurrence_id_occurrence')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_vote_person_id_person')),
    sa.PrimaryKeyConstraint('occurrence_id', 'person_id', name=op.f('pk_event_vote'))
    )
    op.create_index('ix_event_vote_person_id', 'event_vote', ['person_id'], unique=False)
    op.create_table('reminder',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('occurrence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('platform', sa.String(length=16), nullable=False),
    sa.Column('chat_id', sa.String(length=64), nullable=False),
    sa.Column('thread_id', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('lead', sa.Integer(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=True),
    sa.Column('done_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['occurrence_id'], ['occurrence.id'], name=op.f('fk_reminder_occurrence_id_occurrence')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_reminder_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder'))
    )
    op.create_index(op.f('ix_reminder_person_id'), 'reminder', ['person_id'], unique=False)
    op.create_index('ix_reminder_work', 'reminder', ['state', 'due_at', 'id'], unique=False)
    op.create_index('uq_reminder_chat', 'reminder', ['occurrence_id', 'platform', 'chat_id', 'thread_id', 'kind', 'lead'], unique=True, sqlite_where=sa.text('person_id IS NULL'), postgresql_where=sa.text('person_id IS NULL'))
    op.create_index('uq_reminder_person', 'reminder', ['occurrence_id', 'person_id', 'kind', 'lead'], unique=True, sqlite_where=sa.text('person_id IS NOT NULL'), postgresql_where=sa.text('person_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('uq_reminder_person', table_name='reminder', sqlite_where=sa.text('person_id IS NOT NULL'), postgresql_where=sa.text('person_id IS NOT NULL'))
    op.drop_index('uq_reminder_chat', table_name='reminder', sqlite_where=sa.text('person_id IS NULL'), postgresql_where=sa.text('person_id IS NULL'))
    op.drop_index('ix_reminder_work', table_name='reminder')
    op.drop_index(op.f('ix_reminder_person_id'), table_name='reminder')
    op.drop_table('reminder')
    op.drop_index('ix_event_vote_person_id', table_name='event_vote')
    op.drop_table('event_vote')
    op.drop_table('event_mirror')
    op.drop_index(op.f('ix_event_file_occurrence_id'), table_name='event_file')
    op.drop_index(op.f('ix_event_file_event_id'), table_name='event_file')
    op.drop_table('event_file')
    op.drop_index('ix_attendance_person_id', table_name='attendance')
    op.drop_index('ix_attendance_is_planned', table_name='attendance')
    op.drop_table('attendance')
    op.drop_index('ix_occurrence_starts_at', table_name='occurrence')
    op.drop_index('ix_occurrence_is_planned', table_name='occurrence')
    op.drop_table('occurrence')
    op.drop_table('event_text')
    op.drop_index('ix_event_reckoned_until', table_name='event')
    op.drop_index(op.f('ix_event_organiser_id'), table_name='event')
    op.drop_index(op.f('ix_event_feed_id'), table_name='event')
    op.drop_table('event')
    op.drop_index(op.f('ix_digest_person_id'), table_name='digest')
    op.drop_index(op.f('ix_digest_next_at'), table_name='digest')
    op.drop_table('digest')
    op.drop_table('calendar_person')
    op.drop_table('event_feed')
    op.drop_table('calendar_chat')
