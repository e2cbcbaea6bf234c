"""For those who try a draft: the document families get, under an address of its own, where no answer is kept.

The document is made by the families' own code, with this address in it. One small script beside it measures how
long each page is looked at and offers a remark at each question; it never comes to families.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.answers import CheckedAnswers, Form, parse_answers
from questionnaires.children import base_name
from questionnaires.model import Asked, Consent, Info, PlaceQuestion, Questionnaire, choices
from survey.design import blueprint
from survey.design.comments import LONGEST_COMMENT
from survey.design.preview import without_wave
from survey.errors import NotFound
from survey.forms import Typed
from survey.records import DraftLink, Trial, Way
from survey.respond import KEY_PATTERN, PLAIN, accepted_languages, desk, page_response, read_form
from survey.respond.document import Instrument, problem_message, render_document, render_page, tail
from survey.respond.extras import script_of
from survey.respond.files import trusted
from survey.respond.words import best_language
from survey.services import services
from survey.store import comments, districts, trials
from survey.waves import local_day

LABEL = "Probelauf – zählt nicht"
ABOUT = (
    f"{LABEL}. Bitte füllen Sie den Fragebogen so aus, wie Sie es zu Hause täten. Wir heben nicht auf, was Sie "
    "antworten: nur, ob Sie geantwortet haben und wie lange eine Seite gedauert hat."
)
REMARKS = " Unter jeder Frage können Sie schreiben, was unklar ist."
THANKS = "Danke, das war der Probelauf."
THANKED = "Ihre Antworten sind nicht gespeichert. Zeiten und Anmerkungen helfen, den Fragebogen besser zu machen."
NOTHING_KEPT = "Im Probelauf wird keine Antwort gespeichert. Deshalb gibt es hier auch nichts zu löschen."
#: Nobody looks at a page longer; a telephone that was put away does.
LONGEST_LOOK = 3600


@blueprint.get("/probelauf/<token>")
def try_out(token: str) -> ResponseReturnValue:
    """Show the draft as families would get it."""
    link, asked = _asked(token)
    instrument, plain = _instrument(link, asked, token), PLAIN in request.args
    plain_at = "" if plain else f"?lang={instrument.language}&{PLAIN}=1"
    html = render_document(replace(instrument, notice=ABOUT if plain else ABOUT + REMARKS), plain=plain)
    end = tail(secrets.token_urlsafe(16), "", "" if plain else "{}", plain_at)
    return page_response(html + end + ("" if plain else _script(token)))


@blueprint.post("/probelauf/<token>")
def take(token: str) -> ResponseReturnValue:
    """Note how the questions were answered; the answers themselves end here."""
    link, form = _link(token), read_form()
    if isinstance(form, str):
        raise NotFound("Das ist kein Bogen dieses Probelaufs.")
    own, asked = services(), trials.find_version(services().store, link.draft_id, _first(form, "_hash"))
    if asked is None:
        raise NotFound("Diesen Bogen gibt es im Probelauf nicht mehr. Bitte den Link noch einmal öffnen.")
    instrument = _instrument(link, asked, token, _first(form, "_to") or _first(form, "_lang"))
    if desk().sources.judge(request.remote_addr or "", own.clock()) == "refused":
        return _refused(instrument, form, [{"message": instrument.words["error_busy"]}], 429)
    if "_to" in form:
        return _again(instrument, form, [])
    checked = parse_answers(asked, instrument.district, form)
    if checked.problems:
        found = [problem_message(problem, instrument.words) for problem in checked.problems]
        return _refused(instrument, form, found, 422)
    key = _first(form, "_key")
    if KEY_PATTERN.fullmatch(key):
        times = _seconds(asked, _first(form, "_code"))
        trial = Trial(asked.hash, instrument.language, ways_of(asked, checked, form), times)
        trials.add_trial(own.store, link.draft_id, key, trial)
    return _thanks(instrument)


@blueprint.post("/probelauf/<token>/anmerkung")
def remark(token: str) -> ResponseReturnValue:
    """Keep a remark on a question."""
    link, asked = _asked(token)
    form, own = Typed(request.form), services()
    question = base_name(form.value("question"))
    text = form.lines("text", "Anmerkung", LONGEST_COMMENT)
    if not text or form.errors:
        return jsonify(problem=form.error("text") or "Bitte etwas schreiben."), 422
    kept = comments.add_comment(own.store, link, question if question in asked.questions else "", "", text, own.clock())
    return jsonify(kept=kept), 200 if kept else 409


@blueprint.get("/probelauf/<token>/<path:beside>")
def beside_trial(token: str, beside: str) -> ResponseReturnValue:
    """Give what stands beside the document: its extras, the way out, and a word where families would find more."""
    link, asked = _asked(token)
    if beside == "weg":
        return redirect(url_for("beside.calendar"), 303)
    instrument = _instrument(link, asked, token)
    if beside == "extras.js":
        return Response(script_of(instrument).text, content_type="text/javascript; charset=utf-8")
    if beside == "dienst.js":
        raise NotFound("Im Probelauf wartet nichts auf dem Handy.")
    return page_response(render_page(instrument, LABEL, lines=[NOTHING_KEPT]))


# --- the link ----------------------------------------------------------------------------------------------------


def _link(token: str) -> DraftLink:
    found = comments.find_link(services().store, token, local_day(services().clock()), trial=True)
    if found is None:
        raise NotFound("Diesen Link gibt es nicht, oder der Probelauf ist vorbei.")
    return found


def _asked(token: str) -> tuple[DraftLink, Questionnaire]:
    link = _link(token)
    found = trials.find_version(services().store, link.draft_id, link.trial_hash or "")
    if found is None:
        raise NotFound("Der Probelauf ist vorbei.")
    return link, found


def _name(link: DraftLink) -> str:
    """Return the name of a wave that does not exist; what a phone keeps while somebody tries lies under it."""
    return f"probelauf-{link.draft_id}"


def _instrument(link: DraftLink, asked: Questionnaire, token: str, wanted: str = "") -> Instrument:
    language, missing = best_language(wanted or request.args.get("lang"), accepted_languages(), asked.languages)
    known = districts.list_districts(services().store)
    if not known:
        raise NotFound("Für den Probelauf fehlt noch ein Landkreis.")
    labelled = known[0].model_copy(update={"name": LABEL})  # stands on top of every page, also without script
    made = without_wave(asked, labelled, language, _name(link), missing)
    return replace(made, home=url_for("design.try_out", token=token))


def _script(token: str) -> str:
    source = render_template("design/trial.js", address=url_for("design.remark", token=token))
    return f"<script>{trusted(source)}</script>"


# --- answers -----------------------------------------------------------------------------------------------------


def _again(instrument: Instrument, form: Form, problems: list[dict[str, str]], status: int = 200) -> Response:
    html = render_document(instrument, form, problems)
    return page_response(html, status, tail(_first(form, "_key") or secrets.token_urlsafe(16), ""))


def _refused(instrument: Instrument, form: Form, problems: list[dict[str, str]], status: int) -> ResponseReturnValue:
    found = [{"question": "", "name": "", **problem} for problem in problems]
    if _script_asks():
        state = "invalid" if status == 422 else "busy"
        return jsonify(state=state, problems=found, message=found[0]["message"]), status
    return _again(instrument, form, found, status)


def _thanks(instrument: Instrument) -> ResponseReturnValue:
    if _script_asks():
        return jsonify(state="stored", thanks=render_template("design/trial_thanks.html", title=THANKS, text=THANKED))
    return page_response(render_page(instrument, THANKS, lines=[THANKED]))


def _script_asks() -> bool:
    return request.headers.get("Accept") == "application/json"


def _first(form: Form, name: str) -> str:
    return (form.get(name) or [""])[0].strip()


def ways_of(asked: Questionnaire, checked: CheckedAnswers, form: Form) -> dict[str, Way]:
    """Return how each question on the path was answered; of a question asked for several children, the fullest way."""
    found: dict[str, Way] = {}
    for name in checked.shown:
        question = asked.questions.get(base_name(name))
        if question is None or isinstance(question, Info | Consent):
            continue
        answer = checked.answers.get(name)
        if isinstance(question, PlaceQuestion):
            answer = _first(form, name) or None
        way = _way(question, answer)
        if found.get(question.id, "no_answer") == "no_answer":
            found[question.id] = way
    return found


def _way(question: Asked, answer: Any) -> Way:
    if answer is None:
        return "no_answer"
    codes = answer if isinstance(answer, list) else list(answer.values()) if isinstance(answer, dict) else [answer]
    missing = {option.code: option.missing for option in choices(question) if option.missing}
    ways = [missing.get(code) for code in codes]
    return ways[0] if ways and ways[0] is not None and all(ways) else "answered"


def _seconds(asked: Questionnaire, sent: str) -> dict[str, int]:
    """Return how long each page was looked at [s]; a page that stands once per child counts as one."""
    try:
        times: Any = json.loads(sent or "{}")
    except ValueError:
        times = None
    found: dict[str, int] = {}
    pages = {page.id for page in asked.pages}
    for name, seconds in (times if isinstance(times, Mapping) else {}).items():
        page = base_name(str(name).removeprefix("p-").partition(".")[0])
        if page in pages and isinstance(seconds, int | float) and 0 <= seconds <= LONGEST_LOOK:
            found[page] = found.get(page, 0) + round(seconds)
    return found
