"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
UNDERWAY = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    _content()
    _waves()
    _responses()
    _work()


def downgrade() -> None:
    for table in (
        "release", "worker", "job", "staff", "returns_made", "returns_tally", "day_tally",
        "access_code", "response", "door", "wave_questionnaire", "wave", "questionnaire", "district",
    ):  # fmt: skip
        op.drop_table(table)


def _content() -> None:
    op.create_table(
        "district",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("notices", sa.Text, nullable=False, server_default="{}"),
    )
    op.create_table(
        "questionnaire",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
    )


def _waves() -> None:
    op.create_table(
        "wave",
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("district_id", sa.String(40), sa.ForeignKey("district.id"), nullable=False),
        sa.Column("questionnaire_hash", sa.String(64), sa.ForeignKey("questionnaire.hash"), nullable=False),
        sa.Column("opens_on", sa.Date, nullable=False),
        sa.Column("closes_on", sa.Date, nullable=False),
        sa.Column("entry_until", sa.Date, nullable=False),
        sa.Column("retention_until", sa.Date, nullable=False),
        sa.Column("plan_json", sa.Text, nullable=False),
        sa.Column("grace_hours", sa.Integer, nullable=False),
        sa.Column("code_required", sa.Boolean, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("entry_ended_at", INSTANT),
        sa.Column("anonymised_at", INSTANT),
        sa.Column("archived_at", INSTANT),
        sa.CheckConstraint("opens_on <= closes_on", name="period"),
    )
    op.create_table(
        "wave_questionnaire",
        sa.Column("wave_id", sa.String(60), sa.ForeignKey("wave.id"), primary_key=True),
        sa.Column("questionnaire_hash", sa.String(64), sa.ForeignKey("questionnaire.hash"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "door",
        sa.Column("wave_id", sa.String(60), sa.ForeignKey("wave.id"), primary_key=True),
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sqlite_with_rowid=False,
    )


def _responses() -> None:
    op.create_table(
        "response",
        sa.Column("wave_id", sa.String(60), primary_key=True),
        sa.Column("key_hash", sa.LargeBinary(16), primary_key=True),
        sa.Column("questionnaire_hash", sa.String(64)),
        sa.Column("area", sa.String(40)),
        sa.Column("door", sa.String(80)),
        sa.Column("language", sa.String(20)),
        sa.Column("mode", sa.String(20)),
        sa.Column("late", sa.Boolean),
        sa.Column("doubtful", sa.Boolean),
        sa.Column("answers", sa.Text),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "access_code",
        sa.Column("wave_id", sa.String(60), primary_key=True),
        sa.Column("code_hash", sa.LargeBinary(16), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day_tally",
        sa.Column("wave_id", sa.String(60), sa.ForeignKey("wave.id"), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("n_total", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "returns_tally",
        sa.Column("wave_id", sa.String(60), sa.ForeignKey("wave.id"), primary_key=True),
        sa.Column("dimension", sa.String(20), primary_key=True),
        sa.Column("value", sa.String(80), primary_key=True),
        sa.Column("n_rounded", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "returns_made",
        sa.Column("wave_id", sa.String(60), sa.ForeignKey("wave.id"), primary_key=True),
        sa.Column("as_of", INSTANT, nullable=False),
    )


def _work() -> None:
    op.create_table(
        "staff",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("failed_logins", sa.Integer, nullable=False, server_default="0"),
        sa.Column("locked_until", INSTANT),
        sa.Column("session_version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("demo", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("wave_id", sa.String(60), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("progress", sa.Float, nullable=False, server_default="0"),
        sa.Column("step", sa.Text, nullable=False, server_default=""),
        sa.Column("problem", sa.Text, nullable=False, server_default=""),
        sa.Column("cancel_wanted", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Column("worker", sa.String(80)),
        sa.Column("lease_until", INSTANT),
    )
    op.create_index(
        "ix_job_underway",
        "job",
        ["wave_id", "kind"],
        unique=True,
        sqlite_where=UNDERWAY,
        postgresql_where=UNDERWAY,
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("seen_at", INSTANT, nullable=False),
    )
    op.create_table(
        "release",
        sa.Column("wave_id", sa.String(60), sa.ForeignKey("wave.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
    )
