"""The page on which a family deletes its answers."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from survey.records import Wave
from survey.respond import KEY_PATTERN, blueprint, instrument_of, language_of, not_open, page_response
from survey.respond.document import Instrument, code_script, render_page
from survey.services import Services, services
from survey.store import jobs, responses, waves
from survey.waves import allowed, state, withdraw_until


@blueprint.get("/<wave_id>/widerruf")
def withdrawal(wave_id: str) -> ResponseReturnValue:
    """Ask for the code and say until when it works."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    if not allowed(state(wave, own.clock()), "withdraw"):
        return _not_now(own, wave)
    return _page(_instrument(own, wave))


@blueprint.post("/<wave_id>/widerruf")
def withdraw(wave_id: str) -> ResponseReturnValue:
    """Delete a response; a code nobody has gets the same answer as one that was used.

    Where an access code was used up for it, a fresh one stands on the page, once: it is kept nowhere but as a hash.
    """
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    instrument, now = _instrument(own, wave), own.clock()
    if not allowed(state(wave, now), "withdraw"):
        return _not_now(own, wave)
    w, key = instrument.words, request.form.get("key", "").strip()
    if not KEY_PATTERN.fullmatch(key):
        return _page(instrument, problem=w["withdraw_malformed"], typed=key, status=422)
    renew = wave.code_required and state(wave, now) == "open"
    code = responses.exchange(own.store, wave.id, key, renew=renew)
    if code is not None:
        # The job process rewrites the tables, so that the deleted answers leave the file as well.
        jobs.add_job(own.store, "maintain", wave.id, now)
    page = render_page(
        instrument, w["withdraw_title"], message=w["withdraw_done"], fresh_code=code,
        js=code_script(instrument) if code else "",
    )  # fmt: skip
    return page_response(page)


def _not_now(own: Services, wave: Wave) -> ResponseReturnValue:
    """Ask for no code where none can work any more, or yet."""
    if state(wave, own.clock()) == "planned":
        return not_open(own, wave, own.clock())
    instrument = _instrument(own, wave)
    w = instrument.words
    return page_response(render_page(instrument, w["withdraw_title"], lines=[w["withdraw_too_late"]]), 410)


def _instrument(own: Services, wave: Wave) -> Instrument:
    return instrument_of(own, wave, language_of(own, wave)[0])


def _page(instrument: Instrument, problem: str = "", typed: str = "", status: int = 200) -> Response:
    w = instrument.words
    lines = [w["withdraw_text"], w["withdraw_by"].format(date=instrument.day(withdraw_until(instrument.wave)))]
    page = render_page(
        instrument, w["withdraw_title"], lines=lines, withdraw_form=True, problem=problem, typed=typed
    )
    return page_response(page, status)
