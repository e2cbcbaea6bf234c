"""Steps of a wave's life, each asked for once more in plain words before it is taken."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from survey.errors import NotNow
from survey.fieldwork import blueprint
from survey.fieldwork.waves import STEP_ACTIONS
from survey.fieldwork.words import CONFIRMATIONS, STATE_NAMES, Step
from survey.records import JobKind, Wave
from survey.security import needs
from survey.services import services
from survey.store import jobs, releases, waves
from survey.templating import day
from survey.waves import Action, allowed, state, withdraw_until


@blueprint.get("/wellen/<wave_id>/<any(schliessen, abschliessen, ergebnisstand):step>")
@needs("coordinator", "planner", "administrator")
def confirm(wave_id: str, step: Step) -> ResponseReturnValue:
    """Say what follows from a step before it is taken."""
    wave = waves.get_wave(services().store, wave_id)
    _require(wave, STEP_ACTIONS[step])
    asked = CONFIRMATIONS[step]
    facts = {
        "grace": wave.grace_hours, "entry": day(wave.entry_until), "withdraw": day(withdraw_until(wave)),
    }  # fmt: skip
    consequences = [sentence.format(**facts) for sentence in asked.consequences]
    return render_template(
        "fieldwork/confirm.html",
        wave=wave,
        step=step,
        asked=asked,
        consequences=consequences,
        legal_wave=wave,
    )


@blueprint.post("/wellen/<wave_id>/schliessen")
@needs("coordinator", "administrator")
def close(wave_id: str) -> ResponseReturnValue:
    """Close the wave at this instant."""
    store, now = services().store, services().clock()
    _require(waves.get_wave(store, wave_id), "close_now")
    waves.close_now(store, wave_id, now)
    jobs.add_job(store, "maintain", wave_id, now)  # from now on nothing is added: no order may stay behind
    flash("Die Welle ist geschlossen. Handys ohne Netz werden noch angenommen.")
    return redirect(url_for("fieldwork.wave", wave_id=wave_id), 303)


@blueprint.post("/wellen/<wave_id>/abschliessen")
@needs("coordinator", "administrator")
def end_entry(wave_id: str) -> ResponseReturnValue:
    """End the entry at this instant and let the answers be anonymised."""
    store, now = services().store, services().clock()
    _require(waves.get_wave(store, wave_id), "end_entry")
    waves.end_entry(store, wave_id, now)
    return _start("anonymise", wave_id)


@blueprint.post("/wellen/<wave_id>/ergebnisstand")
@needs("coordinator", "planner", "administrator")
def make_release(wave_id: str) -> ResponseReturnValue:
    """Let the job process compute a release; one at a time for a wave."""
    _require(waves.get_wave(services().store, wave_id), "release")
    return _start("release", wave_id)


@blueprint.get("/wellen/<wave_id>/ergebnisstand/<int:number>/<any(veroeffentlichen, zurueckziehen):verb>")
@needs("coordinator", "planner")
def confirm_release(wave_id: str, number: int, verb: str) -> ResponseReturnValue:
    """Say what follows from publishing or withdrawing a release."""
    store = services().store
    release = releases.get_release(store, wave_id, number)
    return render_template(
        "fieldwork/confirm_release.html", wave=waves.get_wave(store, wave_id), release=release, verb=verb
    )


@blueprint.post("/wellen/<wave_id>/ergebnisstand/<int:number>/<any(veroeffentlichen, zurueckziehen):verb>")
@needs("coordinator", "planner")
def set_release(wave_id: str, number: int, verb: str) -> ResponseReturnValue:
    """Publish or withdraw a release."""
    store = services().store
    if releases.get_release(store, wave_id, number).state == "withdrawn":
        raise NotNow(f"Ergebnisstand {number} ist zurückgezogen. Er kann nicht wieder veröffentlicht werden.")
    if verb == "veroeffentlichen":
        releases.publish(store, wave_id, number)
        flash(f"Ergebnisstand {number} ist jetzt öffentlich.")
    else:
        releases.withdraw(store, wave_id, number)
        flash(f"Ergebnisstand {number} ist zurückgezogen. Er bleibt im Verzeichnis, wird aber nicht mehr gezeigt.")
    return redirect(url_for("results.wave", wave_id=wave_id), 303)  # planners may not see the wave's own page


def _start(kind: JobKind, wave_id: str) -> ResponseReturnValue:
    """Add the job, or lead to the same one that is underway already."""
    job_id = jobs.add_job(services().store, kind, wave_id, services().clock())
    return redirect(url_for("fieldwork.job", job_id=job_id), 303)


def _require(wave: Wave, action: Action) -> None:
    current = state(wave, services().clock())
    if not allowed(current, action):
        raise NotNow(
            f"Die Welle „{wave.title}“ hat den Stand „{STATE_NAMES[current]}“. Dieser Schritt passt dazu nicht."
        )
