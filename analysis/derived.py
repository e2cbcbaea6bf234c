"""Medians, totals and shares of mentions: figures that follow from published ones alone and so tell nothing more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis import display
from analysis.estimates import korn_graubard
from questionnaires.handover import Cell, Group, ReleaseTable

FloatArray = npt.NDArray[np.float64]

HALF = 0.5
TOTAL_STEP = 10
"""families that totals are rounded to"""


def median_rows(table: ReleaseTable, design_effect: float = 1.0) -> tuple[int, int, int] | None:
    """Return in which row of a table of ordered rows the district's median lies, and the rows it may lie in.

    Parameters
    ----------
    table : ReleaseTable
        rows in rising order, the first group is the district
    design_effect : float
        divides the base

    Returns
    -------
    (int, int, int) or None
        positions: of the median, and the first and last row of its 95 % interval, got by inverting the interval of the
        cumulative share (R. S. Woodruff, Journal of the American Statistical Association 47 (1952) 635-646); shares
        are taken as uncertain as their rounding. What is hidden may lie in any hidden row; None where the median
        depends on it
    """
    base = table.groups[0].base
    if base is None:
        return None
    least, most = _cumulative([_share(cells[0]) for cells in table.cells])
    middle = int(np.argmax(least >= HALF))
    if least[middle] < HALF or middle != int(np.argmax(most >= HALF)):
        return None
    n_eff = np.full(len(least), base / design_effect)
    rounding = display.share_step(base) / 200 * np.arange(1, len(least) + 1)
    high = korn_graubard(np.minimum(most, 1), n_eff)[1] + rounding
    low = korn_graubard(np.minimum(least, 1), n_eff)[0] - rounding
    last = int(np.argmax(low > HALF)) if (low > HALF).any() else len(least) - 1
    return middle, int(np.argmax(high >= HALF)), last


def _cumulative(shares: Sequence[float | None]) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest part that may lie up to each row."""
    hidden = np.array([share is None for share in shares])
    shown = np.array([share or 0.0 for share in shares])
    if not hidden.any():
        return np.cumsum(shown) / shown.sum(), np.cumsum(shown) / shown.sum()
    left = max(1 - shown.sum(), 0.0)
    least = np.cumsum(shown) + np.where(np.cumsum(hidden) == hidden.sum(), left, 0)
    return least, np.cumsum(shown) + np.where(np.cumsum(hidden) > 0, left, 0)


def _share(cell: Cell) -> float | None:
    """Return a published share; „fast niemand“ and „fast alle“ are rounded to 0 and 1."""
    words = {display.ALMOST_NOBODY: 0.0, display.ALMOST_ALL: 1.0}
    return cell.value if cell.value is not None else words.get(cell.words or "")


def totals(cell: Cell, group: Group) -> tuple[int, int, int] | None:
    """Return how many known families a share stands for, with the limits of its interval [families].

    Parameters
    ----------
    cell : Cell
    group : Group
        its `known` families; None where nothing may be extrapolated

    Returns
    -------
    (int, int, int) or None
        rounded to 10, the limits outwards
    """
    if group.known is None or cell.value is None or cell.low is None or cell.high is None:
        return None
    value, low, high = (round(share * group.known / TOTAL_STEP, 9) for share in (cell.value, cell.low, cell.high))
    return int(np.floor(value + 0.5)) * TOTAL_STEP, int(np.floor(low)) * TOTAL_STEP, int(np.ceil(high)) * TOTAL_STEP


def shares_of_mentions(column: Sequence[Cell]) -> list[float] | None:
    """Return the share of each answer among all answers given, None unless every share of cases is shown.

    Parameters
    ----------
    column : sequence of Cell
        shares of cases of one group, a cell per answer
    """
    shares = [_share(cell) for cell in column]
    whole = sum(share or 0 for share in shares)
    if any(share is None for share in shares) or not whole:
        return None
    return [(share or 0) / whole for share in shares]
