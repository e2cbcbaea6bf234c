"""The job process: one at a time, cancelled when asked, never left over; what is due by date is done."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from survey.child import start_child
from survey.make_release import Command, explain, last_progress
from survey.records import Job
from survey.services import Services
from survey.settings import Settings, prepare_data
from survey.store import Store, jobs, releases, responses, returns, waves
from survey.store.anonymise import anonymise
from survey.store.errors import RewriteBlocked
from survey.tick import tick
from survey.waves import state
from survey.work import AlreadyWorking, Worker, work_off
from tests.survey import cast
from tests.survey.cast import AFTER, DURING, WAVE
from tests.survey.desk_tools import Clock
from tests.waiting import wait_until

#: Programs that stand in for the analysis: they get extract and target like it.
GOOD = """
import sys, pathlib
extract, target = map(pathlib.Path, sys.argv[1:3])
assert (extract / "codebook.json").exists()
print("progress 0.5 Tabellen werden geschützt", flush=True)
target.mkdir(); (target / "manifest.json").write_text("{}")
"""
SLOW = "import time; print('progress 0.25 Es dauert', flush=True); time.sleep(60)"
REFUSES = "import sys; print('responses.csv: Die Spalte „area“ fehlt.', file=sys.stderr); sys.exit(1)"
CRASHES = "raise ValueError('Familie Meier sagt: zu wenig Bus')"


def program(text: str) -> Command:
    return lambda extract, target: ["-c", text, str(extract), str(target)]


@pytest.fixture
def own(sqlite_store: Store, tmp_path: Path, clock: Clock) -> Services:
    settings = Settings(tmp_path, f"sqlite:///{sqlite_store.path}")
    prepare_data(settings)
    return Services(settings, sqlite_store, clock)


@pytest.fixture
def finished(own: Services, clock: Clock) -> Services:
    """The wave is anonymised, with three responses."""
    for number in range(3):
        responses.submit(own.store, cast.submission(number), DURING)
    clock.now = AFTER
    anonymise(own.store, WAVE, cast.plan(), AFTER)
    return own


def make(own: Services, text: str) -> Job:
    job = jobs.add_job(own.store, "release", WAVE, own.clock())
    assert Worker(own, program(text)).run_waiting() == 1
    return jobs.get_job(own.store, job)


@pytest.fixture
def running(finished: Services) -> Iterator[tuple[Services, Worker, int]]:
    """A worker in the middle of a slow release."""
    job = jobs.add_job(finished.store, "release", WAVE, AFTER)
    worker = Worker(finished, program(SLOW), beat_seconds=0.05)
    thread = threading.Thread(target=worker.run)
    thread.start()
    wait_until(lambda: jobs.get_job(finished.store, job).step == "Es dauert", "the job to be in its middle")
    yield finished, worker, job
    worker.stop.set()
    thread.join(15)


# --- releases ----------------------------------------------------------------------------------------------


def test_a_release_is_kept_under_its_number_and_is_internal_first(finished: Services) -> None:
    assert make(finished, GOOD).state == "done"
    assert make(finished, GOOD).state == "done"
    kept = releases.list_releases(finished.store, WAVE)
    assert [(r.number, r.state) for r in kept] == [(2, "internal"), (1, "internal")]
    assert (finished.settings.releases / WAVE / "2" / "manifest.json").read_text() == "{}"


def test_nothing_of_the_extract_stays_behind(finished: Services) -> None:
    for text in (GOOD, REFUSES, CRASHES):
        make(finished, text)
    assert list(finished.settings.temporary.iterdir()) == []


def test_what_a_crash_left_is_removed_at_the_next_start(own: Services) -> None:
    (own.settings.temporary / "release-7-x" / "extract").mkdir(parents=True)
    (own.settings.temporary / "release-7-x" / "extract" / "responses.csv").write_text("row")
    Worker(own).run_waiting()
    assert list(own.settings.temporary.iterdir()) == []


def test_the_temporary_folder_is_private(finished: Services) -> None:
    text = GOOD + "import os; (target / 'mode').write_text(oct(os.stat(extract.parent).st_mode & 0o777))"
    make(finished, text)
    assert (finished.settings.releases / WAVE / "1" / "mode").read_text() == "0o700"


def test_the_analysis_says_itself_what_is_wrong(finished: Services) -> None:
    job = make(finished, REFUSES)
    assert (job.state, job.problem) == ("failed", "responses.csv: Die Spalte „area“ fehlt.")
    assert releases.list_releases(finished.store, WAVE) == ()


def test_a_crash_of_the_analysis_tells_no_answer(finished: Services, caplog: pytest.LogCaptureFixture) -> None:
    job = make(finished, CRASHES)
    assert job.state == "failed"
    assert "Meier" not in job.problem + caplog.text
    assert "Code 1" in job.problem


def test_a_wave_that_is_not_anonymised_gives_no_release(own: Services) -> None:
    job = make(own, GOOD)
    assert job.state == "failed"
    assert "erst, wenn die Antworten anonymisiert sind" in job.problem


def test_a_folder_without_a_row_is_replaced(finished: Services) -> None:
    orphan = finished.settings.releases / WAVE / "1"
    orphan.mkdir(parents=True)
    (orphan / "halb").write_text("x")
    assert make(finished, GOOD).state == "done"
    assert [file.name for file in orphan.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", (0.0, "")), ("progress 0.42 Tabellen\n", (0.42, "Tabellen")),
        ("progress 0.1 Eins\nprogress 0.2 Zw", (0.1, "Eins")), ("progress 1 Fertig\nBemerkung\n", (1.0, "Fertig")),
        ("progress 7 Zu viel\n", (0.0, "")), ("progress 1.5 Zu viel\n", (1.0, "Zu viel")),
    ],
)  # fmt: skip
def test_only_complete_lines_of_progress_count(said: str, expected: tuple[float, str]) -> None:
    assert last_progress(said) == expected


def test_the_end_by_a_signal_is_explained_in_words() -> None:
    assert "Code -9" in explain(-9, "")


# --- cancelling, stopping, dying ---------------------------------------------------------------------------


def test_cancelling_ends_the_computation_with_all_it_started(running: tuple[Services, Worker, int]) -> None:
    own, _, job = running
    jobs.ask_cancel(own.store, job)
    wait_until(lambda: jobs.get_job(own.store, job).state == "cancelled", "the job to be cancelled")
    assert [child for child in children_of(os.getpid()) if b"Es dauert" in command_of(child)] == []


def test_stopping_the_worker_fails_the_job_and_says_to_start_again(running: tuple[Services, Worker, int]) -> None:
    own, worker, job = running
    worker.stop.set()
    wait_until(lambda: jobs.get_job(own.store, job).state == "failed", "the job to fail")
    assert "noch einmal" in jobs.get_job(own.store, job).problem


def test_progress_is_visible_while_it_runs(running: tuple[Services, Worker, int]) -> None:
    own, _, job = running
    found = jobs.get_job(own.store, job)
    assert (found.state, found.step) == ("running", "Es dauert")
    assert 0.1 < found.progress < 0.5


def test_a_second_worker_on_the_same_folder_is_refused(running: tuple[Services, Worker, int]) -> None:
    with pytest.raises(AlreadyWorking):
        Worker(running[0], lock_patience=0).run_waiting()


def test_a_worker_says_that_it_lives(running: tuple[Services, Worker, int]) -> None:
    own, _, _ = running
    assert jobs.worker_alive(own.store, own.clock())


def test_a_job_of_a_killed_worker_fails_at_the_next_start(finished: Services) -> None:
    job = jobs.add_job(finished.store, "release", WAVE, AFTER)
    jobs.take(finished.store, Worker(finished).id, 60, AFTER)
    Worker(finished).run_waiting()
    found = jobs.get_job(finished.store, job)
    assert found.state == "failed"
    assert "noch einmal" in found.problem


def test_what_is_computed_dies_with_a_killed_worker(tmp_path: Path) -> None:
    code = (
        "import sys, time; from survey.child import start_child\n"
        "child = start_child(['-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    grandchild = int(parent.stdout.readline())
    wait_until(lambda: b"sleep(60)" in command_of(grandchild), "the child to be itself")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not is_alive(grandchild), "the child to end")


def test_a_child_takes_no_modules_from_the_folder_it_starts_in(tmp_path: Path) -> None:
    (tmp_path / "survey.py").write_text("raise SystemExit(3)")
    assert start_child(["-c", "import survey.child"], folder=tmp_path).wait() == 0


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def command_of(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def children_of(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for file in found for child in file.read_text().split() if is_alive(int(child))]


def test_an_unexpected_error_fails_the_job_with_a_reference_only(
    finished: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Familie Meier")

    monkeypatch.setattr("survey.work.write_extract", broken)
    job = make(finished, GOOD)
    assert job.state == "failed"
    assert "Kennzeichen" in job.problem
    assert "Meier" not in job.problem + caplog.text


def test_working_off_waits_for_the_worker_that_is_there(running: tuple[Services, Worker, int]) -> None:
    own, _, job = running
    waiting = threading.Thread(target=work_off, args=(own,))
    waiting.start()
    jobs.ask_cancel(own.store, job)
    waiting.join(10)
    assert not waiting.is_alive()
    assert jobs.get_job(own.store, job).state == "cancelled"


# --- what is due by date -----------------------------------------------------------------------------------


def test_returns_are_counted_once_a_night(own: Services) -> None:
    responses.submit(own.store, cast.submission(), DURING)
    assert tick(own, DURING)
    assert returns.get_returns(own.store, WAVE).as_of == DURING
    assert tick(own, DURING + timedelta(hours=3)) == []
    midnight = datetime(2026, 3, 10, 23, 1, tzinfo=UTC)  # 00:01 of the next day in Berlin
    assert len(tick(own, midnight)) == 2
    assert returns.get_returns(own.store, WAVE).as_of == midnight


def test_on_its_first_day_a_wave_is_not_counted(own: Services) -> None:
    assert tick(own, datetime(2026, 3, 1, 12, tzinfo=UTC)) == []


def test_after_the_entry_the_answers_are_anonymised_without_anybody_asking(own: Services, clock: Clock) -> None:
    responses.submit(own.store, cast.submission(), DURING)
    clock.now = AFTER
    tick(own, AFTER)
    Worker(own).run_waiting()
    assert state(waves.get_wave(own.store, WAVE), AFTER) == "anonymised"
    assert [job.state for job in jobs.list_jobs(own.store, WAVE)] == ["done"]


def test_a_failed_anonymising_is_tried_again_after_an_hour_not_every_minute(own: Services) -> None:
    job = jobs.add_job(own.store, "anonymise", WAVE, AFTER)
    jobs.take(own.store, "w", 60, AFTER)
    jobs.fail(own.store, job, "w", "x", AFTER)
    tick(own, AFTER + timedelta(minutes=59))
    assert len(jobs.list_jobs(own.store, WAVE)) == 1
    tick(own, AFTER + timedelta(minutes=61))
    assert len(jobs.list_jobs(own.store, WAVE)) == 2


def test_after_the_retention_date_the_answers_are_deleted(finished: Services) -> None:
    last_day = datetime(2027, 3, 31, 12, tzinfo=UTC)
    assert tick(finished, last_day) == []
    assert len(tick(finished, last_day + timedelta(days=1))) == 2
    assert state(waves.get_wave(finished.store, WAVE), last_day) == "archived"


def test_a_rewrite_that_was_blocked_is_made_up_for(own: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def blocked(_: Store) -> None:
        raise RewriteBlocked

    with monkeypatch.context() as patch:
        patch.setattr("survey.tick.rewrite", blocked)
        assert len(tick(own, DURING)) == 1
    later = DURING + timedelta(minutes=1)
    assert tick(own, later) == ["Antworten und Codes wurden in zufälliger Reihenfolge neu geschrieben."]
    assert tick(own, later) == []


def test_closing_a_wave_counts_and_rewrites(own: Services) -> None:
    responses.submit(own.store, cast.submission(), DURING)
    waves.close_now(own.store, WAVE, DURING)
    jobs.add_job(own.store, "maintain", WAVE, DURING)
    assert Worker(own).run_waiting() == 1
    assert returns.get_returns(own.store, WAVE).as_of == DURING
    assert not (own.settings.data / "rewrite_wanted").exists()
