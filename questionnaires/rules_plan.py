"""Rules that hold a publication plan against the questionnaire and the district it is for: one small function each.

A plan that names what does not exist would silently protect, group or weight less than it says. A rule yields the place
and a German sentence with the remedy. Questions are named by id, items of a battery as `question.item`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from questionnaires.flow import given_in
from questionnaires.messages import perhaps
from questionnaires.model import Asked, Battery, Counts, Multiple, Questionnaire, Scale, Single, choices
from questionnaires.plan import Margin, MarginCategory, PublicationPlan
from questionnaires.problems import Lines, Place, Problem, in_order
from questionnaires.read import load_plan, read_district, read_questionnaire
from questionnaires.region import Area
from questionnaires.source import read_source

Found: TypeAlias = Iterator[tuple[Place, str]]

TOLERANCE = 1e-9
SHARES = (1.0, 100.0)
"""sums of shares and of percentages, which are no numbers of families"""


@dataclass(frozen=True)
class PlanScene:
    """What the rules look at."""

    plan: PublicationPlan
    questionnaire: Questionnaire
    areas: tuple[Area, ...]
    """Sozialräume of the district"""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a plan may use for a question or an item."""
        return tuple(
            name
            for question in self.questionnaire.questions.values()
            for name in (question.id, *(f"{question.id}.{item.id}" for item in getattr(question, "items", ())))
        )

    def question(self, name: str) -> Asked | None:
        """Return the question of „question“ or „question.item“, None if there is none."""
        question_id, _, item = name.partition(".")
        question = self.questionnaire.questions.get(question_id)
        if item and not (isinstance(question, Battery) and item in {i.id for i in question.items}):
            return None
        return question

    def unknown(self, name: str) -> str:
        """Say that a question does not exist, with the one that may be meant."""
        return f"Die Frage „{name}“ gibt es im Fragebogen nicht.{perhaps(name, self.names)}"


def codes_of(question: Asked) -> set[int]:
    """Return the codes of a question's answers that are no missing values."""
    return {option.code for option in choices(question) if option.missing is None}


def _codes_said(question: Asked) -> str:
    return ", ".join(str(code) for code in sorted(codes_of(question)))


def unknown_questions(scene: PlanScene) -> Found:
    """Questions and items that are named but not asked."""
    for i, name in enumerate(scene.plan.sensitive):
        if scene.question(name) is None:
            yield ("sensitive", i), scene.unknown(name)
    for i, name in enumerate(scene.plan.crossed):
        if scene.question(name) is None:
            yield ("crossed", i), scene.unknown(name)
    for name in scene.plan.hardships:
        if scene.question(name) is None:
            yield ("hardships", name), scene.unknown(name)
    for i, rule in enumerate(scene.plan.contradictions):
        for test in given_in(rule.when):
            if scene.question(test.question) is None:
                yield ("contradictions", i, "when"), scene.unknown(test.question)


def unknown_areas(scene: PlanScene) -> Found:
    """Sozialräume that do not exist."""
    zones = {area.id: area.zone for area in scene.areas}
    for area, neighbour in scene.plan.joins.items():
        for name in (area, neighbour):
            if name not in zones:
                yield ("joins", area), f"Den Sozialraum „{name}“ gibt es im Landkreis nicht.{perhaps(name, zones)}"


def distant_joins(scene: PlanScene) -> Found:
    """Neighbours in another Großraum, which are never joined."""
    zones = {area.id: area.zone for area in scene.areas}
    for area, neighbour in scene.plan.joins.items():
        if area in zones and neighbour in zones and zones[area] != zones[neighbour]:
            text = (
                f"„{area}“ und „{neighbour}“ liegen in verschiedenen Großräumen und werden nie zusammengefasst. Bitte "
                "einen Nachbarn im selben Großraum nennen."
            )
            yield ("joins", area), text


def wrong_filters(scene: PlanScene) -> Found:
    """Filters by questions that cannot filter."""
    for i, rule in enumerate(scene.plan.filters):
        question = scene.question(rule.question)
        by_doors = bool(rule.kind_of_doors) or any(group.doors for group in rule.groups)
        if by_doors == bool(rule.question):
            text = "Ein Filter braucht entweder eine Frage („question“) oder eine Art von Zugängen („kind_of_doors“)."
            yield ("filters", i, "question"), text
        elif by_doors:
            continue
        elif question is None:
            yield ("filters", i, "question"), scene.unknown(rule.question)
        elif not isinstance(question, Single | Multiple | Scale):
            text = (
                f"Nach „{rule.question}“ kann nicht gefiltert werden: Möglich sind Einfachauswahl, Mehrfachauswahl und "
                "Skala."
            )
            yield ("filters", i, "question"), text


def unknown_codes(scene: PlanScene) -> Found:
    """Codes of filters and hardships that no answer has."""
    for i, rule in enumerate(scene.plan.filters):
        question = scene.question(rule.question)
        if isinstance(question, Single | Multiple | Scale):
            for j, group in enumerate(rule.groups):
                place: Place = ("filters", i, "groups", j, "codes")
                yield from _foreign(place, rule.question, group.codes, question)
    for name, codes in scene.plan.hardships.items():
        question = scene.question(name)
        if question is not None:
            yield from _foreign(("hardships", name), name, codes, question)


def _foreign(place: Place, name: str, codes: Iterable[int], question: Asked) -> Found:
    for code in sorted(set(codes) - codes_of(question)):
        yield place, f"Die Frage „{name}“ hat keine Antwort mit dem Code {code}. Möglich sind {_codes_said(question)}."


def repeated_groups(scene: PlanScene) -> Found:
    """Groups of different filters with the same id."""
    seen: dict[str, str] = {}
    for i, rule in enumerate(scene.plan.filters):
        for j, group in enumerate(rule.groups):
            if seen.setdefault(group.id, rule.id) != rule.id:
                text = f"Die Gruppe „{group.id}“ gibt es schon im Filter „{seen[group.id]}“. Bitte anders nennen."
                yield ("filters", i, "groups", j, "id"), text


def wrong_coarse(scene: PlanScene) -> Found:
    """Coarse scales that are no partition of a question's answers."""
    for name, steps in scene.plan.coarse.items():
        question = scene.question(name)
        if question is None:
            yield ("coarse", name), scene.unknown(name)
        elif not isinstance(question, Single | Scale | Battery):
            yield ("coarse", name), f"„{name}“ hat keine Antworten, die sich zusammenfassen lassen."
        elif sorted(code for step in steps for code in step.codes) != sorted(codes_of(question)):
            text = (
                f"Die zusammengefassten Stufen von „{name}“ müssen jede Antwort genau einmal enthalten: "
                f"{_codes_said(question)}."
            )
            yield ("coarse", name), text


# ---------- margins


def known_categories(margin: Margin, areas: Sequence[Area]) -> tuple[MarginCategory, ...]:
    """Return the categories of a margin; without any, one for each Sozialraum with its known families."""
    if margin.categories or margin.question:
        return margin.categories
    return tuple(
        MarginCategory(title=area.name, areas=(area.id,), number=area.known_families)
        for area in areas
        if area.known_families is not None
    )


def wrong_margins(scene: PlanScene) -> Found:
    """Margins by what cannot be weighted to, without numbers, or with categories that do not exist or stand twice."""
    for i, margin in enumerate(scene.plan.margins):
        place: Place = ("margins", i)
        values = _margin_values(margin, scene)
        if values is None:
            name = ".".join(part for part in (margin.question, margin.item) if part)
            text = (
                "Gewichten lässt sich nach Sozialraum, nach einer Einfachauswahl oder Skala oder danach, ob Kinder "
                f"einer Altersgruppe da sind; „{name}“ ist nichts davon.{perhaps(margin.question or '', scene.names)}"
            )
            yield (*place, "question"), text
        elif not margin.categories:
            if margin.question or any(area.known_families is None for area in scene.areas):
                text = (
                    f"Der Randverteilung „{margin.id}“ fehlen Zahlen. Bitte „categories“ ergänzen oder im Landkreis "
                    "bei jedem Sozialraum „known_families“ eintragen."
                )
                yield place, text
        else:
            yield from _categories(margin, place, values)


def _margin_values(margin: Margin, scene: PlanScene) -> set[str] | None:
    """Return what categories may name, None if responses cannot be weighted by it."""
    if margin.question is None:
        return {area.id for area in scene.areas}
    question = scene.questionnaire.questions.get(margin.question)
    if isinstance(question, Counts):
        return {"0", "1"} if margin.item in {band.id for band in question.bands} else None
    repeating = scene.questionnaire.repeating
    asked_once = repeating is None or question not in repeating.questions
    if isinstance(question, Single | Scale) and margin.item is None and asked_once:
        return {str(code) for code in codes_of(question)}
    return None


def _categories(margin: Margin, place: Place, values: set[str]) -> Found:
    seen: set[str] = set()
    for j, category in enumerate(margin.categories):
        named = [str(value) for value in (category.areas if margin.question is None else category.codes)]
        here: Place = (*place, "categories", j)
        if not named:
            yield here, f"Zu „{category.title}“ steht nicht, wer dazugehört. Bitte Codes oder Sozialräume nennen."
        for value in named:
            if value not in values:
                yield here, f"„{value}“ gibt es nicht. Möglich sind {', '.join(sorted(values))}."
            elif value in seen:
                yield here, f"„{value}“ steht in zwei Gruppen. Bitte nur in einer nennen."
            seen.add(value)


def wrong_units(scene: PlanScene) -> Found:
    """Margins that hold shares instead of numbers, or count other families than the first."""
    sums = [sum(c.number for c in known_categories(margin, scene.areas)) for margin in scene.plan.margins]
    for i, (margin, total) in enumerate(zip(scene.plan.margins, sums, strict=True)):
        if total and any(abs(total - share) < 1e-6 for share in SHARES):
            text = (
                f"Die Zahlen von „{margin.id}“ ergeben zusammen {_number(total)}: Das sieht nach Anteilen aus. Bitte "
                "die Zahl der Familien eintragen."
            )
            yield ("margins", i), text
        elif margin.categories and not total:
            yield ("margins", i), f"Die Zahlen von „{margin.id}“ ergeben zusammen null."
        elif i and total and sums[0] and abs(total - sums[0]) > TOLERANCE * max(total, sums[0]):
            text = (
                f"Die Summe von „{margin.id}“ ist {_number(total)}, die von „{scene.plan.margins[0].id}“ aber "
                f"{_number(sums[0])}. Alle Randverteilungen müssen dieselben Familien zum selben Stichtag zählen."
            )
            yield ("margins", i), text


def _number(number: float) -> str:
    return f"{round(number, 3):,}".removesuffix(".0").translate(str.maketrans(",.", ".,"))


#: code → rule; the analysis reports the margins by rules of its own, because it also looks at the answers
QUESTION_RULES: Mapping[str, Callable[[PlanScene], Found]] = {
    "plan-unknown-question": unknown_questions,
    "plan-unknown-area": unknown_areas,
    "plan-filter": wrong_filters,
    "plan-unknown-code": unknown_codes,
    "plan-duplicate": repeated_groups,
    "plan-coarse": wrong_coarse,
}
RULES: Mapping[str, Callable[[PlanScene], Found]] = {
    **QUESTION_RULES, "plan-distant-join": distant_joins, "margin": wrong_margins, "margin-unit": wrong_units,
}  # fmt: skip


def check_plan_for(
    plan: PublicationPlan, questionnaire: Questionnaire, areas: Sequence[Area], lines: Lines | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with a plan for a questionnaire and a district.

    Parameters
    ----------
    plan : PublicationPlan
        well-formed; what is wrong with it whatever is asked says :func:`questionnaires.check.check_plan`
    questionnaire : Questionnaire
        what is asked
    areas : sequence of Area
        the district's Sozialräume
    lines : Lines, optional
        where each place stands in the file it was read from

    Returns
    -------
    tuple of Problem
        in the order of the file; empty if the plan fits
    """
    scene, where = PlanScene(plan, questionnaire, tuple(areas)), lines or Lines()
    return in_order(where.problem(code, place, text) for code, rule in RULES.items() for place, text in rule(scene))


def check_plan_file(path: str | Path, questionnaire: str | Path, district: str | Path) -> tuple[Problem, ...]:
    """Read a plan and hold it against the files of a questionnaire and a district.

    Parameters
    ----------
    path, questionnaire, district : str or Path

    Returns
    -------
    tuple of Problem
        of the plan; if the questionnaire or the district cannot be read, theirs
    """
    loaded, asked, where = load_plan(read_source(path)), read_questionnaire(questionnaire), read_district(district)
    broken = [problem for found in (asked, where) if isinstance(found, tuple) for problem in found]
    if broken or loaded.value is None or isinstance(asked, tuple) or isinstance(where, tuple):
        return in_order(broken)
    return check_plan_for(loaded.value, asked, where.areas, loaded.source.lines)
