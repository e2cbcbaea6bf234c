"""Decide which figures of a question may be shown: thresholds, coarse steps, attack and repair.

What is decided here is only *which* cells are shown; :mod:`analysis.disclosure` turns them into published
values.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis import display
from analysis.areas import Layout, Relation
from analysis.attack import Counts, Knowledge, Mask, System, at_risk, cells_to_hide, tighten
from analysis.errors import ProtectionFailed
from analysis.topics import Cube, Topic
from analysis.weighted_attack import WeightedShares, from_weights
from questionnaires.plan import PublicationPlan

COARSE_FROM_HIDDEN = 0.15
"""part of a level's single answers that are hidden, from which only the coarse scale is shown there"""

MOSTLY = 0.5
"""part of the Sozialräume a question needs an answerable base in to be given by Sozialraum"""


@dataclass
class Work:
    """A question's counts while it is decided what may be shown; arrays are (rows, groups) or (groups,)."""

    topic: Topic
    layout: Layout
    plan: PublicationPlan
    system: System
    truth: Counts
    k: Counts
    base: Counts
    """published base"""
    shown: Mask
    base_shown: Mask
    merged: Mask
    """groups whose few missing answers are counted as none"""
    cube: Cube
    thin: frozenset[str] = frozenset()
    """levels that this question is not given for: in most of their groups too few gave an answer"""


# ---------- what is counted, and which counts are sums of others


def _prepare(topic: Topic, cube: Cube, layout: Layout, plan: PublicationPlan) -> Work:
    answers = cube.yes.n.T
    base, size = cube.base.n, cube.size.n
    system = make_system(topic, layout)
    parts = [answers]
    if topic.coarse:
        parts.append(np.stack([answers[list(c.parts)].sum(0) for c in topic.coarse]))
    if not topic.one_of:
        parts.append(base - answers)
    truth = np.concatenate([*parts, [base], [size - base], [size]]).astype(np.int64)
    least = plan.k_sensitive if topic.sensitive else plan.k
    k = np.array([max(least, plan.k_sensitive if c.sensitive else plan.k, plan.k) for c in layout.columns])
    merged = size - base < k
    published = np.array([display.rounded_base(int(n)) for n in np.where(merged, size, base)])
    minimum = np.array([display.minimum_base(int(limit)) for limit in k])
    open_to_all = np.array([
        c.shown and c.carries and c.group.filter != topic.question for c in layout.columns
    ])  # fmt: skip
    base_shown = open_to_all & (base >= minimum)
    shown = np.zeros(truth.shape, dtype=np.bool_)
    n_cells = len(topic.rows) + len(topic.coarse)
    shown[:n_cells] = (truth[:n_cells] >= k) & (base - truth[:n_cells] >= k)
    if cube.households is not None:
        base_shown &= cube.households.base >= minimum
        fewest = np.minimum(cube.households.yes, cube.households.no).T
        shown[:n_cells] &= fewest >= k
    thin = _thin_levels(layout, base_shown)
    base_shown &= np.array([column.group.level not in thin for column in layout.columns])
    shown[:n_cells] &= base_shown
    return Work(topic, layout, plan, system, truth, k, published, shown, base_shown, merged, cube, thin)


def _thin_levels(layout: Layout, base_shown: Mask) -> frozenset[str]:
    """Return „area“ where most Sozialräume that stand alone have too few answers to this question: then it is given
    for the Großräume and the district, which carry it (analysis rules, no. 3)."""
    alone = [i for i, c in enumerate(layout.columns) if c.group.level == "area" and c.shown and c.carries]
    return frozenset({"area"}) if alone and base_shown[alone].mean() < MOSTLY and base_shown[0] else frozenset()


def make_system(topic: Topic, layout: Layout) -> System:
    """Return which counts of a topic are sums of others.

    Rows are, in this order: answers, answers taken together, „not this answer“ (where each row is answered
    for itself), base, no valid answer, everybody.
    """
    m, c = len(topic.rows), len(topic.coarse)
    n_not = 0 if topic.one_of else m
    base = m + c + n_not
    rows = tuple(range(m))
    relations = [Relation(base + 2, (base, base + 1))]
    if topic.one_of:
        relations.append(Relation(base, rows))
        relations += [Relation(m + i, row.parts) for i, row in enumerate(topic.coarse)]
        relations += [Relation(base, tuple(range(m, m + c)))] if c else []
    else:
        relations += [Relation(base, (i, m + c + i)) for i in rows]
    owner = (*range(m + c), *rows[:n_not], base, base, base)
    return System(tuple(relations), layout.relations, base, tuple(range(base)), base + 1, owner)


def decide(topic: Topic, cube: Cube, layout: Layout, plan: PublicationPlan) -> Work:
    """Decide what is shown of a topic.

    Parameters
    ----------
    topic : Topic
    cube : Cube
        its sums for the groups of `layout`; only the unweighted counts matter
    layout : Layout
    plan : PublicationPlan

    Returns
    -------
    Work
        with `shown` such that the attacker finds nothing. Single answers are tried first; levels where too
        few of them stay readable get coarse steps instead

    Raises
    ------
    ProtectionFailed
        if the attacker still learns something when everything that helps is hidden
    """
    coarse: frozenset[str] = frozenset()
    while True:
        work = _prepare(topic, cube, layout, plan)
        more = _crowded(work) - coarse
        if not more:
            _use_coarse(work, coarse)
            large_enough = work.shown.copy()
            hide_until_safe(work)
            _show_again(work, large_enough)
            more = _crowded(work) - coarse
        if not more:
            return work
        coarse |= more


def _crowded(work: Work) -> frozenset[str]:
    """Return the levels at which too many single answers are hidden and a coarse scale could be shown."""
    m = len(work.topic.rows)
    found = set()
    for level in ("zone", "area", "filter") if work.topic.coarse else ():
        groups = [i for i, c in enumerate(work.layout.columns) if work.base_shown[i] and c.group.level == level]
        if groups and 1 - work.shown[:m][:, groups].mean() > COARSE_FROM_HIDDEN:
            found.add(level)
    return frozenset(found)


def _use_coarse(work: Work, levels: frozenset[str]) -> None:
    m = len(work.topic.rows)
    if levels:
        work.shown[:m, [i for i, c in enumerate(work.layout.columns) if c.group.level in levels]] = False
    else:
        work.shown[m : m + len(work.topic.coarse)] = False


# ---------- attack and repair


def knowledge_of(work: Work) -> Knowledge:
    """Return what a reader of the shown figures knows of all counts before thinking."""
    system, shape = work.system, work.truth.shape
    everybody = int(work.truth[-1, 0])
    low, high = np.zeros(shape, dtype=np.int64), np.full(shape, everybody, dtype=np.int64)
    ratio_low, ratio_high = np.zeros(shape), np.ones(shape)
    ratio_low[system.base_row] = 1.0
    _know_sizes(work, low, high)
    _know_bases(work, low, high)
    n_cells = len(work.topic.rows) + len(work.topic.coarse)
    bases = work.truth[system.base_row]
    for row, group in zip(*np.nonzero(work.shown[:n_cells]), strict=True):
        step = display.share_step(int(work.base[group]))
        points = display.rounded_points(float(work.truth[row, group] / bases[group]), step)
        ratio_low[row, group] = max((points - step / 2) / 100, 0)
        ratio_high[row, group] = min((points + step / 2) / 100, 1)
        low[row, group] = work.k[group]
        if not work.topic.one_of:
            low[row + n_cells, group] = work.k[group]
    return Knowledge(low, high, ratio_low, ratio_high)


def _know_sizes(work: Work, low: Counts, high: Counts) -> None:
    """The wave's total is published; of other groups the size shows rounded wherever a question was
    answered by all."""
    for group, column in enumerate(work.layout.columns):
        size = int(work.truth[-1, group])
        if group == 0:
            low[-1, 0] = high[-1, 0] = size
        elif column.shown and column.carries and size >= display.minimum_base(int(work.k[group])):
            middle = display.rounded_base(size)
            low[-1, group], high[-1, group] = middle - 2, middle + 2
        of_answers = column.group.level == "filter" and column.group.filter not in _made_by(work)
        if column.shown and of_answers and size >= work.k[group] and work.topic.per_response == 1:
            least, most = _as_answer(size, _answered(work, column.group.filter), work, group)
            low[-1, group], high[-1, group] = max(low[-1, group], least), min(high[-1, group], most)


def _made_by(work: Work) -> set[str]:
    """Return the filters that the topic's own question makes."""
    return {rule.id for rule in work.plan.filters if rule.question == work.topic.question}


def _answered(work: Work, rule: str | None) -> int:
    """Return how many are in any group of a filter: they answered its question."""
    rest = [i for i, c in enumerate(work.layout.columns) if c.group.filter == rule and not c.shown]
    return int(work.truth[-1, 0] - work.truth[-1, rest[0]]) if len(rest) == 1 else int(work.truth[-1, 0])


def _as_answer(size: int, answered: int, work: Work, group: int) -> tuple[int, int]:
    """Return what the table of a filter's own question tells of the size of a group: a rounded share of a rounded
    base, as somebody else reads it."""
    everybody, k = int(work.truth[-1, 0]), int(work.k[group])
    base = display.rounded_base(everybody if everybody - answered < k else answered)
    step = display.share_step(base)
    points = display.rounded_points(size / answered, step)
    least = math.ceil((points - step / 2) / 100 * max(base - 2 - (k - 1), 0) - 1e-9)
    return least, math.floor((points + step / 2) / 100 * (base + 2) + 1e-9)


def _know_bases(work: Work, low: Counts, high: Counts) -> None:
    base_row, missing_row = work.system.base_row, work.system.missing_row
    for group in np.flatnonzero(work.base_shown):
        k, middle = int(work.k[group]), int(work.base[group])
        low[base_row, group] = max(middle - 2 - (k - 1) * int(work.merged[group]), display.minimum_base(k))
        high[base_row, group] = middle + 2
        if not work.merged[group] and middle < display.rounded_base(int(work.truth[-1, group])):
            low[missing_row, group] = k


def too_small(work: Work) -> Counts:
    """Return for groups of which nothing is shown the least base of a group that could be, for others 0."""
    least = np.array([display.minimum_base(int(k)) for k in work.k], dtype=np.int64)
    return np.where(work.base_shown, 0, least)


def hide_until_safe(work: Work) -> None:
    """Let the attacker look, hide the smallest figure that helps each finding, and repeat until there is
    none."""
    while True:
        found = tighten(work.system, knowledge_of(work))
        cells = np.argwhere(_risky(work, found))
        if not len(cells):
            return
        hidden: set[tuple[int, int]] = set()
        for row, group in cells:
            hide_for(work, found, (int(row), int(group)), hidden)
        if not hidden:
            raise ProtectionFailed(work.topic.id)


LEVELS = {"district": 0, "zone": 1, "area": 2, "filter": 3}


def _show_again(work: Work, large_enough: Mask) -> None:
    """Show figures again that need not be hidden after all, those of large groups first: repair went step by step."""
    hidden = np.argwhere(large_enough & ~work.shown & work.base_shown)
    columns = work.layout.columns
    order = sorted(map(tuple, hidden), key=lambda c: (LEVELS[columns[c[1]].group.level], -work.truth[c], c))
    for cell in order:
        work.shown[cell] = True
        if _risky(work, tighten(work.system, knowledge_of(work))).any():
            work.shown[cell] = False


def _risky(work: Work, found: Knowledge) -> Mask:
    risk = at_risk(work.system, found, work.k, too_small(work))
    for known in _other_readings(work, found):
        risk |= at_risk(work.system, known, work.k, too_small(work))
    return risk


def _other_readings(work: Work, found: Knowledge) -> Iterator[Knowledge]:
    """Yield what is known of households where children are counted, and of counts from weighted shares."""
    if work.topic.per_response > 1:
        households = found.copy()
        households.low[:] = -(-found.low // work.topic.per_response)
        yield households
    if work.cube.weighted:
        yield from_weights(work.system, found, _known_shares(work))


def _known_shares(work: Work) -> WeightedShares:
    """Return between which limits the rounding of shown weighted shares leaves them."""
    low, high = np.zeros(work.truth.shape), np.ones(work.truth.shape)
    low[work.system.base_row] = 1
    parts = [[row] for row in range(len(work.topic.rows))] + [list(coarse.parts) for coarse in work.topic.coarse]
    for row, group in zip(*np.nonzero(work.shown[: len(parts)]), strict=True):
        step = display.share_step(int(work.base[group]))
        share = work.cube.yes.w[group, parts[row]].sum() / work.cube.base.w[group]
        points = display.rounded_points(float(share), step)
        low[row, group], high[row, group] = max((points - step / 2) / 100, 0), min((points + step / 2) / 100, 1)
    return WeightedShares(low, high, work.cube.base.w)


def hide_for(work: Work, found: Knowledge, cell: tuple[int, int], hidden: set[tuple[int, int]]) -> None:
    """Hide one more figure for a count at risk, unless one that helps was hidden in this round already."""
    before = work.shown.copy()
    for row, group in hidden:
        before[row, group] = row != work.system.base_row
    choices = cells_to_hide(work.system, found, cell, before)
    for candidates in choices:
        if hidden.intersection(candidates):
            return
        if candidates:
            row, group = min(candidates, key=lambda c: (work.truth[c], -c[1], c[0]))
            work.shown[row, group] = False
            hidden.add((row, group))
            return
    _hide_group(work, cell[1], hidden)
    if not hidden:
        _hide_in_row(work, cell[0], hidden)


def _hide_in_row(work: Work, row: int, hidden: set[tuple[int, int]]) -> None:
    """Hide the smallest figure there is of a row: where groups count differently, a distant one may tell too much."""
    groups = np.flatnonzero(work.shown[work.system.owner[row]])
    if len(groups):
        chosen = (work.system.owner[row], int(min(groups, key=lambda g: (work.truth[row, g], -g))))
        work.shown[chosen] = False
        hidden.add(chosen)


def _hide_group(work: Work, group: int, hidden: set[tuple[int, int]]) -> None:
    """Hide a whole group, or the smallest one bound to it by a sum: its base is what tells too much."""
    bound = {g for r in work.layout.relations if group in (r.total, *r.parts) for g in (r.total, *r.parts)}
    shown = [g for g in bound if work.base_shown[g]]
    if work.base_shown[group]:
        chosen = group
    elif shown:
        chosen = min(shown, key=lambda g: (work.truth[-1, g], -g))
    else:
        return
    work.base_shown[chosen] = False
    work.shown[:, chosen] = False
    hidden.add((work.system.base_row, chosen))
