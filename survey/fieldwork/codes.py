"""Access codes on paper: made, shown once to be printed, and kept as hashes only."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from questionnaires.model import text_in
from survey.errors import NotNow
from survey.fieldwork import blueprint
from survey.fieldwork.doors import door_address
from survey.forms import Typed
from survey.records import Wave
from survey.security import needs
from survey.services import services
from survey.store import codes, districts, questionnaires, waves
from survey.waves import state

#: Slips on one printed sheet; more are printed in several.
MOST = 500


@blueprint.get("/wellen/<wave_id>/codes")
@needs("coordinator")
def new_codes(wave_id: str) -> ResponseReturnValue:
    """Ask how many slips are needed."""
    return _form(_wave(wave_id), Typed({"number": "30"}))


@blueprint.post("/wellen/<wave_id>/codes")
@needs("coordinator")
def make_codes(wave_id: str) -> ResponseReturnValue:
    """Make codes and show them. The sheet is the answer to the POST itself: nobody can open it a second time."""
    wave, form = _wave(wave_id), Typed(request.form)
    text = form.text("number", "Anzahl", 5)
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST):
        form.refuse("number", f"Anzahl: Bitte eine Zahl von 1 bis {MOST} eingeben.")
    if form.errors:
        return _form(wave, form), 422
    store = services().store
    asked = questionnaires.get_questionnaire(store, wave.questionnaire_hash)
    address = door_address(wave, None)
    return render_template(
        "fieldwork/codes.html", wave=wave, legal_wave=wave, district=districts.get_district(store, wave.district_id),
        codes=codes.make_codes(store, wave.id, int(text)), headline=text_in(asked.headline, "de")[0],
        young=asked.audience == "young_people", minutes=asked.minutes, short=address.split("://", 1)[1],
    )  # fmt: skip


def _wave(wave_id: str) -> Wave:
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    if not wave.code_required:
        raise NotNow("Diese Welle ist ohne Code offen. Codes gibt es nur bei Wellen, die sie verlangen.")
    if state(wave, own.clock()) not in {"planned", "open"}:
        raise NotNow("Für diese Welle können keine Codes mehr gedruckt werden: Sie ist zu Ende.")
    return wave


def _form(wave: Wave, form: Typed) -> str:
    left = codes.count_codes(services().store, wave.id)
    return render_template("fieldwork/new_codes.html", wave=wave, legal_wave=wave, form=form, left=left, most=MOST)
