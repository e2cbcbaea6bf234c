"""Maps as shapes for a page's own SVG: no tiles, no script, nothing from elsewhere.

How often is told by shades, how sure by hatching and outlines, what cannot be told by an empty shape; each shape has
its number, which stands in the table beside the map.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from survey.records import Outlines, Ring
from survey.results.tables import HIDDEN, CellView, ColumnView

Sure = Literal["", "secured", "hint"]
#: How far apart labels of many Sozialräume must be, as part of the map.
LARGEST_LETTERS, SMALLEST_LETTERS = 46, 20


@dataclass(frozen=True)
class Shape:
    """Sozialräume with one figure: one, or several that were joined."""

    number: int
    """from 1, in the order of the table"""
    names: str
    path: str
    cell: CellView
    column: ColumnView | None
    spots: tuple[tuple[int, int], ...]
    """where its number stands, once in each Sozialraum"""
    certainty: Sure = ""
    """whether a difference to the rest of the district holds"""


@dataclass(frozen=True)
class MapView:
    """A map and what stands below it."""

    width: int
    height: int
    letters: int
    """size of letters [units of the map]"""
    shapes: tuple[Shape, ...]
    shared: str
    """path of municipalities that several Sozialräume share"""
    schematic: bool
    source: str

    @property
    def states(self) -> frozenset[str]:
        """What occurs on the map and needs a word of explanation."""
        return frozenset({shape.cell.state for shape in self.shapes} | {s.certainty for s in self.shapes} - {""})


def draw_map(
    outlines: Outlines, columns: Sequence[ColumnView], cells: Sequence[CellView], inside: Mapping[str, Sequence[str]],
    certain: Mapping[str, Sure],
) -> MapView:  # fmt: skip
    """Return the map of one row of a table.

    Parameters
    ----------
    outlines : Outlines
    columns, cells : sequences
        the Sozialräume of the table and the row's published figures
    inside : mapping
        id of a column → Sozialräume in it
    certain : mapping
        id of a column → what the release's findings say of its difference to the rest

    Returns
    -------
    MapView
        a Sozialraum the table does not have is drawn as one whose figure is hidden
    """
    shapes = []
    for number, (column, cell) in enumerate(zip(columns, cells, strict=True), start=1):
        areas = [area for area in inside[column.id] if area in outlines.shapes]
        path, spots = _path_of(outlines, areas), tuple(outlines.labels[area] for area in areas)
        shapes.append(
            Shape(number, column.label, path, cell, column, spots, certain.get(column.id, ""))
        )
    drawn = {area for areas in inside.values() for area in areas}
    rest = sorted(area for area in outlines.shapes if area and area not in drawn)
    shapes += [_without_figure(outlines, len(shapes) + i, area) for i, area in enumerate(rest, start=1)]
    return _view(outlines, shapes)


def bare_map(outlines: Outlines, names: Mapping[str, str]) -> MapView:
    """Return the map without any figure, for whoever brings boundaries."""
    areas = [area for area in names if area in outlines.shapes]
    found = [
        Shape(number, names[area], _path_of(outlines, [area]), HIDDEN, None, (outlines.labels[area],))
        for number, area in enumerate(areas, start=1)
    ]
    return _view(outlines, found)


def _without_figure(outlines: Outlines, number: int, area: str) -> Shape:
    return Shape(number, area, _path_of(outlines, [area]), HIDDEN, None, (outlines.labels[area],))


def _view(outlines: Outlines, shapes: Sequence[Shape]) -> MapView:
    spots = max(sum(len(shape.spots) for shape in shapes), 1)
    letters = round(min(LARGEST_LETTERS, max(SMALLEST_LETTERS, 170 / math.sqrt(spots))))
    shared = _path_of(outlines, [""]) if "" in outlines.shapes else ""
    return MapView(
        outlines.width, outlines.height, letters, tuple(shapes), shared, outlines.schematic, outlines.source
    )


def _path_of(outlines: Outlines, areas: Sequence[str]) -> str:
    return "".join(_path(ring) for area in areas for ring in outlines.shapes[area])


def _path(ring: Ring) -> str:
    return "M" + "L".join(f"{x},{y}" for x, y in ring[:-1]) + "Z"
