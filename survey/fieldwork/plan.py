"""The publication plan of a wave: told in words, edited as its file, weighted by forms."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.model import Questionnaire, Scale, Single, choices, text_in
from questionnaires.plan import Margin, MarginCategory, PublicationPlan
from questionnaires.problems import Problem
from questionnaires.region import District
from questionnaires.write import write_plan
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.plans import asked_and_where, keep_plan, plan_of, proposed_plan, replace_plan
from survey.records import Wave
from survey.security import needs
from survey.services import services
from survey.store import waves

#: The margin that needs no numbers: they stand with the district.
SPACE = "sozialraum"
SAVED = "Gespeichert. Der Plan gilt für alle Ergebnisstände, die jetzt noch entstehen."
MISSING = {
    "own": "zählen weiter mit, als eine Gruppe für sich",
    "exclude": "werden in allen Ergebnissen weggelassen",
}  # fmt: skip


@blueprint.get("/wellen/<wave_id>/plan")
@needs("coordinator", "planner", "administrator")
def show_plan(wave_id: str) -> ResponseReturnValue:
    """Say in words what the plan protects, groups and weights, and show its file."""
    wave = waves.get_wave(services().store, wave_id)
    return _page(wave, write_plan(plan_of(wave)), ())


@blueprint.post("/wellen/<wave_id>/plan")
@needs("coordinator", "planner")
def save_plan(wave_id: str) -> ResponseReturnValue:
    """Replace the plan by an edited file; one with problems stays in the field with what is wrong."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    text = request.form.get("text", "").replace("\r\n", "\n")
    problems = replace_plan(own, wave, text, "Plan")
    return (_page(wave, text, problems), 422) if problems else _back(wave)


@blueprint.post("/wellen/<wave_id>/plan/vorschlag")
@needs("coordinator", "planner")
def propose_plan(wave_id: str) -> ResponseReturnValue:
    """Take the proposal again that the questionnaire makes."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    plan = proposed_plan(own, wave)
    problems = keep_plan(own, wave, plan)
    return (_page(wave, write_plan(plan), problems), 422) if problems else _back(wave)


@blueprint.get("/wellen/<wave_id>/plan.yaml")
@needs("coordinator", "planner", "administrator")
def download_plan(wave_id: str) -> ResponseReturnValue:
    """Give the file."""
    wave = waves.get_wave(services().store, wave_id)
    response = Response(write_plan(plan_of(wave)), content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{wave.id}-plan.yaml"'
    return response


@blueprint.get("/wellen/<wave_id>/plan/gewicht")
@needs("coordinator", "planner")
def new_margin(wave_id: str) -> ResponseReturnValue:
    """Ask what to weight by, then for the known numbers."""
    wave = waves.get_wave(services().store, wave_id)
    asked, where = asked_and_where(services(), wave)
    by = request.args.get("nach", "")
    known = next((margin for margin in plan_of(wave).margins if margin.id == by), None)
    typed = {f"number-{code}": _whole(c.number) for c in known.categories for code in c.codes} if known else {}
    source = known.source if known else (where.families_source or "") if by == SPACE else ""
    return _margin_page(wave, asked, where, by, Typed(typed | {"source": source, "missing": "own"}))


@blueprint.post("/wellen/<wave_id>/plan/gewicht")
@needs("coordinator", "planner")
def save_margin(wave_id: str) -> ResponseReturnValue:
    """Add a margin to the plan, or replace the one by the same question."""
    own, form = services(), Typed(request.form)
    wave = waves.get_wave(own.store, wave_id)
    asked, where = asked_and_where(own, wave)
    by = form.one_of("nach", "Wonach gewichtet wird", set(offered(asked, where)))
    margin = None if form.errors else _margin(form, asked, by)
    if margin is not None:
        plan = plan_of(wave)
        others = tuple(one for one in plan.margins if one.id != margin.id)
        for problem in keep_plan(own, wave, plan.model_copy(update={"margins": (*others, margin)})):
            form.refuse("", problem.message)
    return (_margin_page(wave, asked, where, by, form), 422) if form.errors else _back(wave)


@blueprint.post("/wellen/<wave_id>/plan/gewicht/<margin_id>/entfernen")
@needs("coordinator", "planner")
def remove_margin(wave_id: str, margin_id: str) -> ResponseReturnValue:
    """Weight by the others only."""
    own = services()
    wave = waves.get_wave(own.store, wave_id)
    plan = plan_of(wave)
    fewer = plan.model_copy(update={"margins": tuple(one for one in plan.margins if one.id != margin_id)})
    problems = keep_plan(own, wave, fewer)
    return (_page(wave, write_plan(fewer), problems), 422) if problems else _back(wave)


def offered(asked: Questionnaire, where: District) -> dict[str, str]:
    """Return what can be weighted by here: Sozialräume where all numbers are known, and single choices."""
    space = {SPACE: "Sozialraum"} if all(area.known_families is not None for area in where.areas) else {}
    each_child = asked.repeating.questions if asked.repeating is not None else ()
    return space | {
        question.id: text_in(question.text, "de")[0]
        for question in asked.questions.values()
        if isinstance(question, Single | Scale) and question not in each_child
    }


def _margin(form: Typed, asked: Questionnaire, by: str) -> Margin | None:
    """Return the margin that was typed; what is wrong is noted in the form."""
    source = form.text("source", "Woher und von wann die Zahlen sind", 200)
    missing = form.one_of("missing", "Wer keine Angabe macht", set(MISSING))
    numbers = [] if by == SPACE else [
        (code, title, form.whole(f"number-{code}", title)) for code, title in _answers(asked, by)
    ]  # fmt: skip
    if form.errors:
        return None
    question = None if by == SPACE else by
    title = "Sozialraum" if question is None else text_in(asked.questions[by].text, "de")[0]
    categories = tuple(MarginCategory(title=name, codes=(code,), number=n) for code, name, n in numbers)
    return Margin.model_validate({
        "id": by, "title": title, "question": question, "categories": categories, "missing": missing, "source": source,
    })  # fmt: skip


def _answers(asked: Questionnaire, by: str) -> list[tuple[int, str]]:
    options = choices(asked.questions[by]) if by in asked.questions else ()
    return [(option.code, text_in(option.text, "de")[0]) for option in options if option.missing is None]


def _whole(number: float) -> str:
    return str(round(number))


def _back(wave: Wave) -> ResponseReturnValue:
    flash(SAVED)
    return redirect(url_for("fieldwork.show_plan", wave_id=wave.id), 303)


def _page(wave: Wave, text: str, problems: tuple[Problem, ...]) -> str:
    plan: PublicationPlan = plan_of(wave)
    asked, where = asked_and_where(services(), wave)
    return render_template(
        "fieldwork/plan.html", wave=wave, plan=plan, text=text, problems=problems, missing=MISSING,
        can_weight=bool(offered(asked, where)),
    )  # fmt: skip


def _margin_page(wave: Wave, asked: Questionnaire, where: District, by: str, form: Typed) -> str:
    choose = offered(asked, where)
    return render_template(
        "fieldwork/plan_margin.html", wave=wave, form=form, offered=list(choose.items()), by=by if by in choose else "",
        answers=_answers(asked, by), space=SPACE, missing=list(MISSING.items()), district=where,
    )  # fmt: skip
