"""Weights and variances of a wave, and what a planner is told about them.

The report says only what follows from figures that are published anyway: sizes of the Sozialräume rounded to 5, shares
of the district as rounded as in the tables, factors from these two, limits of weights in coarse steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis import display
from analysis.areas import Layout
from analysis.extract import Extract, FloatArray
from analysis.margins import Known, Weighted, weigh
from analysis.variance import Design, make_design
from questionnaires.handover import ReleaseTable, WeightedGroup, WeightedMargin, Weighting
from questionnaires.plan import Margin, MarginCategory, PublicationPlan

STEPS = (0.0, 0.01, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0, 1e4, 1e5, 1e6)
"""limits of weights are told in these steps: an exact largest weight would tell how many lived in the smallest group"""
LEAST_LEFT = 0.1
GRID = 32
"""binary digits of a weight below that of the mean weight"""


@dataclass(frozen=True)
class Prepared:
    """An extract ready to be counted."""

    extract: Extract
    """with the weights of the plan's margins, if there are any"""
    weighted: Weighted | None
    design: Design | None
    """None: three sums per cell suffice for the variance"""


def prepare(extract: Extract, plan: PublicationPlan) -> Prepared:
    """Weight an extract as its plan says.

    Parameters
    ----------
    extract : Extract
    plan : PublicationPlan

    Returns
    -------
    Prepared

    Raises
    ------
    ExtractError
        if the responses cannot be weighted to the margins of the plan
    """
    weighted = weigh(extract, plan)
    ready = weighted.extract if weighted else extract
    if ready.weight is not None:
        ready = replace(ready, weight=on_grid(ready.weight))
    left = _left(ready, plan)
    if weighted is None and left is None:
        return Prepared(ready, None, None)
    targets = weighted.targets if weighted else ()
    start = weighted.start if weighted else None
    return Prepared(ready, weighted, make_design(ready.n, targets, start, ready.weight, left))


def on_grid(weight: FloatArray) -> FloatArray:
    """Round weights so that their sums are exact, in whatever order and however split.

    Otherwise the last digit of a sum could decide whether a figure is shown: the same answers in two parts would
    give another release.

    Parameters
    ----------
    weight : (n,) float array
        positive

    Returns
    -------
    (n,) float array
        multiples of a power of two, each within 2⁻³³ of the mean weight; sums of up to a million are exact
    """
    step = 2.0 ** (np.floor(np.log2(weight.mean())) - GRID)
    return np.asarray(np.maximum(np.round(weight / step), 1) * step)


def _left(extract: Extract, plan: PublicationPlan) -> FloatArray | None:
    """Return the part of the families of each response's Sozialraum that did not answer, None if nothing is known.

    Rounded down to 5 and for large Sozialräume only, so that the intervals tell nothing about a small one.
    """
    if plan.access != "full" or extract.codebook.questionnaire.audience != "families":
        return None
    areas = extract.codebook.district.areas
    n = np.bincount(extract.area[extract.area >= 0], minlength=len(areas))
    left = np.ones(len(areas) + 1)
    for i, area in enumerate(areas):
        if area.known_families and plan.min_area_base <= n[i] <= area.known_families:
            part = n[i] // display.BASE_STEP * display.BASE_STEP / area.known_families
            left[i] = max(1 - part, LEAST_LEFT)
    return left[extract.area] if (left < 1).any() else None


# ---------- what a planner is told


def report(
    prepared: Prepared, plan: PublicationPlan, layout: Layout, tables: Mapping[str, ReleaseTable]
) -> Weighting | None:
    """Return what was weighted, which groups were lifted and by how much.

    Parameters
    ----------
    prepared : Prepared
    plan : PublicationPlan
    layout : Layout
        which Sozialräume are shown
    tables : mapping
        id → published table; the part of a group among the responses is told only where its share is

    Returns
    -------
    Weighting or None
        None: there are no margins
    """
    weighted = prepared.weighted
    if weighted is None:
        return None
    relative = weighted.raked.weight / weighted.raked.weight.mean()
    least, most = steps_around(float(relative.min()), float(relative.max()))
    left_out = weighted.n_left_out
    return Weighting(
        margins=tuple(_margin(one, prepared.extract, plan, layout, tables) for one in weighted.known),
        iterations=weighted.raked.iterations,
        least=least,
        most=most,
        cap=plan.weight_cap,
        left_out=display.rounded_base(left_out) if left_out >= display.minimum_base(plan.k) else None,
    )


def steps_around(low: float, high: float) -> tuple[float, float]:
    """Return the limits of weights that are told, rounded outwards; of up to a million responses none is above."""
    return max(step for step in STEPS if step <= low + 1e-9), min(step for step in STEPS if step >= high - 1e-9)


def _margin(
    known: Known, extract: Extract, plan: PublicationPlan, layout: Layout, tables: Mapping[str, ReleaseTable]
) -> WeightedMargin:
    everybody = sum(category.number for category in known.categories)
    if known.margin.question is None:
        found = [(c.title, c.number, _part_of_areas(c, extract, plan, layout)) for c in known.categories]
    else:
        table = tables.get(known.margin.question)
        found = [(c.title, c.number, _part_of_answers(known.margin, c, extract, table)) for c in known.categories]
    groups = [_group(title, number / everybody, answered) for title, number, answered in found if number]
    margin = known.margin
    return WeightedMargin(title=margin.title, source=margin.source, missing=margin.missing, groups=tuple(groups))


def _group(label: str, known: float, answered: float | None) -> WeightedGroup:
    factor = round(known / answered, 1) if answered else None
    shown = answered if factor is not None else None
    return WeightedGroup(label=label, known=round(known, 3), answered=shown, factor=factor)


def _part_of_areas(category: MarginCategory, extract: Extract, plan: PublicationPlan, layout: Layout) -> float | None:
    """Return the part of a group of Sozialräume, from their sizes rounded as in the tables."""
    wanted, size, covered = set(category.areas), 0, set()
    index = {area.id: i for i, area in enumerate(extract.codebook.district.areas)}
    for column in layout.columns:
        areas = set(column.group.areas)
        if column.group.level == "area" and column.shown and column.carries and areas and areas <= wanted:
            n = int(np.isin(extract.area, [index[area] for area in areas]).sum())
            if n < display.minimum_base(plan.k):
                return None
            size += display.rounded_base(n)
            covered |= areas
    return round(size / extract.n, 2) if covered == wanted else None


def _part_of_answers(
    margin: Margin, category: MarginCategory, extract: Extract, table: ReleaseTable | None
) -> float | None:
    """Return the part of a group among those who answered, from unweighted shares rounded as in the table.

    Only where the table shows all of them for the district.
    """
    if table is None or table.groups[0].base is None:
        return None
    shown = {row.id for row, cells in zip(table.rows, table.cells, strict=True) if cells[0].value is not None}
    step = display.share_step(table.groups[0].base)
    if margin.item:
        children = extract.columns[f"{margin.question}_{margin.item}"]
        points = display.rounded_points(float((children[children >= 0] > 0).mean()), step)
        return (points if category.codes == (1,) else 100 - points) / 100 if margin.item in shown else None
    answers = extract.columns[margin.question or ""]
    valid = answers[answers >= 0]
    if not {str(code) for code in category.codes} <= shown:
        return None
    return sum(display.rounded_points(float((valid == code).mean()), step) for code in category.codes) / 100
