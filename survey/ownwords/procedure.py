"""„Kinderschutz“: the notice for the people a district has named, the text that was reported, and the settings."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.region import District
from survey.errors import RoleMissing
from survey.forms import Typed
from survey.own_words import language_name
from survey.ownwords import blueprint
from survey.ownwords.access import get_readable, note, question_titles, who
from survey.respond.words import direction
from survey.security import needs
from survey.services import services
from survey.store import districts, protection, texts, users
from survey.store.protection import Marked, Procedure
from survey.templating import STAFF_ROLES, staff


class NotNamed(RoleMissing):
    """Only people the district has named read what was reported."""

    def __init__(self) -> None:
        Exception.__init__(self, "Diese Seite ist für die Menschen, die der Landkreis zum Kinderschutz benannt hat.")


def open_notices() -> list[Marked]:
    """Return what was reported to who is logged in and nobody has taken on; every page of staff shows it."""
    user = staff()
    if user is None:
        return []
    return [one for one in protection.list_marked(services().store, user.name) if one.taken_at is None]


@blueprint.get("/kinderschutz")
@needs(*STAFF_ROLES)
def show_reports() -> ResponseReturnValue:
    """List what was reported, without a word of it."""
    store, name = services().store, who().name
    if not protection.is_named(store, name):
        raise NotNamed
    return render_template("ownwords/reports.html", lines=protection.list_marked(store, name))


@blueprint.get("/kinderschutz/<wave_id>/<text_id>")
@needs(*STAFF_ROLES)
def show_report(wave_id: str, text_id: str) -> ResponseReturnValue:
    """Show a text that was reported, and the district's procedure."""
    marked, wave = _marked(wave_id, text_id), get_readable(wave_id)
    store = services().store
    text = texts.get_text(store, wave_id, text_id)
    note(wave, "protected_read")
    return render_template(
        "ownwords/report.html", wave=wave, legal_wave=wave, text=text, marked=marked,
        title=question_titles(wave).get(text.question, text.question), language=language_name(text.language),
        direction=direction(text.language) if text.language else "auto",
        procedure=protection.get_procedure(store, wave.district_id),
    )  # fmt: skip


@blueprint.post("/kinderschutz/<wave_id>/<text_id>")
@needs(*STAFF_ROLES)
def take_report(wave_id: str, text_id: str) -> ResponseReturnValue:
    """Note that somebody takes care."""
    _marked(wave_id, text_id)
    wave = get_readable(wave_id)
    protection.take(services().store, wave_id, text_id, who().name, services().clock())
    note(wave, "take")
    flash("Notiert: Sie kümmern sich. Die anderen Benannten sehen das.")
    return redirect(url_for("ownwords.show_report", wave_id=wave_id, text_id=text_id), 303)


def _marked(wave_id: str, text_id: str) -> Marked:
    found = protection.list_marked(services().store, who().name)
    marked = next((one for one in found if (one.wave_id, one.id) == (wave_id, text_id)), None)
    if marked is None:
        raise NotNamed
    return marked


# --- settings of a district -------------------------------------------------------------------------------------


@blueprint.get("/angaben/<district_id>/kinderschutz")
@needs("administrator")
def edit_procedure(district_id: str) -> ResponseReturnValue:
    """Show who is named and what the procedure is."""
    store = services().store
    district = districts.get_district(store, district_id)
    value = protection.get_procedure(store, district_id)
    return _form(district, Typed({"text": value.text}), set(value.users))


@blueprint.post("/angaben/<district_id>/kinderschutz")
@needs("administrator")
def save_procedure(district_id: str) -> ResponseReturnValue:
    """Keep both; somebody must be named, and what they do must be written down."""
    store, form = services().store, Typed(request.form)
    district = districts.get_district(store, district_id)
    known = {user.name for user in users.list_users(store)}
    named = set(request.form.getlist("user")) & known
    text = form.lines("text", "Ablauf")
    if not named:
        form.refuse("user", "Bitte mindestens eine Person benennen, besser zwei: Sonst sieht eine Meldung niemand.")
    if not text:
        form.refuse("text", "Bitte den Ablauf aufschreiben: wer wen anruft, mit Telefonnummer.")
    if form.errors:
        return _form(district, form, named), 422
    protection.save_procedure(store, district_id, Procedure(tuple(named), text))
    flash("Gespeichert.")
    return redirect(url_for("ownwords.edit_procedure", district_id=district_id), 303)


def _form(district: District, form: Typed, named: set[str]) -> str:
    every = users.list_users(services().store)
    return render_template(
        "ownwords/procedure.html", district=district, legal_district=district, form=form, named=named,
        users=[user.name for user in every], gone=sorted(named - {user.name for user in every}),
    )  # fmt: skip
