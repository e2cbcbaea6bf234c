"""Base data of a district, for the profiles of its Sozialräume."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from questionnaires.region import District
from survey.basedata import TITLES, BaseData, read_basedata
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.security import current_staff, needs
from survey.services import services
from survey.store import basedata, districts

#: Some 10,000 lines [bytes].
MAX_UPLOAD = 1_000_000
TOO_LARGE = f"Die Datei hat mehr als {MAX_UPLOAD // 1_000_000} MB. Größere nimmt „familienstimme basedata“ auf."


class FileTooLarge(RequestEntityTooLarge):
    """More than this page takes; found before anybody asked who it is."""


@blueprint.get("/angaben/<district_id>/basisdaten")
@needs("administrator")
def edit_basedata(district_id: str) -> ResponseReturnValue:
    """Show what is kept, and how to bring figures."""
    return _form(districts.get_district(services().store, district_id), Typed({}))


@blueprint.post("/angaben/<district_id>/basisdaten")
@needs("administrator")
def save_basedata(district_id: str) -> ResponseReturnValue:
    """Replace the figures, or keep those there are where the file has problems."""
    store = services().store
    district = districts.get_district(store, district_id)
    form, file = Typed(request.form), request.files.get("file")
    if file is None or not file.filename:
        form.refuse("file", "Bitte eine Datei auswählen.")
        return _form(district, form), 422
    found = read_basedata(file.read(), file.filename, district)
    if isinstance(found, BaseData):
        basedata.save_basedata(store, district_id, found)
        flash(f"Gespeichert: {len(found.figures)} Zahlen zu {len(found.indicators)} Indikatoren.")
        return redirect(url_for("fieldwork.edit_basedata", district_id=district_id), 303)
    form.refuse("file", "Es wurde nichts gespeichert; was vorher da war, ist noch da.")
    for problem in found:
        form.refuse("", f"Zeile {problem.line}: {problem.message}")
    return _form(district, form), 422


@blueprint.post("/angaben/<district_id>/basisdaten/loeschen")
@needs("administrator")
def delete_basedata(district_id: str) -> ResponseReturnValue:
    """Forget the figures."""
    district = districts.get_district(services().store, district_id)
    basedata.delete_basedata(services().store, district.id)
    flash("Gelöscht. Die Profile zeigen keine Basisdaten mehr.")
    return redirect(url_for("fieldwork.edit_basedata", district_id=district_id), 303)


@blueprint.url_value_preprocessor
def _room_for_basedata(endpoint: str | None, _: object) -> None:
    """Let this one form be larger than others, before the check of its token reads it."""
    if endpoint == "fieldwork.save_basedata":
        request.max_content_length = MAX_UPLOAD
        if (request.content_length or 0) > MAX_UPLOAD:
            raise FileTooLarge


@blueprint.errorhandler(FileTooLarge)
def _too_large(_: FileTooLarge) -> ResponseReturnValue:
    user = current_staff()
    if user is None or "administrator" not in user.roles:
        return "", 413
    district = districts.get_district(services().store, (request.view_args or {})["district_id"])
    return _form(district, Typed({}, [("file", TOO_LARGE)])), 413


def _form(district: District, form: Typed) -> str:
    return render_template(
        "fieldwork/edit_basedata.html", district=district, legal_district=district, form=form,
        kept=basedata.find_basedata(services().store, district.id), columns=list(TITLES.values()),
        most=MAX_UPLOAD, too_large=TOO_LARGE,
    )  # fmt: skip
