"""What anybody can work out from published figures: the attacker that decides what else must be hidden.

All counts of a question form a table of rows (answers, answers taken together, base, no answer, everybody)
and groups. Published are rounded shares and rounded bases; a hidden count says only that it lies between 0
and its base. Bounds travel along every sum until nothing moves any more: the shuttle algorithm (L.
Buzzigoli, A. Giusti, An algorithm to calculate the lower and upper bounds of the elements of an array given
its marginals, in: Statistical Data Protection, Eurostat 1999), here with rounded margins and with shares as
ratios to the base.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.areas import Relation

Counts = npt.NDArray[np.int64]
Ratios = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

MAX_SWEEPS = 60
EPSILON = 1e-9
TINY = 1e-7


@dataclass(frozen=True)
class System:
    """Which counts of a question are sums of which others."""

    row_relations: tuple[Relation, ...]
    group_relations: tuple[Relation, ...]
    base_row: int
    answer_rows: tuple[int, ...]
    """rows that are parts of the base and audited"""
    missing_row: int
    """no valid answer: audited as well"""
    owner: tuple[int, ...]
    """row whose cell is hidden when this row's count must become less certain"""


@dataclass(frozen=True)
class Knowledge:
    """Bounds of all counts, (rows, groups), and of their ratios to the base."""

    low: Counts
    high: Counts
    ratio_low: Ratios
    ratio_high: Ratios

    def copy(self) -> Knowledge:
        """Return bounds that may be tightened without changing these."""
        return Knowledge(self.low.copy(), self.high.copy(), self.ratio_low.copy(), self.ratio_high.copy())


def tighten(system: System, known: Knowledge) -> Knowledge:
    """Return all that follows from what is known.

    Parameters
    ----------
    system : System
    known : Knowledge
        what was published; shapes (rows, groups), or (rows, groups, possibilities) to think of several at once

    Returns
    -------
    Knowledge
        bounds that hold for every table that agrees with `known`; linear programming may still find
        narrower ones
    """
    found = known.copy()
    for _ in range(MAX_SWEEPS):
        before = found.copy()
        _along(found.low, found.high, system.row_relations)
        _along(found.low.swapaxes(0, 1), found.high.swapaxes(0, 1), system.group_relations)
        _along(found.ratio_low, found.ratio_high, _within_base(system))
        _link(found, system.base_row, list(system.answer_rows))
        _forget_tiny_steps(before, found)
        pairs = zip(vars(before).values(), vars(found).values(), strict=True)
        if (found.low > found.high).any():  # no counts at all agree with what is known; bounds would only run away
            break
        if all(np.array_equal(old, new) for old, new in pairs):
            break
    return found


def _forget_tiny_steps(before: Knowledge, found: Knowledge) -> None:
    """Undo gains below TINY: rounding errors of bounds that already meet would grow from sweep to sweep."""
    np.copyto(found.ratio_low, before.ratio_low, where=found.ratio_low <= before.ratio_low + TINY)
    np.copyto(found.ratio_high, before.ratio_high, where=found.ratio_high >= before.ratio_high - TINY)


def _within_base(system: System) -> tuple[Relation, ...]:
    rows = {system.base_row, *system.answer_rows}
    return tuple(r for r in system.row_relations if rows.issuperset({r.total, *r.parts}))


def _along(low: npt.NDArray[np.number], high: npt.NDArray[np.number], relations: tuple[Relation, ...]) -> None:
    """Tighten totals and parts along the first axis, in place."""
    for relation in relations:
        parts, total = list(relation.parts), relation.total
        low_sum, high_sum = low[parts].sum(0), high[parts].sum(0)
        low[parts] = np.maximum(low[parts], low[total] - (high_sum - high[parts]))
        high[parts] = np.minimum(high[parts], high[total] - (low_sum - low[parts]))
        low[total] = np.maximum(low[total], low_sum)
        high[total] = np.minimum(high[total], high_sum)


def _link(found: Knowledge, base: int, rows: list[int]) -> None:
    """Carry bounds between counts, base and ratio = count / base, in place."""
    low, high, ratio_low, ratio_high = found.low, found.high, found.ratio_low, found.ratio_high
    low[rows] = np.maximum(low[rows], np.ceil(ratio_low[rows] * low[base] - EPSILON).astype(np.int64))
    high[rows] = np.minimum(high[rows], np.floor(ratio_high[rows] * high[base] + EPSILON).astype(np.int64))
    some = high[base] > 0
    ratio_low[rows] = np.maximum(ratio_low[rows], np.where(some, low[rows] / np.maximum(high[base], 1), 0))
    known = low[base] > 0
    ratio_high[rows] = np.minimum(ratio_high[rows], np.where(known, high[rows] / np.maximum(low[base], 1), 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        least = np.where(ratio_high[rows] > TINY, np.ceil(low[rows] / ratio_high[rows] - EPSILON), 0)
        most = np.where(ratio_low[rows] > TINY, np.floor(high[rows] / ratio_low[rows] + EPSILON), np.inf)
    low[base] = np.maximum(low[base], least.max(0).astype(np.int64))
    high[base] = np.minimum(high[base], most.min(0)).astype(np.int64)


def at_risk(system: System, found: Knowledge, k: Counts, too_small: Counts) -> Mask:
    """Return which counts say too much about few people (analysis rules, no. 6).

    A count is at risk if it is known exactly and 1 … k-1, or known to be 1 … k-1, or known within fewer
    than k values that begin below k, or if one answer is known to fill its whole group.

    Parameters
    ----------
    system : System
    found : Knowledge
        bounds (rows, groups) from :func:`tighten`
    k : (groups,) int array
        threshold of each group
    too_small : (groups,) int array, or (groups, possibilities)
        a group known to be smaller than this [respondents] is itself too small for any figure: that few of it, or
        nobody, gave an answer says nothing more. 0 for groups of which something is shown

    Returns
    -------
    bool array shaped like the bounds
    """
    low, high = found.low, found.high
    k = k.reshape(k.shape + (1,) * (low.ndim - 2))
    exact = (low == high) & (low >= 1) & (low < k)
    few = (low >= 1) & (high < k)
    of = high[_wholes(system, low.shape[0])]
    narrow = (high >= 1) & (low < k) & (high - low < k - 1) & ~((low == 0) & (high >= of))
    risk: Mask = np.zeros(low.shape, dtype=np.bool_)
    audited = [*system.answer_rows, system.missing_row]
    tiny = (low == 0) & (high[-1] < too_small)
    risk[audited] = (exact | few | (narrow & ~tiny))[audited]
    rows = list(system.answer_rows)
    risk[rows] |= (low[rows] >= high[system.base_row]) & (low[system.base_row] >= 1)
    return risk


def _wholes(system: System, n_rows: int) -> list[int]:
    """Return for each row the row of the whole it is a part of: the base, or everybody."""
    return [system.base_row if row in system.answer_rows else n_rows - 1 for row in range(n_rows)]


def cells_to_hide(system: System, found: Knowledge, cell: tuple[int, int], shown: Mask) -> list[list[tuple[int, int]]]:
    """Return shown cells that would make a count at risk less certain, best choices first.

    Parameters
    ----------
    cell : (int, int)
        row and group of the count at risk
    shown : (rows, groups) bool array
        cells that may still be hidden

    Returns
    -------
    list of lists of (row, group)
        first the cells of sums that bind the count, then of all its sums; lists may be empty
    """
    binding: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    for axis, relation in _relations_of(system, cell):
        line = (relation.total, *relation.parts)
        members = [(i, cell[1]) if axis == 0 else (cell[0], i) for i in line]
        hideable = [(system.owner[r], g) for r, g in members if shown[system.owner[r], g]]
        (binding if _binds(found, axis, relation, cell) else others).extend(hideable)
    return [binding, others]


def _relations_of(system: System, cell: tuple[int, int]) -> Iterator[tuple[int, Relation]]:
    for axis, relations in enumerate((system.row_relations, system.group_relations)):
        for relation in relations:
            if cell[axis] == relation.total or cell[axis] in relation.parts:
                yield axis, relation


def _binds(found: Knowledge, axis: int, relation: Relation, cell: tuple[int, int]) -> bool:
    """Say whether a sum alone gives the count one of its bounds."""
    row, group = cell
    low, high = (found.low[:, group], found.high[:, group]) if axis == 0 else (found.low[row], found.high[row])
    here, parts = cell[axis], list(relation.parts)
    if here == relation.total:
        least, most = low[parts].sum(), high[parts].sum()
    else:
        rest = [part for part in parts if part != here]
        least, most = low[relation.total] - high[rest].sum(), high[relation.total] - low[rest].sum()
    return bool((least >= low[here] and least > 0) or most <= high[here])
