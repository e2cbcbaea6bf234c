"""Wave settings for young people, addresses apart from answers, help contacts and what a district does afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDRESSES = ("contact_waiting", "contact")
SETTINGS = ("minimum_age", "parental_consent", "contact", "contact_until")


def upgrade() -> None:
    op.add_column("district", sa.Column("help_contacts", sa.Text))
    op.add_column("wave", sa.Column("minimum_age", sa.Integer))
    op.add_column("wave", sa.Column("parental_consent", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.add_column("wave", sa.Column("contact", sa.String(20), nullable=False, server_default=""))
    op.add_column("wave", sa.Column("contact_until", sa.Date))
    for name in ADDRESSES:
        op.create_table(
            name,
            sa.Column("wave_id", sa.String(60), primary_key=True),
            sa.Column("id", sa.LargeBinary(16), primary_key=True),
            sa.Column("address", sa.Text, nullable=False),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "follow_up",
        sa.Column("wave_id", sa.String(60), sa.ForeignKey("wave.id"), primary_key=True),
        sa.Column("language", sa.String(20), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for name in ("follow_up", *ADDRESSES):
        op.drop_table(name)
    for column in SETTINGS:
        op.drop_column("wave", column)
    op.drop_column("district", "help_contacts")
