"""The editor: one page; a script saves while one types, one editor at a time."""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.model import KINDS, LANGUAGES
from survey.design import blueprint
from survey.design.drafting import Checked, as_json, check_draft, get_draft, who
from survey.design.pretest import trial_sentences
from survey.design.words import DIMENSION_NAMES, KIND_NAMES, SENSITIVE_NAMES
from survey.security import needs
from survey.services import services
from survey.store import comments, districts, drafts


@blueprint.get("/entwuerfe/<draft_id>")
@needs("coordinator")
def edit(draft_id: str) -> ResponseReturnValue:
    """Show the editor; its script asks to be the one that saves."""
    draft = get_draft(draft_id)
    checked = check_draft(draft.data)
    start = {
        "data": draft.data, "version": draft.version, **_told(checked),
        "kinds": {kind: KIND_NAMES[kind] for kind in KINDS}, "languages": LANGUAGES, "sensitive": SENSITIVE_NAMES,
        "dimensions": DIMENSION_NAMES, "areas": _areas(), "comments": _open_comments(draft_id),
        "tried": trial_sentences(draft_id, checked.questionnaire),
        "save": url_for("design.save", draft_id=draft.id), "lock": url_for("design.lock", draft_id=draft.id),
        "preview": url_for("design.preview", draft_id=draft.id), "bank": url_for("design.bank"),
        "take": url_for("design.take_from_bank"),
    }  # fmt: skip
    return render_template("design/edit.html", draft=draft, start=start)


def _open_comments(draft_id: str) -> list[dict[str, str]]:
    """Return what partners said and nobody ticked off, to stand at its question."""
    found = comments.list_comments(services().store, draft_id)
    return [{"question": one.question, "name": one.name or one.link, "text": one.text} for one in found if not one.done]


def _areas() -> list[dict[str, str]]:
    """Return the Sozialräume conditions can name."""
    found = districts.list_districts(services().store)
    return [{"id": area.id, "name": area.name, "district": one.name} for one in found for area in one.areas]


@blueprint.put("/entwuerfe/<draft_id>")
@needs("coordinator")
def save(draft_id: str) -> ResponseReturnValue:
    """Save what the script sends; 409 where another state lies there already or somebody else edits."""
    own, sent = services(), _sent()
    if sent is None:
        return jsonify(problem="Der Entwurf kam nicht vollständig an. Ihre Eingaben sind noch da."), 400
    version = drafts.save_draft(
        own.store, draft_id, sent["data"], sent["version"], who(), sent["key"], own.clock(), sent["note"],
        sent["turn"],
    )  # fmt: skip
    if version is None:
        return jsonify(_whose(draft_id)), 409
    return jsonify(version=version, **_told(check_draft(sent["data"])))


def _told(checked: Checked) -> dict[str, Any]:
    """Return what the editor shows beside the draft."""
    return {
        "problems": as_json(checked.problems), "advice": checked.advice, "longest": checked.minutes,
        "ease": checked.ease, "recognition": checked.recognition,
    }  # fmt: skip


def _sent() -> dict[str, Any] | None:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("data"), dict) or not isinstance(sent.get("key"), str):
        return None
    if not isinstance(sent.get("version"), int):
        return None
    turn = sent.get("turn")
    return {**sent, "key": sent["key"][:40], "note": str(sent.get("note") or ""),
            "turn": turn if isinstance(turn, int) and 0 <= turn < 2**31 else 0}  # fmt: skip


def _whose(draft_id: str) -> dict[str, Any]:
    draft = get_draft(draft_id)
    return {"version": draft.version, "by": draft.locked_by or draft.saved_by, "locked": draft.locked_by is not None}


@blueprint.post("/entwuerfe/<draft_id>/sperre")
@needs("coordinator")
def lock(draft_id: str) -> ResponseReturnValue:
    """Become or stay the one that saves, take the draft over, or leave it."""
    own, key = services(), request.form.get("key", "")[:40]
    if request.form.get("leave"):
        drafts.unlock_draft(own.store, draft_id, key)
        return jsonify(locked=False)
    taken = drafts.lock_draft(own.store, draft_id, who(), key, own.clock(), take=bool(request.form.get("take")))
    draft = get_draft(draft_id)
    answer = {"mine": taken, "by": draft.locked_by, "version": draft.version}
    return jsonify(**answer, data=draft.data if taken and request.form.get("take") else None)


@blueprint.get("/entwuerfe/<draft_id>/staende")
@needs("coordinator")
def states(draft_id: str) -> ResponseReturnValue:
    """List what can be returned to."""
    draft = get_draft(draft_id)
    return render_template("design/states.html", draft=draft, states=drafts.list_states(services().store, draft.id))


@blueprint.get("/entwuerfe/<draft_id>/staende/<int:version>.json")
@needs("coordinator")
def state(draft_id: str, version: int) -> ResponseReturnValue:
    """Give the editor a state to return to; it saves it as the newest, so that nothing is lost."""
    found = drafts.find_state(services().store, draft_id, version)
    return (jsonify(data=found), 200) if found is not None else (jsonify(problem="Diesen Stand gibt es nicht."), 404)
