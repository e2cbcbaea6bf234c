"""Decide which figures of a question may be shown: thresholds, coarse steps, attack and repair.

What is decided here is only *which* cells are shown; :mod:`analysis.disclosure` turns them into published
values.
"""

from __future__ import annotations

from analysis.areas import Layout
from analysis.repair import hide_until_safe, show_again
from analysis.topics import Cube, Topic
from analysis.work import Work, prepare
from questionnaires.plan import PublicationPlan

COARSE_FROM_HIDDEN = 0.15
"""part of a level's single answers that are hidden, from which only the coarse scale is shown there"""
SPARSE = 0.25
"""part of the cells by Sozialraum that stay readable, below which a question is given for Großräume instead

The choice follows from which figures would be hidden, and from nothing else: it is one yes or no about marks that a
table by Sozialraum would show one by one, so that it tells less than that table. Of a mark the rules (no. 6) take for
known only that 0 ≤ x ≤ base, because figures are also hidden for the sake of others; so a choice that follows from
marks alone is granted nothing more. What is *not* claimed, of this choice as of every mark: that who repeats the whole
calculation for every table that could be learns nothing from a figure being hidden although it need not have been. The
same holds of the choice between single answers and coarse steps."""


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
        few of them stay readable get coarse steps instead, and a question of which hardly anything stays readable by
        Sozialraum is given for Großräume and the district only

    Raises
    ------
    ProtectionFailed
        if the attacker still learns something when everything that helps is hidden
    """
    coarse: frozenset[str] = frozenset()
    thin: frozenset[str] = frozenset()
    while True:
        work = prepare(topic, cube, layout, plan, thin)
        more = _crowded(work) - coarse
        if not more:
            _use_coarse(work, coarse)
            work.start()
            hide_until_safe(work)
            show_again(work)
            more = _crowded(work) - coarse
        if not more:
            if thin or not _sparse(work):
                return work
            thin = frozenset({"area"})
        coarse |= more


def _sparse(work: Work) -> bool:
    """Say whether hardly anything stays readable by Sozialraum, by single answers or coarse steps."""
    areas = [i for i, c in enumerate(work.layout.columns) if c.group.level == "area" and c.shown and c.carries]
    m, c = len(work.topic.rows), len(work.topic.coarse)
    if not areas or "area" in work.thin:
        return False
    readable = [work.shown[rows][:, areas].mean() for rows in (slice(0, m), slice(m, m + c)) if rows.stop > rows.start]
    return bool(max(readable) < SPARSE)


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
