"""What membership still lacked: whose consent is known, marks of membership, words not yet told."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UtcDateTime

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consented_at", UtcDateTime(), nullable=True))
    op.execute(
        "UPDATE membership SET consented_at = (SELECT max(consent.at) FROM consent "
        "WHERE consent.person_id = membership.person_id "
        "AND consent.purpose = 'membership' AND consent.given = 1)"
    )
    op.create_table(
        "badge",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account_id", name=op.f("pk_badge")),
    )
    op.create_index("ix_badge_work", "badge", ["platform", "state", "due_at"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_person_id"), "notice", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_notice_person_id"), table_name="notice")
    op.drop_table("notice")
    op.drop_index("ix_badge_work", table_name="badge")
    op.drop_table("badge")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("consented_at")
