"""„Das haben Sie gesagt. Das tun wir.“: the coordinator writes it after the results, families read it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey.errors import NotNow
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.records import Wave
from survey.respond.words import LANGUAGE_NAMES
from survey.security import needs
from survey.services import services
from survey.store import follow_ups, questionnaires, waves
from survey.waves import state


@blueprint.get("/wellen/<wave_id>/danach")
@needs("coordinator")
def edit_follow_up(wave_id: str) -> ResponseReturnValue:
    """Show the form with what is there."""
    wave = _wave(wave_id)
    texts = follow_ups.get_follow_up(services().store, wave_id)
    return _form(wave, Typed({f"text-{language}": text for language, text in texts.items()}))


@blueprint.post("/wellen/<wave_id>/danach")
@needs("coordinator")
def save_follow_up(wave_id: str) -> ResponseReturnValue:
    """Keep the texts; without the German one nothing is shown."""
    wave, form = _wave(wave_id), Typed(request.form)
    texts = {code: form.lines(f"text-{code}", LANGUAGE_NAMES[code]) for code in _languages(wave)}
    if any(texts.values()) and not texts["de"]:
        form.refuse("text-de", "Bitte auch auf Deutsch schreiben: Wo eine Sprache fehlt, steht der deutsche Text.")
    if form.errors:
        return _form(wave, form), 422
    follow_ups.save_follow_up(services().store, wave_id, texts)
    flash("Gespeichert. Der Text steht jetzt auf der Seite der Befragung und auf der Startseite." if texts["de"]
          else "Gespeichert. Zu dieser Befragung steht jetzt kein Text mehr da.")  # fmt: skip
    return redirect(url_for("fieldwork.wave", wave_id=wave_id), 303)


def _wave(wave_id: str) -> Wave:
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    if state(wave, own.clock()) in {"planned", "open"}:
        raise NotNow("Was aus den Antworten folgt, lässt sich erst schreiben, wenn die Befragung zu Ende ist.")
    return wave


def _languages(wave: Wave) -> tuple[str, ...]:
    return questionnaires.get_questionnaire(services().store, wave.questionnaire_hash).languages


def _form(wave: Wave, form: Typed) -> str:
    languages = [(code, LANGUAGE_NAMES[code]) for code in LANGUAGE_NAMES if code in _languages(wave)]
    return render_template("fieldwork/follow_up.html", wave=wave, legal_wave=wave, form=form, languages=languages)
