"""Jobs are done once, under a lease, and never forgotten in the state „running“."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from survey.store import Store, jobs
from survey.store.errors import JobLost, JobUnknown
from tests.survey.cast import DURING, WAVE

MINUTE = timedelta(minutes=1)


def _release(store: Store) -> int:
    return jobs.add_job(store, "release", WAVE, DURING)


def test_a_wave_has_at_most_one_release_job_underway(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: _release(store), range(16)))
    assert len(ids) == len(jobs.list_jobs(store)) == 1
    jobs.take(store, "w", 60, DURING)
    assert _release(store) in ids
    jobs.finish(store, ids.pop(), "w", DURING)
    assert jobs.get_job(store, _release(store)).state == "waiting"


def test_other_work_and_other_waves_do_not_wait(store: Store) -> None:
    ids = {_release(store), jobs.add_job(store, "maintain", WAVE, DURING), jobs.add_job(store, "release", "b", DURING)}
    assert len(ids) == 3
    assert len(jobs.list_jobs(store, WAVE)) == 2


def test_many_workers_take_each_job_once_and_the_oldest_first(store: Store) -> None:
    ids = [jobs.add_job(store, "release", f"welle-{number}", DURING) for number in range(6)]
    first = jobs.take(store, "w", 60, DURING)
    assert first is not None
    assert first.id == ids[0]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: jobs.take(store, f"w{n}", 60, DURING), range(16)))
    assert {job.id for job in taken if job} <= set(ids[1:])
    assert len({job.id for job in taken if job}) == len([job for job in taken if job]) >= 1


def test_progress_is_seen_and_the_end_too(store: Store) -> None:
    job_id = _release(store)
    jobs.take(store, "w", 60, DURING)
    jobs.report_progress(store, job_id, "w", 0.4, "Tabellen werden geschützt")
    half = jobs.get_job(store, job_id)
    assert (half.state, half.progress, half.step) == ("running", 0.4, "Tabellen werden geschützt")
    jobs.finish(store, job_id, "w", DURING + MINUTE)
    done = jobs.get_job(store, job_id)
    assert (done.state, done.progress, done.created_at, done.finished_at) == ("done", 1, DURING, DURING + MINUTE)


def test_a_wish_to_cancel_reaches_the_worker_and_ends_a_waiting_job_at_once(store: Store) -> None:
    running, waiting = _release(store), jobs.add_job(store, "maintain", WAVE, DURING)
    jobs.take(store, "w", 60, DURING)
    assert jobs.heartbeat(store, running, "w", 60, DURING) is False
    jobs.ask_cancel(store, running)
    jobs.ask_cancel(store, waiting)
    assert jobs.heartbeat(store, running, "w", 60, DURING) is True
    jobs.cancelled(store, running, "w", DURING)
    assert {jobs.get_job(store, job_id).state for job_id in (running, waiting)} == {"cancelled"}
    assert jobs.take(store, "w", 60, DURING) is None


def test_a_lost_job_fails_with_a_reason_and_its_late_worker_is_told(store: Store) -> None:
    job_id = _release(store)
    jobs.take(store, "w", 60, DURING)
    assert jobs.mark_lost(store, DURING + timedelta(seconds=59)) == 0
    assert jobs.mark_lost(store, DURING + timedelta(seconds=61)) == 1
    lost = jobs.get_job(store, job_id)
    assert (lost.state, lost.finished_at) == ("failed", DURING + timedelta(seconds=61))
    assert "noch einmal starten" in lost.problem
    with pytest.raises(JobLost):
        jobs.heartbeat(store, job_id, "w", 60, DURING + MINUTE)
    with pytest.raises(JobLost):
        jobs.finish(store, job_id, "w", DURING + MINUTE)


def test_a_restarted_worker_gives_up_what_it_had_begun(store: Store) -> None:
    job_id = _release(store)
    jobs.take(store, "w", 3600, DURING)
    assert jobs.mark_lost(store, DURING, "another") == 0
    assert jobs.mark_lost(store, DURING, "w") == 1
    assert jobs.get_job(store, job_id).state == "failed"


def test_a_failure_keeps_its_reason(store: Store) -> None:
    job_id = _release(store)
    jobs.take(store, "w", 60, DURING)
    jobs.fail(store, job_id, "w", "Zu wenige Antworten für einen Ergebnisstand.", DURING)
    assert jobs.get_job(store, job_id).problem == "Zu wenige Antworten für einen Ergebnisstand."
    with pytest.raises(JobUnknown):
        jobs.get_job(store, job_id + 1)


def test_the_job_process_is_alive_while_it_is_heard_of(store: Store) -> None:
    assert jobs.worker_seen_at(store) is None
    jobs.beat(store, "w", DURING - MINUTE)
    jobs.beat(store, "w", DURING)
    assert jobs.worker_seen_at(store) == DURING
    assert jobs.worker_alive(store, DURING + timedelta(seconds=30))
    assert not jobs.worker_alive(store, DURING + timedelta(seconds=31))
