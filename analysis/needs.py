"""What families name most: rank ranges instead of a bare 1., 2., 3."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.disclosure import Published
from questionnaires.handover import Cell, RankRange, ReleaseTable


@dataclass(frozen=True)
class Ranked:
    """A row of a table with the ranks it may have among the rows shown as numbers."""

    row: str
    label: str
    cell: Cell
    best: int | None
    """None where the row is not shown as a number"""
    worst: int | None


def rank_rows(table: Published[ReleaseTable], group_id: str) -> tuple[Ranked, ...]:
    """Order the rows of a table for one group, with rank ranges.

    Parameters
    ----------
    table : Published[ReleaseTable]
    group_id : str

    Returns
    -------
    tuple of Ranked
        rows shown as numbers by falling share, ties in the order of the questionnaire; then rows in words; then
        hidden rows in the order of the questionnaire, so that their place says nothing

    Notes
    -----
    A row is surely before another only where their published intervals do not meet. Two intervals of 95 % that do
    not meet are a stricter test than 5 % (H. Goldstein, M. J. R. Healy, JRSS A 158 (1995) 175-177): rank ranges
    are wide rather than wrong.
    """
    source = table.value
    column = next(j for j, group in enumerate(source.groups) if group.id == group_id)
    cells = [(row, cells[column]) for row, cells in zip(source.rows, source.cells, strict=True)]
    numbers = [cell for _, cell in cells if cell.value is not None]
    found = [Ranked(row.id, row.label, cell, *_range(cell, numbers)) for row, cell in cells]
    return tuple(sorted(found, key=_order))


def _range(cell: Cell, others: list[Cell]) -> tuple[int | None, int | None]:
    if cell.low is None or cell.high is None:
        return None, None
    before = sum(other.low > cell.high for other in others if other.low is not None)
    after = sum(other.high < cell.low for other in others if other.high is not None)
    return 1 + before, len(others) - after


def _order(ranked: Ranked) -> tuple[int, float]:
    if ranked.cell.value is not None:
        return 0, -ranked.cell.value
    return (1 if ranked.cell.state == "words" else 2), 0.0


def rank_ranges(table: Published[ReleaseTable], group_id: str) -> tuple[RankRange, ...]:
    """Return the rank ranges of a group as they stand in a release; rows without a number have none."""
    return tuple(
        RankRange(table=table.value.id, group=group_id, row=r.row, best=r.best, worst=r.worst)
        for r in rank_rows(table, group_id)
        if r.best is not None and r.worst is not None
    )


def leaders(ranked: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
    """Return the rows that no other row is surely before; none if that is true of all rows: nothing stands out."""
    numbers = [row for row in ranked if row.best is not None]
    first = tuple(row for row in numbers if row.best == 1)
    return first if len(first) < len(numbers) else ()
