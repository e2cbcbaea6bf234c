"""The margins of a plan held against an extract: whose category is which, and every reason to refuse them.

What is wrong is said with the margin, the category and what to do; nothing is put right silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis import display
from analysis.areas import join_areas
from analysis.errors import ExtractError
from analysis.extract import Extract, FloatArray, IntArray, extract_of_rows
from analysis.german import listed, thousands
from analysis.weights import TOLERANCE, CapTooLow, MarginMissed, Raked, Target, rake
from questionnaires.handover import Codebook
from questionnaires.model import Counts, Scale, Single, choices, text_in
from questionnaires.plan import Margin, MarginCategory, PublicationPlan
from questionnaires.problems import Problem

MISSING, FOREIGN = -1, -2
MIXED_UNITS = (1.0, 100.0)
"""sums of shares and of percentages"""
FURTHEST = 100
"""a category counts at least a hundredth of its responses, beyond the number has another unit"""
COUNTS_WANTED = "Bitte überall die Zahl der Familien eintragen."


@dataclass(frozen=True)
class Known:
    """A margin as it meets the responses."""

    margin: Margin
    categories: tuple[MarginCategory, ...]
    position: IntArray
    """(n,) category of each response, MISSING or FOREIGN"""
    foreign: tuple[str, ...]
    """answers or Sozialräume that were given but stand in no category"""

    @property
    def n(self) -> IntArray:
        """Responses of each category."""
        return np.bincount(self.position[self.position >= 0], minlength=len(self.categories))


@dataclass(frozen=True)
class Weighted:
    """An extract with the weights of its plan."""

    extract: Extract
    known: tuple[Known, ...]
    raked: Raked
    targets: tuple[Target, ...]
    """as raked, with who gave no answer as a category of their own, the last"""
    start: FloatArray | None
    """weights before raking; None: all the same"""
    n_left_out: int


def weigh(extract: Extract, plan: PublicationPlan) -> Weighted | None:
    """Rake an extract to the margins of its plan.

    Parameters
    ----------
    extract : Extract
        weights it brings along are where raking starts
    plan : PublicationPlan
        checked by :func:`analysis.plan_check.check_plan`

    Returns
    -------
    Weighted or None
        None: the plan has no margins

    Raises
    ------
    ExtractError
        with every reason why these responses cannot be weighted to these margins
    """
    if not plan.margins:
        return None
    known = [_known(margin, extract, plan) for margin in plan.margins]
    keep = np.ones(extract.n, dtype=np.bool_)
    for one in known:
        if one.margin.missing == "exclude":
            keep &= one.position != MISSING
    kept = tuple(replace(one, position=one.position[keep]) for one in known)
    least = display.minimum_base(plan.k)
    if problems := [problem for one in kept for problem in _unfit(one, plan, extract.codebook, least)]:
        raise ExtractError(problems)
    rest = extract if keep.all() else extract_of_rows(extract, keep)
    targets = tuple(_target(one, rest.weight) for one in kept)
    raked = _raked(targets, kept, rest.weight, plan)
    return Weighted(replace(rest, weight=raked.weight), kept, raked, targets, rest.weight, int((~keep).sum()))


# ---------- categories


def known_categories(margin: Margin, codebook: Codebook) -> tuple[MarginCategory, ...]:
    """Return the categories of a margin; without any, one for each Sozialraum with its known families."""
    if margin.categories or margin.question:
        return margin.categories
    return tuple(
        MarginCategory(title=area.name, areas=(area.id,), number=area.known_families)
        for area in codebook.district.areas
        if area.known_families is not None
    )


def _known(margin: Margin, extract: Extract, plan: PublicationPlan) -> Known:
    categories = known_categories(margin, extract.codebook)
    if not margin.categories:
        categories = _as_in_results(categories, extract, plan)
    if margin.question is None:
        names = [area.name for area in extract.codebook.district.areas]
        ids = {area.id: i for i, area in enumerate(extract.codebook.district.areas)}
        lookup = {ids[area]: c for c, category in enumerate(categories) for area in category.areas}
        return _placed(margin, categories, extract.area, lookup, dict(enumerate(names)))
    lookup = {code: c for c, category in enumerate(categories) for code in category.codes}
    question = extract.codebook.questionnaire.questions[margin.question]
    if isinstance(question, Counts):
        children = extract.columns[f"{margin.question}_{margin.item}"]
        values = np.where(children < 0, children, children > 0).astype(np.int64)
        return _placed(margin, categories, values, lookup, {0: "kein Kind", 1: "mindestens ein Kind"})
    texts = {option.code: text_in(option.text, "de")[0] for option in choices(question)}
    return _placed(margin, categories, extract.columns[margin.question], lookup, texts)


def _placed(
    margin: Margin, categories: tuple[MarginCategory, ...], values: IntArray, lookup: dict[int, int],
    names: dict[int, str],
) -> Known:  # fmt: skip
    given, of = np.unique(values, return_inverse=True)
    places = np.array([MISSING if value < 0 else lookup.get(int(value), FOREIGN) for value in given], dtype=np.int64)
    foreign = tuple(names.get(int(v), str(v)) for v, place in zip(given, places, strict=True) if place == FOREIGN)
    return Known(margin, categories, places[of], foreign)


def _as_in_results(
    categories: tuple[MarginCategory, ...], extract: Extract, plan: PublicationPlan
) -> tuple[MarginCategory, ...]:
    """Join Sozialräume as the results join them."""
    areas = extract.codebook.district.areas
    n = np.bincount(extract.area[extract.area >= 0], minlength=len(areas))
    counted = {area.id: int(n[i]) for i, area in enumerate(areas)}
    number = {category.areas[0]: category.number for category in categories}
    return tuple(
        MarginCategory(
            title=" + ".join(area.name for area in unit.areas), areas=tuple(area.id for area in unit.areas),
            number=sum(number[area.id] for area in unit.areas),
        )
        for unit in join_areas(areas, counted, plan.joins, plan.min_area_base)
    )  # fmt: skip


def _target(known: Known, start: FloatArray | None) -> Target:
    """Leave out categories of nobody; keep who gave no answer at the part they have among the responses."""
    numbers = np.array([category.number for category in known.categories], dtype=np.float64)
    some = np.flatnonzero(numbers > 0)
    place = np.full(len(numbers), -1, dtype=np.int64)
    place[some] = np.arange(len(some))
    missing = known.position == MISSING
    category = np.where(missing, len(some), place[known.position])
    weight = np.ones(len(category)) if start is None else start
    part = float(weight[missing].sum() / weight.sum())
    total = numbers[some] * (1 - part)
    return Target(category, np.append(total, numbers.sum() * part) if part else total)


# ---------- what is wrong with a plan's margins, whatever the answers


def check_margins(plan: PublicationPlan, codebook: Codebook) -> Iterator[Problem]:
    """Yield what is wrong with the margins of a plan before any answer is looked at.

    Parameters
    ----------
    plan : PublicationPlan
    codebook : Codebook

    Yields
    ------
    Problem
        questions, Sozialräume and codes that do not exist or stand twice, margins without numbers or with
        different sums
    """
    for margin in plan.margins:
        yield from _check_variable(margin, codebook)
    ids = [margin.id for margin in plan.margins]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield _problem("margin-duplicate", name, "Diese Kennung haben zwei Randverteilungen.")
    yield from _check_sums([(m, sum(c.number for c in known_categories(m, codebook))) for m in plan.margins])


def _problem(code: str, margin: str, message: str) -> Problem:
    return Problem(code, f"plan.margins.{margin}", f"Randverteilung „{margin}“: {message}", file="fieldwork.json")


def _check_variable(margin: Margin, codebook: Codebook) -> Iterator[Problem]:
    values = _values(margin, codebook)
    if values is None:
        text = (
            "Gewichten lässt sich nach Sozialraum, nach einer Einfachauswahl oder Skala oder danach, ob Kinder einer "
            f"Altersgruppe da sind; „{'.'.join(filter(None, (margin.question, margin.item)))}“ ist nichts davon."
        )
        yield _problem("margin-variable", margin.id, text)
        return
    if not margin.categories:
        if margin.question or any(area.known_families is None for area in codebook.district.areas):
            text = "Es stehen keine Zahlen da, und die Familien je Sozialraum sind nicht für alle bekannt."
            yield _problem("margin-unknown-numbers", margin.id, text)
        return
    named = [value for c in margin.categories for value in (c.areas if margin.question is None else c.codes)]
    for value in sorted({str(value) for value in named if value not in values}):
        yield _problem("margin-unknown-category", margin.id, f"„{value}“ gibt es nicht.")
    for value in sorted({str(value) for value in named if named.count(value) > 1}):
        yield _problem("margin-category-twice", margin.id, f"„{value}“ steht in zwei Gruppen.")
    for empty in (c.title for c in margin.categories if not (c.codes if margin.question else c.areas)):
        yield _problem("margin-category-of-nothing", margin.id, f"Zu „{empty}“ steht nicht, wer dazugehört.")


def _values(margin: Margin, codebook: Codebook) -> set[int] | set[str] | None:
    """Return the Sozialräume or codes a margin may name, None if responses cannot be weighted by it."""
    if margin.question is None:
        return {area.id for area in codebook.district.areas}
    question = codebook.questionnaire.questions.get(margin.question)
    if isinstance(question, Counts):
        return {0, 1} if margin.item in {band.id for band in question.bands} else None
    asked_once = {column.name for column in codebook.columns}
    if isinstance(question, Single | Scale) and margin.item is None and question.id in asked_once:
        return {option.code for option in choices(question) if option.missing is None}
    return None


def _check_sums(sums: Sequence[tuple[Margin, float]]) -> Iterator[Problem]:
    for margin, total in sums:
        if total <= 0 and margin.categories:
            yield _problem("margin-of-nobody", margin.id, "Die Zahlen ergeben zusammen null.")
        if any(abs(total - mixed) < 1e-6 for mixed in MIXED_UNITS):
            text = f"Die Zahlen ergeben zusammen {thousands(total)}: Das sieht nach Anteilen aus. {COUNTS_WANTED}"
            yield _problem("margin-shares", margin.id, text)
    first, reference = sums[0] if sums else (None, 0.0)
    for margin, total in sums[1:]:
        if first is None or not (total and reference) or abs(total - reference) <= TOLERANCE * max(total, reference):
            continue
        unit = any(abs(one - mixed) < 1e-6 for one in (total, reference) for mixed in MIXED_UNITS)
        hint = (
            "Das sieht nach Anteilen neben Anzahlen aus: Bitte überall Anzahlen eintragen."
            if unit
            else "Alle Randverteilungen müssen dieselben Familien zum selben Stichtag zählen."
        )
        text = f"Die Summe ist {thousands(total)}, bei „{first.id}“ aber {thousands(reference)}. {hint}"
        yield _problem("margin-totals-differ", margin.id, text)


# ---------- what these responses do not carry


def _unfit(known: Known, plan: PublicationPlan, codebook: Codebook, least: int) -> Iterator[Problem]:
    name, n = known.margin.id, known.n
    everybody = sum(category.number for category in known.categories)
    if n.sum() > everybody > 0:
        text = f"Es kamen mehr Bögen, als Familien bekannt sind ({thousands(everybody)}). {COUNTS_WANTED}"
        yield _problem("margin-fewer-than-responses", name, text)
    if known.foreign:
        text = (
            f"{listed([f'„{one}“' for one in known.foreign])} kommt in den Bögen vor, steht aber in keiner Gruppe. "
            "Bitte im Plan einer Gruppe zuordnen oder eine eigene mit bekannter Zahl anlegen."
        )
        yield _problem("margin-category-missing", name, text)
    for c, category in enumerate(known.categories):
        if category.number == 0 and n[c]:
            text = f"„{category.title}“ hat die Zahl null, kommt in den Bögen aber vor. Bitte die Zahl prüfen."
            yield _problem("margin-category-of-nobody", name, text)
        elif n[c] and category.number / everybody < n[c] / n.sum() / FURTHEST:
            text = (
                f"„{category.title}“ hat die Zahl {thousands(category.number)} und zählte damit kaum noch, so viele "
                f"Bögen kamen von dort. Sind es Tausend? {COUNTS_WANTED}"
            )
            yield _problem("margin-category-other-unit", name, text)
        elif category.number > 0 and n[c] < least:
            yield _problem("margin-category-empty" if not n[c] else "margin-category-small", name,
                           _too_few(known, c, plan, codebook, least))  # fmt: skip


def _too_few(known: Known, c: int, plan: PublicationPlan, codebook: Codebook, least: int) -> str:
    title = known.categories[c].title
    some = f"nur wenige Bögen (unter {least})" if known.n[c] else "keinen einzigen Bogen"
    said = f"Für „{title}“ ({thousands(known.categories[c].number)} bekannte Familien) gibt es {some}."
    other = _partner(known, c, plan, codebook)
    if other is None:
        return f"{said} Es gibt keine zweite Gruppe, mit der sie sich zusammenfassen ließe: Bitte ohne sie gewichten."
    both = f"„{title}“ und „{known.categories[other].title}“"
    return f"{said} Vorschlag: {both} im Plan zu einer Gruppe zusammenfassen."


def _partner(known: Known, c: int, plan: PublicationPlan, codebook: Codebook) -> int | None:
    """Return the category to merge with: of the neighbour an area joins, of the same Großraum, or beside it."""
    others = [o for o in range(len(known.categories)) if o != c and known.categories[o].number > 0]
    if known.margin.question is not None:
        others = [o for o in others if abs(o - c) == min(abs(p - c) for p in others)]
    else:
        others = _neighbours(known, c, others, plan, codebook)
    return min(others, key=lambda o: (int(known.n[o]), o), default=None)


def _neighbours(known: Known, c: int, others: list[int], plan: PublicationPlan, codebook: Codebook) -> list[int]:
    areas = {area.id: area for area in codebook.district.areas}
    here = known.categories[c].areas
    joined = {plan.joins.get(area) or areas[area].joins for area in here}
    zones = {areas[area].zone for area in here}
    near = [o for o in others if joined & set(known.categories[o].areas)]
    same_zone = [o for o in others if zones & {areas[area].zone for area in known.categories[o].areas}]
    return near or same_zone or others


def _raked(targets: Sequence[Target], known: Sequence[Known], start: FloatArray | None, plan: PublicationPlan) -> Raked:
    try:
        return rake(targets, start, plan.weight_cap)
    except CapTooLow as error:
        cap = (plan.weight_cap or 1) * error.least
        text = (
            f"Mit der Obergrenze {_times(plan.weight_cap or 1)} lässt sich „{_title(known, error)}“ nicht erreichen. "
            f"Bitte auf mindestens {_times(np.ceil(cap * 10) / 10)} anheben oder die Gruppe mit einer anderen "
            "zusammenfassen."
        )
        raise ExtractError([_problem("margin-cap", known[error.margin].margin.id, text)]) from None
    except MarginMissed as error:
        names = listed([f"„{one.margin.title}“" for one in known])
        cap_hint = " oder die Obergrenze anheben" if plan.weight_cap else ""
        text = (
            f"{names} lassen sich nicht gemeinsam einhalten, weil es zu manchen Verbindungen keine Bögen gibt. "
            f"Am weitesten daneben bleibt „{_title(known, error)}“. Bitte Gruppen zusammenfassen{cap_hint}."
        )
        raise ExtractError([_problem("margin-no-solution", known[error.margin].margin.id, text)]) from None


def _title(known: Sequence[Known], error: CapTooLow | MarginMissed) -> str:
    one = known[error.margin]
    titles = [category.title for category in one.categories if category.number > 0]
    return [*titles, "ohne Angabe"][error.category]


def _times(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")
