"""A publication plan that names what does not exist would silently protect less than it says."""

from __future__ import annotations

from analysis.margins import check_margins
from questionnaires.check import PLAN_RULES
from questionnaires.handover import Codebook
from questionnaires.plan import PublicationPlan
from questionnaires.problems import Problem
from questionnaires.rules_plan import QUESTION_RULES, PlanScene


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
        by questions that cannot filter, and filters or groups that stand twice; wrong margins; a lower threshold for
        sensitive questions than for others
    """
    scene = PlanScene(plan, codebook.questionnaire, codebook.district.areas)
    found = [
        _problem(code, ".".join(map(str, place)), text)
        for code, rule in QUESTION_RULES.items()
        for place, text in rule(scene)
    ]
    by_itself = [(code, *said) for code, rule in PLAN_RULES.items() for said in rule(plan)]
    found += [_problem(code, ".".join(map(str, place)), text) for code, place, text in by_itself]
    return [*found, *check_margins(plan, codebook)]


def _problem(code: str, place: str, message: str) -> Problem:
    return Problem(code, f"plan.{place}", f"Veröffentlichungsplan: {message}", file="fieldwork.json")
