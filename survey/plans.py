"""The publication plan of a wave: read, checked at the questionnaire and the district, replaced."""

from __future__ import annotations

from questionnaires.check import check_plan_text
from questionnaires.model import Questionnaire
from questionnaires.plan import PublicationPlan, default_plan
from questionnaires.problems import Problem
from questionnaires.region import District
from questionnaires.write import write_plan
from survey.errors import NotNow
from survey.records import Wave
from survey.services import Services
from survey.store import districts, questionnaires, waves
from survey.waves import state


def plan_of(wave: Wave) -> PublicationPlan:
    """Return the plan by which the next release of a wave is made."""
    return PublicationPlan.model_validate_json(wave.plan_json)


def asked_and_where(own: Services, wave: Wave) -> tuple[Questionnaire, District]:
    """Return what a plan must fit."""
    asked = questionnaires.get_questionnaire(own.store, wave.questionnaire_hash)
    return asked, districts.get_district(own.store, wave.district_id)


def proposed_plan(own: Services, wave: Wave) -> PublicationPlan:
    """Return the plan a coordinator need not change."""
    return default_plan(*asked_and_where(own, wave))


def replace_plan(own: Services, wave: Wave, text: str, name: str) -> tuple[Problem, ...]:
    """Read a plan and keep it if nothing is wrong with it; else return what is.

    Raises
    ------
    NotNow
        if the answers of the wave are gone, so that no release can be made any more
    """
    if state(wave, own.clock()) == "archived":
        raise NotNow("Die einzelnen Antworten dieser Welle sind gelöscht. Der Plan lässt sich nicht mehr ändern.")
    asked, where = asked_and_where(own, wave)
    plan, problems = check_plan_text(text, name, asked, where.areas)
    if plan is not None and not problems:
        waves.save_plan(own.store, wave.id, plan.model_dump_json())
    return problems


def keep_plan(own: Services, wave: Wave, plan: PublicationPlan) -> tuple[Problem, ...]:
    """Keep a plan as :func:`replace_plan` does."""
    return replace_plan(own, wave, write_plan(plan), "Plan")
