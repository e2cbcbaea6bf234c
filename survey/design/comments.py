"""Partners read a draft by a link and say what they think of each question; free providers take part in planning."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.model import Questionnaire
from survey.design import blueprint
from survey.design.drafting import check_draft, get_draft
from survey.errors import NotFound
from survey.forms import Typed
from survey.records import Draft, DraftLink
from survey.security import needs
from survey.services import services
from survey.store import comments
from survey.waves import local_day

LONGEST_COMMENT = 2000
USUAL_DAYS, MOST_DAYS = 21, 90


# --- at the desk -----------------------------------------------------------------------------------------------


@blueprint.get("/entwuerfe/<draft_id>/rueckmeldungen")
@needs("coordinator")
def feedback(draft_id: str) -> ResponseReturnValue:
    """Show links and what was said."""
    return _desk(get_draft(draft_id), Typed({"days": str(USUAL_DAYS)}))


@blueprint.post("/entwuerfe/<draft_id>/rueckmeldungen")
@needs("coordinator")
def add_link(draft_id: str) -> ResponseReturnValue:
    """Make a link; it is shown once."""
    draft, form = get_draft(draft_id), Typed(request.form)
    title = form.text("title", "Für wen der Link ist", 120)
    days = int(form.value("days")) if form.value("days").isascii() and form.value("days").isdigit() else 0
    if not 1 <= days <= MOST_DAYS:
        form.refuse("days", f"Wie viele Tage? Möglich sind 1 bis {MOST_DAYS}.")
    if form.errors:
        return _desk(draft, form), 422
    token = secrets.token_urlsafe(24)
    until = local_day(services().clock()) + timedelta(days=days)
    comments.add_link(services().store, DraftLink(comments.hash_token(token), draft.id, title, until))
    return _desk(draft, Typed({"days": str(USUAL_DAYS)}), url_for("design.read", token=token, _external=True))


@blueprint.post("/entwuerfe/<draft_id>/rueckmeldungen/ende")
@needs("coordinator")
def end_link(draft_id: str) -> ResponseReturnValue:
    """Let a link lead nowhere."""
    links, wanted = comments.list_links(services().store, draft_id), request.form.get("link", "")
    found = next((one for one in links if one.token_hash.hex() == wanted), None)
    if found is not None:
        comments.end_link(services().store, draft_id, found.token_hash)
        flash(f"Der Link „{found.title}“ führt nirgends mehr hin. Die Rückmeldungen bleiben.")
    return redirect(url_for("design.feedback", draft_id=draft_id), 303)


@blueprint.post("/entwuerfe/<draft_id>/rueckmeldungen/<int:comment_id>")
@needs("coordinator")
def mark(draft_id: str, comment_id: int) -> ResponseReturnValue:
    """Tick a comment off, or take that back."""
    comments.mark_comment(services().store, draft_id, comment_id, request.form.get("done") == "1")
    back = "design.pretest" if request.form.get("back") == "pretest" else "design.feedback"
    return redirect(url_for(back, draft_id=draft_id), 303)


def _desk(draft: Draft, form: Typed, made: str = "") -> str:
    store = services().store
    titles = _titles(check_draft(draft.data).questionnaire)
    said = [one for one in comments.list_comments(store, draft.id) if not one.trial]
    return render_template(
        "design/feedback.html", draft=draft, form=form, made=made, links=comments.list_links(store, draft.id),
        comments=said, titles=titles, today=local_day(services().clock()),
    )  # fmt: skip


def _titles(asked: Questionnaire | None) -> dict[str, str]:
    return {name: question.text.get("de", name) for name, question in asked.questions.items()} if asked else {}


# --- for partners ----------------------------------------------------------------------------------------------


@blueprint.get("/entwurf/<token>")
def read(token: str) -> ResponseReturnValue:
    """Show the draft as it is now, with room for a comment at each question."""
    return _reading(_link(token), token, Typed({}))


@blueprint.post("/entwurf/<token>")
def say(token: str) -> ResponseReturnValue:
    """Keep a comment. The link itself is the right to do so; no cookie is needed."""
    link, form, own = _link(token), Typed(request.form), services()
    asked = check_draft(get_draft(link.draft_id).data).questionnaire
    question = form.value("question") if form.value("question") in _titles(asked) else ""
    text = form.lines("text", "Rückmeldung", LONGEST_COMMENT)
    if not text and not form.errors:
        form.refuse("text", "Bitte etwas schreiben.")
    name = " ".join(form.value("name").split())[:80]
    if form.errors:
        return _reading(link, token, form), 422
    if not comments.add_comment(own.store, link, question, name, text, own.clock()):
        form.refuse("text", "Zu diesem Entwurf gibt es schon sehr viele Rückmeldungen. Bitte sprechen Sie uns an.")
        return _reading(link, token, form), 409
    return redirect(url_for("design.read", token=token, danke=question, _anchor=f"q-{question}"), 303)


def _link(token: str) -> DraftLink:
    found = comments.find_link(services().store, token, local_day(services().clock()))
    if found is None:
        raise NotFound("Diesen Link gibt es nicht, oder seine Zeit ist vorbei.")
    return found


def _reading(link: DraftLink, token: str, form: Typed) -> str:
    draft = get_draft(link.draft_id)
    return render_template(
        "design/read.html", draft=draft, link=link, token=token, form=form,
        asked=check_draft(draft.data).questionnaire, longest=LONGEST_COMMENT,
    )  # fmt: skip
