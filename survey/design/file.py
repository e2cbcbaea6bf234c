"""The file view for experts: the same YAML, with the same messages by line."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.check import check_text
from questionnaires.problems import Problem
from questionnaires.reviews import reviewed
from questionnaires.write import write_questionnaire
from survey.design import blueprint
from survey.design.desk import read_upload
from survey.design.drafting import get_draft, new_id, who
from survey.records import Draft
from survey.security import needs
from survey.services import services
from survey.store import drafts

KEPT = "Ihr Text steht noch hier; es wurde nichts überschrieben."


@blueprint.get("/entwuerfe/<draft_id>/datei")
@needs("coordinator")
def show_file(draft_id: str) -> ResponseReturnValue:
    """Show the draft as its file."""
    draft = get_draft(draft_id)
    return _page(draft, write_questionnaire(draft.data), ())


@blueprint.post("/entwuerfe/<draft_id>/datei")
@needs("coordinator")
def save_file(draft_id: str) -> ResponseReturnValue:
    """Take an edited file; one that is no YAML stays in the field with what is wrong."""
    own, draft, key = services(), get_draft(draft_id), new_id()
    text = request.form.get("text", "").replace("\r\n", "\n")
    found = read_upload(text.encode())
    if not isinstance(found, dict):
        return _page(draft, text, found), 422
    found = reviewed(draft.data, found)
    locked = drafts.lock_draft(own.store, draft_id, who(), key, own.clock())
    version = int(request.form.get("version", "0")) if request.form.get("version", "").isdigit() else 0
    saved = locked and drafts.save_draft(own.store, draft_id, found, version, who(), key, own.clock(), "Aus der Datei")
    drafts.unlock_draft(own.store, draft_id, key)
    if not saved:
        by = draft.locked_by or draft.saved_by
        message = f"{by} bearbeitet den Entwurf oder hat ihn inzwischen gespeichert. {KEPT}"
        return _page(draft, text, (Problem("locked", "", message, "Datei", 0),)), 409
    flash("Gespeichert.")
    return redirect(url_for("design.show_file", draft_id=draft_id), 303)


@blueprint.get("/entwuerfe/<draft_id>/fragebogen.yaml")
@needs("coordinator")
def download(draft_id: str) -> ResponseReturnValue:
    """Give the file."""
    draft = get_draft(draft_id)
    name = str(draft.data.get("id", "fragebogen"))
    safe = "".join(c for c in name if c.isascii() and (c.isalnum() or c == "-")) or "fragebogen"
    response = Response(write_questionnaire(draft.data), content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}.yaml"'
    return response


def _page(draft: Draft, text: str, problems: tuple[Problem, ...]) -> str:
    shown = problems or check_text(text, "Datei")[1]
    return render_template("design/file.html", draft=draft, text=text, problems=shown)
