"""Tables come from migrations alone, and several processes may start at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from survey.store import Store
from survey.store.errors import SchemaNewer
from survey.store.migrate import SCRIPTS
from survey.store.tables import metadata

STARTER = "import sys; from survey.store import Store; s = Store(sys.argv[1]); s.migrate(); s.ping()"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database nobody has used yet."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'data' / 'new.sqlite3'}"


def test_migrations_make_exactly_the_tables_of_the_program(empty_store: Store) -> None:
    with empty_store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_starters_at_once_all_succeed(url: str) -> None:
    starters = [
        subprocess.Popen([sys.executable, "-c", STARTER, url], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    problems = [starter.communicate(timeout=60)[1] for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0], problems


def test_migrating_again_changes_nothing(store: Store) -> None:
    store.migrate()
    store.ping()


def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    store = Store(url)
    store.migrate()
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaNewer) as raised:
        store.migrate()
    assert raised.value.revision == "9999"
    store.close()


def test_tables_of_answers_have_no_row_number_on_sqlite(sqlite_store: Store) -> None:
    with sqlite_store.read() as connection:
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    without = {name for name, sql in found if sql.rstrip().endswith("WITHOUT ROWID")}
    assert {"response", "access_code", "contact", "contact_waiting", "day_tally", "returns_tally"} <= without


def test_every_migration_lies_inside_the_package() -> None:
    assert SCRIPTS.is_relative_to(Path(sys.modules["survey.store"].__file__ or "").parent)
    assert {"env.py", "script.py.mako", "versions"} <= {path.name for path in SCRIPTS.iterdir()}


def test_the_file_is_private_and_made_for_durable_answers(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'data' / 'new.sqlite3'}")
    store.migrate()
    with store.read() as connection:
        values = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in (
                "journal_mode",
                "synchronous",
                "secure_delete",
                "foreign_keys",
                "page_size",
                "busy_timeout",
            )
        }
    files = list((tmp_path / "data").iterdir())
    assert values == {
        "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "page_size": 16384,
        "busy_timeout": 10000,
    }  # fmt: skip
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    store.close()


@pytest.mark.postgres
def test_postgres_waits_for_the_disk(postgres_url: str) -> None:
    store = Store(postgres_url)
    with store.read() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
    store.close()
