"""A release is compared with the newest earlier wave of its questionnaire and district, or the one the plan names."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from questionnaires.model import Questionnaire
from survey.make_release import explain, find_earlier
from survey.records import Wave
from survey.services import Services
from survey.settings import Settings, prepare_data
from survey.store import Store, jobs, questionnaires, releases, responses, waves
from survey.store.anonymise import anonymise
from survey.work import Worker
from tests.survey import cast
from tests.survey.cast import AFTER, DURING, WAVE
from tests.survey.desk_tools import Clock


@pytest.fixture
def own(sqlite_store: Store, tmp_path: Path) -> Services:
    settings = Settings(tmp_path, f"sqlite:///{sqlite_store.path}")
    prepare_data(settings)
    return Services(settings, sqlite_store, Clock(AFTER))


def add(own: Services, name: str, year: int, released: str | None = "public", **changes: Any) -> Path:
    """An earlier wave with a release in one state, or without one; returns where it lies."""
    dates = {"opens_on": date(year, 3, 1), "closes_on": date(year, 3, 31)}
    waves.create_wave(own.store, cast.wave(id=name, **(dates | changes)))
    place = own.settings.releases / name / "1"
    if released:
        place.mkdir(parents=True)
        releases.add_release(own.store, name, "0" * 64, AFTER)
        releases.set_state(own.store, name, 1, "public" if released == "public" else "withdrawn")
    return place


def now(own: Services, **plan: Any) -> Wave:
    wave = waves.get_wave(own.store, WAVE)
    return Wave(**(vars(wave) | {"plan_json": cast.plan(**plan).model_dump_json()}))


def test_without_an_earlier_wave_nothing_is_compared(own: Services) -> None:
    assert find_earlier(own, now(own)) is None


def test_the_newest_earlier_wave_with_a_release_counts(own: Services) -> None:
    add(own, "w2022", 2022)
    place = add(own, "w2024", 2024)
    add(own, "w2025", 2025, released=None)
    assert find_earlier(own, now(own)) == place


def test_a_withdrawn_release_and_a_later_wave_are_never_compared_with(own: Services) -> None:
    add(own, "w2024", 2024, released="withdrawn")
    add(own, "w2027", 2027)
    assert find_earlier(own, now(own)) is None


def test_another_questionnaire_is_another_survey(own: Services) -> None:
    data = cast.questionnaire().model_dump(by_alias=True)
    other = Questionnaire.model_validate({**data, "id": "jugend"})
    questionnaires.save_questionnaire(own.store, other)
    add(own, "w2024", 2024, questionnaire_hash=other.hash)
    assert find_earlier(own, now(own)) is None


def test_the_plan_may_name_the_wave_or_none(own: Services) -> None:
    place = add(own, "w2022", 2022)
    add(own, "w2024", 2024)
    assert find_earlier(own, now(own, compare_with="w2022")) == place
    assert find_earlier(own, now(own, compare_with="")) is None


def test_the_computation_is_told_the_earlier_release(own: Services) -> None:
    place = add(own, "w2024", 2024)
    responses.submit(own.store, cast.submission(1), DURING)
    anonymise(own.store, WAVE, cast.plan(), AFTER)
    told = "import sys; print(' '.join(sys.argv[3:]), file=sys.stderr); sys.exit(9)"
    job = jobs.add_job(own.store, "release", WAVE, AFTER)
    Worker(own, lambda extract, target: ["-c", told, str(extract), str(target)]).run_waiting()
    assert jobs.get_job(own.store, job).problem == f"--since {place}"


@pytest.mark.parametrize("code", [1, 3, 6, 7, 9])
def test_what_the_analysis_says_itself_reaches_the_coordinator(code: int) -> None:
    assert explain(code, "Der Auszug hat Fehler.\n") == "Der Auszug hat Fehler."
