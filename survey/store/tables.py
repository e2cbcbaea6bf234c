"""The tables. Only this folder knows SQL; migrations bring a database to this state (tested)."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, LargeBinary, String, Table, Text, text
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()


class Instant(TypeDecorator[datetime]):
    """A timezone-aware instant, in UTC on both databases (SQLite itself would forget the zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


district = Table(
    "district", metadata,
    Column("id", String(40), primary_key=True),
    Column("document", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("notices", Text, nullable=False, server_default="{}"),
    Column("help_contacts", Text),  # the district's own; NULL: those of its document
    Column("known_families", Text),  # by Sozialraum, with their source; NULL: those of its document
)  # fmt: skip

questionnaire = Table(
    "questionnaire", metadata,
    Column("hash", String(64), primary_key=True),
    Column("document", Text, nullable=False),
)  # fmt: skip

wave = Table(
    "wave", metadata,
    Column("id", String(60), primary_key=True),
    Column("title", Text, nullable=False),
    Column("district_id", ForeignKey("district.id"), nullable=False),
    Column("questionnaire_hash", ForeignKey("questionnaire.hash"), nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("entry_until", Date, nullable=False),
    Column("retention_until", Date, nullable=False),
    Column("plan_json", Text, nullable=False),
    Column("grace_hours", Integer, nullable=False),
    Column("code_required", Boolean, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("closed_at", Instant),
    Column("entry_ended_at", Instant),
    Column("anonymised_at", Instant),
    Column("archived_at", Instant),
    Column("minimum_age", Integer),
    Column("parental_consent", Boolean, nullable=False, server_default=text("false")),
    Column("contact", String(20), nullable=False, server_default=""),
    Column("contact_until", Date),
    sa.CheckConstraint("opens_on <= closes_on", name="period"),
)  # fmt: skip

#: Versions a form may still come in with: the one asked now and those asked before.
wave_questionnaire = Table(
    "wave_questionnaire", metadata,
    Column("wave_id", ForeignKey("wave.id"), primary_key=True),
    Column("questionnaire_hash", ForeignKey("questionnaire.hash"), primary_key=True),
    sqlite_with_rowid=False,
)  # fmt: skip

door = Table(
    "door", metadata,
    Column("wave_id", ForeignKey("wave.id"), primary_key=True),
    Column("id", String(60), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(60), nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# Nothing here may tell in which order people answered: no number, no time; WITHOUT ROWID puts rows where
# their random key belongs. A withdrawn response is its bare key hash, all else NULL. No foreign key to the
# wave: on PostgreSQL every submission would lock the wave's one row; the INSERT itself asks whether the wave
# takes it.
response = Table(
    "response", metadata,
    Column("wave_id", String(60), primary_key=True),
    Column("key_hash", LargeBinary(16), primary_key=True),
    Column("questionnaire_hash", String(64)),
    Column("area", String(40)),
    Column("door", String(80)),
    Column("language", String(20)),
    Column("mode", String(20)),
    Column("late", Boolean),
    Column("doubtful", Boolean),
    Column("answers", Text),
    sqlite_with_rowid=False,
)  # fmt: skip

access_code = Table(
    "access_code", metadata,
    Column("wave_id", String(60), primary_key=True),
    Column("code_hash", LargeBinary(16), primary_key=True),
    sqlite_with_rowid=False,
)  # fmt: skip

# Addresses for a raffle or the results: nothing here leads to a response. What came in today waits in the first
# table; at night all of it moves, mixed and under new random ids, into the second.
contact_waiting = Table(
    "contact_waiting", metadata,
    Column("wave_id", String(60), primary_key=True),
    Column("id", LargeBinary(16), primary_key=True),
    Column("address", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

contact = Table(
    "contact", metadata,
    Column("wave_id", String(60), primary_key=True),
    Column("id", LargeBinary(16), primary_key=True),
    Column("address", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# „Das haben Sie gesagt. Das tun wir.“ No column of the wave: every submission reads that row.
follow_up = Table(
    "follow_up", metadata,
    Column("wave_id", ForeignKey("wave.id"), primary_key=True),
    Column("language", String(20), primary_key=True),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# Counted once a night, so that not even a day's order of arrival is kept; outlives the answers.
day_tally = Table(
    "day_tally", metadata,
    Column("wave_id", ForeignKey("wave.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("n_total", Integer, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

returns_tally = Table(
    "returns_tally", metadata,
    Column("wave_id", ForeignKey("wave.id"), primary_key=True),
    Column("dimension", String(20), primary_key=True),
    Column("value", String(80), primary_key=True),
    Column("n_rounded", Integer, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

returns_made = Table(
    "returns_made", metadata,
    Column("wave_id", ForeignKey("wave.id"), primary_key=True),
    Column("as_of", Instant, nullable=False),
)  # fmt: skip

user = Table(
    "staff", metadata,
    Column("name", String(80), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("failed_logins", Integer, nullable=False, server_default="0"),
    Column("locked_until", Instant),
    Column("session_version", Integer, nullable=False, server_default="1"),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
)  # fmt: skip

outlines = Table(
    "outlines", metadata,
    Column("district_id", ForeignKey("district.id"), primary_key=True),
    Column("document", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# Figures of registers, never of a survey.
base_data = Table(
    "base_data", metadata,
    Column("district_id", ForeignKey("district.id"), primary_key=True),
    Column("document", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

_UNDERWAY = text("state IN ('waiting', 'running')")

job = Table(
    "job", metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("wave_id", String(60), nullable=False),
    Column("state", String(20), nullable=False),
    Column("progress", sa.Float, nullable=False, server_default="0"),
    Column("step", Text, nullable=False, server_default=""),
    Column("problem", Text, nullable=False, server_default=""),
    Column("cancel_wanted", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("worker", String(80)),
    Column("lease_until", Instant),
    sa.Index(
        "ix_job_underway", "wave_id", "kind", unique=True, sqlite_where=_UNDERWAY, postgresql_where=_UNDERWAY
    ),
)  # fmt: skip

worker = Table(
    "worker", metadata,
    Column("id", String(80), primary_key=True),
    Column("seen_at", Instant, nullable=False),
)  # fmt: skip

release = Table(
    "release", metadata,
    Column("wave_id", ForeignKey("wave.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(20), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
)  # fmt: skip

# Own words of an anonymised wave. They are cut off their response: no column leads back, ids are random, rows lie
# where these put them. The place is the Großraum, and only where ten or more wrote in this language (see `texts`).
own_text = Table(
    "own_text", metadata,
    Column("wave_id", String(60), primary_key=True),
    Column("id", LargeBinary(16), primary_key=True),
    Column("question", String(100), nullable=False),
    Column("language", String(20), nullable=False),
    Column("zone", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("n_marks", Integer, nullable=False),
    Column("decision", String(10), nullable=False, server_default=""),
    Column("redacted", Text),  # NULL: nobody has changed anything yet
    Column("translation", Text, nullable=False, server_default=""),
    Column("themes", Text),  # a person's; NULL: those the stems find
    Column("before", Text),  # what the last decision replaced
    Column("marked_at", Instant),
    Column("marked_by", String(80)),
    Column("taken_at", Instant),
    Column("taken_by", String(80)),
    sqlite_with_rowid=False,
)  # fmt: skip

# One row per wave whose own words were cut off.
own_words = Table(
    "own_words", metadata,
    Column("wave_id", ForeignKey("wave.id"), primary_key=True),
    Column("themes", Text, nullable=False),
    Column("fixed_at", Instant),
    Column("fixed_by", String(80)),
)  # fmt: skip

# Who looked when; never at which text.
own_words_access = Table(
    "own_words_access", metadata,
    Column("id", Integer, primary_key=True),
    Column("wave_id", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", String(80), nullable=False),
    Column("what", String(40), nullable=False),
)  # fmt: skip

child_protection = Table(
    "child_protection", metadata,
    Column("district_id", ForeignKey("district.id"), primary_key=True),
    Column("users", Text, nullable=False),
    Column("procedure", Text, nullable=False),
)  # fmt: skip

draft = Table(
    "draft", metadata,
    Column("id", String(40), primary_key=True),
    Column("title", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", String(80), nullable=False),
    Column("locked_by", String(80)),
    Column("locked_until", Instant),
    Column("lock_key", String(40)),
    Column("saved_key", String(40)),
    Column("saved_turn", Integer),
)  # fmt: skip

draft_state = Table(
    "draft_state", metadata,
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", String(80), nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
)  # fmt: skip

draft_link = Table(
    "draft_link", metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("draft_id", ForeignKey("draft.id"), nullable=False),
    Column("title", String(120), nullable=False),
    Column("until", Date, nullable=False),
    Column("trial_hash", String(64)),  # NULL: a link to read and comment
)  # fmt: skip

draft_comment = Table(
    "draft_comment", metadata,
    Column("id", Integer, primary_key=True),
    Column("draft_id", ForeignKey("draft.id"), nullable=False),
    Column("question", String(60), nullable=False),
    Column("link", String(120), nullable=False),
    Column("name", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("done", Boolean, nullable=False, server_default=text("false")),
    Column("trial", Boolean, nullable=False, server_default=text("false")),
)  # fmt: skip

# What test links lead to, so that a draft can go on changing meanwhile.
draft_trial_version = Table(
    "draft_trial_version", metadata,
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# Far from the table of responses: nothing here is ever counted. How a question was answered, never what.
draft_trial = Table(
    "draft_trial", metadata,
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("id", LargeBinary(16), primary_key=True),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# Texts corrected while families answer. Both versions stay accepted; responses keep the one they were given to.
wave_revision = Table(
    "wave_revision", metadata,
    Column("wave_id", ForeignKey("wave.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", String(80), nullable=False),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
