"""For families and young people: one document, one POST. No session and no cookie here, hence no CSRF token."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from flask import Blueprint, Flask, Response, current_app, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from questionnaires.answers import Form, parse_answers
from questionnaires.model import Questionnaire
from survey.records import Outcome, Submission, Wave
from survey.respond.document import (
    ENCODINGS,
    Document,
    Instrument,
    Shelf,
    content_policy,
    problem_message,
    render_document,
    render_page,
    tail,
)  # fmt: skip
from survey.respond.limits import Ceiling, Sources
from survey.respond.words import best_language
from survey.services import Services, services
from survey.store import districts, jobs, questionnaires, responses, waves
from survey.store.errors import WrongState
from survey.waves import Action, allowed, closes_at, state

blueprint = Blueprint("respond", __name__, url_prefix="/b")

KEY_PATTERN = re.compile(r"[A-Za-z0-9_-]{22}")
STATUS: dict[str, int] = {
    "stored": 200, "repeated": 200, "conflict": 409, "withdrawn": 410, "code": 403, "invalid": 422, "version": 409,
    "busy": 429, "closed": 410,
}  # fmt: skip
#: What the store says → (state in our answer, sentence).
REFUSALS: dict[Outcome, tuple[str, str]] = {
    "conflict": ("conflict", "error_conflict"), "withdrawn": ("withdrawn", "error_withdrawn"),
    "code_unknown": ("code", "error_code"),
}  # fmt: skip
#: A submission may look at its wave and district as they were so long ago [s]; the store itself refuses what comes
#: after a wave was anonymised, without delay.
PATIENCE = 1.0
#: Seconds a phone should wait when too much arrives at once.
RETRY_AFTER = "120"


@dataclass
class Desk:
    """What this blueprint remembers between requests, in memory only."""

    sources: Sources
    shelf: Shelf = field(default_factory=Shelf)


@blueprint.record_once
def _set_up(setup: Any) -> None:
    app: Flask = setup.app
    settings = app.extensions["familienstimme"].settings
    ceiling = Ceiling(settings.posts_per_source, 4 * settings.posts_per_source, settings.posts_per_minute)
    app.extensions["familienstimme-respond"] = Desk(Sources(ceiling))


def _desk() -> Desk:
    desk: Desk = current_app.extensions["familienstimme-respond"]
    return desk


# --- the document ----------------------------------------------------------------------------------------------


@blueprint.get("/<wave_id>")
def document(wave_id: str) -> ResponseReturnValue:
    """The whole questionnaire in one answer."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    now = own.clock()
    if state(wave, now) != "open":
        return not_open(own, wave, now)
    language, missing = language_of(own, wave)
    name = (wave, language, missing, request.script_root)
    found = _desk().shelf.take(
        name, lambda: Document(render_document(instrument_of(own, wave, language, missing)))
    )
    return _send(found, tail(secrets.token_urlsafe(16), door_of(own, wave, request.args.get("z", ""))))


def _send(found: Document, end: str) -> Response:
    encoding = next((name for name in ENCODINGS if request.accept_encodings[name] > 0), "")
    response = make_response(found.encoded(encoding, end))
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return guard(response, found.policy)


def guard(response: Response, policy: str) -> Response:
    """Set the headers of a page for families."""
    response.content_type = "text/html; charset=utf-8"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = (
        "private, no-cache"  # kept for nobody else: the key in it is one family's
    )
    return response


def _html(html: str, status: int = 200, end: str = "") -> Response:
    response = make_response(html + end, status)
    return guard(response, content_policy(html))


def language_of(own: Services, wave: Wave, wanted: str = "") -> tuple[str, bool]:
    """Return the language of a request, and whether another one was asked for that does not exist."""
    offered = questionnaires.get_questionnaire(own.store, wave.questionnaire_hash).languages
    return best_language(wanted or request.args.get("lang"), accepted_languages(), offered)


def accepted_languages() -> list[str]:
    """Return the languages the browser prefers, the best first."""
    return [tag for tag, _ in request.accept_languages]


def instrument_of(own: Services, wave: Wave, language: str, missing: bool = False) -> Instrument:
    """Return what the pages of a wave are made from, as it is now."""
    district = districts.get_district(own.store, wave.district_id)
    notices = districts.get_notices(own.store, wave.district_id)
    asked = questionnaires.get_questionnaire(own.store, wave.questionnaire_hash)
    return Instrument(wave, district, notices, asked, language, missing)


def door_of(own: Services, wave: Wave, wanted: str) -> str:
    """Return the door of the link, or nothing where it is no door of this wave."""
    return wanted if wanted and waves.has_door(own.store, wave.id, wanted, PATIENCE) else ""


def not_open(own: Services, wave: Wave, now: datetime) -> ResponseReturnValue:
    """Return the page of a wave that takes no answers now."""
    instrument = instrument_of(own, wave, language_of(own, wave)[0])
    w = instrument.words
    if state(wave, now) == "planned":
        lines = [w["planned_text"].format(date=instrument.day(wave.opens_on))]
        return _html(render_page(instrument, w["planned_title"], lines=lines), 404)
    return _html(_closed_page(instrument, []), 410)


def _closed_page(instrument: Instrument, lines: list[str]) -> str:
    w = instrument.words
    ended = w["closed_text"].format(date=instrument.day(closes_at(instrument.wave)))
    return render_page(instrument, w["closed_title"], lines=[*lines, ended])


# --- the POST --------------------------------------------------------------------------------------------------


@blueprint.post("/<wave_id>")
def submit(wave_id: str) -> ResponseReturnValue:
    """Take a response. Repeating it with the same key and content is success again."""
    own = services()
    wave = waves.get_wave(own.store, wave_id, PATIENCE)
    form = _read_form()
    if isinstance(form, str):
        return Reply(own, wave, {}).problem("invalid", form, 413 if form == "error_too-large" else None)
    reply = Reply(own, wave, form)
    now = own.clock()
    action: Action = "submit" if state(wave, now) == "open" else "submit_late"
    if not allowed(state(wave, now), action):
        return reply.closed()
    verdict = _desk().sources.judge(request.remote_addr or "", now)
    if verdict == "refused":
        return reply.problem("busy", "error_busy")
    if not reply.key:
        return reply.problem("invalid", "error_key")
    return _take(reply, late=action == "submit_late", doubtful=verdict == "doubtful")


def _take(reply: Reply, late: bool, doubtful: bool) -> ResponseReturnValue:
    own, wave, form = reply.own, reply.wave, reply.form
    asked = _version(own, wave, _first(form, "_hash"))
    if asked is None:
        return reply.problem("version", "error_version")
    checked = parse_answers(asked, _district(own, wave), form)
    if checked.problems:
        sentences = reply.instrument.words
        return reply.invalid([problem_message(problem, sentences) for problem in checked.problems])
    submission = Submission(
        wave_id=wave.id, key=reply.key, questionnaire_hash=asked.hash, area=checked.area,
        door=door_of(own, wave, _first(form, "_door")),
        language=best_language(_first(form, "_lang"), [], asked.languages)[0],
        mode="web", answers=checked.answers, late=late, doubtful=doubtful,
        access_code=_first(form, "_code") or None if wave.code_required else None,
    )  # fmt: skip
    try:
        outcome = responses.submit(own.store, submission, own.clock())
    except WrongState:  # anonymised a moment ago
        return reply.closed()
    if outcome in REFUSALS:
        return reply.problem(*REFUSALS[outcome])
    return reply.accepted(outcome, submission.key)


def _read_form() -> Form | str:
    """Return the fields as sent, or the name of the sentence that says why they cannot be read."""
    form: dict[str, list[str]] = {}
    try:
        for pair in request.get_data().decode().split("&"):
            name, _, value = pair.partition("=")
            if "%" in pair or "+" in pair:  # most fields of ours are codes, in which there is nothing to decode
                name, value = unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
            form.setdefault(name, []).append(value)
    except RequestEntityTooLarge:
        return "error_too-large"
    except UnicodeDecodeError:
        return "error_encoding"
    form.pop("", None)  # nothing between two separators
    return form


def _first(form: Form, name: str) -> str:
    values = form.get(name) or [""]
    return values[0].strip()


def _version(own: Services, wave: Wave, wanted: str) -> Questionnaire | None:
    """Return the version the form was made from, if this wave ever asked it."""
    if wanted != wave.questionnaire_hash and wanted not in waves.versions_of(own.store, wave.id):
        return None
    return questionnaires.find_questionnaire(own.store, wanted)


def _district(own: Services, wave: Wave) -> Any:
    return districts.get_district(own.store, wave.district_id, PATIENCE)


class Reply:
    """Answers one POST: a page for people, JSON for the script; what was typed is always kept."""

    def __init__(self, own: Services, wave: Wave, form: Form) -> None:
        self.own, self.wave, self.form = own, wave, form
        self.json = (
            request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
        )

    @property
    def instrument(self) -> Instrument:
        """The document's own texts, for the language of the form."""
        return instrument_of(self.own, self.wave, language_of(self.own, self.wave, _first(self.form, "_lang"))[0])

    @property
    def key(self) -> str:
        """The form's key, empty if there is none that could be one."""
        keys = self.form.get("_key", ())
        return keys[0] if len(keys) == 1 and KEY_PATTERN.fullmatch(keys[0]) else ""

    def problem(self, state: str, sentence: str, status: int | None = None) -> Response:
        """Say what is wrong with the whole form."""
        message = self.instrument.words[sentence]
        return self._problems(state, [{"question": "", "name": "", "message": message}], status)

    def invalid(self, problems: list[dict[str, str]]) -> Response:
        """Say what is wrong with which answer."""
        return self._problems("invalid", problems, None)

    def _problems(self, state: str, problems: list[dict[str, str]], status: int | None) -> Response:
        status = status or STATUS[state]
        if self.json:
            response = jsonify(state=state, problems=problems, message=problems[0]["message"])
            response.status_code = status
        else:
            html = render_document(self.instrument, self.form, problems)
            key = self.key or secrets.token_urlsafe(16)  # sent again it is the same form
            response = _html(html, status, tail(key, _first(self.form, "_door")))
        if state == "busy":
            response.headers["Retry-After"] = RETRY_AFTER
        return response

    def closed(self) -> Response:
        """Say that the wave has ended."""
        instrument = self.instrument
        message = instrument.words["closed_late"]
        if self.json:
            response = jsonify(state="closed", message=message)
            response.status_code = STATUS["closed"]
            return response
        return _html(_closed_page(instrument, [message]), STATUS["closed"])

    def accepted(self, outcome: str, key: str) -> Response:
        """Say thanks. The page is the answer to the POST itself: in an address the key would be left in histories."""
        if self.json:
            return jsonify(state=outcome)
        instrument = self.instrument
        return _html(render_page(instrument, instrument.words["thanks"], thanks=True, key=key))


# --- withdrawal ------------------------------------------------------------------------------------------------


@blueprint.get("/<wave_id>/widerruf")
def withdrawal(wave_id: str) -> ResponseReturnValue:
    """The page on which a family deletes its answers."""
    own = services()
    return _withdrawal_page(_for_withdrawal(own, waves.get_wave(own.store, wave_id)))


@blueprint.post("/<wave_id>/widerruf")
def withdraw(wave_id: str) -> ResponseReturnValue:
    """Delete a response; a code nobody has gets the same answer as one that was used."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    instrument = _for_withdrawal(own, wave)
    w, key = instrument.words, request.form.get("key", "").strip()
    if not allowed(state(wave, own.clock()), "withdraw"):
        return _withdrawal_page(instrument, problem=w["withdraw_too_late"], status=410)
    if not KEY_PATTERN.fullmatch(key):
        return _withdrawal_page(instrument, problem=w["withdraw_malformed"], typed=key, status=422)
    if responses.withdraw(own.store, wave.id, key):
        # The job process rewrites the tables, so that the deleted answers leave the file as well.
        jobs.add_job(own.store, "maintain", wave.id, own.clock())
    return _html(render_page(instrument, w["withdraw_title"], message=w["withdraw_done"]))


def _for_withdrawal(own: Services, wave: Wave) -> Instrument:
    return instrument_of(own, wave, language_of(own, wave)[0])


def _withdrawal_page(
    instrument: Instrument, problem: str = "", typed: str = "", status: int = 200
) -> Response:
    w = instrument.words
    lines = [w["withdraw_text"]]
    page = render_page(
        instrument, w["withdraw_title"], lines=lines, withdraw_form=True, problem=problem, typed=typed
    )
    return _html(page, status)
