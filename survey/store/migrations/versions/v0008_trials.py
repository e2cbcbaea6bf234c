"""Test runs of drafts: links that lead to the form itself, and how questions were answered, never what."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft_link", sa.Column("trial_hash", sa.String(64)))
    op.add_column(
        "draft_comment", sa.Column("trial", sa.Boolean, nullable=False, server_default=sa.text("false"))
    )
    op.create_table(
        "draft_trial_version",
        sa.Column("draft_id", sa.String(40), sa.ForeignKey("draft.id"), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "draft_trial",
        sa.Column("draft_id", sa.String(40), sa.ForeignKey("draft.id"), primary_key=True),
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("draft_trial")
    op.drop_table("draft_trial_version")
    op.drop_column("draft_comment", "trial")
    op.drop_column("draft_link", "trial_hash")
