"""A store of each kind, and the small cast every test of the web side can rely on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from survey.store import Store
from tests.survey.cast import district, notices, questionnaire, wave
from tests.survey.cast import door as a_door

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
    if request.param == "sqlite":
        store = Store(_migrated_file(tmp_path / "familienstimme.sqlite3"))
    else:
        store = Store(request.getfixturevalue("postgres_url"))
        store.migrate()
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


def fill(store: Store) -> Store:
    from survey.store import districts, questionnaires, waves

    districts.save_district(store, district())
    districts.save_notices(store, district().id, notices())
    questionnaires.save_questionnaire(store, questionnaire())
    waves.create_wave(store, wave())
    waves.add_door(store, a_door())
    return store
