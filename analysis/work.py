"""A question's counts while it is decided what may be shown: thresholds, and which counts are sums of others."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analysis import display
from analysis.areas import Layout, Relation
from analysis.attack import Counts, Mask, System
from analysis.topics import Cube, Topic
from questionnaires.plan import PublicationPlan

MOSTLY = 0.5
"""part of the Sozialräume a question needs an answerable base in to be given by Sozialraum"""


@dataclass(eq=False)
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
    wanted: Mask = field(default_factory=lambda: np.zeros((0, 0), dtype=np.bool_))
    """figures that are large enough to be shown, whatever is hidden later"""
    open_groups: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def start(self) -> None:
        """Remember what is shown as what is wanted."""
        self.wanted, self.open_groups = self.shown.copy(), self.base_shown.copy()


def prepare(
    topic: Topic, cube: Cube, layout: Layout, plan: PublicationPlan, thin: frozenset[str] = frozenset()
) -> Work:
    """Count, and show whatever is large enough by itself.

    Parameters
    ----------
    topic : Topic
    cube : Cube
        its sums for the groups of `layout`; only the unweighted counts decide
    layout : Layout
    plan : PublicationPlan
        thresholds
    thin : frozenset of str
        levels the question is not given for
    """
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
    thin |= _thin_levels(layout, base_shown)
    base_shown &= np.array([column.group.level not in thin for column in layout.columns])
    shown[:n_cells] &= base_shown
    return Work(topic, layout, plan, system, truth, k, published, shown, base_shown, merged, cube, thin)


def _thin_levels(layout: Layout, base_shown: Mask) -> frozenset[str]:
    """Return „area“ where most Sozialräume that stand alone have too few answers to this question: then it is given
    for the Großräume and the district, as far as these carry it (analysis rules, no. 3)."""
    alone = [i for i, c in enumerate(layout.columns) if c.group.level == "area" and c.shown and c.carries]
    return frozenset({"area"}) if alone and base_shown[alone].mean() < MOSTLY else frozenset()


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
