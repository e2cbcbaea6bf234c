"""Own words apart from the responses they came with: their review, their themes, who looked, who protects children."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_words",
        sa.Column("wave_id", sa.String(60), sa.ForeignKey("wave.id"), primary_key=True),
        sa.Column("themes", sa.Text, nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True)),
        sa.Column("fixed_by", sa.String(80)),
    )
    op.create_table(
        "own_text",
        sa.Column("wave_id", sa.String(60), primary_key=True),
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("question", sa.String(100), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("zone", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("n_marks", sa.Integer, nullable=False),
        sa.Column("decision", sa.String(10), nullable=False, server_default=""),
        sa.Column("redacted", sa.Text),
        sa.Column("translation", sa.Text, nullable=False, server_default=""),
        sa.Column("themes", sa.Text),
        sa.Column("before", sa.Text),
        sa.Column("marked_at", sa.DateTime(timezone=True)),
        sa.Column("marked_by", sa.String(80)),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("taken_by", sa.String(80)),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "own_words_access",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("wave_id", sa.String(60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
    )
    op.create_table(
        "child_protection",
        sa.Column("district_id", sa.String(40), sa.ForeignKey("district.id"), primary_key=True),
        sa.Column("users", sa.Text, nullable=False),
        sa.Column("procedure", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for name in ("child_protection", "own_words_access", "own_text", "own_words"):
        op.drop_table(name)
