"""Shares that follow from published ones: sums, parts of parts, what rounding and hiding leave open.

A share is carried as the least and the greatest value it can have given what is published. Where that leaves too much
open, nothing is said; intervals are computed from the outer limits, so a derived figure is never surer than the
published ones it is made of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis import display
from analysis.disclosure import COARSE, Published
from analysis.estimates import korn_graubard
from questionnaires.handover import Cell, CellRef, Group, ReleaseTable
from questionnaires.model import Questionnaire
from questionnaires.plan import PublicationPlan

Table = Published[ReleaseTable]
Tables = Mapping[str, Table]

Z95 = 1.959964
BASE_OF_CHILDREN = "Gezählt sind Kinder"
"""how the note on the base of a table of children begins"""
OPEN_UP_TO = 0.4
"""what hiding and rounding may leave open of a share that is still spoken of"""


@dataclass(frozen=True)
class Share:
    """A share of a group with the least and the greatest value it can have."""

    low: float
    high: float
    base: int
    """published base [respondents]"""
    refs: tuple[CellRef, ...] = ()
    """the published figures it follows from"""
    shown: Cell | None = None
    """the published cell, where it is one"""
    effect: float = 1.0
    """design effect of its own, where siblings were counted; else the wave's holds"""

    @property
    def middle(self) -> float:
        """The value in the middle of what is possible."""
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Precision:
    """How much the answers of a wave say beside as many of a simple random sample."""

    effect: float = 1.0
    """the wave's design effect; divides the bases"""
    weighted: bool = False
    """whether responses count differently"""


PLAIN = Precision()


@dataclass(frozen=True)
class Reading:
    """What is known of a wave where answers are derived from its published tables."""

    questionnaire: Questionnaire
    tables: Tables
    """id → published table"""
    plan: PublicationPlan
    precision: Precision = PLAIN


def position(table: ReleaseTable, group_id: str) -> int | None:
    """Return the column of a group, None if the table has none."""
    return next((j for j, group in enumerate(table.groups) if group.id == group_id), None)


def group_of(table: Table, group_id: str) -> Group | None:
    """Return a group of a table, None if the table has none."""
    found = position(table.value, group_id)
    return None if found is None else table.value.groups[found]


def share_of(table: Table, rows: Collection[str], group_id: str) -> Share | None:
    """Return the share of a group that gave one of several answers.

    Parameters
    ----------
    table : Published[ReleaseTable]
        shares of answers that exclude each other (`measure` share); of others a single row
    rows : collection of str
        ids of the answers
    group_id : str

    Returns
    -------
    Share or None
        None where the group shows nothing. What is hidden is known only as what the shown answers leave over
    """
    source = table.value
    column = position(source, group_id)
    base = None if column is None else source.groups[column].base
    if column is None or base is None or not rows:
        return None
    cells = {row.id: line[column] for row, line in zip(source.rows, source.cells, strict=True)}
    inside = [cells[row] for row in rows if row in cells]
    if len(inside) < len(rows):
        return None
    outside = [cell for row, cell in cells.items() if row not in rows] if source.measure == "share" else None
    low, high = _limits(inside, outside, display.share_step(base) / 200)
    refs = tuple(CellRef(table=source.id, row=row, group=group_id) for row in cells if row in rows)
    shown = inside[0] if len(inside) == 1 and inside[0].value is not None else None
    effect = sibling_effect(source, cells.values(), base)
    return Share(low, high, base, refs, shown, effect)


def sibling_effect(table: ReleaseTable, cells: Iterable[Cell], base: int) -> float:
    """Return how much wider the published intervals of a table of children are than those of independent answers.

    Parameters
    ----------
    table : ReleaseTable
    cells : iterable of Cell
        of one group
    base : int
        its published base

    Returns
    -------
    float
        1 for tables of respondents; else the largest ratio of variances over the cells shown as numbers, got back from
        intervals less their widening by half a rounding step
    """
    if not table.base_note.startswith(BASE_OF_CHILDREN):
        return 1.0
    half_step, found = display.share_step(base) / 200, [1.0]
    for cell in cells:
        if cell.value and cell.value < 1 and cell.low is not None and cell.high is not None:
            error = max((cell.high - cell.low) / 2 - half_step, 0.0) / Z95
            found.append(base * error**2 / (cell.value * (1 - cell.value)))
    return max(found)


def _limits(inside: Iterable[Cell], outside: Iterable[Cell] | None, rounding: float) -> tuple[float, float]:
    low, high = _sum(inside, rounding)
    if outside is not None:
        least, most = _sum(outside, rounding)
        low, high = max(low, 1 - most), min(high, 1 - least)
    low, high = max(low, 0.0), min(high, 1.0)
    return (low, high) if low <= high else ((low + high) / 2,) * 2


def _sum(cells: Iterable[Cell], rounding: float) -> tuple[float, float]:
    """Return the least and the greatest sum; a hidden cell may be anything."""
    values = [_value(cell) for cell in cells]
    known = [value for value in values if value is not None]
    low = sum(max(value - rounding, 0.0) for value in known)
    high = sum(value + rounding for value in known) if len(known) == len(values) else 1.0
    return min(low, 1.0), min(high, 1.0)


def _value(cell: Cell) -> float | None:
    """Return a published share; „fast niemand“ and „fast alle“ are rounded to 0 and 1."""
    words = {display.ALMOST_NOBODY: 0.0, display.ALMOST_ALL: 1.0}
    return cell.value if cell.value is not None else words.get(cell.words or "")


def share_of_codes(
    tables: Tables, table_id: str, codes: Collection[int], group_id: str, plan: PublicationPlan
) -> Share | None:
    """Return the share that gave one of these codes, from single answers or the coarse scale, whichever says more.

    Parameters
    ----------
    tables : mapping
        id → published table
    table_id : str
        question, or question.item
    codes : collection of int
    group_id : str
    plan : PublicationPlan
        knows which codes a coarse step holds
    """
    found = []
    if table_id in tables:
        found.append(share_of(tables[table_id], [str(code) for code in codes], group_id))
    steps = plan.coarse.get(table_id) or plan.coarse.get(table_id.partition(".")[0], ())
    inside = [f"g{i}" for i, step in enumerate(steps, start=1) if set(step.codes) <= set(codes)]
    covered = {code for step in steps for code in step.codes if set(step.codes) <= set(codes)}
    if table_id + COARSE in tables and covered == set(codes):
        found.append(share_of(tables[table_id + COARSE], inside, group_id))
    shares = [share for share in found if share is not None]
    return min(shares, key=lambda share: share.high - share.low, default=None)


def part_of(whole: Share, part: Share) -> Share:
    """Return the share of a part of a part: `part` is a share of those who make up `whole`.

    Returns
    -------
    Share
        of the base of `whole`
    """
    return Share(whole.low * part.low, whole.high * part.high, whole.base, (*whole.refs, *part.refs))


def ratio_of(whole: Share, part: Share) -> Share | None:
    """Return which share of `whole` the smaller share `part` of the same base is; None where nobody is left."""
    base = round(whole.base * whole.middle / display.BASE_STEP) * display.BASE_STEP
    if whole.low <= 0 or not base:
        return None
    return Share(
        min(part.low / whole.high, 1.0), min(part.high / whole.low, 1.0), base, (*whole.refs, *part.refs)
    )  # fmt: skip


def difference_of(first: Share, second: Share) -> Share:
    """Return the part of the same base that is in `first` but not in `second`, which lies inside it."""
    low, high = max(first.low - second.high, 0.0), min(max(first.high - second.low, 0.0), 1.0)
    return Share(low, high, first.base, (*first.refs, *second.refs))


def cell_of(share: Share | None, precision: Precision = PLAIN) -> Cell:
    """Return the published form of a share that follows from published ones.

    Parameters
    ----------
    share : Share or None
        None: hidden
    precision : Precision
        of the wave

    Returns
    -------
    Cell
        states as in :func:`analysis.display.share_cell`. Its interval runs from the Korn-Graubard limit below the
        least to that above the greatest possible value. Hidden where more than 40 points stay open
    """
    if share is None or share.base <= 0 or share.high - share.low > OPEN_UP_TO:
        return display.HIDDEN
    if share.shown is not None:
        return share.shown
    points = display.rounded_points(share.middle, display.share_step(share.base))
    if points in (0, 100) and share.high - share.low <= 2 * display.ROUGH_STEP / 100:
        return Cell(state="words", words=display.ALMOST_ALL if points else display.ALMOST_NOBODY)
    low, high = limits_of(share, precision)
    if (
        share.base / max(precision.effect, share.effect) < display.MIN_N_EFF
        or high - low > display.WORDS_FROM / 100
        or points in (0, 100)
    ):
        return _in_words(share)
    state = "uncertain" if high - low >= display.UNCERTAIN_FROM / 100 else "number"
    return Cell.model_validate({"state": state, "value": points / 100, "low": low, "high": high})


def limits_of(share: Share, precision: Precision = PLAIN) -> tuple[float, float]:
    """Return the 95 % interval of a share, in whole points outwards; parameters as in :func:`cell_of`."""
    n_eff = np.array([share.base / max(precision.effect, share.effect)] * 2)
    low, high = korn_graubard(np.array([share.low, share.high]), n_eff)
    points = display.rounded_points(share.middle, display.share_step(share.base))
    least = min(int(np.floor(round(float(low[0]) * 100, 6))), points)
    most = max(int(np.ceil(round(float(high[1]) * 100, 6))), points)
    return max(least, 0) / 100, min(most, 100) / 100


def _in_words(share: Share) -> Cell:
    """Say many, half or few, where all that is possible agrees."""
    words = {_word(share.low), _word(share.middle), _word(share.high)}
    return Cell(state="words", words=words.pop()) if len(words) == 1 else display.HIDDEN


def _word(share: float) -> str:
    return display.HALF if 0.4 <= share <= 0.6 else display.MANY if share > 0.6 else display.FEW
