"""Design effects of the cells of a table, where the three sums of :mod:`analysis.estimates` do not suffice.

That is the case for weights raked to margins, for children in households, and where a known part of the population
answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from analysis.areas import Split
from analysis.variance import Design, Moments, effective_n, ratio, ratio_variance

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer[Any]]
TAIL = 0.025
Parts = Sequence[Sequence[int]]


def response_effects(split: Split, answer: IntArray, parts: Parts, n_answers: int, design: Design) -> FloatArray:
    """Return design effects of shares among responses.

    Parameters
    ----------
    split : Split
    answer : (n,) int array
        0 … n_answers - 1; `n_answers` is a missing value
    parts : sequence of sequences of int
        answers that each row of the table takes together
    n_answers : int
    design : Design

    Returns
    -------
    (groups, rows) float array
        n / n_eff; below 1 only where a part of the population is known to have answered
    """
    width, n_classes = n_answers + 1, len(design.n)
    cell = (split.atom * width + answer) * n_classes + design.of
    counts = np.bincount(cell, minlength=split.n_atoms * width * n_classes)
    valid = counts.reshape(split.n_atoms, width, n_classes)[:, :n_answers]
    found = []
    for members in split.groups:
        cells = np.tensordot(members, valid, axes=1)
        yes = np.stack([cells[list(part)].sum(0) for part in parts])
        base = np.broadcast_to(cells.sum(0), yes.shape)
        found.append(_effects(Moments.of_marks(yes, base), base.sum(-1), design))
    return np.stack(found)


@dataclass(frozen=True)
class Households:
    """How many responses the children of each cell come from."""

    yes: IntArray
    """(groups, rows) with a child for whom this is the answer"""
    no: IntArray
    """(groups, rows) with a child for whom another is"""
    base: IntArray
    """(groups,) with a child for whom there is an answer"""


def child_effects(
    split: Split, response: IntArray, answer: IntArray, parts: Parts, n_answers: int, design: Design
) -> tuple[FloatArray, Households]:
    """Return design effects of shares among children, with the responses as clusters, and these responses.

    Parameters
    ----------
    response, answer : (children,) int arrays
        the position of the response a child belongs to, and the answer for the child
    split, parts, n_answers, design
        as in :func:`response_effects`; `split` and `design` are of responses

    Returns
    -------
    ((groups, rows) float array, Households)
    """
    valid = answer < n_answers
    marks = [np.isin(answer, list(part)) for part in parts]
    effects, yes, no, bases = [], [], [], []
    for members in split.groups:
        inside = members[split.atom[response]] == 1
        base = np.bincount(response[valid & inside], minlength=len(split.atom))
        each = [np.bincount(response[mark & inside], minlength=len(split.atom)) for mark in marks]
        moments = [Moments.of_values(design, one, base) for one in each]
        n, n_households = int(base.sum()), int(np.count_nonzero(base))
        correction = few_clusters(n, n_households)
        effects.append([float(_effects(one, np.array(n), design, correction)) for one in moments])
        yes.append([np.count_nonzero(one) for one in each])
        no.append([np.count_nonzero(base - one) for one in each])
        bases.append(n_households)
    return np.array(effects), Households(np.array(yes), np.array(no), np.array(bases))


def _effects(moments: Moments, n: IntArray, design: Design, correction: float | FloatArray = 1.0) -> FloatArray:
    p, cases = ratio(moments, design), np.asarray(n, dtype=np.float64)
    base = moments.b.sum(-1)
    left = np.divide(moments.b @ design.left, base, out=np.ones_like(cases), where=base > 0)
    effective = effective_n(p, ratio_variance(moments, design) / correction, cases, cases / left)
    return np.divide(cases, effective, out=np.ones_like(cases), where=effective > 0)


def few_clusters(n: int, n_clusters: int) -> float:
    """Return what the effective number of cases is multiplied by because clusters are fewer than cases.

    The squared ratio of the quantiles of t with n − 1 and with clusters − 1 degrees of freedom (Korn & Graubard 1998,
    p. 195); 1 where there are no two clusters.
    """
    if n_clusters < 2:
        return 1.0
    return float((stdtrit(n - 1, TAIL) / stdtrit(n_clusters - 1, TAIL)) ** 2)
