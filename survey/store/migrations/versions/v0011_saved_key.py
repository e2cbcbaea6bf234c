"""Which window saved a draft last, and its how manieth time: it may go on though it never heard that it had."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("saved_key", sa.String(40)))
    op.add_column("draft", sa.Column("saved_turn", sa.Integer))


def downgrade() -> None:
    op.drop_column("draft", "saved_turn")
    op.drop_column("draft", "saved_key")
