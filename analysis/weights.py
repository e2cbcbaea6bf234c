"""Raking: weights that make the responses agree with what is known of all families.

Iterative proportional fitting (W. E. Deming, F. F. Stephan, Annals of Mathematical Statistics 11 (1940) 427-444):
the responses of every category are multiplied by what brings them to its known total, margin after margin, until
nothing changes. With a cap on the weights it is the truncated raking ratio of J.-C. Deville, C.-E. Särndal, Journal
of the American Statistical Association 87 (1992) 376-382, method 2 (upper bound only). What converges is not trusted:
every margin is checked afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer[Any]]

TOLERANCE = 1e-9
"""relative difference from a known total that every margin must keep"""
FINE_ENOUGH = 1e-12
MAX_SWEEPS = 3_000


class MarginMissed(Exception):
    """No weights meet all margins at once; says where they are missed most, by positions."""

    def __init__(self, margin: int, category: int, difference: float) -> None:
        self.margin = margin
        self.category = category
        self.difference = difference
        super().__init__(f"margin {margin}, category {category}")


class CapTooLow(Exception):
    """Even if all responses of a category had the largest weight allowed, its total would not be reached."""

    def __init__(self, margin: int, category: int, least: float) -> None:
        self.margin = margin
        self.category = category
        self.least = least
        """how many times larger the cap must at least be for this category alone"""
        super().__init__(f"margin {margin}, category {category}")


@dataclass(frozen=True)
class Target:
    """A margin to be met."""

    category: IntArray
    """(n,) position of each response's category"""
    total: FloatArray
    """(categories,) known totals, all positive; every category has at least one response"""


@dataclass(frozen=True)
class Raked:
    """Weights and how they came about."""

    weight: FloatArray
    """(n,) in the unit of the totals"""
    iterations: int
    n_capped: int
    """responses whose weight is the cap"""


def rake(targets: Sequence[Target], start: FloatArray | None = None, cap: float | None = None) -> Raked:
    """Return weights that meet all margins.

    Parameters
    ----------
    targets : sequence of Target
        at least one; totals of the same sum
    start : (n,) float array or None
        weights that the responses have before; None: all the same
    cap : float or None
        largest weight [times the average weight]

    Returns
    -------
    Raked
        the same for every order of the responses: what counts is how many there are of each combination

    Raises
    ------
    CapTooLow
        if a category cannot be met with this cap
    MarginMissed
        if a margin is missed by more than :data:`TOLERANCE`: combinations without responses leave no solution
    """
    cells, count, of = _combinations(targets, start)
    pairs = [(cells[:, i], target.total) for i, target in enumerate(targets)]
    limit = np.inf if cap is None else cap * float(targets[0].total.sum()) / len(of)
    weight = cells[:, -1].astype(np.float64) if start is None else np.unique(start)[cells[:, -1]]
    _check_cap(pairs, count, limit)
    sweep, missed = 0, [(np.inf, 0, 0)]
    with np.errstate(over="ignore", invalid="ignore"):  # where there is no solution weights grow without end
        while max(missed)[0] > FINE_ENOUGH and sweep < MAX_SWEEPS:
            for category, total in pairs:
                weight = weight * _factors(weight, count, category, total, limit)[category]
            missed = list(_missed(np.minimum(weight, limit), count, pairs))
            sweep += 1
    difference, margin, worst = max(missed)
    if difference > TOLERANCE:
        raise MarginMissed(margin, worst, difference)
    kept = np.minimum(weight, limit)
    return Raked(kept[of], sweep, int(count[weight >= limit].sum()))


def _combinations(targets: Sequence[Target], start: FloatArray | None) -> tuple[IntArray, IntArray, IntArray]:
    """Return combinations of categories and starting weights (positions), how many there are, and each response's."""
    n = len(targets[0].category)
    first = np.ones(n, dtype=np.int64) if start is None else np.unique(start, return_inverse=True)[1]
    table = np.column_stack([*(target.category for target in targets), first]).astype(np.int64)
    cells, of, count = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    return cells, count, of.reshape(-1)


def _check_cap(pairs: Sequence[tuple[IntArray, FloatArray]], count: IntArray, limit: float) -> None:
    """Name the category that needs the largest cap, so that one change of the plan is enough."""
    found = []
    for i, (category, total) in enumerate(pairs):
        needed = total / np.bincount(category, weights=count, minlength=len(total)) / limit
        found.append((float(needed.max()), i, int(needed.argmax())))
    needed_most, margin, worst = max(found)
    if needed_most > 1 + TOLERANCE:
        raise CapTooLow(margin, worst, needed_most)


def _factors(weight: FloatArray, count: IntArray, category: IntArray, total: FloatArray, limit: float) -> FloatArray:
    """Return what the weights of each category must be multiplied by, larger ones counting as the limit."""
    if np.isinf(limit):
        return np.asarray(total / np.bincount(category, weights=weight * count, minlength=len(total)))
    factors = np.ones(len(total))
    for c, wanted in enumerate(total):
        here = category == c
        factors[c] = _factor_below(weight[here], count[here], float(wanted), limit)
    return factors


def _factor_below(weight: FloatArray, count: IntArray, wanted: float, limit: float) -> float:
    """Solve Σ count · min(limit, factor · weight) = wanted: try how many of the largest weights reach the limit."""
    order = np.argsort(-weight, kind="stable")
    w, n = weight[order], count[order]
    rest = np.cumsum((w * n)[::-1])[::-1]
    at_limit = np.concatenate([[0.0], np.cumsum(n)[:-1]]) * limit
    factor = (wanted - at_limit) / rest
    fits = np.flatnonzero(factor * w <= limit)
    return float(factor[fits[0]]) if len(fits) else limit / float(w[-1])


def _missed(
    weight: FloatArray, count: IntArray, pairs: Sequence[tuple[IntArray, FloatArray]]
) -> Iterator[tuple[float, int, int]]:
    """Yield for each margin the largest relative difference, the margin and the category."""
    for i, (category, total) in enumerate(pairs):
        reached = np.bincount(category, weights=weight * count, minlength=len(total))
        difference = np.nan_to_num(np.abs(reached - total) / total, nan=np.inf)
        worst = int(difference.argmax())
        yield float(difference[worst]), i, worst
