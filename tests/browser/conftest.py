"""The product as families reach it: a real server on loopback, with the shipped questionnaires and a real district."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from questionnaires.model import Questionnaire
from questionnaires.plan import default_plan
from questionnaires.region import District
from survey import create_app
from survey.records import Door, StoredResponse, Wave
from survey.settings import Settings
from survey.store import Store, districts, questionnaires, responses, waves
from tests.bench_stage import shipped_districts, shipped_questionnaires
from tests.served import served, settle
from tests.survey.cast import notices

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
NAMES = ("familien", "jugend")


@dataclass
class Site:
    """A running server and what is behind it."""

    address: str
    store: Store
    district: District
    questionnaires: dict[str, Questionnaire]
    server: Any = None
    """where it runs in this process"""

    def url(self, name: str = "familien", language: str = "de", door: str = "") -> str:
        return f"{self.address}/b/{name}?lang={language}" + (f"&z={door}" if door else "")

    def plain_url(self, name: str = "familien", language: str = "de") -> str:
        """Where browsers without script are led."""
        return f"{self.url(name, language)}&schlicht=1"

    def total(self, name: str = "familien") -> int:
        return responses.count_responses(self.store, name)

    def stored(self, name: str = "familien") -> list[StoredResponse]:
        return list(responses.read_responses(self.store, name))

    def forget(self) -> None:
        """Begin the next test with empty waves, once all has arrived that the last one sent."""
        settle(self.server)
        with self.store.write() as connection:
            connection.exec_driver_sql("DELETE FROM response")


def _fill(store: Store) -> tuple[District, dict[str, Questionnaire]]:
    district = shipped_districts()["schmalkalden-meiningen"]
    districts.save_district(store, district)
    districts.save_notices(store, district.id, notices())
    found = {name: shipped_questionnaires()[name] for name in NAMES}
    for name, questionnaire in found.items():
        questionnaires.save_questionnaire(store, questionnaire)
        waves.create_wave(store, Wave(
            id=name, title=name, district_id=district.id, questionnaire_hash=questionnaire.hash,
            opens_on=date(2026, 11, 1), closes_on=date(2026, 12, 20), entry_until=date(2027, 1, 10),
            retention_until=date(2027, 12, 31), plan_json=default_plan(questionnaire, district).model_dump_json(),
        ))  # fmt: skip
        waves.add_door(store, Door(name, "kita-sonne", "Kita Sonne", "Kita"))
    return district, found


@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site")
    settings = Settings(
        data=data, database_url=f"sqlite:///{data / 'f.sqlite3'}", secret_key="s" * 40, posts_per_source=10_000
    )
    store = Store(settings.database_url)
    store.migrate()
    district, found = _fill(store)
    with closing(store), served(create_app(settings, lambda: NOW)) as server:
        yield Site(f"http://127.0.0.1:{server.effective_port}", store, district, found, server)


@pytest.fixture
def site(running_site: Site) -> Site:
    running_site.forget()
    return running_site
