"""The job process: takes jobs under a lease and does every minute what is due by date."""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from survey.errors import SurveyError, log_safely
from survey.extract import write_extract
from survey.make_release import (
    Command,
    clear,
    compute,
    find_earlier,
    find_published,
    keep_release,
    private_folder,
    release_command,
)
from survey.plans import plan_of
from survey.records import Job
from survey.services import Services
from survey.store import jobs, returns, waves
from survey.store.anonymise import anonymise
from survey.store.errors import JobLost, RewriteBlocked
from survey.tick import tick, want_rewrite

log = logging.getLogger("familienstimme")

LEASE_SECONDS = 60.0
BEAT_SECONDS = 5.0
#: How often a running job looks whether somebody wants it to end [s].
ASKING_SECONDS = 1.0
PAUSE_SECONDS = 0.5
TICK_SECONDS = 60.0
#: A worker that is being replaced may need this long to end [s].
LOCK_PATIENCE = 10.0
#: The extract takes this share of a release's progress bar.
EXTRACT_SHARE = 0.1


class AlreadyWorking(SurveyError):
    """Another job process works on this data folder."""

    def __init__(self) -> None:
        super().__init__("Für diesen Datenordner läuft schon ein Auftragsdienst.")


class Interrupted(SurveyError):
    """The job process was told to end in the middle of a job."""

    def __init__(self) -> None:
        super().__init__("Der Auftragsdienst wurde beendet. Bitte starten Sie den Auftrag noch einmal.")


class Cancelled(Exception):
    """Somebody wants the job to end."""


@dataclass
class Worker:
    """One job process. `stop` ends it; the job that is running then counts as failed."""

    own: Services
    command: Command = release_command
    stop: threading.Event = field(default_factory=threading.Event)
    id: str = field(default_factory=lambda: socket.gethostname()[:60])
    lock_patience: float = LOCK_PATIENCE
    beat_seconds: float = BEAT_SECONDS
    _job: int | None = None
    _cancel: threading.Event = field(default_factory=threading.Event)
    _lost: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work until stopped."""
        with self._alone():
            last_tick = 0.0
            while not self.stop.is_set():
                if time.monotonic() - last_tick >= TICK_SECONDS:
                    last_tick = time.monotonic()
                    self._tick()
                if not self._do_next():
                    self.stop.wait(PAUSE_SECONDS)

    def run_waiting(self) -> int:
        """Do the jobs that wait now and return how many they were."""
        with self._alone():
            done = 0
            while not self.stop.is_set() and self._do_next():
                done += 1
            return done

    # --- being the only one, and alive ---

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with _lock(self.own.settings.data / "work.lock", self.lock_patience):
            jobs.mark_lost(self.own.store, self.own.clock(), self.id)
            clear(self.own.settings.temporary)
            ended = threading.Event()
            beating = threading.Thread(target=self._beat, args=(ended,), daemon=True)
            beating.start()
            try:
                yield
            finally:
                ended.set()
                beating.join()

    def _beat(self, ended: threading.Event) -> None:
        while True:
            try:
                self._beat_once()
            except Exception as error:  # noqa: BLE001  a database that is away for a moment must not end the worker
                log.warning("Lebenszeichen des Auftragsdienstes nicht geschrieben: %s", type(error).__name__)
            if ended.wait(self.beat_seconds if self._job is None else min(self.beat_seconds, ASKING_SECONDS)):
                return

    def _beat_once(self) -> None:
        store, now, job = self.own.store, self.own.clock(), self._job
        jobs.beat(store, self.id, now)
        jobs.mark_lost(store, now)
        if job is None:
            return
        try:
            if jobs.heartbeat(store, job, self.id, LEASE_SECONDS, now):
                self._cancel.set()
        except JobLost:
            if self._job == job:
                self._lost.set()

    def _tick(self) -> None:
        try:
            for sentence in tick(self.own, self.own.clock()):
                log.info(sentence)
        except Exception as error:  # noqa: BLE001  the next minute tries again
            log_safely(error, "tick")

    # --- one job ---

    def _do_next(self) -> bool:
        job = jobs.take(self.own.store, self.id, LEASE_SECONDS, self.own.clock())
        if job is None:
            return False
        self._cancel.clear()
        self._lost.clear()
        self._job = job.id
        try:
            self._do(job)
        except JobLost:
            log.warning("Auftrag %d gehört diesem Prozess nicht mehr", job.id)
        finally:
            self._job = None
        return True

    def _do(self, job: Job) -> None:
        store = self.own.store
        try:
            _KINDS[job.kind](self, job)
        except Cancelled:
            jobs.cancelled(store, job.id, self.id, self.own.clock())
        except JobLost:
            raise
        except SurveyError as error:
            log.warning("Auftrag %d (%s) nicht gelungen: %s", job.id, job.kind, type(error).__name__)
            jobs.fail(store, job.id, self.id, str(error), self.own.clock())
        except Exception as error:  # noqa: BLE001  one job that breaks must not end the others
            reference = log_safely(error, job.kind)
            problem = f"In unserem Programm ist ein Fehler aufgetreten. Kennzeichen: {reference}"
            jobs.fail(store, job.id, self.id, problem, self.own.clock())
        else:
            jobs.finish(store, job.id, self.id, self.own.clock())

    def _say(self, job: Job, progress: float, step: str) -> None:
        jobs.report_progress(self.own.store, job.id, self.id, progress, step)

    def _anonymise(self, job: Job) -> None:
        wave = waves.get_wave(self.own.store, job.wave_id)
        self._say(job, 0.1, "Die Antworten werden anonymisiert.")
        want_rewrite(self.own)
        plan = plan_of(wave)
        try:
            anonymise(self.own.store, wave.id, plan, self.own.clock())
        except RewriteBlocked:
            log.info("Das Journal war in Gebrauch; die nächste Minute versucht es wieder")

    def _maintain(self, job: Job) -> None:
        self._say(job, 0.1, "Der Rücklauf wird gezählt.")
        returns.tally_returns(self.own.store, job.wave_id, self.own.clock())
        want_rewrite(self.own)
        self._tick()

    def _release(self, job: Job) -> None:
        with private_folder(self.own.settings, f"release-{job.id}-") as folder:
            self._say(job, 0.0, "Der Auszug wird geschrieben.")
            wave = waves.get_wave(self.own.store, job.wave_id)
            write_extract(self.own.store, wave, folder / "extract")
            command, earlier = self.command(folder / "extract", folder / "release"), find_earlier(self.own, wave)
            command += ["--since", str(earlier)] if earlier else []
            for known in find_published(self.own, wave.id):
                command += ["--published", str(known)]
            for progress, step in compute(command, folder):
                self._check_wishes()
                if step:
                    self._say(job, EXTRACT_SHARE + (1 - EXTRACT_SHARE) * progress * 0.99, step)
            keep_release(self.own, job.wave_id, folder / "release")

    def _check_wishes(self) -> None:
        if self._lost.is_set() and self._job is not None:
            raise JobLost(self._job)
        if self._cancel.is_set():
            raise Cancelled
        if self.stop.is_set():
            raise Interrupted


_KINDS: dict[str, Callable[[Worker, Job], None]] = {
    "release": Worker._release, "anonymise": Worker._anonymise, "maintain": Worker._maintain,
}  # fmt: skip


@contextmanager
def _lock(path: Path, patience: float = LOCK_PATIENCE) -> Iterator[None]:
    """Hold a file lock; the kernel frees it also when its holder is killed."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _acquire(handle, patience)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, patience: float) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= end:
                raise AlreadyWorking from error
            time.sleep(0.1)


def work_off(own: Services) -> None:
    """Return when no job waits or runs any more: done here, or by the job process that is there already."""
    try:
        Worker(own, lock_patience=0.0).run_waiting()
    except AlreadyWorking:
        while any(job.state in {"waiting", "running"} for job in jobs.list_jobs(own.store, limit=100)):
            time.sleep(PAUSE_SECONDS)
