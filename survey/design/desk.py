"""The list of drafts, and how a new one begins: blank, from a published version, or from a file."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.model import text_in
from questionnaires.problems import Problem
from questionnaires.source import Source
from questionnaires.write import data_of
from survey.design import MAX_DRAFT, blueprint
from survey.design.bank import start_with, topics
from survey.design.drafting import blank, new_id, who
from survey.forms import Typed
from survey.security import needs
from survey.services import services
from survey.store import drafts, questionnaires, waves

NO_TEXT = (
    "Das ist keine Textdatei, vielleicht eine Tabelle, ein Bild oder ein PDF. Gebraucht wird ein Fragebogen als YAML, "
    "wie ihn „Datei“ und „Herunterladen“ bei einem Entwurf geben. Einzelne Fragen können Sie aus Word oder Excel "
    "kopieren und im Entwurf einfügen."
)


@blueprint.get("/entwuerfe")
@needs("coordinator")
def list_all() -> ResponseReturnValue:
    """Show drafts, and what a new one can begin with."""
    return _page(Typed({}))


@blueprint.post("/entwuerfe")
@needs("coordinator")
def create() -> ResponseReturnValue:
    """Begin a draft."""
    own, form = services(), Typed(request.form)
    starts = {"file": _from_file, "topics": _from_topics}
    data = starts.get(form.value("start"), _from_version)(form)
    if data is None:
        return _page(form), 422
    draft = drafts.create_draft(own.store, new_id(), data, who(), own.clock())
    return redirect(url_for("design.edit", draft_id=draft.id), 303)


@blueprint.post("/entwuerfe/<draft_id>/loeschen")
@needs("coordinator")
def delete(draft_id: str) -> ResponseReturnValue:
    """Delete a draft; what was published stays."""
    drafts.delete_draft(services().store, draft_id)
    flash("Der Entwurf ist gelöscht. Veröffentlichte Fassungen bleiben.")
    return redirect(url_for("design.list_all"), 303)


def _from_version(form: Typed) -> dict[str, Any] | None:
    start = form.value("start")
    if start == "blank":
        return blank()
    found = questionnaires.find_questionnaire(services().store, start)
    if found is None:
        form.refuse("start", "Bitte wählen, womit der Entwurf beginnt.")
        return None
    return data_of(found)


def _from_topics(form: Typed) -> dict[str, Any] | None:
    wanted = request.form.getlist("topic")
    if not wanted:
        form.refuse("start", "Bitte wählen, welche Themen der Entwurf haben soll.")
        return None
    data, said = start_with(blank(), wanted)
    for sentence in said:
        flash(sentence, "warning")
    return data


def _from_file(form: Typed) -> dict[str, Any] | None:
    """Read a file as far as it can be read: what is wrong with it is told in the editor."""
    file = request.files.get("file")
    if file is None or not file.filename:
        form.refuse("file", "Bitte eine Datei auswählen.")
        return None
    with file.stream:
        found = read_upload(file.stream.read(MAX_DRAFT + 1))
    if isinstance(found, dict):
        return found
    for problem in found:
        form.refuse("file", f"Zeile {problem.line}: {problem.message}")
    return None


def read_upload(content: bytes) -> dict[str, Any] | tuple[Problem, ...]:
    """Return a file's data, or why it is no YAML."""
    if b"\0" in content or content.startswith((b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8")):
        return (Problem("no-text", "", NO_TEXT, "Datei", 1),)
    try:
        source = Source(content.decode("utf-8-sig"), "Datei")
    except UnicodeDecodeError:
        message = "Die Datei ist nicht in UTF-8 gespeichert. Bitte im Editor „Speichern als UTF-8“ wählen."
        return (Problem("not-utf8", "", message, "Datei", 1),)
    if source.problems or not isinstance(source.data, dict):
        return tuple(source.problems)
    return dict(_as_lists(source.data))


def _as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_lists(part) for name, part in value.items()}
    return [_as_lists(part) for part in value] if isinstance(value, tuple) else value


def _page(form: Typed) -> str:
    own = services()
    versions = questionnaires.list_questionnaires(own.store)
    # The latest wave comes first; nobody remembers a version by its hash.
    asked = {wave.questionnaire_hash: wave.title for wave in reversed(waves.list_waves(own.store))}
    return render_template(
        "design/list.html", form=form, drafts=drafts.list_drafts(own.store, own.clock()),
        topics=topics(), most=MAX_DRAFT, chosen=request.form.getlist("topic"),
        versions=[(one.hash, text_in(one.title, "de")[0], one.hash[:8], asked.get(one.hash, "")) for one in versions],
    )  # fmt: skip
