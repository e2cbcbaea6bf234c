"""What stands beside the document: its extras, and the page that „Schnell weg“ opens.

The document never waits for any of this. A kiosk is an address with ``?kiosk=1`` and not a kind of door: a door says
where families come from and keeps its kind for the results, a shared tablet is only how the page behaves there.
"""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping

from babel import Locale
from babel.dates import format_date, get_day_names, get_month_names
from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey.respond import accepted_languages, guard, instrument_of, language_of
from survey.respond.document import content_policy
from survey.respond.extras import script_of, squeezed
from survey.respond.files import source, trusted
from survey.respond.printed import add_views
from survey.respond.words import LANGUAGE_NAMES, best_language, direction, html_language, locale_of, words
from survey.security import ONE_YEAR
from survey.services import services
from survey.store import waves
from survey.waves import local_day

blueprint = Blueprint("beside", __name__)
add_views(blueprint)


@blueprint.get("/b/<wave_id>/extras.js")
def extras(wave_id: str) -> ResponseReturnValue:
    """Return the script; under the address with the right version it may be kept for a year."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    made = script_of(instrument_of(own, wave, language_of(own, wave)[0]))
    squeeze = request.accept_encodings["br"] > 0
    response = make_response(squeezed(made.text) if squeeze else made.text)
    if squeeze:
        response.headers["Content-Encoding"] = "br"
    response.headers["Vary"] = "Accept-Encoding"
    response.content_type = "text/javascript; charset=utf-8"
    fresh = request.args.get("v") == made.version
    response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable" if fresh else "no-cache"
    return response


@blueprint.get("/b/<wave_id>/weg")
def leave(wave_id: str) -> ResponseReturnValue:
    """Show the calendar, forget the draft on this device and give the page the calendar's own address."""
    return _calendar(waves.get_wave(services().store, wave_id).id)


@blueprint.get("/kalender")
def calendar() -> ResponseReturnValue:
    """Show the calendar of this month: a page at which nobody looks twice."""
    return _calendar("")


def _calendar(wave_id: str) -> Response:
    today = local_day(services().clock())
    language, _ = best_language(request.args.get("lang"), accepted_languages(), tuple(LANGUAGE_NAMES))
    locale = locale_of(language)
    short, long = short_day_names(locale), get_day_names("wide", "stand-alone", locale)
    html = render_template(
        "respond/calendar.html", lang=html_language(language), dir=direction(language), today=today,
        title=words(language, False)["calendar"], month=get_month_names("wide", "stand-alone", locale)[today.month],
        days=[(short[day], long[day]) for day in range(7)],
        weeks=Calendar().monthdatescalendar(today.year, today.month),
        day_in_words=format_date(today, "full", locale=locale),
        css=trusted(source("calendar.css")), wave=wave_id, neutral=url_for("beside.calendar"),
    )  # fmt: skip
    return guard(make_response(html), content_policy(html))


def short_day_names(locale: Locale) -> Mapping[int, str]:
    """Return the short names of the days: letters in Arabic and Persian, where seven words are too wide for a phone."""
    short = get_day_names("abbreviated", "stand-alone", locale)
    return short if max(map(len, short.values())) <= 4 else get_day_names("narrow", "stand-alone", locale)
