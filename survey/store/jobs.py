"""Work for the job process: one row per job, taken under a lease that must be renewed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, or_, select, update

from survey.records import Job, JobKind, JobState
from survey.store import Store
from survey.store.errors import JobLost, JobUnknown
from survey.store.sql import insert_missing, upsert
from survey.store.tables import job, worker

#: A worker not heard of for this long counts as gone [s].
WORKER_SILENCE_SECONDS = 30

_LOST = "Der Auftrag brach ab, weil der Prozess endete, der ihn bearbeitet hat. Bitte noch einmal starten."
_COLUMNS = [column for column in job.c if column.name not in {"worker", "lease_until"}]


def add_job(store: Store, kind: JobKind, wave_id: str, now: datetime) -> int:
    """Add a job and return its id, or the id of the one of its kind already underway for the wave."""
    row = {"kind": kind, "wave_id": wave_id, "state": "waiting", "created_at": now}
    while True:
        with store.write() as connection:
            statement = insert_missing(connection, job).values(row).returning(job.c.id)
            job_id = connection.execute(statement).scalar_one_or_none()
        if job_id is not None:
            return int(job_id)
        if there := find_underway(store, kind, wave_id):  # it may have ended just now: then try again
            return there.id


def find_underway(store: Store, kind: JobKind, wave_id: str) -> Job | None:
    """Return the job of this kind that waits or runs for the wave."""
    where = (job.c.kind == kind, job.c.wave_id == wave_id, job.c.state.in_(("waiting", "running")))
    with store.read() as connection:
        row = connection.execute(select(*_COLUMNS).where(*where)).mappings().one_or_none()
    return None if row is None else _job(row)


def get_job(store: Store, job_id: int) -> Job:
    with store.read() as connection:
        row = connection.execute(select(*_COLUMNS).where(job.c.id == job_id)).mappings().one_or_none()
    if row is None:
        raise JobUnknown(job_id)
    return _job(row)


def list_jobs(store: Store, wave_id: str | None = None, limit: int = 20) -> tuple[Job, ...]:
    """Return the newest jobs, the newest first."""
    query = select(*_COLUMNS).order_by(job.c.id.desc()).limit(limit)
    if wave_id is not None:
        query = query.where(job.c.wave_id == wave_id)
    with store.read() as connection:
        return tuple(map(_job, connection.execute(query).mappings()))


def take(store: Store, worker_id: str, lease_seconds: float, now: datetime) -> Job | None:
    """Take the oldest waiting job, or return None; call :func:`heartbeat` before the lease ends."""
    oldest = select(job.c.id).where(job.c.state == "waiting").order_by(job.c.id).limit(1)
    values = {"state": "running", "worker": worker_id, "lease_until": now + timedelta(seconds=lease_seconds)}
    query = update(job).where(job.c.id == oldest.with_for_update(skip_locked=True).scalar_subquery())
    with store.write() as connection:
        row = connection.execute(query.values(values).returning(*_COLUMNS)).mappings().one_or_none()
    return None if row is None else _job(row)


def heartbeat(store: Store, job_id: int, worker_id: str, lease_seconds: float, now: datetime) -> bool:
    """Renew the lease and say whether somebody wants to cancel; raises JobLost if it is no longer ours."""
    values = {"lease_until": now + timedelta(seconds=lease_seconds)}
    with store.write() as connection:
        query = update(job).where(*_ours(job_id, worker_id)).values(values).returning(job.c.cancel_wanted)
        wanted: bool | None = connection.execute(query).scalar_one_or_none()
    if wanted is None:
        raise JobLost(job_id)
    return wanted


def report_progress(store: Store, job_id: int, worker_id: str, progress: float, step: str) -> None:
    """Say how far the job is (0…1) and what is being done, in German."""
    _set(store, job_id, worker_id, progress=min(max(progress, 0.0), 1.0), step=step)


def finish(store: Store, job_id: int, worker_id: str, now: datetime) -> None:
    _set(store, job_id, worker_id, state="done", progress=1.0, finished_at=now, lease_until=None)


def fail(store: Store, job_id: int, worker_id: str, problem: str, now: datetime) -> None:
    """End the job with what went wrong, in German and without answers."""
    _set(store, job_id, worker_id, state="failed", problem=problem, finished_at=now, lease_until=None)


def cancelled(store: Store, job_id: int, worker_id: str, now: datetime) -> None:
    """End a running job because somebody wanted to."""
    _set(store, job_id, worker_id, state="cancelled", finished_at=now, lease_until=None)


def ask_cancel(store: Store, job_id: int) -> None:
    """Ask a running job to end, and end a waiting one at once; a job that has ended stays as it is."""
    with store.write() as connection:
        waiting = update(job).where(job.c.id == job_id, job.c.state == "waiting")
        ended = {"state": "cancelled", "cancel_wanted": True, "finished_at": job.c.created_at}
        connection.execute(waiting.values(ended))
        running = update(job).where(job.c.id == job_id, job.c.state == "running")
        connection.execute(running.values(cancel_wanted=True))


def mark_lost(store: Store, now: datetime, worker_id: str | None = None) -> int:
    """Fail running jobs whose lease has ended, and all of `worker_id` (itself, at start); return how many."""
    gone: ColumnElement[bool] = or_(job.c.lease_until.is_(None), job.c.lease_until < now)
    if worker_id is not None:
        gone = or_(gone, job.c.worker == worker_id)
    values = {"state": "failed", "problem": _LOST, "finished_at": now, "lease_until": None}
    with store.write() as connection:
        query = update(job).where(job.c.state == "running", gone).values(values)
        return connection.execute(query).rowcount


def beat(store: Store, worker_id: str, now: datetime) -> None:
    """Say that the job process lives."""
    with store.write() as connection:
        connection.execute(upsert(connection, worker, ["id"], ["seen_at"]), {"id": worker_id, "seen_at": now})


def worker_seen_at(store: Store) -> datetime | None:
    """Return when a job process was last heard of."""
    with store.read() as connection:
        seen: datetime | None = connection.execute(select(func.max(worker.c.seen_at))).scalar_one()
    return seen


def worker_alive(store: Store, now: datetime, silence_seconds: float = WORKER_SILENCE_SECONDS) -> bool:
    """Say whether any job process was heard of lately."""
    seen = worker_seen_at(store)
    return seen is not None and (now - seen).total_seconds() <= silence_seconds


def count_waiting(store: Store) -> int:
    with store.read() as connection:
        query = select(func.count()).select_from(job).where(job.c.state == "waiting")
        return connection.execute(query).scalar_one()


def _ours(job_id: int, worker_id: str) -> tuple[ColumnElement[bool], ...]:
    running: JobState = "running"
    return job.c.id == job_id, job.c.worker == worker_id, job.c.state == running


def _set(store: Store, job_id: int, worker_id: str, **values: Any) -> None:
    with store.write() as connection:
        if connection.execute(update(job).where(*_ours(job_id, worker_id)).values(values)).rowcount == 0:
            raise JobLost(job_id)


def _job(row: RowMapping) -> Job:
    return Job(**row)
