"""One group against the rest of the district, from published shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.combine import PLAIN, Precision, Share

SIGNIFICANCE = 0.05
MIN_REST = 20


@dataclass(frozen=True)
class Contrast:
    """A group against the rest."""

    more: bool
    p: float
    """two-sided; the difference was first reduced by all that rounding and hiding may have added"""


def against_rest(here: Share, whole: Share, precision: Precision = PLAIN) -> Contrast | None:
    """Compare a group with the rest of the district it lies in.

    Parameters
    ----------
    here, whole : Share
        of the group and of the district
    precision : Precision
        of the wave

    Returns
    -------
    Contrast or None
        None where fewer than 20 others are left

    Notes
    -----
    The district contains the group, so group and rest are the independent samples: with p_R = (N p_D − n p_A)/(N − n),
    p_A − p_R = (p_D − p_A)·N/(n − N), and the covariance of p_A and p_D needs no estimate. The part n/N of a weighted
    group is not known from published bases; then p_A − p_D, which is always smaller, is measured instead.
    """
    rest = whole.base - here.base
    if rest < MIN_REST or not here.base:
        return None
    part = here.base / rest
    there = min(max(whole.middle * (1 + part) - here.middle * part, 0.0), 1.0)
    slack_here, slack_whole = (here.high - here.low) / 2, (whole.high - whole.low) / 2
    if precision.weighted:
        gap = abs(here.middle - whole.middle) - slack_here - slack_whole
    else:
        gap = abs(here.middle - there) - slack_here - slack_whole * (1 + part) - slack_here * part
    error = math.sqrt(
        precision.effect * (here.middle * (1 - here.middle) / here.base + there * (1 - there) / rest)
    )  # fmt: skip
    p = math.erfc(max(gap, 0.0) / error / math.sqrt(2)) if error > 0 else 1.0
    return Contrast(here.middle > there, p)


def holm(p: Sequence[float]) -> list[float]:
    """Return p after Holm's correction, in the given order (Scandinavian Journal of Statistics 6 (1979) 65-70)."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted, largest = [0.0] * len(p), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = largest
    return adjusted
