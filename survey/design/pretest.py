"""The desk's side of a trial: test links, what came of them, and its end."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.model import Questionnaire, text_in
from survey.design import blueprint
from survey.design.comments import MOST_DAYS
from survey.design.drafting import Checked, check_draft, get_draft
from survey.forms import Typed
from survey.records import Draft, DraftComment, DraftLink, Trial, Way
from survey.security import needs
from survey.services import services
from survey.store import comments, trials
from survey.waves import local_day

USUAL_DAYS = 14
UNFINISHED = "Am Entwurf ist noch etwas zu tun. Solange es unter „Prüfen“ steht, kann ihn niemand ausprobieren."


@dataclass(frozen=True)
class Tried:
    """How a question fared."""

    id: str
    title: str
    n: int
    """who was asked it"""
    ways: Mapping[Way, int]
    n_remarks: int

    @property
    def unanswered(self) -> float:
        """Share of those asked who gave no answer."""
        return 1 - self.ways.get("answered", 0) / self.n if self.n else 0

    @property
    def sentence(self) -> str:
        """What stands at the question in the editor; empty if everybody answered it."""
        named: tuple[tuple[Way, str], ...] = (
            ("no_answer", "übersprangen"), ("dont_know", "wussten es nicht"),
            ("prefer_not_to_say", "wollten es nicht sagen"),
        )  # fmt: skip
        parts = [f"{self.ways[way]} {words}" for way, words in named if self.ways.get(way)]
        return f"Von {self.n}, die sie bekamen, {', '.join(parts)}." if parts else ""


@blueprint.get("/entwuerfe/<draft_id>/probelauf")
@needs("coordinator")
def pretest(draft_id: str) -> ResponseReturnValue:
    """Show test links and what came of them."""
    return _page(get_draft(draft_id), Typed({"days": str(USUAL_DAYS)}))


@blueprint.post("/entwuerfe/<draft_id>/probelauf")
@needs("coordinator")
def add_test_link(draft_id: str) -> ResponseReturnValue:
    """Make a test link to the draft as it is now; it is shown once."""
    draft, form = get_draft(draft_id), Typed(request.form)
    title = form.text("title", "Wer ausprobiert", 120)
    days = int(form.value("days")) if form.value("days").isascii() and form.value("days").isdigit() else 0
    if not 1 <= days <= MOST_DAYS:
        form.refuse("days", f"Wie viele Tage? Möglich sind 1 bis {MOST_DAYS}.")
    asked = _presentable(check_draft(draft.data))
    if asked is None:
        form.refuse("", UNFINISHED)
    if form.errors or asked is None:
        return _page(draft, form), 422
    store, token = services().store, secrets.token_urlsafe(24)
    until = local_day(services().clock()) + timedelta(days=days)
    digest = trials.keep_version(store, draft.id, asked)
    comments.add_link(store, DraftLink(comments.hash_token(token), draft.id, title, until, digest))
    return _page(draft, Typed({"days": str(USUAL_DAYS)}), url_for("design.try_out", token=token, _external=True))


@blueprint.post("/entwuerfe/<draft_id>/probelauf/stand")
@needs("coordinator")
def renew(draft_id: str) -> ResponseReturnValue:
    """Let the test links lead to the draft as it is now."""
    asked = _presentable(check_draft(get_draft(draft_id).data))
    if asked is None:
        flash("Am Entwurf ist noch etwas zu tun. Die Testlinks zeigen weiter den Stand von vorher.", "warning")
    else:
        store = services().store
        trials.show_version(store, draft_id, trials.keep_version(store, draft_id, asked))
        flash("Die Testlinks zeigen jetzt diesen Stand. Wer schon angefangen hat, kann zu Ende ausfüllen.")
    return redirect(url_for("design.pretest", draft_id=draft_id), 303)


@blueprint.post("/entwuerfe/<draft_id>/probelauf/ende")
@needs("coordinator")
def end_test_link(draft_id: str) -> ResponseReturnValue:
    """Let a test link lead nowhere."""
    store, wanted = services().store, request.form.get("link", "")
    for one in comments.list_links(store, draft_id, trial=True):
        if one.token_hash.hex() == wanted:
            trials.end_link(store, draft_id, one.token_hash, local_day(services().clock()))
            flash(f"Der Link „{one.title}“ führt nirgends mehr hin. Was schon kam, bleibt.")
    return redirect(url_for("design.pretest", draft_id=draft_id), 303)


@blueprint.post("/entwuerfe/<draft_id>/probelauf/loeschen")
@needs("coordinator")
def delete_trials(draft_id: str) -> ResponseReturnValue:
    """Delete all that came of trying the draft."""
    trials.delete_trials(services().store, get_draft(draft_id).id)
    flash("Der Probelauf ist gelöscht, mit allen Zeiten, Anmerkungen und Testlinks. Der Entwurf ist, wie er war.")
    return redirect(url_for("design.pretest", draft_id=draft_id), 303)


def trial_sentences(draft_id: str, asked: Questionnaire | None) -> dict[str, str]:
    """Return what trying told of a question, by question, for the editor."""
    found = trials.list_trials(services().store, draft_id) if asked else ()
    return {one.id: one.sentence for one in _questions(asked, found, ()) if one.sentence} if asked else {}


# --- what came of it ---------------------------------------------------------------------------------------------


def _presentable(checked: Checked) -> Questionnaire | None:
    """Return what can be tried: translations may still be missing, a mistake in the German form may not."""
    return checked.questionnaire if not checked.to_do else None


def _page(draft: Draft, form: Typed, made: str = "") -> str:
    own, checked = services(), check_draft(draft.data)
    found = trials.list_trials(own.store, draft.id)
    remarks = [one for one in comments.list_comments(own.store, draft.id) if one.trial]
    asked, links = checked.questionnaire, comments.list_links(own.store, draft.id, trial=True)
    tried = _questions(asked, found, remarks) if asked else []
    return render_template(
        "design/pretest.html", draft=draft, form=form, made=made, links=links, n=len(found), checked=checked,
        older=[link for link in links if asked and link.trial_hash != asked.hash], today=local_day(own.clock()),
        minutes=_minutes(found), pages=_pages(asked, found) if asked else [], comments=remarks,
        questions=sorted((one for one in tried if one.unanswered), key=lambda one: -one.unanswered),
        titles={one.id: one.title for one in tried}, kept_days=trials.KEPT_AFTER.days,
    )  # fmt: skip


def _questions(asked: Questionnaire, found: Sequence[Trial], remarks: Sequence[DraftComment]) -> list[Tried]:
    said = Counter(one.question for one in remarks)
    return [
        Tried(name, text_in(question.text, "de")[0], sum(ways.values()), ways, said[name])
        for name, question in asked.questions.items()
        for ways in [Counter(one.ways[name] for one in found if name in one.ways)]
    ]


def _pages(asked: Questionnaire, found: Sequence[Trial]) -> list[tuple[str, float, int]]:
    """Return title, median [min] and number of those who were measured, by page."""
    pages = [
        (text_in(page.title, "de")[0], [one.seconds[page.id] for one in found if page.id in one.seconds])
        for page in asked.pages
    ]
    return [(title, median(times) / 60, len(times)) for title, times in pages if times]


def _minutes(found: Sequence[Trial]) -> float | None:
    """Return the median of all pages together [min]; None while nobody was measured."""
    times = [sum(one.seconds.values()) for one in found if one.seconds]
    return median(times) / 60 if times else None
