"""Staff ask aloud and type in: the start of the assisted mode."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey.errors import NotNow
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.records import Wave
from survey.respond.assisted import is_sensitive, make_pass
from survey.respond.words import LANGUAGE_NAMES
from survey.security import needs
from survey.services import services
from survey.store import codes, questionnaires, waves
from survey.waves import state


@blueprint.get("/wellen/<wave_id>/vorlesen")
@needs("coordinator", "administrator")
def ask_aloud(wave_id: str) -> ResponseReturnValue:
    """Explain the mode and ask where and in which language."""
    return _form(_wave(wave_id), Typed({"language": "de"}))


@blueprint.post("/wellen/<wave_id>/vorlesen")
@needs("coordinator", "administrator")
def start_aloud(wave_id: str) -> ResponseReturnValue:
    """Open the family's document with a pass; in a wave with codes the pass holds one made for it."""
    own, wave, form = services(), _wave(wave_id), Typed(request.form)
    door = form.one_of("door", "Zugang", {name for name, _ in _doors(wave)})
    language = form.one_of("language", "Sprache", {code for code, _ in _languages(wave)})
    if form.errors:
        return _form(wave, form), 422
    code = codes.make_codes(own.store, wave.id, 1)[0] if wave.code_required else ""
    token = make_pass(wave.id, code, own.clock())
    return redirect(url_for("respond.document", wave_id=wave.id, lang=language, z=door or None, a=token), 303)


def _wave(wave_id: str) -> Wave:
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    if state(wave, own.clock()) != "open":
        raise NotNow("Diese Welle ist nicht offen. Vorlesen und eintippen geht nur, solange sie offen ist.")
    return wave


def _doors(wave: Wave) -> list[tuple[str, str]]:
    return [("", "kein Zugang")] + [(door.id, door.name) for door in waves.list_doors(services().store, wave.id)]


def _languages(wave: Wave) -> list[tuple[str, str]]:
    offered = questionnaires.get_questionnaire(services().store, wave.questionnaire_hash).languages
    return [(code, LANGUAGE_NAMES[code]) for code in LANGUAGE_NAMES if code in offered]


def _form(wave: Wave, form: Typed) -> str:
    asked = questionnaires.get_questionnaire(services().store, wave.questionnaire_hash)
    sensitive = sum(any(map(is_sensitive, page.questions)) for page in asked.pages)
    return render_template(
        "fieldwork/aloud.html", wave=wave, legal_wave=wave, form=form, doors=_doors(wave), languages=_languages(wave),
        sensitive=sensitive,
    )  # fmt: skip
