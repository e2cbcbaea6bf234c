"""For families and young people: one document, one POST. No session and no cookie here, hence no CSRF token."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote_plus

from flask import Blueprint, Flask, Response, current_app, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from questionnaires.answers import Form, parse_answers
from questionnaires.model import Questionnaire, text_in
from survey.records import Outcome, Submission, Wave
from survey.respond.assisted import FORM_LASTS, LINK_LASTS, Pass, PassEnded, read_pass
from survey.respond.document import (
    ENCODINGS,
    Document,
    Instrument,
    Shelf,
    content_policy,
    problem_message,
    render_document,
    render_page,
    render_thanks,
    tail,
)  # fmt: skip
from survey.respond.limits import Ceiling, Sources
from survey.respond.offline import late_sending, worker_response
from survey.respond.words import best_language
from survey.services import Services, services
from survey.store import districts, follow_ups, questionnaires, responses, waves
from survey.store.errors import WrongState
from survey.waves import Action, allowed, last_day_of, state

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
#: Names the document that needs no script in the address; phones without one are led there.
PLAIN = "schlicht"
#: Seconds a phone should wait when too much arrives at once.
RETRY_AFTER = "120"
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass
class Desk:
    """What this blueprint remembers between requests, in memory only."""

    sources: Sources
    addresses: Sources
    """those who leave an address: counted apart, so that nothing connects the two"""
    shelf: Shelf[Document] = field(default_factory=Shelf)
    thanks: Shelf[bytes] = field(default_factory=Shelf)


@blueprint.record_once
def _set_up(setup: Any) -> None:
    app: Flask = setup.app
    settings = app.extensions["familienstimme"].settings
    ceiling = Ceiling(settings.posts_per_source, 4 * settings.posts_per_source, settings.posts_per_minute)
    app.extensions["familienstimme-respond"] = Desk(Sources(ceiling), Sources(ceiling))


def desk() -> Desk:
    """Return what is remembered of this application."""
    found: Desk = current_app.extensions["familienstimme-respond"]
    return found


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
    token = request.args.get("a", "")
    if token and read_pass(token, wave.id, now, LINK_LASTS) is None:
        raise PassEnded
    plain = PLAIN in request.args
    name = (wave, language, missing, request.script_root, bool(token), plain)
    found = desk().shelf.take(
        name, lambda: Document(render_document(instrument_of(own, wave, language, missing, bool(token)), plain=plain))
    )
    door = door_of(own, wave, request.args.get("z", ""))
    asked = request.query_string.decode("ascii", "ignore")
    plain_at = "" if plain else f"?{asked}&{PLAIN}=1"
    return _send(found, tail(secrets.token_urlsafe(16), door, token, plain_at))


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


def page_response(html: str, status: int = 200, end: str = "") -> Response:
    """Return a page for families with its headers."""
    response = make_response(html + end, status)
    return guard(response, content_policy(html))


def language_of(own: Services, wave: Wave, wanted: str = "") -> tuple[str, bool]:
    """Return the language of a request, and whether another one was asked for that does not exist."""
    offered = questionnaires.get_questionnaire(own.store, wave.questionnaire_hash).languages
    return best_language(wanted or request.args.get("lang"), accepted_languages(), offered)


def accepted_languages() -> Iterator[str]:
    """Yield the languages the browser prefers, the best first."""
    for tag, _ in request.accept_languages:
        yield tag


def instrument_of(
    own: Services, wave: Wave, language: str, missing: bool = False, assisted: bool = False
) -> Instrument:
    """Return what the pages of a wave are made from, as it is now."""
    district = districts.get_district(own.store, wave.district_id)
    notices = districts.get_notices(own.store, wave.district_id)
    asked = questionnaires.get_questionnaire(own.store, wave.questionnaire_hash)
    return Instrument(wave, district, notices, asked, language, missing, assisted)


def door_of(own: Services, wave: Wave, wanted: str) -> str:
    """Return the door of the link, or nothing where it is no door of this wave."""
    return wanted if wanted and waves.has_door(own.store, wave.id, wanted, PATIENCE) else ""


def not_open(own: Services, wave: Wave, now: datetime) -> ResponseReturnValue:
    """Return the page of a wave that takes no answers now."""
    instrument = instrument_of(own, wave, language_of(own, wave)[0])
    w = instrument.words
    if state(wave, now) == "planned":
        lines = [w["planned_text"].format(date=instrument.day(wave.opens_on))]
        return page_response(render_page(instrument, w["planned_title"], lines=lines), 404)
    late = late_sending(w, state(wave, now) == "closing")
    return page_response(_closed_page(instrument, [], late), 410)


def _closed_page(instrument: Instrument, lines: list[str], more: Mapping[str, Any] = NOTHING) -> str:
    w = instrument.words
    ended = w["closed_text"].format(date=instrument.day(last_day_of(instrument.wave)))
    return render_page(
        instrument, w["closed_title"], lines=[*lines, ended], follow_up=_follow_up(instrument), **more
    )


def _follow_up(instrument: Instrument) -> list[dict[str, str]]:
    """Return the paragraphs of „Das haben Sie gesagt. Das tun wir.“, each with its language."""
    texts = follow_ups.get_follow_up(services().store, instrument.wave.id)
    text, language = text_in(texts, instrument.language)
    return [{language: line.strip()} for line in text.splitlines() if line.strip()]


@blueprint.get("/<wave_id>/dienst.js")
def worker(wave_id: str) -> ResponseReturnValue:
    """Keep the questionnaire and what waits on the phone; after the end what still waits must arrive as well."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    return worker_response(wave, questionnaires.get_questionnaire(own.store, wave.questionnaire_hash))


# --- the POST --------------------------------------------------------------------------------------------------


@blueprint.post("/<wave_id>")
def submit(wave_id: str) -> ResponseReturnValue:
    """Take a response. Repeating it with the same key and content is success again."""
    own = services()
    wave = waves.get_wave(own.store, wave_id, PATIENCE)
    form = read_form()
    if isinstance(form, str):
        return Reply(own, wave, {}).problem("invalid", form, 413 if form == "error_too-large" else None)
    reply = Reply(own, wave, form)
    now = own.clock()
    action: Action = "submit" if state(wave, now) == "open" else "submit_late"
    if not allowed(state(wave, now), action):
        return reply.closed()
    verdict = desk().sources.judge(request.remote_addr or "", now)
    if verdict == "refused":
        return reply.problem("busy", "error_busy")
    if wanted := _first(form, "_to"):
        return reply.in_language(wanted)
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
        mode="assisted" if reply.assisted else "web", answers=checked.answers, late=late, doubtful=doubtful,
        access_code=reply.code or None if wave.code_required else None,
    )  # fmt: skip
    try:
        outcome = responses.submit(own.store, submission, own.clock())
    except WrongState:  # anonymised a moment ago
        return reply.closed()
    if outcome in REFUSALS:
        return reply.problem(*REFUSALS[outcome])
    return reply.accepted(outcome, submission.key)


def read_form() -> Form | str:
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
        self.json = _wants_json()

    @property
    def instrument(self) -> Instrument:
        """The document's own texts, for the language of the form."""
        language, _ = language_of(self.own, self.wave, _first(self.form, "_lang"))
        return instrument_of(self.own, self.wave, language, assisted=self.assisted)

    @cached_property
    def aloud(self) -> Pass | None:
        """The pass of staff who asked aloud; it travels where others type their code."""
        return read_pass(_first(self.form, "_code"), self.wave.id, self.own.clock(), FORM_LASTS)

    @property
    def assisted(self) -> bool:
        """Whether staff asked aloud."""
        return self.aloud is not None

    @property
    def code(self) -> str:
        """The access code, of the person or of the pass."""
        return self.aloud.code if self.aloud else _first(self.form, "_code")

    @property
    def token(self) -> str:
        """The pass itself; a form that is sent again still has it."""
        return _first(self.form, "_code") if self.assisted else ""

    @property
    def key(self) -> str:
        """The form's key, empty if there is none that could be one."""
        keys = self.form.get("_key", ())
        return keys[0] if len(keys) == 1 and KEY_PATTERN.fullmatch(keys[0]) else ""

    def problem(self, state: str, sentence: str, status: int | None = None) -> Response:
        """Say what is wrong with the whole form."""
        message = self.instrument.words[sentence]
        at = "_code" if state == "code" and not self.assisted else ""  # the one field of the form that is no question
        return self._problems(state, [{"question": at, "name": at, "message": message}], status)

    def invalid(self, problems: list[dict[str, str]]) -> Response:
        """Say what is wrong with which answer."""
        return self._problems("invalid", problems, None)

    def _problems(self, state: str, problems: list[dict[str, str]], status: int | None) -> Response:
        status = status or STATUS[state]
        if self.json:
            response = jsonify(state=state, problems=problems, message=problems[0]["message"])
            response.status_code = status
        else:
            response = self._form_again(self.instrument, problems, status)
        if state == "busy":
            response.headers["Retry-After"] = RETRY_AFTER
        return response

    def _form_again(self, instrument: Instrument, problems: list[dict[str, str]], status: int) -> Response:
        html = render_document(instrument, self.form, problems)
        key = self.key or secrets.token_urlsafe(16)  # sent again it is the same form
        return page_response(html, status, tail(key, _first(self.form, "_door"), self.token))

    def in_language(self, wanted: str) -> Response:
        """Give the form back in another language, with everything typed; nothing of it is kept here."""
        language, missing = language_of(self.own, self.wave, wanted)
        return self._form_again(instrument_of(self.own, self.wave, language, missing, self.assisted), [], 200)

    def closed(self) -> Response:
        """Say that the wave has ended."""
        instrument = self.instrument
        message = instrument.words["closed_late"]
        if self.json:
            response = jsonify(state="closed", message=message)
            response.status_code = STATUS["closed"]
            return response
        return page_response(_closed_page(instrument, [message]), STATUS["closed"])

    def accepted(self, outcome: str, key: str) -> Response:
        """Say thanks. The page is the answer to the POST itself: in an address the key would be left in histories."""
        if self.json:
            return Response(self._thanks(outcome), content_type="application/json")
        instrument = self.instrument
        return page_response(render_page(instrument, instrument.words["thanks"], thanks=True, key=key))

    def _thanks(self, outcome: str) -> bytes:
        """Return the answer for the script; nothing in it is one family's."""
        language, _ = language_of(self.own, self.wave, _first(self.form, "_lang"))
        name = (self.wave, language, self.assisted, request.script_root, outcome)
        return desk().thanks.take(name, lambda: self._render_thanks(outcome))

    def _render_thanks(self, outcome: str) -> bytes:
        thanks = render_thanks(self.instrument, outcome == "repeated")
        return json.dumps({"state": outcome, "thanks": thanks}, ensure_ascii=False).encode()


def _wants_json() -> bool:
    """Say whether our script asks and no person."""
    if request.headers.get("Accept") == "application/json":
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


from survey.respond import contact, withdrawal  # noqa: E402, F401  # register their views
