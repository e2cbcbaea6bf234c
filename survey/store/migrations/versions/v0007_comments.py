"""Links on which partners read a draft, and what they say about it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft_link",
        sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("draft_id", sa.String(40), sa.ForeignKey("draft.id"), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
    )
    op.create_table(
        "draft_comment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("draft_id", sa.String(40), sa.ForeignKey("draft.id"), nullable=False),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("link", sa.String(120), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )


def downgrade() -> None:
    op.drop_table("draft_comment")
    op.drop_table("draft_link")
