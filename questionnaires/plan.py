"""The publication plan: what may be shown of a wave, at which level, and how it is protected.

Thresholds live here, versioned with the wave, and not in a machine's settings. The default made from a
questionnaire follows the rules of disclosure (k = 5; 10 for young people and for sensitive items).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from questionnaires.flow import given_in
from questionnaires.hardships import proposed_hardships
from questionnaires.model import (
    Battery,
    Condition,
    Funnel,
    Multiple,
    Option,
    Questionnaire,
    Single,
    Value,
    choices,
    text_in,
)
from questionnaires.region import District

Threshold = Annotated[int, Field(ge=3, le=20)]


class FilterGroup(Value):
    """One group of a filter: everybody who gave one of these codes."""

    id: str
    title: str
    codes: tuple[int, ...] = ()
    doors: tuple[str, ...] = ()
    """instead of codes: everybody who came in through one of these doors"""


class Filter(Value):
    """A partition of the respondents by one question, or by doors; only one filter is ever applied at a time."""

    id: str
    question: str = ""
    title: str
    groups: tuple[FilterGroup, ...] = ()
    kind_of_doors: str = ""
    """instead of a question: doors of this kind, such as „Schule“. Which of them have enough returns shows only when
    the wave is over, so the groups are made when its extract is written, see :func:`with_doors`"""


class CoarseStep(Value):
    """Several steps of a scale taken together, used where single steps do not carry."""

    title: str
    codes: tuple[int, ...]


class MarginCategory(Value):
    """Families known to live in one of these Sozialräume, or to give one of these answers."""

    title: str
    areas: tuple[str, ...] = ()
    """ids of Sozialräume; only where the margin has no question"""
    codes: tuple[int, ...] = ()
    """codes of a question; of an age band: 0 for families without a child in it, 1 for those with one"""
    number: Annotated[float, Field(ge=0, le=100_000_000, allow_inf_nan=False)]
    """known families; every margin of a plan must count the same ones, so that all have the same sum"""


class Margin(Value):
    """What is known of all families and can be held against those who answered; responses are weighted to it.

    It is by Sozialraum where no question is named, else by a single choice or scale, or by whether there are children
    in an age band (`item`) of a question of kind counts. Without categories, a margin by Sozialraum takes the families
    known for every Sozialraum of the district, joined as in the results.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,60}$")]
    title: str
    question: str | None = None
    item: str | None = None
    categories: tuple[MarginCategory, ...] = ()
    missing: Literal["own", "exclude"]
    """who gave no answer here, or lives outside: `own` keeps them as a group of its own with the part they have among
    the responses, `exclude` leaves them out of all results. Chosen, never assumed"""
    source: str
    """register and date"""


class Contradiction(Value):
    """Answers that cannot all be true; counted as a sign of quality, left out only if `exclude` says so."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,60}$")]
    title: str
    when: Condition


#: Responses that a plan may leave out, by a rule that holds for all of them and is counted in the report.
Doubt = Literal["doubtful", "identical", "straightlined", "contradictory"]


class PublicationPlan(Value):
    """Tables, groups and thresholds of a wave's releases; numbers are respondents unless said otherwise."""

    format: Literal["familienstimme-plan/1"] = "familienstimme-plan/1"
    access: Literal["register", "full", "open"] = "open"
    k: Threshold = 5
    """an answer given by fewer people in a group is hidden"""
    k_sensitive: Threshold = 10
    """the same for sensitive items and for young people"""
    sensitive: tuple[str, ...] = ()
    """ids of questions, or `question.item`, under `k_sensitive`"""
    min_area_base: Annotated[int, Field(ge=10)] = 30
    """answers a Sozialraum needs to stand alone; below, it joins the neighbour named in `joins`"""
    min_cross_base: Annotated[int, Field(ge=10)] = 50
    """expected base a group in a Großraum needs"""
    crossed: tuple[str, ...] = ()
    """questions whose answers are also given for the groups of filters inside Großräume. Each one costs computing and,
    in small waves, tells little: few groups there are large enough"""
    joins: dict[str, str] = {}
    """Sozialraum → neighbour it joins when too small"""
    filters: tuple[Filter, ...] = ()
    coarse: dict[str, tuple[CoarseStep, ...]] = {}
    """question or `question.item` → its coarse scale"""
    top_code_counts: Annotated[int, Field(ge=1, le=9)] = 4
    """counts (children per age band) above this are kept as this when the wave is anonymised"""
    min_door_returns: Annotated[int, Field(ge=1)] = 10
    """doors with fewer returns are kept only as their kind when the wave is anonymised"""
    margins: tuple[Margin, ...] = ()
    """known figures that responses are weighted to, all at once; without any, every response counts the same"""
    weight_cap: Annotated[float | None, Field(gt=1, le=100)] = None
    """no response counts more than so many times the average; None: no limit"""
    exclude: tuple[Doubt, ...] = ()
    """which doubtful responses are left out of all results; none unless the plan says so"""
    contradictions: tuple[Contradiction, ...] = ()
    """answers that cannot all be true, beside those that follow from the questionnaire's funnels"""
    hardships: dict[str, tuple[int, ...]] = {}
    """question or `question.item` → answers that speak of a hardship: what the indices of Lebenslagen are made of"""
    compare_with: str | None = None
    """id of the earlier wave that changes are measured from; None: the newest one with the same questionnaire in the
    same district; empty: none"""


class CountedDoor(Value):
    """A door of an anonymised wave, and how many came in through it."""

    id: str
    name: str
    kind: str
    returns: int
    named: bool = True
    """False: what is left of several doors of a kind that were too few to keep apart"""


#: Returns a door needs to be a group of its own in a filter by doors.
MIN_DOOR_GROUP = 50


def with_doors(plan: PublicationPlan, doors: Sequence[CountedDoor]) -> PublicationPlan:
    """Return the plan with the groups of its filters by doors.

    Parameters
    ----------
    plan : PublicationPlan
    doors : sequence of CountedDoor
        all doors of the wave [responses]

    Returns
    -------
    PublicationPlan
        a door with :data:`MIN_DOOR_GROUP` returns is a group of its own, in the order of names, so that no order tells
        more; the others of the kind are one group if together they have as many. A filter without groups is left out
    """
    filled = (
        rule.model_copy(update={"groups": tuple(_door_groups(rule, doors))}) if rule.kind_of_doors else rule
        for rule in plan.filters
    )
    return plan.model_copy(update={"filters": tuple(rule for rule in filled if rule.groups)})


def _door_groups(rule: Filter, doors: Sequence[CountedDoor]) -> Iterator[FilterGroup]:
    of_kind = sorted((door for door in doors if door.kind == rule.kind_of_doors), key=lambda d: (d.name, d.id))
    alone = [door for door in of_kind if door.named and door.returns >= MIN_DOOR_GROUP]
    for door in alone:
        yield FilterGroup(id=f"{rule.id}-{door.id}", title=door.name, doors=(door.id,))
    few = [door for door in of_kind if door not in alone]
    if sum(door.returns for door in few) >= MIN_DOOR_GROUP:
        title = f"{'Weitere' if alone else 'Alle'} {rule.title}"
        yield FilterGroup(id=f"{rule.id}--weitere", title=title, doors=tuple(door.id for door in few))


def default_plan(questionnaire: Questionnaire, district: District) -> PublicationPlan:
    """Return the plan a coordinator needs not change.

    Parameters
    ----------
    questionnaire : Questionnaire
        what was asked; its `sensitive` marks and `filters` decide
    district : District
        the Sozialräume and the neighbours they join

    Returns
    -------
    PublicationPlan
        k = 5, or 10 for young people; areas stand alone from 30 answers, 50 for young people; no margins, so that
        nothing is weighted before somebody named a source. Young people get a group for each school with enough answers
    """
    young = questionnaire.audience == "young_people"
    return PublicationPlan(
        k=10 if young else 5,
        min_area_base=50 if young else 30,
        sensitive=tuple(_sensitive(questionnaire)),
        joins={area.id: area.joins for area in district.areas if area.joins},
        filters=(*_filters(questionnaire), *([SCHOOLS] if young else [])),
        coarse=dict(_coarse(questionnaire)),
        hardships=proposed_hardships(questionnaire),
    )


#: What young people are grouped by: each school with enough returns.
SCHOOLS = Filter(id="zugang-schule", title="Schulen", kind_of_doors="Schule")


def _sensitive(questionnaire: Questionnaire) -> list[str]:
    found = []
    for question in questionnaire.questions.values():
        if question.sensitive:
            found.append(question.id)
        if isinstance(question, Battery):
            found += [
                f"{question.id}.{item.id}"
                for item in question.items
                if item.sensitive and not question.sensitive
            ]
    return found


def _filters(questionnaire: Questionnaire) -> list[Filter]:
    found = []
    for question_id in questionnaire.filters:
        question = questionnaire.questions[question_id]
        if isinstance(question, Single | Multiple):
            groups = tuple(
                FilterGroup(id=f"{question_id}-{o.code}", title=text_in(o.text, "de")[0], codes=(o.code,))
                for o in question.options
                if o.missing is None
            )
            title = text_in(question.text, "de")[0]
            found.append(Filter(id=question_id, question=question_id, title=title, groups=groups))
    return found


def _coarse(questionnaire: Questionnaire) -> list[tuple[str, tuple[CoarseStep, ...]]]:
    """Halve the scales of four and five steps: low, the middle if there is one, high. The ladders of funnels are no
    scales."""
    ladders = {question for funnel in questionnaire.funnels for question in _asked_by(funnel)}
    found: list[tuple[str, tuple[CoarseStep, ...]]] = []
    for question in questionnaire.questions.values():
        steps = [o for o in choices(question) if o.missing is None]
        if question.kind in {"scale", "battery"} and len(steps) in {4, 5} and question.id not in ladders:
            parts = (steps[:2], steps[2:-2], steps[-2:])
            found.append((question.id, tuple(_together(part) for part in parts if part)))
    return found


def _together(steps: Sequence[Option]) -> CoarseStep:
    names = [text_in(step.text, "de")[0] for step in steps]
    return CoarseStep(title=" oder ".join(names), codes=tuple(step.code for step in steps))


def _asked_by(funnel: Funnel) -> set[str]:
    return {test.question for step in funnel.steps for test in given_in(step.reached_if)}
