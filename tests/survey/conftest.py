"""A store of each kind, and the small cast every test of the web side can rely on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from survey import create_app
from survey.records import Role, User
from survey.settings import Settings
from survey.store import Store, districts, questionnaires, users, waves
from survey.store.tables import metadata
from tests.survey import cast, desk_tools

MIGRATED: dict[str, bytes] = {}


def _migrated_file(path: Path) -> str:
    """Migrating takes a tenth of a second; copying what it made takes nothing."""
    url = f"sqlite:///{path}"
    if "sqlite" not in MIGRATED:
        store = Store(url)
        store.migrate()
        store.close()
        MIGRATED["sqlite"] = path.read_bytes()
    path.write_bytes(MIGRATED["sqlite"])
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated store with nothing in it, on both databases."""
    if request.param == "postgres":
        yield _emptied(request.getfixturevalue("migrated_postgres"))
        return
    store = Store(_migrated_file(tmp_path / "familienstimme.sqlite3"))
    yield store
    store.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    """The same with the cast: a district, its notices, a questionnaire, the wave „fam-26“ and a door."""
    return fill(empty_store)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    store = Store(_migrated_file(tmp_path / "familienstimme.sqlite3"))
    yield fill(store)
    store.close()


@pytest.fixture
def postgres_store(migrated_postgres: Store) -> Store:
    return fill(_emptied(migrated_postgres))


@pytest.fixture(scope="session")
def migrated_postgres_url(new_postgres_database: Callable[[], str]) -> str:
    return new_postgres_database()


@pytest.fixture(scope="session")
def migrated_postgres(migrated_postgres_url: str) -> Iterator[Store]:
    """One database for all tests, emptied before each: a new one for each would take most of the time."""
    store = Store(migrated_postgres_url)
    store.migrate()
    yield store
    store.close()


def _emptied(store: Store) -> Store:
    tables = ", ".join(table.name for table in metadata.sorted_tables)
    with store.write() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
    store.questionnaires.clear()
    store.seen.clear()
    return store


def fill(store: Store) -> Store:
    districts.save_district(store, cast.district())
    districts.save_notices(store, cast.district().id, cast.notices())
    questionnaires.save_questionnaire(store, cast.questionnaire())
    waves.create_wave(store, cast.wave())
    waves.add_door(store, cast.door())
    return store


# --- the web application -----------------------------------------------------------------------------------


@pytest.fixture
def clock() -> desk_tools.Clock:
    """The application's clock; a test sets `clock.now`."""
    return desk_tools.Clock(cast.DURING)


@pytest.fixture
def posts_per_source() -> int:
    """How many forms may come from one address; a module that floods or is flooded says another number."""
    return Settings.posts_per_source


@pytest.fixture
def app(sqlite_store: Store, tmp_path: Path, clock: desk_tools.Clock, posts_per_source: int) -> Iterator[Flask]:
    """The application over the cast's store, with one account per role: „coordinator“, „planner“, „administrator“."""
    settings = Settings(
        data=tmp_path, database_url=f"sqlite:///{sqlite_store.path}", secret_key="s" * 40,
        posts_per_source=posts_per_source,
    )  # fmt: skip
    for role in get_args(Role):
        users.add_user(sqlite_store, User(role, desk_tools.password_hash(), frozenset({role})))
    application = create_app(settings, clock)
    yield application
    application.extensions["familienstimme"].store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody from the public."""
    return app.test_client()


@pytest.fixture
def family(client: FlaskClient) -> FlaskClient:
    """A family's phone."""
    return client


@pytest.fixture
def log_in(app: Flask, clock: desk_tools.Clock) -> Callable[[str], FlaskClient]:
    """log_in("planner"): a browser in which this account is logged in."""

    def enter(name: str) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session.update(user=name, version=1, seen=int(clock.now.timestamp()))
        return client

    return enter


@pytest.fixture
def staff_client(log_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """A coordinator's browser."""
    return log_in("coordinator")
