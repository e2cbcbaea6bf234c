"""How figures are rounded and when they are numbers, uncertain, words or hidden.

Everything here is computed from rounded inputs, so that an interval or a word adds nothing to the published
share.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.estimates import korn_graubard
from questionnaires.handover import Cell

BASE_STEP = 5
FINE_STEP, ROUGH_STEP = 1, 5
"""points that shares are rounded to [percentage points]"""
FINE_FROM_BASE = 100
MIN_N_EFF = 20
UNCERTAIN_FROM, WORDS_FROM = 30, 40
"""widths of intervals [percentage points]"""
MEANS_FROM_BASE = 100

HIDDEN = Cell(state="hidden")
ALMOST_NOBODY, ALMOST_ALL = "fast niemand", "fast alle"
MORE, SAME, LESS = "eher häufiger als im Kreis", "etwa wie im Kreis", "eher seltener als im Kreis"
MANY, HALF, FEW = "eher viele", "etwa die Hälfte", "eher wenige"
AT_MOST = {0.1: "höchstens ein Zehntel", 0.25: "höchstens ein Viertel", 1 / 3: "höchstens ein Drittel"}
"""words for hidden shares that must be smaller than this: nobody knows more from them than the other figures tell"""


def rounded_base(n: int) -> int:
    """Return a number of respondents rounded to 5, halves up."""
    return (n + BASE_STEP // 2) // BASE_STEP * BASE_STEP


def minimum_base(k: int) -> int:
    """Return the base a group needs to show anything: max(10, 2k) [respondents]."""
    return max(10, 2 * k)


def share_step(base: int) -> int:
    """Return the points a share is rounded to [percentage points], given the published base."""
    return FINE_STEP if base >= FINE_FROM_BASE else ROUGH_STEP


def rounded_points(share: float, step: int) -> int:
    """Return a share rounded to whole steps [percentage points], halves up; differences below 1e-9 do not
    matter."""
    return math.floor(round(share * 100 / step, 9) + 0.5) * step


def interval_points(points: int, base: int, step: int, design_effect: float = 1.0) -> tuple[int, int]:
    """Return the published interval of a rounded share [percentage points].

    Parameters
    ----------
    points : int
        the published share [percentage points]
    base : int
        the published base [respondents]
    step : int
        what the share was rounded to [percentage points]; the interval is widened outwards by half of it
    design_effect : float
        rounded up to one decimal

    Returns
    -------
    (int, int)
        Korn-Graubard limits from the rounded inputs, widened and rounded outwards, within 0 … 100
    """
    low, high = korn_graubard(np.array(points / 100), np.array(base / design_effect))
    least = math.floor(round(float(low) * 100 - step / 2, 6))
    most = math.ceil(round(float(high) * 100 + step / 2, 6))
    return max(least, 0), min(most, 100)


def rounded_design_effect(design_effect: float) -> float:
    """Return a design effect rounded up to one decimal, so that intervals are never too narrow.

    It is below 1 only where a known part of the population answered (:func:`analysis.variance.effective_n`).
    """
    return max(0.1, math.ceil(round(design_effect * 10, 6)) / 10)


def share_cell(points: int, base: int, design_effect: float = 1.0, reference: Cell | None = None) -> Cell:
    """Return the published form of a share that protection lets through.

    Parameters
    ----------
    points : int
        the rounded share [percentage points]
    base : int
        the rounded base [respondents]
    design_effect : float
        rounded
    reference : Cell or None
        the district's published cell of the same row, for words; None for the district itself

    Returns
    -------
    Cell
        a number with its interval, marked uncertain from 30 points width; words where fewer than 20
        effective cases stand behind it, or it is wider than 40 points, or it would read 0 % or 100 %
    """
    if points in (0, 100):
        return Cell(state="words", words=ALMOST_ALL if points else ALMOST_NOBODY)
    low, high = interval_points(points, base, share_step(base), design_effect)
    if base / design_effect < MIN_N_EFF or high - low > WORDS_FROM:
        return Cell(state="words", words=_in_words(points, base / design_effect, reference))
    state = "uncertain" if high - low >= UNCERTAIN_FROM else "number"
    return Cell(state=state, value=points / 100, low=low / 100, high=high / 100)


def at_most_cell(most: float) -> Cell:
    """Return what may be said of a hidden share that is at most so large by the figures published beside it.

    Whoever adds these up knows it anyway, so that zero still looks like every other count that would fit.
    """
    words = next((words for limit, words in AT_MOST.items() if most < limit - 1e-6), None)
    return HIDDEN if words is None else Cell(state="words", words=words)


def _in_words(points: int, n_eff: float, reference: Cell | None) -> str:
    """Compare with the district by one standard error, both from published figures."""
    if reference is None or reference.value is None:
        return HALF if 40 <= points <= 60 else MANY if points > 60 else FEW
    district = reference.value
    error = math.sqrt(district * (1 - district) / n_eff)
    difference = points / 100 - district
    if abs(difference) <= max(error, ROUGH_STEP / 100):
        return SAME
    return MORE if difference > 0 else LESS


def mean_cell(mean: float, standard_error: float) -> Cell:
    """Return a published mean, rounded to one decimal; its 95 % interval is widened by half a step and
    rounded out."""
    value = math.floor(round(mean * 10, 9) + 0.5) / 10
    half = 1.959964 * standard_error + 0.05
    low = math.floor(round((value - half) * 10, 6)) / 10
    return Cell(state="number", value=value, low=max(low, 0.0), high=math.ceil(round((value + half) * 10, 6)) / 10)
