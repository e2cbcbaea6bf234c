"""Drafts of questionnaires, with every state somebody may want to return to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(80), nullable=False),
        sa.Column("locked_by", sa.String(80)),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.Column("lock_key", sa.String(40)),
    )
    op.create_table(
        "draft_state",
        sa.Column("draft_id", sa.String(40), sa.ForeignKey("draft.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(80), nullable=False),
        sa.Column("note", sa.String(200), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_table("draft_state")
    op.drop_table("draft")
