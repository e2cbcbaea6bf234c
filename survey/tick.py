"""What is due by date: the nightly count, mixing and rewrite, anonymising after the entry, deleting at the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from survey.records import Wave
from survey.services import Services
from survey.store import contacts, jobs, returns, trials, waves
from survey.store.anonymise import archive
from survey.store.errors import RewriteBlocked
from survey.store.rewrite import rewrite
from survey.waves import due, local_day

#: A wave whose anonymising failed is tried again after this time.
RETRY = timedelta(hours=1)


def tick(own: Services, now: datetime) -> list[str]:
    """Do what is due now and return a German sentence per thing done; repeating it is no error."""
    done: list[str] = []
    for wave in waves.list_waves(own.store):
        steps = due(wave, now)
        if "tally" in steps and _night_passed(own, wave, now):
            returns.tally_returns(own.store, wave.id, now)
            want_rewrite(own)
            done.append(f"{wave.id}: Rücklauf gezählt.")
        if "anonymise" in steps and _may_try(own, wave, now):
            jobs.add_job(own.store, "anonymise", wave.id, now)
            done.append(f"{wave.id}: Die Erfassung ist zu Ende, das Anonymisieren ist vorgemerkt.")
        if "archive" in steps:
            want_rewrite(own)
            _archive(own, wave, now)
            done.append(f"{wave.id}: Die einzelnen Antworten sind gelöscht, wie zugesagt.")
    done += _nightly_addresses(own, now)
    if trials.forget_ended(own.store, local_day(now)):
        done.append("Alte Probeläufe von Entwürfen sind gelöscht, wie zugesagt.")
    if _rewrite_wanted(own):
        done.append("Antworten und Codes wurden in zufälliger Reihenfolge neu geschrieben.")
    return done


def _nightly_addresses(own: Services, now: datetime) -> list[str]:
    """Mix the addresses of the day that ended among the others, and delete those whose day has come.

    Once a night and for all waves together: a batch in the middle of a day could be one family.
    """
    night, today = own.settings.data / "addresses_mixed", local_day(now).isoformat()
    last = night.read_text(encoding="utf-8") if night.exists() else ""
    if last == today:
        return []
    done = _mix_addresses(own, now) if last else []  # whoever starts in the middle of a day waits for its end
    night.write_text(today, encoding="utf-8")
    return done


def _mix_addresses(own: Services, now: datetime) -> list[str]:
    done: list[str] = []
    for wave in waves.list_waves(own.store):
        ended = wave.contact_until is not None and local_day(now) > wave.contact_until
        if ended and contacts.forget_all(own.store, wave.id):
            done.append(f"{wave.id}: Die Adressen sind gelöscht, wie zugesagt.")
        elif contacts.mix(own.store, wave.id):
            done.append(f"{wave.id}: Neue Adressen wurden untergemischt.")
    if done:
        want_rewrite(own)
    return done


def want_rewrite(own: Services) -> None:
    """Remember that the tables must be written anew, also when this process ends before."""
    _marker(own).touch(mode=0o600)


def _marker(own: Services) -> Path:
    return own.settings.data / "rewrite_wanted"


def _rewrite_wanted(own: Services) -> bool:
    if not _marker(own).exists():
        return False
    try:
        rewrite(own.store)
    except RewriteBlocked:
        return False  # somebody reads; the next minute tries again
    _marker(own).unlink(missing_ok=True)
    return True


def _archive(own: Services, wave: Wave, now: datetime) -> None:
    try:
        archive(own.store, wave.id, now)
    except RewriteBlocked:
        return  # the answers are deleted; the marker lets the rewrite be repeated


def _night_passed(own: Services, wave: Wave, now: datetime) -> bool:
    """Return whether a midnight has passed since the last count, or since the wave opened."""
    counted = returns.get_returns(own.store, wave.id).as_of
    last = local_day(counted) if counted else wave.opens_on
    return local_day(now) > last


def _may_try(own: Services, wave: Wave, now: datetime) -> bool:
    """Return whether no attempt failed a short while ago: one failed job per hour is enough to be seen."""
    ended = [
        job.finished_at
        for job in jobs.list_jobs(own.store, wave.id)
        if job.kind == "anonymise" and job.state in {"failed", "cancelled"} and job.finished_at
    ]
    return not ended or now - max(ended) >= RETRY
