"""A publication plan that names what does not exist would silently protect less than it says."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.margins import check_margins
from questionnaires.handover import Codebook
from questionnaires.model import Asked, Battery, Multiple, Scale, Single, choices
from questionnaires.plan import PublicationPlan
from questionnaires.problems import Problem


def check_plan(plan: PublicationPlan, codebook: Codebook) -> list[Problem]:
    """Return what is wrong with a plan, all at once.

    Parameters
    ----------
    plan : PublicationPlan
    codebook : Codebook

    Returns
    -------
    list of Problem
        unknown questions, codes, Sozialräume; coarse scales that are no partition of a question's answers; filters
        by questions that cannot filter; wrong margins; a lower threshold for sensitive questions than for others
    """
    found = [
        *_names(plan, codebook), *_filters(plan, codebook), *_coarse(plan, codebook), *check_margins(plan, codebook),
    ]  # fmt: skip
    if plan.k_sensitive < plan.k:
        text = f"Die Grenze für geschützte Fragen ({plan.k_sensitive}) liegt unter der allgemeinen ({plan.k})."
        found.append(_problem("plan-threshold", "k_sensitive", text))
    return found


def _problem(code: str, place: str, message: str) -> Problem:
    return Problem(code, f"plan.{place}", f"Veröffentlichungsplan: {message}", file="fieldwork.json")


def _question(codebook: Codebook, name: str) -> Asked | None:
    """Return the question of „question“ or „question.item“, or None if there is none."""
    question_id, _, item = name.partition(".")
    question = codebook.questionnaire.questions.get(question_id)
    if item and not (isinstance(question, Battery) and item in {i.id for i in question.items}):
        return None
    return question


def _names(plan: PublicationPlan, codebook: Codebook) -> Iterator[Problem]:
    areas = {area.id for area in codebook.district.areas}
    for name in plan.sensitive:
        if _question(codebook, name) is None:
            yield _problem("plan-unknown-question", "sensitive", f"Die Frage „{name}“ gibt es nicht.")
    for area in sorted({*plan.joins, *plan.joins.values()} - areas):
        yield _problem("plan-unknown-area", "joins", f"Den Sozialraum „{area}“ gibt es nicht.")


def _codes(question: Asked) -> set[int]:
    return {option.code for option in choices(question) if option.missing is None}


def _filters(plan: PublicationPlan, codebook: Codebook) -> Iterator[Problem]:
    for rule in plan.filters:
        question = _question(codebook, rule.question)
        if not isinstance(question, Single | Multiple | Scale):
            yield _problem("plan-filter", rule.id, f"Nach „{rule.question}“ kann nicht gefiltert werden.")
            continue
        for code in sorted({code for group in rule.groups for code in group.codes} - _codes(question)):
            text = f"Die Frage „{rule.question}“ hat keine Antwort mit dem Code {code}."
            yield _problem("plan-unknown-code", rule.id, text)
    ids = [group.id for rule in plan.filters for group in rule.groups]
    if len(set(ids)) < len(ids):
        yield _problem("plan-duplicate", "filters", "Zwei Gruppen von Filtern haben dieselbe Kennung.")


def _coarse(plan: PublicationPlan, codebook: Codebook) -> Iterator[Problem]:
    for name, steps in plan.coarse.items():
        question = _question(codebook, name)
        if not isinstance(question, Single | Scale | Battery):
            yield _problem("plan-coarse", name, f"„{name}“ hat keine Antworten, die sich zusammenfassen lassen.")
            continue
        codes = [code for step in steps for code in step.codes]
        if sorted(codes) != sorted(_codes(question)):
            text = f"Die zusammengefassten Stufen von „{name}“ müssen jede Antwort genau einmal enthalten."
            yield _problem("plan-coarse", name, text)
