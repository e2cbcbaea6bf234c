"""The counts of a topic as a linear and as an integer program for HiGHS.

The counts x of every row and group are whole. Where shares are weighted, each has a real weighted count y beside it,
between the least and the greatest weight that those counted can have, times x. Weighted counts add up as counts do, and
a published weighted share is a limit of y over that of its base: so the programs are exact for weighted shares, too.

One model of each kind serves all questions asked of a topic: only the objective and bounds change, so that the linear
program starts from its last corner (Q. Huangfu, J. A. J. Hall, Parallelizing the dual revised simplex method,
Mathematical Programming Computation 10 (2018) 119-142).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import highspy
import numpy as np

from analysis.attack import Counts, Knowledge, Mask, System
from analysis.programs import OPTIONS, Floats, Line, Settings, matrix_of, program, solver_of

PARTS = 200
"""shares are rounded to whole points or five of them, so that their limits are whole 200ths"""
MAX_NODES = 5_000
NEARLY = 1e-6
OF_WHOLE: Settings = {
    "mip_max_nodes": MAX_NODES, "mip_rel_gap": 0.0, "mip_abs_gap": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Weights:
    """What is known of one weighting and its shares; all arrays are (rows, groups).

    Weighted counts are only kept of rows that others follow from: single answers, and the base.
    """

    follows: tuple[tuple[tuple[int, float], ...], ...]
    """of each row, which kept ones with which factor it is the sum of; nothing is known of rows without any"""
    base: int
    """the base among the kept rows"""
    one_of: bool
    """the kept rows before the base add up to it"""
    least: Floats
    """least mean weight of those in a cell, in any unit"""
    most: Floats
    low: Floats
    """limits of weighted shares, 0 and 1 where nothing is known"""
    high: Floats

    @property
    def n_kept(self) -> int:
        """Number of rows of weighted counts."""
        return 1 + max(row for parts in self.follows for row, _ in parts)


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
    weights: tuple[Weights, ...] = ()
    """one for each weighting of which shares are known"""


class Contradiction(Exception):
    """No counts at all agree with what was published."""


class Model:
    """The counts of a topic as a linear program and as an integer program.

    Solutions are arrays of counts, (rows, groups), and below them the weighted counts of each weighting.
    """

    def __init__(self, facts: Facts, bounds: Knowledge) -> None:
        self.shape = facts.known.low.shape
        self._lines = matrix_of(_lines(facts), self.shape)
        self._real_lines = matrix_of(_weighted_lines(facts), self.shape)
        self._kept = [one.n_kept for one in facts.weights]
        n_real = sum(self._kept) * facts.k.size
        self._ends = bounds.low.ravel().copy(), bounds.high.ravel().copy()
        self._bounds = (
            np.concatenate([bounds.low.ravel(), np.zeros(n_real)]).astype(np.float64),
            np.concatenate([bounds.high.ravel(), np.full(n_real, np.inf)]).astype(np.float64),
        )
        self._all = np.arange(self._bounds[0].size, dtype=np.int32)
        self._counts = self._all[: bounds.low.size]
        self._exact_weights = any(_exactly(one.least, one.most).any() for one in facts.weights)
        self._lp = self._build(whole=False)
        # Without weighted counts, corners of pinned programs are nearly all whole; weighted ones are then looked for.
        n, plain = len(self._counts), {**OPTIONS, "presolve": "off"}
        ends = self._bounds[0][:n], self._bounds[1][:n]
        self._plain = solver_of(program(ends, (self._lines,)), plain) if facts.weights else self._lp
        self._limits = self._bounds[0][:n], self._bounds[1][:n]
        self._ilp: highspy.Highs | None = None
        self._reals: highspy.Highs | None = None
        self.gave_up = False
        """whether the last search for counts that are large at once came to no answer"""
        self.weighted_counts: dict[bytes, Floats] = {}
        """those that go with whole counts found so far"""

    def _build(self, *, whole: bool) -> highspy.Highs:
        lp = program(self._bounds, (self._lines, self._real_lines))
        if whole:
            n_real = len(self._all) - len(self._counts)
            whole_and_real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
            lp.integrality_ = [whole_and_real[0]] * len(self._counts) + [whole_and_real[1]] * n_real
        # With weights known exactly HiGHS 1.15 was seen to simplify an integer program without end.
        plain: Settings = {} if whole and not self._exact_weights else {"presolve": "off"}
        return solver_of(lp, {**OPTIONS, **plain, **(OF_WHOLE if whole else {})})

    def limit(self, low: Counts | None = None, high: Counts | None = None) -> None:
        """Keep all counts of the linear program between whole numbers, or (None) as they were at first."""
        n = len(self._counts)
        least = self._bounds[0][:n] if low is None else low.ravel().astype(np.float64)
        most = self._bounds[1][:n] if high is None else high.ravel().astype(np.float64)
        self._limits = least, most
        for lp in dict.fromkeys((self._lp, self._plain)):
            lp.changeColsBounds(n, self._counts, least, most)

    def linear(self, direction: Floats, *, plain: bool = False) -> tuple[Floats, float] | None:
        """Return counts that are largest in a direction and how large, None if there are none at all; `plain`: without
        what is known of weights, but for the limits of counts."""
        lp = self._plain if plain else self._lp
        lp.changeColsCost(len(self._counts), self._counts, -direction.ravel())
        lp.run()
        if lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.array(lp.getSolution().col_value)
        return self._as_table(found), float(direction.ravel() @ found[: len(self._counts)])

    def whole(self, direction: Floats, enough: float = np.inf) -> tuple[Counts | None, float]:
        """Return whole counts that are largest in a direction, or large enough, and a bound that no whole counts pass.

        Raises
        ------
        Contradiction
            if there are none
        """
        solver = self._whole_program(direction)
        solver.setOptionValue("objective_target", -enough)
        solver.run()
        solver.setOptionValue("objective_target", -np.inf)
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction
        counts = self.rounded(self._as_table(np.array(solver.getSolution().col_value)))
        return counts, -float(solver.getInfo().mip_dual_bound)

    def near(self, values: Floats, direction: Floats) -> Counts | None:
        """Return whole counts next to broken ones; None if none was found."""
        low, high = self._ends
        broken = values[: self.shape[0]].ravel()
        least = np.maximum(np.floor(broken + NEARLY), low).astype(np.float64)
        most = np.maximum(np.minimum(np.ceil(broken - NEARLY), high), least).astype(np.float64)
        n, columns = len(self._counts), self._counts
        self._plain.changeColsBounds(n, columns, least, most)
        nearest = self.linear((broken - (least + most) / 2).reshape(self.shape), plain=True)
        self._plain.changeColsBounds(n, columns, *self._limits)
        found = self.rounded(nearest[0]) if nearest else None
        if found is not None:
            return found
        solver = self._whole_program(direction)
        solver.changeColsBounds(n, columns, least, most)
        solver.run()
        solution = np.array(solver.getSolution().col_value)
        solver.changeColsBounds(n, columns, *(ends[:n] for ends in self._bounds))
        return self.rounded(self._as_table(solution)) if solution.size == len(self._all) else None

    def reaches(self, least: Mapping[tuple[int, int], int]) -> Counts | None:
        """Return whole counts with at least so many in some cells; None if there are none, or it was given up: then
        `gave_up` says so."""
        self.gave_up = False
        places = [row * self.shape[1] + group for row, group in least]
        if self._real_lines.low.size:
            pushed = self._pushed(dict(zip(places, least.values(), strict=True)))
            if pushed is not None:
                return pushed
        solver = self._whole_program(np.zeros(self.shape))
        for place, number in zip(places, least.values(), strict=True):
            solver.changeColBounds(place, max(float(number), self._bounds[0][place]), self._bounds[1][place])
        solver.run()
        found = self.rounded(self._as_table(np.array(solver.getSolution().col_value)))
        for place in places:
            solver.changeColBounds(place, self._bounds[0][place], self._bounds[1][place])
        # Without a solution of its own the solver may still hold the one before.
        if found is not None and all(found[cell] >= number for cell, number in least.items()):
            return found
        self.gave_up = solver.getModelStatus() != highspy.HighsModelStatus.kInfeasible
        return None

    def _pushed(self, least: Mapping[int, int]) -> Counts | None:
        """Push counts up to numbers in the linear program, and look beside what comes out."""
        low, direction = self._limits[0].copy(), np.zeros(self.shape)
        for place, number in least.items():
            low[place] = max(float(number), low[place])
            direction.ravel()[place] = 1.0
        self._lp.changeColsBounds(len(low), self._counts, low, np.maximum(low, self._limits[1]))
        found = self.linear(direction)
        self._lp.changeColsBounds(len(low), self._counts, *self._limits)
        counts = self.near(found[0], direction) if found else None
        if counts is None or any(counts.ravel()[place] < number for place, number in least.items()):
            return None
        return counts

    def _whole_program(self, direction: Floats) -> highspy.Highs:
        self._ilp = self._ilp or self._build(whole=True)
        self._ilp.changeColsCost(len(self._counts), self._counts, -direction.ravel())
        return self._ilp

    def _as_table(self, found: Floats) -> Floats:
        return found.reshape(-1, self.shape[1])

    def rounded(self, values: Floats) -> Counts | None:
        """Return the whole counts that values nearly are, if they keep every constraint: sums exactly, and for weighted
        shares there are weighted counts that keep theirs to a millionth of a response."""
        flat = values.ravel()[: len(self._counts)]
        if flat.size != len(self._counts):
            return None
        counts = np.rint(flat).astype(np.int64)
        if np.abs(flat - counts).max() > NEARLY or (counts < self._ends[0]).any() or (counts > self._ends[1]).any():
            return None
        if not self._lines.holds(counts, 1e-9) or not self._has_weights(counts, values.ravel()[len(self._counts) :]):
            return None
        return counts.reshape(self.shape)

    def _has_weights(self, counts: Counts, weighted: Floats) -> bool:
        """Say whether weighted counts go with whole counts: those given, those found before, or any."""
        if len(self._all) == len(self._counts):
            return True
        key = counts.tobytes()
        for known in (weighted, self.weighted_counts.get(key, weighted[:0])):
            if known.size and self._real_lines.holds(np.concatenate([counts, known]), NEARLY):
                self.weighted_counts[key] = known
                return True
        found = self._weighted_for(counts)
        if found is None or not self._real_lines.holds(np.concatenate([counts, found]), NEARLY):
            return False
        self.weighted_counts[key] = found
        return True

    def weighted_of(self, counts: Counts, number: int) -> Floats:
        """Return the weighted counts, (kept rows, groups), of one weighting that go with whole counts found."""
        tops = np.cumsum([0, *self._kept])
        return self._as_table(self.weighted_counts[counts.tobytes()])[tops[number] : tops[number + 1]]

    def _weighted_for(self, counts: Counts) -> Floats | None:
        """Look for weighted counts that go with whole counts."""
        n, ends = len(self._counts), counts.astype(np.float64)
        if self._reals is None:
            self._reals = solver_of(program(self._bounds, (self._real_lines,)), OPTIONS)
        self._reals.changeColsBounds(n, self._counts, ends, ends)
        self._reals.run()
        if self._reals.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self._reals.getSolution().col_value)[n:]


# ---------- constraints


def _lines(facts: Facts) -> Iterator[Line]:
    """Yield the facts about counts."""
    n_groups, base = facts.k.size, facts.system.base_row
    yield from _sums(facts)
    low, high = np.rint(facts.known.ratio_low * PARTS), np.rint(facts.known.ratio_high * PARTS)
    for r in facts.system.answer_rows:
        for g in range(n_groups):
            cells = (r, g), (base, g)
            if r != base and low[r, g] > 0:
                yield Line(cells, (PARTS, -low[r, g]), 0, np.inf)
            if r != base and high[r, g] < PARTS:  # halves were rounded up
                yield Line(cells, (-PARTS, high[r, g]), 1, np.inf)
            if r != base and facts.rest[r, g] > 0:
                yield Line(cells, (-1, 1), facts.rest[r, g], np.inf)
    yield from facts.lines


def _sums(facts: Facts) -> Iterator[Line]:
    n_rows, n_groups = facts.known.low.shape
    for relation in facts.system.row_relations:
        for g in range(n_groups):
            yield _sum((relation.total, g), [(part, g) for part in relation.parts])
    for relation in facts.system.group_relations:
        for r in range(n_rows):
            yield _sum((r, relation.total), [(r, part) for part in relation.parts])


def _weighted_lines(facts: Facts) -> Iterator[Line]:
    """Yield the facts about weighted counts, whose rows begin below those of counts."""
    top = facts.known.low.shape[0]
    for weights in facts.weights:
        yield from _weighted_sums(facts, weights, top)
        yield from _weighed(facts, weights, top)
        for r, g in np.argwhere((weights.low > 0) | (weights.high < 1)):
            if r != facts.system.base_row:
                yield _part(weights.follows[r], top, int(g), weights.base, float(weights.low[r, g]), 1.0)
                yield _part(weights.follows[r], top, int(g), weights.base, float(weights.high[r, g]), -1.0)
        top += weights.n_kept


def _weighted_sums(facts: Facts, weights: Weights, top: int) -> Iterator[Line]:
    for relation in facts.system.group_relations:
        for row in range(top, top + weights.n_kept):
            yield _sum((row, relation.total), [(row, part) for part in relation.parts])
    for g in range(facts.k.size) if weights.one_of else ():
        yield _sum((top + weights.base, g), [(top + row, g) for row in range(weights.base)])


def _weighed(facts: Facts, weights: Weights, top: int) -> Iterator[Line]:
    """Yield limits of weighted counts. What holds for all parts of a sum holds for it."""
    totals = {relation.total for relation in facts.system.group_relations}
    for r, parts in enumerate(weights.follows):
        for g in range(facts.k.size):
            least, most = float(weights.least[r, g]), float(weights.most[r, g])
            of_parts = g in totals and r in facts.system.answer_rows and r != facts.system.base_row
            if of_parts or not parts or (len(parts) > 1 and parts[-1][1] > 0):
                continue
            cells, factors = ((r, g), *((top + row, g) for row, _ in parts)), tuple(factor for _, factor in parts)
            if _exactly(least, most):
                yield Line(cells, (-(least + most) / 2, *factors), 0, 0)
                continue
            yield Line(cells, (-least, *factors), 0, np.inf)
            if np.isfinite(most):
                yield Line(cells, (most, *(-factor for factor in factors)), 0, np.inf)


def _exactly(least: Floats | float, most: Floats | float) -> Mask:
    """Say where weights are known exactly."""
    return np.asarray(np.subtract(most, least) < NEARLY * np.asarray(least))


def _part(
    parts: tuple[tuple[int, float], ...], top: int, group: int, base: int, limit: float, sign: float
) -> Line:
    """Return that parts are together at least (sign 1) or at most (-1) such a part of the base."""
    factors = dict(parts)
    factors[base] = factors.get(base, 0.0) - limit
    cells = tuple((top + row, group) for row in factors)
    return Line(cells, tuple(sign * factor for factor in factors.values()), 0, np.inf)


def _sum(total: tuple[int, int], parts: list[tuple[int, int]]) -> Line:
    return Line((total, *parts), (-1.0, *[1.0] * len(parts)), 0, 0)
