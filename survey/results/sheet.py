"""A result sheet for a school, or another group of young people, to be handed back to them.

Schools are the groups of a filter by doors. A sheet holds a school against everybody, never against another school.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from flask import render_template
from flask.typing import ResponseReturnValue

from questionnaires.handover import Cell, Group, ReleaseTable
from survey.errors import NotFound
from survey.results import blueprint
from survey.results import profile_parts as parts
from survey.results.access import get_shown_below
from survey.results.frame import asks_young_people, page_frame
from survey.results.places import DISTRICT, column, places_of
from survey.results.reader import Content
from survey.results.tables import CellView, view_cell

#: Answers a group needs for a sheet of its own.
MIN_ANSWERS = 50
MAX_LINES = 18


@dataclass(frozen=True)
class SheetLine:
    """The answer a group gave most, beside the district's."""

    table: str
    question: str
    answer: str
    here: CellView
    whole: CellView


@dataclass(frozen=True)
class Sheets:
    """The groups that have a sheet."""

    schools: tuple[Group, ...]
    others: tuple[Group, ...]

    @property
    def all(self) -> tuple[Group, ...]:
        """Every group with a sheet."""
        return (*self.schools, *self.others)


_known: WeakKeyDictionary[Content, Sheets] = WeakKeyDictionary()


def groups_with_sheet(content: Content) -> Sheets:
    """Return the groups of filters that have enough answers and that nobody minds to be counted in."""
    if content not in _known:
        plan = content.manifest.plan
        told = {rule.id for rule in plan.filters if rule.question not in plan.sensitive}
        found: dict[str, Group] = {}
        for table in content.tables.values():
            for group in table.groups:
                if group.filter in told and (group.base or 0) >= MIN_ANSWERS:
                    found.setdefault(group.id, group)
        doors = {rule.id for rule in plan.filters if rule.kind_of_doors}
        groups = found.values()
        _known[content] = Sheets(
            tuple(group for group in groups if group.filter in doors),
            tuple(group for group in groups if group.filter not in doors),
        )
    return _known[content]


@blueprint.get("/ergebnisse/<wave_id>/gruppe/<group_id>")
def sheet(wave_id: str, group_id: str) -> ResponseReturnValue:
    """Show the sheet of one group; only for waves of young people."""
    shown = get_shown_below(wave_id)
    content = shown.content
    sheets = groups_with_sheet(content) if asks_young_people(content) else Sheets((), ())
    group = next((one for one in sheets.all if one.id == group_id), None)
    if group is None:
        raise NotFound("Für diese Gruppe gibt es kein Blatt: Dafür braucht es 50 Antworten.")
    rule = next(rule for rule in content.manifest.plan.filters if rule.id == group.filter)
    n_schools = len(next(one.doors for one in rule.groups if one.id == group.id))
    return render_template(
        "results/sheet.html", **page_frame(shown), group=group, title=rule.title, n_schools=n_schools,
        needs=parts.needs(content, (group, places_of(content).district)),
        lines=tuple(_lines(content, group))[:MAX_LINES],
        others=[one for one in sheets.all if one.id != group.id and one.filter == group.filter],
    )  # fmt: skip


def _lines(content: Content, group: Group) -> Iterator[SheetLine]:
    """Yield a line per question; how old they are and what they do says who they are, not what they think."""
    about_them = {rule.question for rule in content.manifest.plan.filters}
    for table in content.tables.values():
        coarse = f"{table.id}{parts.COARSE}"
        wanted = table.measure != "mean" and not table.sensitive and table.question not in about_them
        main = coarse not in content.tables and table.id != content.manifest.headline_table
        line = _line(table, group) if wanted and main else None
        if line is not None:
            yield line


def may_be_more(table: ReleaseTable, cells: Mapping[str, Cell], most: float) -> bool:
    """Say whether an answer that is not shown as a number may have been given by more than `most`, a share."""
    rest = [row for row, cell in cells.items() if cell.value is None]
    if table.measure == "share":
        return bool(rest) and 1 - sum(cell.value or 0 for cell in cells.values()) > most
    whole = (column(table, DISTRICT)[row].value for row in rest)
    return any(value is not None and value >= most for value in whole)


def _line(table: ReleaseTable, group: Group) -> SheetLine | None:
    cells = column(table, group.id)
    shown = [(cell.value, row) for row, cell in cells.items() if cell.value is not None]
    whole = column(table, DISTRICT)
    most, row = max(shown, key=lambda pair: pair[0], default=(0.0, ""))
    if not row or may_be_more(table, cells, most):
        return None
    label = next(one.label for one in table.rows if one.id == row)
    title = table.title.removesuffix(" (zusammengefasst)")
    return SheetLine(table.id, title, label, view_cell(cells[row], table), view_cell(whole[row], table))
