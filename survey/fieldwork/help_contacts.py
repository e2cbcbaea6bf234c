"""Who helps in a district: names, numbers and hours, shown to families at the end and at sensitive pages."""

from __future__ import annotations

from typing import Any, get_args

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.region import District, HelpContact, is_phone
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.security import needs
from survey.services import services
from survey.store import districts

#: So many contacts a district can have, and so many empty rows a form shows.
MOST, EMPTY_ROWS = 12, 2
AUDIENCES: dict[str, str] = {
    "everyone": "alle", "parents": "nur in Befragungen von Familien",
    "young_people": "nur in Befragungen junger Menschen",
}  # fmt: skip
FIELDS = (("name", "Name", 80), ("phone", "Telefon", 30), ("hours", "Sprechzeiten", 120))


@blueprint.get("/angaben/<district_id>/hilfe")
@needs("administrator")
def edit_help(district_id: str) -> ResponseReturnValue:
    """Show the contacts families see now, and room for more."""
    district = districts.get_district(services().store, district_id)
    return _form(district, Typed(_typed(district.help_contacts)), len(district.help_contacts))


@blueprint.post("/angaben/<district_id>/hilfe")
@needs("administrator")
def save_help(district_id: str) -> ResponseReturnValue:
    """Replace the contacts; with none at all those that ship come back."""
    store = services().store
    district = districts.get_district(store, district_id)
    form = Typed(request.form)
    rows = [row for row in range(1, MOST + 1) if any(form.value(f"{name}-{row}").strip() for name, _, _ in FIELDS)]
    contacts = tuple(_contact(form, row) for row in rows)
    if form.errors:
        return _form(district, form, max(rows)), 422
    districts.save_help_contacts(store, district_id, contacts or None)
    flash("Gespeichert." if contacts else "Gespeichert. Jetzt stehen wieder die mitgelieferten Kontakte da.")
    return redirect(url_for("fieldwork.edit_help", district_id=district_id), 303)


def _contact(form: Typed, row: int) -> HelpContact:
    values: dict[str, Any] = {"name": form.text(f"name-{row}", f"Name in Zeile {row}", 80)}
    values["phone"] = form.text(f"phone-{row}", f"Telefon in Zeile {row}", 30)
    if values["phone"] and not is_phone(values["phone"]):
        form.refuse(f"phone-{row}", f"Telefon in Zeile {row}: Bitte eine Nummer eingeben, die man wählen kann.")
    values["hours"] = form.lines(f"hours-{row}", f"Sprechzeiten in Zeile {row}", 120)
    values["audience"] = form.one_of(f"audience-{row}", f"Für wen in Zeile {row}", set(AUDIENCES))
    return HelpContact.model_construct(**values)


def _typed(contacts: tuple[HelpContact, ...]) -> dict[str, str]:
    return {
        f"{name}-{row}": getattr(contact, name)
        for row, contact in enumerate(contacts, start=1)
        for name in ("name", "phone", "hours", "audience")
    }


def _form(district: District, form: Typed, filled: int) -> str:
    return render_template(
        "fieldwork/edit_help.html", district=district, legal_district=district, form=form, fields=FIELDS,
        rows=range(1, min(MOST, filled + EMPTY_ROWS) + 1), audiences=list(AUDIENCES.items()),
    )  # fmt: skip


if set(AUDIENCES) != set(get_args(HelpContact.model_fields["audience"].annotation)):
    raise TypeError("every audience needs its words")
