"""How far a job is, with and without JavaScript, and the wish to stop it."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from survey.fieldwork import blueprint
from survey.fieldwork.words import JOB_NAMES, JOB_STATES
from survey.records import Job
from survey.security import needs
from survey.services import services
from survey.store import jobs, waves

UNDERWAY = frozenset({"waiting", "running"})


@blueprint.get("/auftraege/<int:job_id>")
@needs("coordinator", "planner", "administrator")
def job(job_id: int) -> ResponseReturnValue:
    """Show a job; the page asks again by itself while it is underway."""
    store = services().store
    found = jobs.get_job(store, job_id)
    return render_template(
        "fieldwork/job.html", job=found, wave=waves.find_wave(store, found.wave_id), name=JOB_NAMES[found.kind],
        words=JOB_STATES[found.state], underway=found.state in UNDERWAY, message=_message(found),
    )  # fmt: skip


@blueprint.get("/auftraege/<int:job_id>/stand")
@needs("coordinator", "planner", "administrator")
def job_state(job_id: int) -> ResponseReturnValue:
    """Return the same for the script of the page."""
    found = jobs.get_job(services().store, job_id)
    return jsonify(
        state=found.state, underway=found.state in UNDERWAY, progress=found.progress,
        words=JOB_STATES[found.state], message=_message(found),
    )  # fmt: skip


@blueprint.post("/auftraege/<int:job_id>/abbrechen")
@needs("coordinator", "planner", "administrator")
def cancel_job(job_id: int) -> ResponseReturnValue:
    """Ask the job process to stop."""
    jobs.ask_cancel(services().store, job_id)
    flash("Der Abbruch ist vorgemerkt.")
    return redirect(url_for("fieldwork.job", job_id=job_id), 303)


def _message(job: Job) -> str:
    if job.state == "running" and job.cancel_wanted:
        return "Wird abgebrochen …"
    if job.state == "waiting":
        return "Wartet, bis der Auftragsdienst frei ist."
    return job.problem or job.step
