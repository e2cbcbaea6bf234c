"""Linear facts as the rows of a program for HiGHS.

Source: Q. Huangfu, J. A. J. Hall, Parallelizing the dual revised simplex method, Mathematical Programming Computation
10 (2018) 119-142.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from analysis.attack import Counts

Floats = npt.NDArray[np.float64]
Settings = Mapping[str, bool | int | float | str]

OPTIONS: Settings = {
    "output_flag": False, "threads": 1, "random_seed": 0, "solver": "simplex",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A further linear fact: low ≤ Σ factor · count ≤ high."""

    cells: tuple[tuple[int, int], ...]
    factors: tuple[float, ...]
    low: float
    high: float


@dataclass(frozen=True)
class Matrix:
    """Linear facts by rows."""

    start: npt.NDArray[np.int32]
    index: npt.NDArray[np.int32]
    value: Floats
    low: Floats
    high: Floats

    def holds(self, values: Counts | Floats, precision: float) -> bool:
        """Say whether values keep every fact, as precisely as asked in relation to them."""
        if not len(self.index):
            return True
        sums = np.add.reduceat(self.value * values[self.index], self.start[:-1])
        slack = precision * np.maximum(np.abs(sums), 1)
        return bool(((sums >= self.low - slack) & (sums <= self.high + slack)).all())


def program(bounds: tuple[Floats, Floats], parts: Sequence[Matrix]) -> highspy.HighsLp:
    """Return a program of facts about values between bounds."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(bounds[0]), sum(len(part.low) for part in parts)
    lp.col_cost_ = np.zeros(len(bounds[0]))
    lp.col_lower_, lp.col_upper_ = bounds
    lp.row_lower_, lp.row_upper_ = (np.concatenate([getattr(p, end) for p in parts]) for end in ("low", "high"))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    starts, n = [np.zeros(1, np.int32)], 0
    for part in parts:
        starts.append(part.start[1:] + n)
        n += len(part.index)
    lp.a_matrix_.start_ = np.concatenate(starts)
    lp.a_matrix_.index_ = np.concatenate([part.index for part in parts])
    lp.a_matrix_.value_ = np.concatenate([part.value for part in parts])
    return lp


def solver_of(lp: highspy.HighsLp, options: Settings) -> highspy.Highs:
    """Return a solver of a program."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, setting in options.items():
        solver.setOptionValue(name, setting)
    solver.passModel(lp)
    return solver


def matrix_of(lines: Iterable[Line], shape: tuple[int, ...]) -> Matrix:
    """Put facts about cells, (rows, groups), below each other."""
    start, index = [0], list[int]()
    value, low, high = list[float](), list[float](), list[float]()
    for line in lines:
        index += [row * shape[1] + group for row, group in line.cells]
        value += line.factors
        low.append(line.low)
        high.append(line.high)
        start.append(len(index))
    return Matrix(np.array(start, np.int32), np.array(index, np.int32), np.array(value), np.array(low), np.array(high))
