"""How many families live in each Sozialraum: what returns are measured against, so that nobody is lost sight of."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.region import Area, District
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.records import KnownFamilies
from survey.security import needs
from survey.services import services
from survey.store import districts
from survey.templating import number as written

LONGEST_SOURCE = 200


@blueprint.get("/angaben/<district_id>/familien")
@needs("administrator")
def edit_families(district_id: str) -> ResponseReturnValue:
    """Show the numbers that are known."""
    district = districts.get_district(services().store, district_id)
    known = [area for area in district.areas if area.known_families is not None]
    typed = {_field(area): str(area.known_families) for area in known}
    return _form(district, Typed(typed | {"source": district.families_source or ""}))


@blueprint.post("/angaben/<district_id>/familien")
@needs("administrator")
def save_families(district_id: str) -> ResponseReturnValue:
    """Replace the numbers; with none at all those of the district's document come back."""
    store, form = services().store, Typed(request.form)
    district = districts.get_district(store, district_id)
    filled = [area for area in district.areas if form.value(_field(area)).strip()]
    numbers = {area.id: _number(form, area, district.inhabitants) for area in filled}
    if not numbers and not form.errors:
        districts.save_known_families(store, district_id, None)
        flash("Gespeichert. Es stehen keine eigenen Zahlen mehr da.")
        return redirect(url_for("fieldwork.edit_families", district_id=district_id), 303)
    source = form.text("source", "Woher und von wann die Zahlen sind", LONGEST_SOURCE)
    if form.errors:
        return _form(district, form), 422
    districts.save_known_families(store, district_id, KnownFamilies(source, numbers))
    flash(f"Gespeichert: Zahlen für {len(numbers)} von {len(district.areas)} Sozialräumen.")
    return redirect(url_for("fieldwork.edit_families", district_id=district_id), 303)


def _field(area: Area) -> str:
    return f"families-{area.id}"


def _number(form: Typed, area: Area, people: Mapping[str, int]) -> int:
    number, most = form.whole(_field(area), area.name), people.get(area.id)
    if most is not None and number > most:
        message = f"{area.name}: Dort leben {written(most)} Menschen. So viele Familien kann es nicht geben."
        form.refuse(_field(area), message)
    return number


def _form(district: District, form: Typed) -> str:
    return render_template("fieldwork/edit_families.html", district=district, legal_district=district, form=form)
