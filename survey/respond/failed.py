"""What a family sees where there is no questionnaire, or where we have failed: in her language, in plain words."""

from __future__ import annotations

from flask import Response, render_template, request

from survey.respond import accepted_languages, page_response
from survey.respond.files import source, trusted
from survey.respond.simple import SIMPLE, words_in_lines
from survey.respond.words import LANGUAGE_NAMES, best_language, direction, html_language, words

#: Where pages for families are.
FAMILIES = "/b/"


def family_page(status: int, reference: str = "") -> Response | None:
    """Return the page for a family, None where staff ask or where a page of its own says what is wrong."""
    if not request.path.startswith(FAMILIES) or not (status == 404 or status >= 500):
        return None
    language, _ = best_language(request.args.get("lang"), accepted_languages(), tuple(LANGUAGE_NAMES))
    plain, kind = words(language, False), "missing" if status == 404 else "failed"
    html = render_template(
        "respond/failed.html", language=language, lang=html_language(language), dir=direction(language),
        w=words_in_lines(plain) if language == SIMPLE else plain, title=plain[f"{kind}_title"], kind=kind,
        css=trusted(source("document.css") + source("later.css")), reference=reference,
    )  # fmt: skip
    return page_response(html, status)
