"""Release tables as pages show them: text of every cell, columns in blocks by level, shades of a heat map."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from questionnaires.handover import HIDDEN_MARK, Cell, Group, Level, ReleaseTable, State
from survey import templating
from survey.templating import number

#: Up to this largest share finer shades are needed to differ.
FINE_UP_TO = 0.6
FINE_SHADE, ROUGH_SHADE, N_SHADES = 0.1, 0.2, 5
#: A block with fewer readable cells than this says which level carries better.
SPARSE = 0.25

INSIDE = "in-grossraeumen"
READABLE: frozenset[State] = frozenset({"number", "uncertain", "words"})


@dataclass(frozen=True)
class LineView:
    """Where a figure and its interval lie on an axis, as lengths of a drawing."""

    low: str
    value: str
    high: str


@dataclass(frozen=True)
class CellView:
    """A cell in words. All hidden cells are the same value."""

    state: State
    text: str
    short: str = ""
    """without unit, for the heat map"""
    interval: str = ""
    shade: int = 0
    """1…5; 0: none"""
    value: float = -1.0
    """published value, to sort by; hidden cells and words have none"""
    range: LineView | None = None
    """on the axis of the district's shares"""


HIDDEN = CellView("hidden", HIDDEN_MARK, HIDDEN_MARK)


@dataclass(frozen=True)
class ColumnView:
    """The head of a column."""

    id: str
    label: str
    level: Level
    base: str
    """„n ≈ 85“, or the mark of hidden figures"""
    readable: bool
    provisional: bool
    areas: int
    """Sozialräume inside"""


@dataclass(frozen=True)
class RowView:
    """A row of a block."""

    id: str
    label: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True)
class Block:
    """Columns of a table that belong together."""

    id: str
    title: str
    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]

    @property
    def readable(self) -> float:
        """Part of the cells that say something."""
        cells = [cell for row in self.rows for cell in row.cells]
        return sum(cell.state in READABLE for cell in cells) / len(cells) if cells else 0.0

    @property
    def empty(self) -> bool:
        """Whether no cell says anything."""
        return self.readable == 0

    @property
    def sparse(self) -> bool:
        """Whether another level says much more."""
        return self.readable < SPARSE

    @property
    def states(self) -> frozenset[State]:
        """What occurs in it and needs a word of explanation."""
        return frozenset(cell.state for row in self.rows for cell in row.cells)

    @property
    def provisional(self) -> bool:
        """Whether a column stands for a division that is not final."""
        return any(column.provisional for column in self.columns)

    @property
    def joined(self) -> bool:
        """Whether a column stands for several Sozialräume."""
        return any(column.level == "area" and column.areas > 1 for column in self.columns)


@dataclass(frozen=True)
class TableView:
    """A table in blocks; filters are one block each, because only one is looked at at a time."""

    table: ReleaseTable
    district: Block
    """the district alone"""
    zones: Block
    """district and Großräume"""
    areas: Block | None
    heat: Block | None
    """district and Sozialräume beside each other"""
    filters: Mapping[str, Block]
    inside: Mapping[str, Block]
    """the groups of a filter inside Großräume, by filter"""
    shades: tuple[str, ...]
    """what each shade of the heat map means"""


def view_table(table: ReleaseTable, filters: Mapping[str, str], apart: frozenset[str] = frozenset()) -> TableView:
    """Return a table as pages show it; `filters` names each filter, those `apart` are no block."""
    step, axis = _shade_step(table), _axis(table)
    columns = tuple(_column(group) for group in table.groups)
    rows = tuple(
        RowView(row.id, row.label, tuple(view_cell(cell, table, step, axis) for cell in cells))
        for row, cells in zip(table.rows, table.cells, strict=True)
    )
    if table.measure == "share_of_cases":
        rows = _ranked(rows)

    def block(name: str, title: str, *wanted: str) -> Block:
        picked = [j for j, group in enumerate(table.groups) if _place(group) in wanted]
        cells = (RowView(row.id, row.label, tuple(row.cells[j] for j in picked)) for row in rows)
        return Block(name, title, tuple(columns[j] for j in picked), tuple(cells))

    names = dict.fromkeys(group.filter for group in table.groups if group.filter and group.filter not in apart)
    levels = {group.level for group in table.groups}
    return TableView(
        table,
        district=block("kreis", "Landkreis", "district"),
        zones=block("grossraeume", "Landkreis und Großräume" if "zone" in levels else "Landkreis", "district", "zone"),
        areas=block("sozialraeume", "Sozialräume", "area") if "area" in levels else None,
        heat=block("bedarf", "Landkreis und Sozialräume", "district", "area") if "area" in levels else None,
        filters={name: block(name, filters.get(name, name), name) for name in names},
        inside={name: block(f"{name}-{INSIDE}", filters.get(name, name), f"{name}-{INSIDE}") for name in names},
        shades=tuple(_shade_words(step)) if step else (),
    )


def _place(group: Group) -> str:
    """Return to which block a column belongs."""
    return f"{group.filter}-{INSIDE}" if group.level == "zone_filter" else group.filter or group.level


def view_cell(cell: Cell, table: ReleaseTable, step: float = 0.0, axis: float = 1.0) -> CellView:
    """Return a cell in words; a figure in brackets is uncertain."""
    if cell.state == "words" and cell.words:
        return CellView("words", cell.words, cell.words)
    if cell.state == "hidden" or cell.value is None:
        return HIDDEN
    if table.measure == "mean":
        text = short = number(cell.value, 1)
    else:
        text, short = percent(cell.value), number(cell.value * 100)
    if cell.state == "uncertain":
        text, short = f"({text})", f"({short})"
    shade = min(int(cell.value / step + 1e-9) + 1, N_SHADES) if step else 0
    return CellView(cell.state, text, short, _interval(cell, table), shade, cell.value, _range(cell, axis))


def _range(cell: Cell, axis: float) -> LineView | None:
    if not axis or cell.value is None or cell.low is None or cell.high is None:
        return None
    return LineView(*(f"{length / axis * 100:.3g}%" for length in (cell.low, cell.value, cell.high)))


def _axis(table: ReleaseTable) -> float:
    """Return the end of the axis: the next ten points above the district's intervals; 0 where there is no axis."""
    highs = [
        cell.high
        for cells in table.cells
        for cell, group in zip(cells, table.groups, strict=True)
        if group.level == "district" and cell.high is not None
    ]
    return math.ceil(max(highs) * 10 - 1e-9) / 10 if highs and table.measure != "mean" else 0.0


def percent(share: float) -> str:
    """Return „41 %“ that no line break divides."""
    return templating.percent(share).replace(" ", "\N{NO-BREAK SPACE}")


def _interval(cell: Cell, table: ReleaseTable) -> str:
    if cell.low is None or cell.high is None:
        return ""
    if table.measure == "mean":
        return f"{number(cell.low, 1)}–{number(cell.high, 1)}"
    return f"{number(cell.low * 100)}–{percent(cell.high)}"


def _column(group: Group) -> ColumnView:
    base = HIDDEN_MARK if group.base is None else number(group.base)
    return ColumnView(
        group.id, group.label, group.level, base, group.base is not None, group.provisional, len(group.areas)
    )


def _ranked(rows: tuple[RowView, ...]) -> tuple[RowView, ...]:
    """Sort by the first column, the district: falling shares, then words, then hidden, else as in the question."""
    order = {"number": 0, "uncertain": 0, "words": 1, "hidden": 2}

    def place(row: RowView) -> tuple[int, float]:
        return (order[row.cells[0].state], -row.cells[0].value) if row.cells else (0, 0.0)

    return tuple(sorted(rows, key=place))


def _shade_step(table: ReleaseTable) -> float:
    if table.measure == "mean":
        return 0.0
    shaded = [j for j, group in enumerate(table.groups) if group.level in {"district", "area"}]
    largest = max((cells[j].value or 0.0 for cells in table.cells for j in shaded), default=0.0)
    return FINE_SHADE if largest <= FINE_UP_TO else ROUGH_SHADE


def _shade_words(step: float) -> Iterator[str]:
    points = round(step * 100)
    yield f"unter {points} %"
    for low in range(points, points * (N_SHADES - 1), points):
        yield f"{low} bis unter {low + points} %"
    yield f"ab {points * (N_SHADES - 1)} %"
