"""The phone beside the editor: the same code families get, without script, from the draft as it was saved last."""

from __future__ import annotations

from datetime import timedelta

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from questionnaires.model import LANGUAGES, SOURCE_LANGUAGE, Page, Questionnaire
from questionnaires.region import District
from survey.design import blueprint
from survey.design.drafting import check_draft, get_draft
from survey.records import Wave
from survey.respond import guard
from survey.respond.document import Instrument, content_policy, render_document
from survey.security import needs
from survey.services import services
from survey.store import districts
from survey.waves import local_day

#: Name of the wave a preview stands in; there is none of this name.
NOWHERE = "vorschau"


@blueprint.get("/entwuerfe/<draft_id>/vorschau")
@needs("coordinator")
def preview(draft_id: str) -> ResponseReturnValue:
    """Show one page of the draft, or all of it with its conditions."""
    asked = check_draft(get_draft(draft_id).data).questionnaire
    found = districts.list_districts(services().store)
    if asked is None or not found:
        page = render_template("design/no_preview.html", missing=not found)
        return _framed(page, content_policy(page))
    wanted, language = request.args.get("seite", ""), request.args.get("lang", SOURCE_LANGUAGE)
    instrument = without_wave(
        _only(asked, wanted) if wanted else asked, found[0], language if language in LANGUAGES else SOURCE_LANGUAGE
    )
    html = render_document(instrument, plain=True)
    return _framed(html, content_policy(html))


def _framed(html: str, policy: str) -> ResponseReturnValue:
    """Let the editor, and nobody else, put the page into its frame."""
    response = guard(make_response(html), policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"))
    response.headers["Cache-Control"] = "no-store"
    return response


def _only(asked: Questionnaire, page_id: str) -> Questionnaire:
    """Return the questionnaire with one page, shown to everybody."""
    pages = tuple(_shown(page) for page in asked.pages if page.id == page_id) or asked.pages
    return asked.with_pages(pages)


def _shown(page: Page) -> Page:
    questions = tuple(question.model_copy(update={"show_if": None}) for question in page.questions)
    return page.model_copy(update={"show_if": None, "repeat": None, "questions": questions})


def without_wave(
    asked: Questionnaire, district: District, language: str, name: str = NOWHERE, missing: bool = False
) -> Instrument:
    """Return what pages for families are made from, in a wave that does not exist."""
    store = services().store
    today = local_day(services().clock())
    wave = Wave(
        id=name, title="Vorschau", district_id=district.id, questionnaire_hash="", opens_on=today,
        closes_on=today + timedelta(days=30), entry_until=today + timedelta(days=40),
        retention_until=today + timedelta(days=400), plan_json="{}",
    )  # fmt: skip
    return Instrument(wave, district, districts.get_notices(store, district.id), asked, language, missing)
