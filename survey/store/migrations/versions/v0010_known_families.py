"""Families per Sozialraum, as staff fill them in."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("district", sa.Column("known_families", sa.Text))


def downgrade() -> None:
    op.drop_column("district", "known_families")
