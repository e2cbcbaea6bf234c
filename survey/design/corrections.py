"""Texts that are corrected while families answer: only texts, never silently, with who, when, why and what."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.differences import Correction, Revision, correction
from questionnaires.model import Questionnaire
from survey.design import blueprint
from survey.design.drafting import check_draft, get_draft, published_before, who
from survey.design.words import place_in_words
from survey.errors import NotNow
from survey.records import Wave
from survey.respond.words import LANGUAGE_NAMES
from survey.security import needs
from survey.services import services
from survey.store import revisions, waves
from survey.waves import state

LONGEST_WHY = 200

blueprint.add_app_template_filter(place_in_words)
blueprint.add_app_template_filter(LANGUAGE_NAMES.__getitem__, "language_name")


class NotOnlyTexts(NotNow):
    """What should go live is more than a correction, or is no longer what was looked at."""


@dataclass(frozen=True)
class Possible:
    """A wave in the field and what the draft would correct in it."""

    wave: Wave
    found: Correction


def possible_corrections(asked: Questionnaire | None) -> list[Possible]:
    """Return the open waves that ask a version of this questionnaire."""
    own = services()
    known = {one.hash: one for one in published_before(asked.id)} if asked else {}
    return [
        Possible(wave, correction(known[wave.questionnaire_hash], asked))
        for wave in waves.list_waves(own.store)
        if asked and wave.questionnaire_hash in known and state(wave, own.clock()) == "open"
    ]


@blueprint.post("/entwuerfe/<draft_id>/berichtigen")
@needs("coordinator")
def correct(draft_id: str) -> ResponseReturnValue:
    """Let the draft's texts take the place of those in the field, with a log."""
    own, draft = services(), get_draft(draft_id)
    checked = check_draft(draft.data)
    if str(draft.version) != request.form.get("version") or not checked.ready or checked.questionnaire is None:
        raise NotOnlyTexts("Der Entwurf wurde inzwischen geändert oder ist nicht fertig. Es wurde nichts berichtigt.")
    why = " ".join(request.form.get("why", "").split())[:LONGEST_WHY]
    if request.form.get("same") != "1" or not why:
        raise NotOnlyTexts(
            "Bitte sagen Sie, warum, und bestätigen Sie, dass der Sinn bleibt. Es wurde nichts berichtigt."
        )
    wanted = request.form.get("wave")
    found = next((one for one in possible_corrections(checked.questionnaire) if one.wave.id == wanted), None)
    if found is None or found.found.refused or not found.found.changes:
        raise NotOnlyTexts("In einer laufenden Welle dürfen sich nur Texte ändern. Es wurde nichts berichtigt.")
    before, after, changes = found.wave.questionnaire_hash, checked.questionnaire, found.found.changes
    log = Revision(at=own.clock(), by=who(), why=why, before=before, after=after.hash, changes=changes)
    if not revisions.revise(own.store, found.wave.id, after, log, own.clock()):
        raise NotOnlyTexts("Die Welle fragt inzwischen eine andere Fassung. Es wurde nichts berichtigt.")
    places = "eine Stelle" if len(changes) == 1 else f"{len(changes)} Stellen"
    flash(f"Berichtigt. Familien bekommen ab jetzt den neuen Text; das Protokoll nennt {places}.")
    return redirect(url_for("design.log", wave_id=found.wave.id), 303)


@blueprint.get("/wellen/<wave_id>/berichtigungen")
@needs("coordinator")
def log(wave_id: str) -> ResponseReturnValue:
    """Show what was corrected in a wave."""
    wave = waves.get_wave(services().store, wave_id)
    found = revisions.list_revisions(services().store, wave.id)
    return render_template("design/corrections.html", wave=wave, revisions=found)
