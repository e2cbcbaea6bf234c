"""One text: read, make a version that may be shown, translate, assign themes, decide, undo, report."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.answers import clean_text
from questionnaires.codebook import ThemeBook
from survey.forms import Typed
from survey.own_words import SMALLEST_GROUP, Decision, OwnText, language_name, themes_of
from survey.ownwords import blueprint
from survey.ownwords.access import get_readable, note, question_titles, who
from survey.ownwords.queue import progress
from survey.ownwords.words import DECISIONS, DONE, KINDS
from survey.personal import PLACEHOLDERS, find_personal, replace_passage
from survey.records import Wave
from survey.respond.words import direction
from survey.security import needs
from survey.services import services
from survey.store import districts, protection, texts

#: A version or a translation may be a little longer than any answer [characters].
LONGEST = 12_000
#: Signs that turn the direction of writing; a text shown anywhere does without.
TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
ACTIONS: dict[str, Decision] = {"quote": "quote", "count": "count", "unused": "unused"}


@dataclass(frozen=True)
class Part:
    """A piece of a text; with `kind` it looks personal."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Suggestion:
    """Something that could be replaced in the version that may be shown."""

    words: str
    placeholder: str
    kind: str


def parts_of(text: str) -> tuple[Part, ...]:
    """Return a text in pieces, so that a page can mark what looks personal without marking up anything itself."""
    found, end = [], 0
    for passage in find_personal(text):
        found += [Part(text[end : passage.start]), Part(text[passage.start : passage.end], KINDS[passage.kind])]
        end = passage.end
    return tuple(part for part in (*found, Part(text[end:])) if part.text)


def suggestions_in(text: str) -> tuple[Suggestion, ...]:
    """Return what looks personal in a version, each wording once."""
    found = ((text[p.start : p.end], PLACEHOLDERS[p.kind], KINDS[p.kind]) for p in find_personal(text))
    return tuple(Suggestion(*one) for one in dict.fromkeys(found))


def redacted(text: str, words: str | None) -> str:
    """Return a text with placeholders instead of all passages of this wording, or of all passages."""
    for passage in reversed(find_personal(text)):
        if words is None or text[passage.start : passage.end] == words:
            text = replace_passage(text, passage)
    return text


# --- the page ---------------------------------------------------------------------------------------------------


@blueprint.get("/eigene-worte/<wave_id>/text/<text_id>")
@needs("reviewer")
def show_text(wave_id: str, text_id: str) -> ResponseReturnValue:
    """Show a text with everything that can be decided about it."""
    wave = get_readable(wave_id)
    text = texts.get_text(services().store, wave_id, text_id)
    note(wave, "read")
    return _page(wave, text, Typed({"version": text.version, "translation": text.translation}))


def _page(wave: Wave, text: OwnText, form: Typed, *, confirm: bool = False) -> str:
    store = services().store
    district, book = districts.get_district(store, wave.district_id), texts.get_themes(store, wave.id)
    zones = {zone.id: zone.name for zone in district.zones}
    return render_template(
        "ownwords/text.html", wave=wave, legal_wave=wave, text=text, form=form, confirm=confirm,
        left=progress(wave.id).left,
        title=question_titles(wave).get(text.question, text.question), zone=zones.get(text.zone, ""),
        parts=parts_of(text.text), suggestions=suggestions_in(form.value("version")),
        language=language_name(text.language), direction=direction(text.language) if text.language else "auto",
        foreign=text.language != "de", decision=DECISIONS[text.decision], themes=_themes(text, book),
        by_person=text.themes is not None, fixed=texts.fixed_at(store, wave.id) is not None,
        procedure=protection.get_procedure(store, wave.district_id), district=district,
        last=request.args.get("zuletzt", ""),
    )  # fmt: skip


def _themes(text: OwnText, book: ThemeBook) -> list[tuple[str, str, bool]]:
    assigned = themes_of(text, book)
    return [(name, title, name in assigned) for name, title in book.names.items()]


# --- decisions --------------------------------------------------------------------------------------------------


@blueprint.post("/eigene-worte/<wave_id>/text/<text_id>")
@needs("reviewer")
def decide(wave_id: str, text_id: str) -> ResponseReturnValue:
    """Keep what was typed, and the decision of the button that was pressed."""
    store, wave = services().store, get_readable(wave_id)
    text, form = texts.get_text(store, wave_id, text_id), _typed()
    version, action = form.value("version"), request.form.get("action", "save")
    if "redact" in request.form or action == "redact-all":
        version = redacted(version, request.form.get("redact"))
        action = "redact"
    wanted = ACTIONS.get(action, "" if action == "redact" else text.decision)
    proposed = replace(text, decision=wanted, redacted=version, translation=form.value("translation"))
    _check(form, wave, proposed)
    if form.errors:
        return _page(wave, text, form, confirm=form.error("confirm") is not None), 422
    texts.change(
        store, wave_id, text_id, decision=wanted, redacted=None if version == text.text else version,
        translation=form.value("translation"), themes=_assigned(text, texts.get_themes(store, wave_id)),
    )  # fmt: skip
    note(wave, "decide")
    if action not in ACTIONS:
        flash("Ersetzt und gespeichert." if action == "redact" else "Gespeichert.")
        return redirect(url_for("ownwords.show_text", wave_id=wave_id, text_id=text_id), 303)
    flash(DONE[wanted])
    return redirect(url_for("ownwords.next_text", wave_id=wave_id, zuletzt=text_id), 303)


def _typed() -> Typed:
    """Return version and translation as they may be kept: composed, without control signs or turns."""
    values = {name: clean_text(request.form.get(name, "")).translate(TURNS) for name in ("version", "translation")}
    return Typed(values | {"confirm": request.form.get("confirm", "")})


def _assigned(text: OwnText, book: ThemeBook) -> tuple[str, ...] | None:
    """Return a person's themes; None as long as the boxes stand as the stems set them."""
    if request.form.get("action") == "stems":
        return None
    if "themes" not in request.form:  # fixed: the boxes are not sent
        return text.themes
    chosen = tuple(name for name in book.names if name in request.form.getlist("theme"))
    return text.themes if chosen == themes_of(text, book) else chosen


def _check(form: Typed, wave: Wave, text: OwnText) -> None:
    for name, what in (("version", "Die Fassung"), ("translation", "Die Übersetzung")):
        if len(form.value(name)) > LONGEST:
            form.refuse(name, f"{what}: höchstens {LONGEST} Zeichen, es sind {len(form.value(name))}.")
    if text.decision == "quote" and not form.errors:
        _check_quote(form, wave, text)


def _check_quote(form: Typed, wave: Wave, text: OwnText) -> None:
    if text.marked_at is not None:
        form.refuse("", "Dieser Text ist als Kinderschutz gemeldet. Deshalb wird er nicht als Zitat gezeigt.")
    if not text.version:
        form.refuse("version", "Bitte eine Fassung eingeben, die gezeigt werden darf.")
    if not text.translation and _is_rare(wave, text):
        form.refuse("translation", (
            f"In dieser Sprache haben weniger als {SMALLEST_GROUP} geschrieben. Gezeigt wird deshalb nur die "
            "Übersetzung: Bitte übersetzen Sie den Text."
        ))  # fmt: skip
    left = [one.words for one in (*suggestions_in(text.version), *suggestions_in(text.translation))]
    if left and not form.value("confirm"):
        form.refuse("confirm", (
            "Darin sieht noch etwas persönlich aus. Bitte ersetzen. Oder bestätigen Sie unten, dass man daran "
            "niemanden erkennt."
        ))  # fmt: skip


def _is_rare(wave: Wave, text: OwnText) -> bool:
    if text.language == "de":
        return False
    same = texts.list_texts(services().store, wave.id, text.question)
    return not text.language or sum(other.language == text.language for other in same) < SMALLEST_GROUP


@blueprint.post("/eigene-worte/<wave_id>/text/<text_id>/zurueck")
@needs("reviewer")
def undo(wave_id: str, text_id: str) -> ResponseReturnValue:
    """Bring back what the last decision replaced."""
    wave = get_readable(wave_id)
    texts.get_text(services().store, wave_id, text_id)
    if texts.undo(services().store, wave_id, text_id):
        note(wave, "undo")
        flash("Zurückgenommen. Noch einmal auf „Rückgängig“ stellt es wieder her.")
    return redirect(url_for("ownwords.show_text", wave_id=wave_id, text_id=text_id), 303)


@blueprint.post("/eigene-worte/<wave_id>/text/<text_id>/kinderschutz")
@needs("reviewer")
def report(wave_id: str, text_id: str) -> ResponseReturnValue:
    """Report a text to the people the district has named, or take the report back."""
    store, wave = services().store, get_readable(wave_id)
    texts.get_text(store, wave_id, text_id)
    if request.form.get("mark") == "1":
        protection.mark(store, wave_id, text_id, who().name, services().clock())
        note(wave, "mark")
        _say_who_knows(wave)
    else:
        protection.unmark(store, wave_id, text_id)
        note(wave, "unmark")
        flash("Die Meldung ist zurückgenommen.")
    return redirect(url_for("ownwords.show_text", wave_id=wave_id, text_id=text_id), 303)


def _say_who_knows(wave: Wave) -> None:
    named = protection.get_procedure(services().store, wave.district_id).users
    if named:
        flash(f"Gemeldet. Das sehen sofort nach der Anmeldung: {', '.join(named)}. Folgen Sie dem Ablauf unten.")
    else:
        flash(
            "Gemeldet. Für diesen Landkreis ist aber noch niemand benannt, deshalb sieht es niemand. Bitte rufen Sie "
            "jetzt selbst beim Jugendamt an.", "warning",
        )  # fmt: skip
