"""The results of a wave and the page of each question."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from questionnaires.handover import Finding, Manifest
from questionnaires.model import text_in
from survey.errors import NotFound
from survey.fieldwork.words import JOB_STATES, RELEASE_STATES, STATE_NAMES
from survey.records import User, Wave
from survey.results import blueprint, words
from survey.results.access import NUMBER, NothingToShow, ReleaseRefused, Shown, get_shown, get_shown_below
from survey.results.answers import findings_about, view_answers, view_share
from survey.results.derived import derived_of
from survey.results.frame import asks_young_people
from survey.results.own_words import list_words
from survey.results.reader import Content
from survey.results.sheet import groups_with_sheet
from survey.results.tables import TableView
from survey.results.topics import find_topics, list_topics, other_forms
from survey.services import services
from survey.store import districts, jobs
from survey.waves import allowed, state

MAX_SEARCH = 80

log = logging.getLogger("familienstimme")


@dataclass(frozen=True)
class Reach:
    """How many Sozialräume have figures of their own."""

    shown: int
    all: int
    joined: int
    """of the shown ones, those taken together with a neighbour"""


@blueprint.url_defaults
def _keep_release(endpoint: str, values: dict[str, Any]) -> None:
    """Links of a page that shows an older release lead to pages of the same release."""
    if NUMBER in request.args and request.blueprint == "results" and endpoint != "results.index":
        values.setdefault(NUMBER, request.args[NUMBER])


@blueprint.get("/ergebnisse/<wave_id>")
def wave(wave_id: str) -> ResponseReturnValue:
    """Show what matters most, where it differs, and the way to every question."""
    try:
        shown = get_shown(wave_id)
    except NothingToShow as nothing:
        return _empty_page(nothing), 404
    content, needs = shown.content, shown.content.headline
    about, where, more = _findings(content)
    answers, sections = view_answers(derived_of(shown)), findings_about(more)
    search = request.args.get("q", "").strip()[:MAX_SEARCH]
    return render_template(
        "results/wave.html", **_frame(shown),
        needs=needs, reach=_reach(needs) if needs else None,
        readable=_readable(content.manifest),
        picture=_picture(shown, needs.table.id) if needs else None,
        about=about, where=where, findings=[*sections.pop("needs", ()), *sections.pop("differences", ())],
        answers=answers, about_answers=sections, share=view_share,
        search=search, own_words=list_words(content),
        sheets=groups_with_sheet(content) if asks_young_people(content) else None,
        topics=find_topics(list_topics(content, shown.questionnaire), search), way=_way(wave_id),
    )  # fmt: skip


@blueprint.get("/ergebnisse/<wave_id>/frage/<table_id>")
def question(wave_id: str, table_id: str) -> ResponseReturnValue:
    """Show one table at every level, by one filter at a time."""
    shown = get_shown_below(wave_id)
    content = shown.content
    if table_id not in content.views:
        raise NotFound("Diese Frage gibt es in diesem Ergebnisstand nicht.")
    view = content.views[table_id]
    order = list(content.tables)
    here = order.index(table_id)
    return render_template(
        "results/question.html", **_frame(shown),
        view=view, chosen=_chosen_filter(view), variants=other_forms(content, table_id),
        picture=_picture(shown, table_id), formula=words.formula(view.table),
        findings=[finding for finding in content.findings if finding.table == table_id],
        before=content.entries[order[here - 1]] if here else None,
        after=content.entries[order[here + 1]] if here + 1 < len(order) else None,
    )  # fmt: skip


def _frame(shown: Shown) -> dict[str, Any]:
    """Return what every page of a release needs."""
    manifest, asked = shown.content.manifest, shown.questionnaire
    return {
        "wave": shown.wave, "legal_wave": shown.wave, "release": shown.release, "manifest": manifest,
        "content": shown.content, "method": list(words.method(manifest)),
        "headline": text_in(asked.headline, "de")[0] if asked else manifest.wave_title,
        "release_states": RELEASE_STATES, "desk": _desk(shown.wave, shown.user),
    }  # fmt: skip


def _desk(wave: Wave, user: User | None) -> dict[str, Any] | None:
    """Return what staff can do and what is underway; None for everybody else."""
    if user is None:
        return None
    current = state(wave, services().clock())
    newest = next((job for job in jobs.list_jobs(services().store, wave.id) if job.kind == "release"), None)
    return {
        "coordinates": "coordinator" in user.roles,
        "plans": bool(user.roles & {"coordinator", "planner", "administrator"}), "state": STATE_NAMES[current],
        "can_compute": allowed(current, "release"), "job": newest, "job_states": JOB_STATES,
    }  # fmt: skip


def _empty_page(nothing: NothingToShow) -> str:
    found, current = nothing.wave, state(nothing.wave, services().clock())
    return render_template(
        "results/empty.html", wave=found, legal_wave=found, state=current, desk=_desk(found, nothing.user),
        district=districts.get_district(services().store, found.district_id),
        next=words.what_comes_next(found, current),
        announced=districts.get_notices(services().store, found.district_id).results_announced,
    )  # fmt: skip


# --- parts of pages --------------------------------------------------------------------------------------------


def _findings(content: Content) -> tuple[Finding | None, Finding | None, tuple[Finding, ...]]:
    """Return the findings that head the table of needs and its Sozialräume, and the others."""
    named = {finding.id: finding for finding in content.findings}
    about = content.manifest.headline_table
    lead, where = named.get(f"{about}-vorn"), named.get(f"{about}-gebiete")
    return lead, where, tuple(finding for finding in content.findings if finding not in (lead, where))


def _picture(shown: Shown, table_id: str) -> Markup | None:
    """Return the release's own drawing; its hash was just compared, so it may stand in the page."""
    file = f"figures/{table_id}.svg"
    return Markup(shown.read(file).decode()) if shown.content.has(file) else None  # noqa: S704


def _reach(needs: TableView) -> Reach | None:
    if needs.areas is None:
        return None
    columns = needs.areas.columns
    shown = [column for column in columns if column.readable]
    joined = sum(column.areas for column in shown if column.areas > 1)
    return Reach(sum(column.areas for column in shown), sum(column.areas for column in columns), joined)


def _readable(manifest: Manifest) -> float | None:
    """Return the part of all cells that say something; about the tables, not about anybody in them."""
    found = manifest.protection
    return (found.n_cells - found.n_hidden) / found.n_cells if found.n_cells else None


def _way(wave_id: str) -> tuple[str, str]:
    """Return what stands before and after a table's id in the address of its page: one look-up for all of them."""
    before, _, after = url_for("results.question", wave_id=wave_id, table_id="~").partition("~")
    return before, after


def _chosen_filter(view: TableView) -> str:
    """Return the one filter the address asks for, or nothing."""
    wanted = request.args.getlist("filter")
    if not wanted or wanted == [""]:
        return ""
    if len(wanted) > 1 or wanted[0] not in view.filters:
        raise NotFound("Nach dieser Gruppe ist die Frage in diesem Ergebnisstand nicht aufgeteilt.")
    return wanted[0]


# --- a damaged release -----------------------------------------------------------------------------------------


@blueprint.errorhandler(ReleaseRefused)
def _refuse(refused: ReleaseRefused) -> ResponseReturnValue:
    log.error("Ergebnisstand %d von %s beschädigt: %s", refused.release.number, refused.wave.id, refused.damage)
    page = render_template(
        "results/damaged.html", wave=refused.wave, legal_wave=refused.wave, release=refused.release,
        file=refused.damage.file, fault=words.FAULTS[refused.damage.fault], desk=_desk(refused.wave, refused.user),
    )  # fmt: skip
    response = make_response(page, 503)
    response.headers["Cache-Control"] = "no-store"
    return response
