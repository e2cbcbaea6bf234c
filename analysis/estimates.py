"""Shares, means, their variances and intervals, from three sums per cell that add up.

For every cell of group × answer only n, Σw and Σw² are kept. Sums of cells, of parts of a file and of
machines add up to the sums of the whole, so that one cube serves every table.

Sources: E. L. Korn, B. I. Graubard, Confidence intervals for proportions with small expected number of
positive counts estimated from survey data, Survey Methodology 24 (1998) 193-201; T. Lumley, Complex Surveys
(Wiley 2010), ch. 2 and 3; L. Kish, Survey Sampling (Wiley 1965) § 11.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from analysis.variance import effective_n

FloatArray = npt.NDArray[np.float64]

LEVEL = 0.95


@dataclass(frozen=True)
class Sums:
    """n, Σw and Σw² of cells; the three arrays have the same shape."""

    n: npt.NDArray[np.int64]
    w: FloatArray
    w2: FloatArray

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.n + other.n, self.w + other.w, self.w2 + other.w2)

    def of_groups(self, members: npt.NDArray[np.int64]) -> Sums:
        """Return the sums of groups of atoms.

        Parameters
        ----------
        members : (groups, atoms) array of 0 and 1

        Returns
        -------
        Sums
            first axis: groups instead of atoms
        """
        return Sums(members @ self.n, members @ self.w, members @ self.w2)

    def over_answers(self) -> Sums:
        """Return the sums over the last axis: of everybody who gave any of the answers."""
        return Sums(self.n.sum(-1), self.w.sum(-1), self.w2.sum(-1))


def add_up(cell: npt.NDArray[np.int64], n_cells: int, weight: FloatArray | None = None) -> Sums:
    """Add up responses by cell.

    Parameters
    ----------
    cell : (n,) int array
        position of each response's cell
    n_cells : int
    weight : (n,) float array or None
        None: every response counts 1, and one pass over the data is enough

    Returns
    -------
    Sums
        arrays of shape (n_cells,)
    """
    n = np.bincount(cell, minlength=n_cells).astype(np.int64, copy=False)
    if weight is None:
        return Sums(n, n.astype(np.float64), n.astype(np.float64))
    w = np.bincount(cell, weights=weight, minlength=n_cells).astype(np.float64, copy=False)
    w2 = np.bincount(cell, weights=weight * weight, minlength=n_cells).astype(np.float64, copy=False)
    return Sums(n, w, w2)


def cross(
    atom: npt.NDArray[np.int64], n_atoms: int, answer: npt.NDArray[np.int64], n_answers: int,
    weight: FloatArray | None = None,
) -> Sums:  # fmt: skip
    """Add up responses by atom and answer.

    Parameters
    ----------
    atom : (n,) int array
        0 … n_atoms - 1
    answer : (n,) int array
        0 … n_answers - 1; `n_answers` is a missing value, in no numerator and in no base
    weight : (n,) float array or None

    Returns
    -------
    Sums
        arrays of shape (n_atoms, n_answers)
    """
    width = n_answers + 1
    flat = add_up(atom * width + answer, n_atoms * width, weight)
    shape = (n_atoms, width)
    valid = np.s_[:, :n_answers]
    return Sums(flat.n.reshape(shape)[valid], flat.w.reshape(shape)[valid], flat.w2.reshape(shape)[valid])


def share(yes: Sums, base: Sums) -> FloatArray:
    """Return weighted shares Σw(yes) / Σw(base) [0…1]; NaN where the base is empty.

    Parameters
    ----------
    yes, base : Sums
        of shapes that broadcast, such as (groups, answers) and (groups, 1)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(yes.w / base.w)


def share_variance(yes: Sums, base: Sums, n_design: int) -> FloatArray:
    """Return the variance of weighted shares by linearisation, for domains of the full design without
    clusters.

    V(p) = n/(n−1) · [(1−2p)·Σw²(yes) + p²·Σw²(base)] / Σw(base)²: the sum of squares of the linearised values
    w(y − p)/Σw(base), which add up to zero over the domain (Lumley 2010, § 2.2 and § 3.3).

    Parameters
    ----------
    yes, base : Sums
        numerators and bases, of shapes that broadcast
    n_design : int
        responses of the whole wave, not of the domain

    Returns
    -------
    float array [share²]
        NaN where the base is empty or the wave has fewer than two responses
    """
    if n_design < 2:
        return np.full(np.broadcast_shapes(yes.w.shape, base.w.shape), np.nan)
    p = share(yes, base)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = (1 - 2 * p) * yes.w2 + p**2 * base.w2
        return np.asarray(n_design / (n_design - 1) * np.maximum(spread, 0) / base.w**2)


def kish_n_eff(base: Sums) -> FloatArray:
    """Return the effective number of cases (Σw)²/Σw² (Kish 1965, § 11.7); 0 where the base is empty."""
    return np.divide(base.w**2, base.w2, out=np.zeros_like(base.w), where=base.w2 > 0)


def n_effective(yes: Sums, base: Sums, n_design: int) -> FloatArray:
    """Return the effective n of shares, p(1−p)/V(p), at most n; n itself where p is 0 or 1.

    Korn & Graubard 1998, p. 195; the cap keeps intervals from being narrower than those of a simple random
    sample.
    """
    p = share(yes, base)
    n = np.broadcast_to(base.n, p.shape).astype(np.float64)
    return effective_n(p, share_variance(yes, base, n_design), n)


def design_effect(yes: Sums, base: Sums, n_design: int) -> FloatArray:
    """Return n / n_effective: how many times more answers than in a simple random sample are needed; at
    least 1."""
    n = np.broadcast_to(base.n, np.broadcast_shapes(yes.w.shape, base.w.shape)).astype(np.float64)
    effective = n_effective(yes, base, n_design)
    return np.divide(n, effective, out=np.ones_like(n), where=effective > 0)


def korn_graubard(p: FloatArray, n_eff: FloatArray, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """Return the Korn-Graubard interval: Clopper-Pearson on the effective number of cases.

    Parameters
    ----------
    p : float array
        shares [0…1]
    n_eff : float array
        effective numbers of cases
    level : float
        coverage [0…1]

    Returns
    -------
    (float array, float array)
        lower and upper limits [0…1]; [0, 1] where there is no case at all; never of zero width

    Notes
    -----
    Korn & Graubard 1998, p. 195; without clusters the degrees of freedom of design and sample agree, so
    that their correction is 1.
    """
    p, n_eff = np.broadcast_arrays(np.asarray(p, dtype=np.float64), np.asarray(n_eff, dtype=np.float64))
    tail = (1 - level) / 2
    none = ~(n_eff > 0) | np.isnan(p)
    n = np.where(none, 1.0, n_eff)
    x = np.where(none, 0.0, np.clip(p, 0, 1) * n)
    with np.errstate(invalid="ignore"):
        low = np.where(x > 0, betaincinv(np.maximum(x, 1e-300), n - x + 1, tail), 0.0)
        high = np.where(x < n, betaincinv(x + 1, np.maximum(n - x, 1e-300), 1 - tail), 1.0)
    return np.where(none, 0.0, low), np.where(none, 1.0, high)


def mean(values: FloatArray, cells: Sums) -> FloatArray:
    """Return weighted means from a distribution.

    Parameters
    ----------
    values : (answers,) float array
        the number each answer stands for
    cells : Sums
        (…, answers)

    Returns
    -------
    (…,) float array
        NaN where there is no answer
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((cells.w * values).sum(-1) / cells.w.sum(-1))


def mean_variance(values: FloatArray, cells: Sums, n_design: int) -> FloatArray:
    """Return the variance of :func:`mean`, n/(n−1) · Σ_v Σw²(v)·(v − mean)² / (Σw)², by the same
    linearisation."""
    if n_design < 2:
        return np.full(cells.w.shape[:-1], np.nan)
    deviation = values - mean(values, cells)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = (cells.w2 * deviation**2).sum(-1)
        return np.asarray(n_design / (n_design - 1) * squares / cells.w.sum(-1) ** 2)
