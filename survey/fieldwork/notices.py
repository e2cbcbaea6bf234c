"""What a district must say about itself on every public page."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.region import District
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.records import Notices
from survey.security import needs
from survey.services import services
from survey.store import districts
from survey.store.districts import NOTICE_TITLES

HINTS: dict[str, str] = {
    "controller": "Name, Anschrift, Telefon und E-Mail der Stelle, die für die Befragung verantwortlich ist.",
    "privacy_officer": "Anschrift, Telefon und E-Mail. Ein Name ist nicht nötig.",
    "supervisory_authority": "Die Landesbehörde, bei der man sich über den Umgang mit Daten beschweren kann.",
    "imprint": "Anbieter der Seite: Name, Anschrift, vertreten durch, Telefon, E-Mail.",
    "accessibility_contact": "Wem meldet man eine Barriere? Nennen Sie auch die Durchsetzungsstelle des Landes.",
    "accessibility_state": "Wie weit entsprechen die Seiten den Regeln, was fehlt noch, wann wurde geprüft?",
    "results_announced": "Zum Beispiel: im Herbst 2026 auf der Seite des Landkreises und als Aushang in den Kitas.",
}


@blueprint.get("/angaben")
@needs("administrator")
def notices() -> ResponseReturnValue:
    """List the districts and how complete their notices are."""
    store = services().store
    lines = [
        (district, districts.empty_notices(districts.get_notices(store, district.id)))
        for district in districts.list_districts(store)
    ]
    return render_template("fieldwork/notices.html", lines=lines, titles=NOTICE_TITLES)


@blueprint.get("/angaben/<district_id>")
@needs("administrator")
def edit_notices(district_id: str) -> ResponseReturnValue:
    """Show the form."""
    store = services().store
    district = districts.get_district(store, district_id)
    return _form(district, Typed(asdict(districts.get_notices(store, district_id))))


@blueprint.post("/angaben/<district_id>")
@needs("administrator")
def save_notices(district_id: str) -> ResponseReturnValue:
    """Save also when something is missing: what was typed is kept, what is missing is said."""
    store = services().store
    district = districts.get_district(store, district_id)
    form = Typed(request.form)
    values = {name: form.lines(name, title) for name, title in NOTICE_TITLES.items()}
    if form.errors:
        return _form(district, form), 422
    saved = Notices(**values)
    districts.save_notices(store, district_id, saved)
    missing = [NOTICE_TITLES[name] for name in districts.empty_notices(saved)]
    if missing:
        flash(f"Gespeichert. Es fehlen noch: {', '.join(missing)}.", "warning")
    else:
        flash("Gespeichert. Alle Angaben sind da.")
    return redirect(url_for("fieldwork.edit_notices", district_id=district_id), 303)


def _form(district: District, form: Typed) -> str:
    return render_template(
        "fieldwork/edit_notices.html", district=district, legal_district=district, form=form,
        titles=NOTICE_TITLES, hints=HINTS,
    )  # fmt: skip
