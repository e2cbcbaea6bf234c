"""Release tables as pages show them: text of every cell, columns in blocks by level, shades of a heat map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from questionnaires.handover import HIDDEN_MARK, Cell, Group, Level, ReleaseTable, State
from survey.templating import number, percent

#: Shares below this need finer shades to differ.
FINE_UP_TO = 0.5
FINE_SHADE, ROUGH_SHADE, N_SHADES = 0.1, 0.2, 5
#: A block with fewer readable cells than this says which level carries better.
SPARSE = 0.25

READABLE: frozenset[State] = frozenset({"number", "uncertain", "words"})


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
    bar: str = ""
    """where its interval lies, as a style; for shares"""


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
    shades: tuple[str, ...]
    """what each shade of the heat map means"""


def view_table(table: ReleaseTable, filters: Mapping[str, str]) -> TableView:
    """Return a table as pages show it; `filters` names each filter."""
    step = _shade_step(table)
    cells = tuple(tuple(view_cell(cell, table, step) for cell in row) for row in table.cells)
    columns = tuple(_column(group) for group in table.groups)

    def block(name: str, title: str, *wanted: str) -> Block:
        return _block(table, columns, cells, (name, title), wanted)

    names = dict.fromkeys(group.filter for group in table.groups if group.filter)
    has_areas = any(group.level == "area" for group in table.groups)
    return TableView(
        table,
        district=_sorted(block("kreis", "Landkreis", "district")),
        zones=block("grossraeume", _zones_title(table), "district", "zone"),
        areas=block("sozialraeume", "Sozialräume", "area") if has_areas else None,
        heat=_sorted(block("bedarf", "Landkreis und Sozialräume", "district", "area")) if has_areas else None,
        filters={name: block(name, filters.get(name, name), f"filter:{name}") for name in names},
        shades=tuple(_shade_words(step)) if step else (),
    )


def view_cell(cell: Cell, table: ReleaseTable, step: float = 0.0) -> CellView:
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
    return CellView(cell.state, text, short, _interval(cell, table), shade, cell.value, _bar(cell, table))


def _bar(cell: Cell, table: ReleaseTable) -> str:
    if table.measure == "mean" or cell.value is None or cell.low is None or cell.high is None:
        return ""
    return f"--low:{cell.low:.0%};--width:{cell.high - cell.low:.0%};--value:{cell.value:.0%}"


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


def _block(
    table: ReleaseTable, columns: tuple[ColumnView, ...], cells: tuple[tuple[CellView, ...], ...],
    name: tuple[str, str], wanted: tuple[str, ...],
) -> Block:  # fmt: skip
    """Return the columns whose level, or whose ``filter:<id>``, is wanted."""
    kinds = [f"filter:{group.filter}" if group.filter else group.level for group in table.groups]
    picked = [j for j, kind in enumerate(kinds) if kind in wanted]
    rows = tuple(
        RowView(row.id, row.label, tuple(cells[i][j] for j in picked)) for i, row in enumerate(table.rows)
    )
    return Block(*name, tuple(columns[j] for j in picked), rows)


def _sorted(block: Block) -> Block:
    """Sort by the district's published value; then rows in words, then hidden ones, in the order of the question."""
    order = {"number": 0, "uncertain": 0, "words": 1, "hidden": 2}
    if not block.columns:
        return block
    first = {row.id: (order[row.cells[0].state], -row.cells[0].value) for row in block.rows}
    return replace(block, rows=tuple(sorted(block.rows, key=lambda row: first[row.id])))


def _zones_title(table: ReleaseTable) -> str:
    return "Landkreis und Großräume" if any(g.level == "zone" for g in table.groups) else "Landkreis"


def _shade_step(table: ReleaseTable) -> float:
    if table.measure == "mean":
        return 0.0
    largest = max((cell.value for row in table.cells for cell in row if cell.value is not None), default=0.0)
    return FINE_SHADE if largest <= FINE_UP_TO else ROUGH_SHADE


def _shade_words(step: float) -> Iterator[str]:
    points = round(step * 100)
    yield f"unter {points} %"
    for low in range(points, points * (N_SHADES - 1), points):
        yield f"{low} bis unter {low + points} %"
    yield f"ab {points * (N_SHADES - 1)} %"
