"""Boundaries of a district, for the map of its results."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from questionnaires.region import District
from survey.boundaries import read_boundaries, schematic
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.records import Outlines
from survey.results.map_drawing import bare_map
from survey.security import needs
from survey.services import services
from survey.store import districts, outlines

#: What the web takes, less than what the server lets through at all; larger files come by the command line [bytes].
MAX_UPLOAD = 1_000_000
TOO_LARGE = (
    f"Die Datei hat mehr als {MAX_UPLOAD // 1_000_000} MB. Für eine Karte reichen vereinfachte Grenzen nur für den "
    "Landkreis. Größere Dateien nimmt der Befehl „familienstimme district boundaries“ auf."
)


class BoundariesTooLarge(RequestEntityTooLarge):
    """A kind of its own: every other form that is too large gets the common page."""


@blueprint.get("/angaben/<district_id>/grenzen")
@needs("administrator")
def edit_boundaries(district_id: str) -> ResponseReturnValue:
    """Show the map as it is now, and how to bring boundaries."""
    return _form(districts.get_district(services().store, district_id), Typed({}))


@blueprint.post("/angaben/<district_id>/grenzen")
@needs("administrator")
def save_boundaries(district_id: str) -> ResponseReturnValue:
    """Replace the boundaries, or keep those there are where the file has problems."""
    store = services().store
    district = districts.get_district(store, district_id)
    form = Typed(request.form)
    source = form.text("source", "Woher die Grenzen sind", 300)
    file = request.files.get("file")
    if file is None or not file.filename:
        form.refuse("file", "Bitte eine Datei auswählen.")
    elif not form.errors:
        with file.stream:
            found = read_boundaries(file.stream.read(), "Datei", district, source)
        if isinstance(found, Outlines):
            outlines.save_outlines(store, district_id, found)
            flash("Gespeichert. Die Karten zeigen jetzt diese Grenzen.")
            return redirect(url_for("fieldwork.edit_boundaries", district_id=district_id), 303)
        for problem in found:
            form.refuse("file", problem.message)
    return _form(district, form), 422


@blueprint.post("/angaben/<district_id>/grenzen/loeschen")
@needs("administrator")
def delete_boundaries(district_id: str) -> ResponseReturnValue:
    """Go back to circles."""
    district = districts.get_district(services().store, district_id)
    outlines.delete_outlines(services().store, district.id)
    flash("Gelöscht. Die Karten zeigen wieder nur die Lage.")
    return redirect(url_for("fieldwork.edit_boundaries", district_id=district_id), 303)


@blueprint.url_value_preprocessor
def _room_for_boundaries(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let this one form be larger than others; runs before the check of its token, which reads the whole form."""
    if endpoint == "fieldwork.save_boundaries":
        request.max_content_length = MAX_UPLOAD
        if (request.content_length or 0) > MAX_UPLOAD:
            raise BoundariesTooLarge


@blueprint.errorhandler(BoundariesTooLarge)
def _too_large(_: BoundariesTooLarge) -> ResponseReturnValue:
    district = districts.get_district(services().store, (request.view_args or {})["district_id"])
    return _form(district, Typed({}, [("file", TOO_LARGE)])), 413


def _form(district: District, form: Typed) -> str:
    kept = outlines.find_outlines(services().store, district.id)
    shown = kept or schematic(district)
    drawing = bare_map(shown, {area.id: area.name for area in district.areas}) if shown else None
    return render_template(
        "fieldwork/edit_boundaries.html", district=district, legal_district=district, form=form, kept=kept,
        drawing=drawing, most=MAX_UPLOAD, too_large=TOO_LARGE,
    )  # fmt: skip
