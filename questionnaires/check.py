"""Checking what was read: rules across questions, districts and plans, one table of codes for each.

The command line calls :func:`check_path`; whoever holds a questionnaire already, :func:`check_questionnaire`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from questionnaires import rules, rules_district, rules_repeat, rules_texts
from questionnaires.codebook_file import check_theme_book
from questionnaires.model import Questionnaire, Value
from questionnaires.plan import PublicationPlan
from questionnaires.problems import Lines, Problem, in_order
from questionnaires.read import (
    Loaded,
    load_data,
    load_district,
    load_plan,
    load_questionnaire,
    load_text,
    load_theme_book,
    load_translation,
)
from questionnaires.region import Area, District
from questionnaires.rules import Found, Rule, Scene
from questionnaires.rules_district import DistrictRule, PlanRule
from questionnaires.rules_plan import check_plan_for
from questionnaires.salvage import salvage
from questionnaires.source import Source, read_source

T = TypeVar("T")
V = TypeVar("V", bound=Value)


def _fault(code: str) -> Rule:
    def rule(scene: Scene) -> Found:
        """Yield place and message of each such fault."""
        return ((fault.place, fault.message) for fault in scene.conditions.faults if fault.code == code)

    return rule


def _unreachable_pages(scene: Scene) -> Found:
    """Pages whose condition, or the conditions of all their questions, nobody can meet."""
    for i, page in enumerate(scene.questionnaire.pages):
        if not _can_be_shown(scene, i):
            place = ("pages", i, "show_if") if page.show_if is not None else ("pages", i)
            yield (
                place,
                f"Die Seite „{page.id}“ bekommt niemand zu sehen: Ihre Bedingung kann niemand erfüllen.",
            )


def _can_be_shown(scene: Scene, page: int) -> bool:
    placed = scene.conditions.of_pages.get(page)
    if placed is not None and not scene.conditions.can_be_met(placed):
        return False
    positions = [n for n, (place, _) in enumerate(scene.asked) if place[1] == page]
    return not positions or any(scene.conditions.can_be_shown(n) for n in positions)


def _impossible_conditions(scene: Scene) -> Found:
    """Conditions of questions and funnels that nobody can meet; not again on pages that nobody sees."""
    for n, (place, question) in enumerate(scene.asked):
        if not scene.conditions.can_be_shown(n) and _can_be_shown(scene, int(place[1])):
            message = f"Die Frage „{question.id}“ bekommt niemand zu sehen: Ihre Bedingung kann niemand erfüllen."
            yield (*place, "show_if"), message
    for placed in scene.conditions.of_funnels:
        if not scene.conditions.can_be_met(placed):
            yield placed.place, "Diese Bedingung kann niemand erfüllen."


#: code → rule for questionnaires
RULES: dict[str, Rule] = {
    "duplicate-id": rules.duplicate_ids,
    "name-collision": rules.name_collisions,
    "no-place-question": rules.no_place_question,
    "several-place-questions": rules.several_place_questions,
    "crowded-page": rules.crowded_pages,
    "misplaced-exclusive": rules.misplaced_exclusive,
    "misplaced-other": rules.misplaced_other,
    "at-most-too-high": rules.at_most_too_high,
    "top-too-high": rules.top_too_high,
    "too-few-choices": rules.too_few_choices,
    "empty-range": rules.empty_ranges,
    "band-ages": rules.band_ages,
    "unprotected-sensitive": rules.unprotected_sensitive,
    "wrong-filter": rules.wrong_filters,
    "wrong-headline-question": rules.wrong_headline_question,
    "wrong-reasons": rules.wrong_reasons,
    "funnel-order": rules.funnel_order,
    "wrong-repeat": rules_repeat.wrong_repeats,
    "unrepeatable-kind": rules_repeat.unrepeatable_kinds,
    "wrong-languages": rules_texts.wrong_languages,
    "missing-language": rules_texts.missing_languages,
    "unlisted-language": rules_texts.unlisted_languages,
    "missing-text": rules_texts.missing_texts,
    "empty-text": rules_texts.empty_texts,
    "unchecked-translation": rules_texts.unchecked_translations,
    "condition-unknown-question": _fault("condition-unknown-question"),
    "condition-later-question": _fault("condition-later-question"),
    "condition-unknown-option": _fault("condition-unknown-option"),
    "condition-unknown-item": _fault("condition-unknown-item"),
    "condition-wrong-test": _fault("condition-wrong-test"),
    "condition-on-child": _fault("condition-on-child"),
    "condition-band-outside": _fault("condition-band-outside"),
    "unknown-area": _fault("unknown-area"),
    "impossible-condition": _impossible_conditions,
    "unreachable-page": _unreachable_pages,
}

#: code → rule for districts
DISTRICT_RULES: dict[str, DistrictRule] = {
    "duplicate-id": rules_district.duplicate_ids,
    "duplicate-ags": rules_district.duplicate_ags,
    "foreign-ags": rules_district.foreign_ags,
    "unknown-ags": rules_district.unknown_ags,
    "number-of-zones": rules_district.number_of_zones,
    "unknown-zone": rules_district.unknown_zones,
    "empty-zone": rules_district.empty_zones,
    "unknown-area": rules_district.unknown_areas,
    "empty-area": rules_district.empty_areas,
    "place-without-area": rules_district.places_without_area,
    "wrong-join": rules_district.wrong_joins,
    "unknown-source": rules_district.unknown_sources,
    "wrong-ages": rules_district.wrong_child_counts,
    "no-help": rules_district.no_help,
    "wrong-phone": rules_district.wrong_phones,
}

#: code → rule for publication plans
PLAN_RULES: dict[str, PlanRule] = {
    "duplicate-id": rules_district.duplicate_plan_ids,
    "overlapping-filter": rules_district.overlapping_filters,
    "weaker-sensitive": rules_district.weaker_sensitive,
    "wrong-join": rules_district.self_joins,
}


def check_questionnaire(
    questionnaire: Questionnaire, district: District | None = None, lines: Lines | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with a questionnaire that is well-formed.

    Parameters
    ----------
    questionnaire : Questionnaire
        what is to be asked
    district : District, optional
        where; then Sozialräume named in conditions must exist there
    lines : Lines, optional
        where each place stands in the file it was read from

    Returns
    -------
    tuple of Problem
        in the order of the file; empty if it can be asked
    """
    data = questionnaire.model_dump(by_alias=True)
    return _apply(RULES, Scene(questionnaire, data, district), lines or Lines())


def check_district(district: District, lines: Lines | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with a well-formed district; parameters as in :func:`check_questionnaire`."""
    return _apply(DISTRICT_RULES, district, lines or Lines())


def check_plan(plan: PublicationPlan, lines: Lines | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with a plan that is well-formed; parameters as in :func:`check_questionnaire`."""
    return _apply(PLAN_RULES, plan, lines or Lines())


def check_plan_text(
    text: str, name: str, questionnaire: Questionnaire, areas: Sequence[Area]
) -> tuple[PublicationPlan | None, tuple[Problem, ...]]:
    """Read a publication plan from text and hold it against what is asked, and where.

    Parameters
    ----------
    text : str
        YAML
    name : str
        what problems call the file
    questionnaire : Questionnaire
    areas : sequence of Area
        the district's Sozialräume

    Returns
    -------
    (PublicationPlan or None, tuple of Problem)
        the plan where it is well-formed, even if rules find something; and everything that is wrong
    """
    loaded = load_plan(Source(text, name))
    if loaded.value is None:
        return None, loaded.problems
    lines = loaded.source.lines
    found = (*check_plan(loaded.value, lines), *check_plan_for(loaded.value, questionnaire, areas, lines))
    return loaded.value, in_order(found)


def _apply(table: Mapping[str, Callable[[T], Found]], value: T, lines: Lines) -> tuple[Problem, ...]:
    def problems() -> Iterator[Problem]:
        """Yield what the rules found, with its line."""
        for code, rule in table.items():
            for place, message in rule(value):
                yield lines.problem(code, place, message)

    return in_order(problems())


def check_file(path: str | Path, district: District | None = None) -> tuple[Problem, ...]:
    """Read and check a questionnaire with its translations.

    Parameters
    ----------
    path : str or Path
        the questionnaire; side files are found beside it
    district : District, optional
        as in :func:`check_questionnaire`

    Returns
    -------
    tuple of Problem
        everything that is wrong, with file and line; where the file is malformed, rules still look at those
        parts that are not
    """
    return _check_source(path, None, district)


def check_text(
    text: str, name: str, district: District | None = None
) -> tuple[Questionnaire | None, tuple[Problem, ...]]:
    """Read and check a questionnaire from text, all languages in it.

    Parameters
    ----------
    text : str
        YAML
    name : str
        what problems call the file
    district : District, optional
        as in :func:`check_questionnaire`

    Returns
    -------
    (Questionnaire or None, tuple of Problem)
        the questionnaire where it is well-formed, even if rules find something; and everything that is wrong
    """
    loaded = load_text(text, name)
    return loaded.value, _problems_of(loaded, district)


def check_data(data: Mapping[str, Any], name: str) -> tuple[Questionnaire | None, tuple[Problem, ...]]:
    """Check a questionnaire as plain data as :func:`check_text` checks a file; problems have places and no lines."""
    loaded = load_data(data, name)
    return loaded.value, _problems_of(loaded, None)


def _check_source(path: str | Path, source: Source | None, district: District | None) -> tuple[Problem, ...]:
    return _problems_of(load_questionnaire(path, source), district)


def _problems_of(loaded: Loaded[Questionnaire], district: District | None) -> tuple[Problem, ...]:
    if not loaded.source.ok:
        return loaded.problems
    questionnaire = salvage(loaded.source.data) if loaded.value is None else loaded.value
    scene = Scene(questionnaire, loaded.source.data, district)
    reported = {(p.file, p.line, p.place) for p in loaded.problems}
    found = _apply(RULES, scene, loaded.source.lines)
    return in_order((*loaded.problems, *(p for p in found if (p.file, p.line, p.place) not in reported)))


def check_path(path: str | Path) -> tuple[Problem, ...]:
    """Read and check a file of any kind, decided by its `format`.

    Parameters
    ----------
    path : str or Path
        questionnaire, district, publication plan, theme book or a side file of translations

    Returns
    -------
    tuple of Problem
        everything that is wrong, with file and line; empty if nothing is
    """
    source = read_source(path)
    data = source.data if isinstance(source.data, dict) else {}
    stem = str(data.get("format", "")).partition("/")[0]
    if stem == "familienstimme-landkreis" or (not stem and "municipalities" in data):
        return _checked(load_district(source), check_district)
    if stem == "familienstimme-plan":
        return _checked(load_plan(source), check_plan)
    if stem == "familienstimme-themen":
        return _checked(load_theme_book(source), check_theme_book)
    if not stem and "language" in data and "texts" in data:
        return load_translation(path).problems
    return _check_source(path, source, None)


def _checked(loaded: Loaded[V], check: Callable[[V, Lines], tuple[Problem, ...]]) -> tuple[Problem, ...]:
    return loaded.problems if loaded.value is None else check(loaded.value, loaded.source.lines)
