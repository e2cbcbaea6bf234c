"""A release that the true analysis computes in two processes is cancelled through its job."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.services import Services
from survey.settings import Settings, prepare_data
from survey.store import Store, jobs, releases, responses
from survey.store.anonymise import anonymise
from survey.work import Worker
from tests.analysis.cancelling import both_at_work, command, processes_with
from tests.analysis.make_extract import make_small
from tests.survey import cast
from tests.survey.cast import AFTER, DURING, WAVE
from tests.survey.desk_tools import Clock
from tests.waiting import wait_until


@pytest.fixture
def own(sqlite_store: Store, tmp_path: Path) -> Services:
    settings = Settings(tmp_path / "data", f"sqlite:///{sqlite_store.path}")
    prepare_data(settings)
    responses.submit(sqlite_store, cast.submission(), DURING)
    anonymise(sqlite_store, WAVE, cast.plan(), AFTER)
    return Services(settings, sqlite_store, Clock(AFTER))


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Stands in for the extract of the wave, which has too few responses to last."""
    return make_small(tmp_path / "x")


@pytest.fixture
def worker(own: Services, extract: Path) -> Iterator[Worker]:
    worker = Worker(own, lambda _, target: command(extract, target), beat_seconds=0.05)
    thread = threading.Thread(target=worker.run)
    thread.start()
    yield worker
    (extract / "weiter").touch()
    worker.stop.set()
    thread.join(30)


def state_of(own: Services, job: int) -> str:
    return jobs.get_job(own.store, job).state


def test_a_cancelled_release_leaves_no_file_and_no_process_and_the_next_one_works(
    own: Services, worker: Worker, extract: Path
) -> None:
    job = jobs.add_job(own.store, "release", WAVE, AFTER)
    wait_until(lambda: both_at_work(extract), "both processes to be at work", 60)
    assert len(processes_with(str(extract))) == 2
    jobs.ask_cancel(own.store, job)
    wait_until(lambda: state_of(own, job) == "cancelled", "the job to be cancelled", 60)
    assert processes_with(str(extract)) == []
    assert list(own.settings.temporary.iterdir()) == []
    assert releases.list_releases(own.store, WAVE) == ()
    assert not (own.settings.releases / WAVE).exists()
    (extract / "weiter").touch()
    again = jobs.add_job(own.store, "release", WAVE, AFTER)
    wait_until(lambda: state_of(own, again) == "done", "the job to be done", 60)
    assert (own.settings.releases / WAVE / "1" / "manifest.json").is_file()
