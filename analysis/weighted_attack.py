"""What is known of weights, and the first step of the attack on weighted shares: bounds in closed form.

The share of the district is the mean of the shares of its Sozialräume, each with its part of the weights. A Sozialraum
that was lifted stands in it with more than its responses, so that a weighted share of the whole says more of it than an
unweighted one. What the bounds leave open is for the programs (:mod:`analysis.exact_model`).

Here, and only here, the attacker is also conceded which part of the weights of a group each of its parts has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.areas import Relation
from analysis.attack import EPSILON, TINY, Counts, Knowledge, System

Ratios = npt.NDArray[np.float64]

MAX_SWEEPS = 60


# ---------- limits of weights


@dataclass(frozen=True)
class Spread:
    """Limits of the weights of everybody in a group, (groups,); of groups without anybody ∞ and 0."""

    least: Ratios
    most: Ratios
    weight: float
    """Σw of all responses"""
    n: int

    @property
    def average(self) -> float:
        """Mean weight of all responses."""
        return self.weight / self.n

    def __add__(self, other: Spread) -> Spread:
        """The limits of two parts of the data together."""
        least, most = np.minimum(self.least, other.least), np.maximum(self.most, other.most)
        return Spread(least, most, self.weight + other.weight, self.n + other.n)


def limits_of(weight: Ratios, atom: Counts, members: Counts) -> tuple[Ratios, Ratios]:
    """Return the least and the greatest weight in every group.

    Parameters
    ----------
    weight : (n,) float array
    atom : (n,) int array
        position of each response's atom
    members : (groups, atoms) array of 0 and 1

    Returns
    -------
    (groups,) arrays
        ∞ and 0 for groups without anybody
    """
    low, high = np.full(members.shape[1], np.inf), np.zeros(members.shape[1])
    np.minimum.at(low, atom, weight)
    np.maximum.at(high, atom, weight)
    return np.where(members, low, np.inf).min(1), np.where(members, high, 0).max(1)


# ---------- bounds of weighted shares


@dataclass(frozen=True)
class WeightedShares:
    """Bounds of weighted shares, (rows, groups) or (rows, groups, possibilities), as read from published ones."""

    low: Ratios
    high: Ratios
    weight: Ratios
    """(groups,) Σw of the base"""
    least: Ratios
    """(groups,) least weight as part of the mean weight of the base; 1 where all count the same"""
    most: Ratios


def from_weights(system: System, found: Knowledge, shares: WeightedShares) -> Knowledge:
    """Return what weighted shares tell of the counts.

    Parameters
    ----------
    system : System
    found : Knowledge
        what is known without them
    shares : WeightedShares
        of shown cells what their rounding leaves, of others 0 to 1; the base row is 1

    Returns
    -------
    Knowledge
        counts of answers also between what the bounds of their weighted shares make of the bounds of the base: with a
        weighted share s, least weight u and greatest weight v (as parts of the mean), the part p of those who gave the
        answer meets u·p ≤ s ≤ v·p and, of those who did not, u·(1 − p) ≤ 1 − s ≤ v·(1 − p)
    """
    low, high = _tightened(system, shares)
    known = found.copy()
    rows, base = list(system.answer_rows), system.base_row
    u, v = (limit.reshape(limit.shape + (1,) * (low.ndim - 2)) for limit in (shares.least, shares.most))
    fewest = np.maximum(low[rows] / v, 1 - (1 - low[rows]) / u)
    most = np.minimum(high[rows] / u, 1 - (1 - high[rows]) / v)
    counts = np.ceil(fewest * found.low[base] - EPSILON), np.floor(most * found.high[base] + EPSILON)
    known.low[rows] = np.maximum(found.low[rows], counts[0].astype(np.int64))
    known.high[rows] = np.minimum(found.high[rows], counts[1].astype(np.int64))
    return known


def _tightened(system: System, shares: WeightedShares) -> tuple[Ratios, Ratios]:
    """Carry bounds along rows, which add up, and along groups, which add up by their weights, until they rest."""
    low, high = shares.low.copy(), shares.high.copy()
    inside = {system.base_row, *system.answer_rows}
    ones = np.ones(low.shape[0])
    rows = list(_sums([r for r in system.row_relations if inside.issuperset({r.total, *r.parts})], ones))
    groups = list(_sums(system.group_relations, shares.weight))
    for _ in range(MAX_SWEEPS):
        before = low.copy(), high.copy()
        _along(low, high, rows)
        _along(low.swapaxes(0, 1), high.swapaxes(0, 1), groups)
        if max(np.abs(low - before[0]).max(), np.abs(high - before[1]).max()) < TINY:
            break
    return low, high


Sum = tuple[int, list[int], Ratios]
"""total, parts, and with which factor each part stands in it"""


def _sums(relations: Sequence[Relation], weight: Ratios) -> Iterator[Sum]:
    """Yield sums; parts without weight say nothing."""
    for relation in relations:
        parts = [part for part in relation.parts if weight[part] > 0]
        if parts:
            yield relation.total, parts, weight[parts][:, None] / weight[relation.total]


def _along(low: Ratios, high: Ratios, sums: Sequence[Sum]) -> None:
    """Tighten totals and parts along the first axis, in place."""
    for total, parts, of_total in sums:
        factor = of_total.reshape(of_total.shape + (1,) * (low.ndim - 2))
        least, most = factor * low[parts], factor * high[parts]
        low_total, high_total = low[total].copy(), high[total].copy()
        low[parts] = np.maximum(low[parts], (low_total - (most.sum(0) - most)) / factor)
        high[parts] = np.minimum(high[parts], (high_total - (least.sum(0) - least)) / factor)
        low[total] = np.maximum(low_total, least.sum(0))
        high[total] = np.minimum(high_total, most.sum(0))
