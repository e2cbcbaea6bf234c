"""Publishing: what is still to do, what changed since the last version, and then a version that never changes."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey.design import blueprint
from survey.design.corrections import possible_corrections
from survey.design.drafting import changes_since_last, check_draft, get_draft
from survey.errors import NotNow
from survey.security import needs
from survey.services import services
from survey.store import comments, questionnaires, trials


class NotReady(NotNow):
    """The draft has problems, or changed since somebody looked at it."""


@blueprint.get("/entwuerfe/<draft_id>/veroeffentlichen")
@needs("coordinator")
def confirm(draft_id: str) -> ResponseReturnValue:
    """Show what would be published."""
    draft = get_draft(draft_id)
    checked = check_draft(draft.data)
    before, changes = changes_since_last(checked.questionnaire)
    return render_template(
        "design/publish.html", draft=draft, checked=checked, before=before, changes=changes,
        breaking=[change for change in changes if change.breaks],
        corrections=possible_corrections(checked.questionnaire) if checked.ready else [],
        ideas=[
            checked.where(one["place"]) + one["message"]
            for one in checked.advice
            if one["code"] not in {"comparison", "recognisable"}
        ],
        tried=comments.list_links(services().store, draft.id, trial=True),
    )  # fmt: skip


@blueprint.post("/entwuerfe/<draft_id>/veroeffentlichen")
@needs("coordinator")
def publish(draft_id: str) -> ResponseReturnValue:
    """Keep the draft as a version; exactly what was looked at."""
    draft = get_draft(draft_id)
    checked = check_draft(draft.data)
    if str(draft.version) != request.form.get("version"):
        raise NotReady("Der Entwurf wurde inzwischen geändert und nicht veröffentlicht. Bitte noch einmal ansehen.")
    if not checked.ready or checked.questionnaire is None:
        raise NotReady("Der Entwurf hat noch offene Punkte. Es wurde nichts veröffentlicht.")
    digest = questionnaires.save_questionnaire(services().store, checked.questionnaire)
    trials.delete_trials(services().store, draft_id)
    flash(f"Veröffentlicht als Fassung {digest[:8]}. Sie ändert sich nicht mehr und steht bei „Neue Welle“ zur Wahl.")
    return redirect(url_for("design.edit", draft_id=draft_id), 303)
