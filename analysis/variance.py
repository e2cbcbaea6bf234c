"""Variances that account for how responses were weighted, for households with several children and for a population
of which a known part answered.

Everything is a sum over responses of the same class (same margins, same weight, same part of the population left), so
that it adds up over parts of a file and costs the same for a thousand responses and a million.

Sources: T. Lumley, Complex Surveys (Wiley 2010), § 2.2 and ch. 7 (calibration: the variance of an estimate is that of
the residuals from a regression on the margins); J.-C. Deville, C.-E. Särndal, Journal of the American Statistical
Association 87 (1992) 376-382 (raking has the variance of the regression estimator); E. L. Korn, B. I. Graubard, Survey
Methodology 24 (1998) 193-201.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.weights import Target

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Design:
    """Classes of responses that are alike for the variance."""

    of: IntArray
    """(n,) class of each response"""
    n: FloatArray
    """(classes,) responses"""
    start: FloatArray
    """(classes,) weight before raking"""
    weight: FloatArray
    """(classes,) weight"""
    margins: FloatArray | None
    """(classes, categories of all margins) 0/1; None: weights are fixed numbers"""
    left: FloatArray
    """(classes,) part of the population that did not answer [0…1]; 1 where it is not known"""


@dataclass(frozen=True)
class Moments:
    """Sums over the responses of each class; y and b are what one response adds to numerator and base.

    Shapes (…, classes). Where y and b are 0 or 1 the last three are `y`, `y` and `b`.
    """

    y: FloatArray
    b: FloatArray
    yy: FloatArray
    yb: FloatArray
    bb: FloatArray

    @classmethod
    def of_marks(cls, y: npt.NDArray[Any], b: npt.NDArray[Any]) -> Moments:
        """Return the moments of responses that are in numerator and base once or not at all."""
        one, base = np.asarray(y, dtype=np.float64), np.asarray(b, dtype=np.float64)
        return cls(one, base, one, one, base)

    @classmethod
    def of_values(cls, design: Design, y: npt.NDArray[Any], b: npt.NDArray[Any]) -> Moments:
        """Return the moments of any values, such as the children of each household; y and b have shape (n,)."""
        y, b = np.asarray(y, dtype=np.float64), np.asarray(b, dtype=np.float64)
        sums = [np.bincount(design.of, v, len(design.n)).astype(np.float64) for v in (y, b, y * y, y * b, b * b)]
        return cls(*sums)


def make_design(
    n: int, targets: Sequence[Target] = (), start: FloatArray | None = None, weight: FloatArray | None = None,
    left: FloatArray | None = None,
) -> Design:  # fmt: skip
    """Return the classes of responses.

    Parameters
    ----------
    n : int
        responses
    targets : sequence of Target
        margins the weights were raked to; none: weights count as fixed
    start, weight : (n,) float array or None
        weights before and after raking; None: all 1
    left : (n,) float array or None
        part of the population each response stands for that did not answer [0…1]; None: 1

    Returns
    -------
    Design
    """
    ones = np.ones(n)
    columns = [ones if one is None else one for one in (start, weight, left)]
    table = np.column_stack([*(target.category for target in targets), *columns])
    classes, of, count = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    marks = [np.eye(len(t.total))[classes[:, i].astype(np.int64)] for i, t in enumerate(targets)]
    margins = np.concatenate(marks, axis=1) if marks else None
    return Design(
        of.reshape(-1), count.astype(np.float64), classes[:, -3], classes[:, -2], margins, classes[:, -1]
    )  # fmt: skip


def ratio(moments: Moments, design: Design) -> FloatArray:
    """Return Σwy / Σwb: a share, or a mean where y is a value; NaN where the base is empty; shape (…,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((moments.y @ design.weight) / (moments.b @ design.weight))


def ratio_variance(moments: Moments, design: Design) -> FloatArray:
    """Return the variance of :func:`ratio` by linearisation, u = (y − pb)/Σwb (Lumley 2010, § 2.2).

    Parameters
    ----------
    moments : Moments
        (…, classes)
    design : Design

    Returns
    -------
    (…,) float array
        NaN where the base is empty or there are fewer than two responses
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.asarray(1 / (moments.b @ design.weight))
        return variance_of_sum(moments, design, scale, scale * ratio(moments, design))


def variance_of_sum(moments: Moments, design: Design, scale: FloatArray, slope: FloatArray) -> FloatArray:
    """Return the variance of Σw·u with u = scale·y − slope·b.

    Parameters
    ----------
    moments : Moments
        (…, classes)
    design : Design
    scale, slope : (…,) float arrays
        1 and 0 give a total

    Returns
    -------
    (…,) float array
        n/(n−1) · Σ left · (z − mean z)² with z = w·e and e the residual of u from the regression on the margins, with
        the weights before raking (Lumley 2010, § 7.2); one term per response, so that a household is one cluster
    """
    n = design.n.sum()
    if n < 2:
        return np.full(np.shape(scale), np.nan)
    a, b = np.asarray(scale)[..., None], np.asarray(slope)[..., None]
    first = a * moments.y - b * moments.b
    second = a**2 * moments.yy - 2 * a * b * moments.yb + b**2 * moments.bb
    fitted = _fitted(first, design)
    z = design.weight * (first - design.n * fitted)
    zz = design.weight**2 * (second - 2 * fitted * first + design.n * fitted**2)
    mean = z.sum(-1, keepdims=True) / n
    return np.asarray(n / (n - 1) * (design.left * np.maximum(zz - 2 * mean * z + design.n * mean**2, 0)).sum(-1))


def _fitted(first: FloatArray, design: Design) -> FloatArray:
    """Return for each class what the margins explain of u."""
    if design.margins is None:
        return np.zeros(np.shape(first))
    x = design.margins
    # Categories of several margins add up to the same, so the normal equations have no unique solution; fits have.
    inverse = np.linalg.pinv((x * (design.n * design.start)[:, None]).T @ x, hermitian=True)
    return np.asarray((first * design.start) @ x @ inverse @ x.T)


def effective_n(p: FloatArray, variance: FloatArray, n: FloatArray, most: FloatArray | None = None) -> FloatArray:
    """Return the effective number of cases p(1−p)/V of shares.

    Parameters
    ----------
    p, variance, n : float arrays of one shape
        shares [0…1], their variances, and cases in the base
    most : float array or None
        upper limit of the result; None: n, so that no interval is narrower than that of a simple random sample
        (Korn & Graubard 1998, p. 195)

    Returns
    -------
    float array
        n itself where p is 0 or 1
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        found = p * (1 - p) / variance
    inner = (p > 0) & (p < 1) & (variance > 0)
    return np.where(inner, np.minimum(found, n if most is None else most), n)
