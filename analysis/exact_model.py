"""The counts of a topic as a linear and as an integer program for HiGHS.

One model of each kind serves all questions asked of a topic: only the objective and bounds change, so that the linear
program starts from its last corner (Q. Huangfu, J. A. J. Hall, Parallelizing the dual revised simplex method,
Mathematical Programming Computation 10 (2018) 119-142).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from analysis.attack import Counts, Knowledge, Mask, System

Floats = npt.NDArray[np.float64]

PARTS = 200
"""shares are rounded to whole points or five of them, so that their limits are whole 200ths"""
MAX_NODES = 5_000
NEARLY = 1e-6
OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False, "threads": 1, "random_seed": 0, "solver": "simplex",
}  # fmt: skip
OF_WHOLE: dict[str, bool | int | float | str] = {
    "mip_max_nodes": MAX_NODES, "mip_rel_gap": 0.0, "mip_abs_gap": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A further linear fact: low ≤ Σ factor · count ≤ high."""

    cells: tuple[tuple[int, int], ...]
    factors: tuple[float, ...]
    low: float
    high: float


@dataclass(frozen=True)
class Facts:
    """Everything somebody knows of a topic before thinking."""

    system: System
    known: Knowledge
    """bounds; ratios are limits of published shares, and 0 to 1 elsewhere"""
    rest: Counts
    """(rows, groups): least of the base that is *not* in this row; k where a figure is shown"""
    k: Counts
    """(groups,) thresholds"""
    unpublished: Mask
    """(groups,) those of which no release shows anything: who lives elsewhere, who gave a filter no answer"""
    per_response: int = 1
    """at most so many of those counted come from one response"""
    lines: tuple[Line, ...] = ()
    rounded_up: bool = True
    """halves were rounded up, so that a share is less than its upper limit; False where shares are weighted"""


class Contradiction(Exception):
    """No counts at all agree with what was published."""


class Model:
    """The counts of a topic as a linear program and as an integer program."""

    def __init__(self, facts: Facts, bounds: Knowledge) -> None:
        self.shape = facts.known.low.shape
        self._matrix, self._low, self._high = _constraints(facts)
        self._bounds = bounds.low.ravel().astype(np.float64), bounds.high.ravel().astype(np.float64)
        self._ends = bounds.low.ravel().copy(), bounds.high.ravel().copy()
        self._all = np.arange(self._ends[0].size, dtype=np.int32)
        self._lp = self._build(whole=False)
        self._ilp: highspy.Highs | None = None

    def _build(self, *, whole: bool) -> highspy.Highs:
        start, index, value = self._matrix
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self._all), len(self._low)
        lp.col_cost_ = np.zeros(len(self._all))
        lp.col_lower_, lp.col_upper_ = self._bounds
        lp.row_lower_, lp.row_upper_ = self._low, self._high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = start, index, value
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * len(self._all)
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        options = OPTIONS | (OF_WHOLE if whole else {"presolve": "off"})
        for name, setting in options.items():
            solver.setOptionValue(name, setting)
        solver.passModel(lp)
        return solver

    def limit(self, low: Counts | None = None, high: Counts | None = None) -> None:
        """Keep all counts of the linear program between whole numbers, or (None) as they were at first."""
        least = self._bounds[0] if low is None else low.ravel().astype(np.float64)
        most = self._bounds[1] if high is None else high.ravel().astype(np.float64)
        self._lp.changeColsBounds(len(self._all), self._all, least, most)

    def linear(self, direction: Floats) -> tuple[Floats, float] | None:
        """Return counts that are largest in a direction and how large, None if there are none at all."""
        self._lp.changeColsCost(len(self._all), self._all, -direction.ravel())
        self._lp.run()
        if self._lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.array(self._lp.getSolution().col_value)
        return found.reshape(self.shape), float(direction.ravel() @ found)

    def whole(self, direction: Floats) -> tuple[Counts | None, float]:
        """Return whole counts that are largest in a direction, and a bound that no whole counts pass.

        Raises
        ------
        Contradiction
            if there are none
        """
        self._ilp = self._ilp or self._build(whole=True)
        self._ilp.changeColsCost(len(self._all), self._all, -direction.ravel())
        self._ilp.run()
        if self._ilp.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction
        counts = self.rounded(np.array(self._ilp.getSolution().col_value))
        return counts, -float(self._ilp.getInfo().mip_dual_bound)

    def reaches(self, least: Mapping[tuple[int, int], int]) -> Counts | None:
        """Return whole counts with at least so many in some cells; None if there are none, or it was given up."""
        self._ilp = self._ilp or self._build(whole=True)
        places = [row * self.shape[1] + group for row, group in least]
        for place, number in zip(places, least.values(), strict=True):
            self._ilp.changeColBounds(place, max(float(number), self._bounds[0][place]), self._bounds[1][place])
        self._ilp.changeColsCost(len(self._all), self._all, np.zeros(len(self._all)))
        self._ilp.run()
        found = self.rounded(np.array(self._ilp.getSolution().col_value))
        for place in places:
            self._ilp.changeColBounds(place, self._bounds[0][place], self._bounds[1][place])
        # Without a solution of its own the solver may still hold the one before.
        return found if found is not None and all(found[cell] >= number for cell, number in least.items()) else None

    def rounded(self, values: Floats) -> Counts | None:
        """Return the whole counts that values nearly are, if they keep every constraint exactly."""
        flat = values.ravel()
        if flat.size != len(self._all):
            return None
        counts = np.rint(flat).astype(np.int64)
        if np.abs(flat - counts).max() > NEARLY or (counts < self._ends[0]).any() or (counts > self._ends[1]).any():
            return None
        start, index, value = self._matrix
        sums = np.add.reduceat(value * counts[index], start[:-1]) if len(index) else np.zeros(0)
        slack = 1e-9 * np.maximum(np.abs(sums), 1)
        fits = (sums >= self._low - slack) & (sums <= self._high + slack)
        return counts.reshape(self.shape) if fits.all() else None


def _constraints(facts: Facts) -> tuple[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Floats], Floats, Floats]:
    """Return the matrix by rows (start, index, value) and its limits."""
    start, index = [0], list[int]()
    value, low, high = list[float](), list[float](), list[float]()
    for line in _lines(facts):
        index += [row * facts.k.size + group for row, group in line.cells]
        value += line.factors
        low.append(line.low)
        high.append(line.high)
        start.append(len(index))
    matrix = np.array(start, np.int32), np.array(index, np.int32), np.array(value, np.float64)
    return matrix, np.array(low), np.array(high)


def _lines(facts: Facts) -> Iterator[Line]:
    n_rows, n_groups = facts.known.low.shape
    for relation in facts.system.row_relations:
        for g in range(n_groups):
            yield _sum((relation.total, g), [(part, g) for part in relation.parts])
    for relation in facts.system.group_relations:
        for r in range(n_rows):
            yield _sum((r, relation.total), [(r, part) for part in relation.parts])
    base, least = facts.system.base_row, 1.0 if facts.rounded_up else 0.0
    low, high = np.rint(facts.known.ratio_low * PARTS), np.rint(facts.known.ratio_high * PARTS)
    for r in facts.system.answer_rows:
        for g in range(n_groups):
            cells = (r, g), (base, g)
            if r != base and low[r, g] > 0:
                yield Line(cells, (PARTS, -low[r, g]), 0, np.inf)
            if r != base and high[r, g] < PARTS:
                yield Line(cells, (-PARTS, high[r, g]), least, np.inf)
            if r != base and facts.rest[r, g] > 0:
                yield Line(cells, (-1, 1), facts.rest[r, g], np.inf)
    yield from facts.lines


def _sum(total: tuple[int, int], parts: list[tuple[int, int]]) -> Line:
    return Line((total, *parts), (-1.0, *[1.0] * len(parts)), 0, 0)
