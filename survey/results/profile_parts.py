"""What a release says of one Sozialraum, each part at the level that carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

from questionnaires.answers_of_release import AreaDifference, Change, CoverageRow, FunnelColumn, FunnelResult
from questionnaires.handover import Group, Manifest, ReleaseTable
from survey.results.derived import Derived
from survey.results.places import DISTRICT, column
from survey.results.reader import Content
from survey.results.tables import CellView, view_cell

T = TypeVar("T")
#: What one page of paper holds.
MAX_STRENGTHS, MAX_NEEDS, MAX_OFFERS, MAX_DIFFERENCES, MAX_CHANGES, MAX_QUOTES = 3, 5, 6, 4, 3, 2
#: A strength is named by more than half, also at the lower end of its interval.
HALF = 0.5
COARSE = "-grob"


@dataclass(frozen=True)
class Part(Generic[T]):
    """Lines about one group: the Sozialraum itself, or what stands for it."""

    level: Group | None
    """None: no level carries"""
    lines: tuple[T, ...]

    @property
    def stands_in(self) -> bool:
        """Whether the lines are about a larger group than the Sozialraum."""
        return self.level is not None and self.level.level != "area"


@dataclass(frozen=True)
class Line:
    """An answer with its figure."""

    table: str
    label: str
    cell: CellView
    about: str = ""
    """the answer, where the label is what was asked about"""
    asked: str = ""


@dataclass(frozen=True)
class RankGroup:
    """Answers whose order among themselves is not known."""

    ranks: str
    lines: tuple[Line, ...]
    cut: bool
    """whether further answers have the same ranks"""


@dataclass(frozen=True)
class OfferLine:
    """What is known and used of an offer, of those it concerns."""

    title: str
    known: CellView | None
    used: CellView | None


@dataclass(frozen=True)
class SituationLine:
    """The index of a Lebenslage here, or around here, and in the district."""

    title: str
    place: str
    here: CellView
    whole: CellView


@dataclass(frozen=True)
class DifferenceLine:
    """Where a Sozialraum differs from the rest of the district."""

    table: str
    title: str
    answer: str
    more: bool
    secured: bool
    here: CellView
    whole: CellView


def first_level(levels: Iterable[Group], lines_of: Callable[[Group], tuple[T, ...]]) -> Part[T]:
    """Return the lines of the first level that has any."""
    for level in levels:
        if lines := lines_of(level):
            return Part(level, lines)
    return Part(None, ())


# --- strengths -------------------------------------------------------------------------------------------------


def strengths(content: Content, levels: Iterable[Group]) -> Part[Line]:
    """Return what is named well by more than half, from scales whose steps the plan takes together."""
    good = list(_good_rows(content))
    return first_level(levels, lambda level: tuple(_strengths(good, level)))


def _good_rows(content: Content) -> Iterator[tuple[ReleaseTable, str]]:
    """Yield tables of steps taken together, with the row at the end that speaks of no hardship."""
    plan = content.manifest.plan
    for table in content.tables.values():
        key = f"{table.question}.{table.item}" if table.item else table.question
        steps, hard = plan.coarse.get(key) or plan.coarse.get(table.question), set(plan.hardships.get(key, ()))
        if table.id.endswith(COARSE) and steps and hard and len(steps) == len(table.rows):
            ends = [i for i in (0, len(steps) - 1) if not hard & set(steps[i].codes)]
            if len(ends) == 1:
                yield table, table.rows[ends[0]].id


def _strengths(good: list[tuple[ReleaseTable, str]], level: Group) -> Iterator[Line]:
    found = []
    for table, row in good:
        cell = column(table, level.id).get(row)
        if cell is not None and cell.state == "number" and (cell.low or 0) > HALF:
            label = next(one.label for one in table.rows if one.id == row)
            asked, item = _parts(table)
            found.append((-(cell.value or 0), Line(table.id, item, view_cell(cell, table), label, asked)))
    yield from (line for _, line in sorted(found, key=lambda pair: pair[0])[:MAX_STRENGTHS])


def _parts(table: ReleaseTable) -> tuple[str, str]:
    """Return what was asked and what about: „Wie zufrieden sind Sie damit?“, „Bus und Bahn“."""
    asked, _, item = table.title.removesuffix(" (zusammengefasst)").rpartition(" – ")
    return asked, item


# --- needs -----------------------------------------------------------------------------------------------------


def needs(content: Content, levels: Iterable[Group]) -> Part[RankGroup]:
    """Return the needs named most, in groups whose order is not known."""
    table = content.tables.get(content.manifest.headline_table or "")
    if table is None:
        return Part(None, ())
    return first_level(levels, lambda level: tuple(_rank_groups(content, table, level)))


def _rank_groups(content: Content, table: ReleaseTable, level: Group) -> Iterator[RankGroup]:
    cells, labels = column(table, level.id), {row.id: row.label for row in table.rows}
    ranks = [r for r in content.ranks if r.table == table.id and r.group == level.id and r.row in cells]
    ordered = sorted(ranks, key=lambda r: (r.best, r.worst, -(cells[r.row].value or 0)))
    shown, left = ordered[:MAX_NEEDS], {(r.best, r.worst) for r in ordered[MAX_NEEDS:]}
    for (best, worst), found in groupby(shown, key=lambda r: (r.best, r.worst)):
        lines = tuple(Line(table.id, labels[r.row], view_cell(cells[r.row], table)) for r in found)
        yield RankGroup(f"Rang {best}" if best == worst else f"Rang {best}–{worst}", lines, (best, worst) in left)


# --- offers ----------------------------------------------------------------------------------------------------


def offers(derived: Derived, levels: Iterable[Group]) -> Part[OfferLine]:
    """Return what is known and used of offers."""
    return first_level(levels, lambda level: tuple(_offers(derived.funnels or (), level))[:MAX_OFFERS])


def _offers(funnels: Iterable[FunnelResult], level: Group) -> Iterator[OfferLine]:
    for funnel in funnels:
        found = next((one for one in funnel.columns if one.group.id == level.id), None)
        stages = {stage: _stage(found, stage) for stage in ("known", "used")} if found else {}
        if any(view is not None and view.state != "hidden" for view in stages.values()):
            yield OfferLine(funnel.title, stages["known"], stages["used"])


def _stage(found: FunnelColumn, stage: str) -> CellView | None:
    cell = next((one.cell for one in found.stages if one.id == stage), None)
    return None if cell is None else view_cell(cell, SHARES)


#: Cells of funnels and changes are shares; only that decides how they are written.
SHARES = ReleaseTable(
    id="anteile", question="anteile", title="", base_note="", measure="share", k=3, rows=(), groups=(), cells=()
)


# --- Lebenslagen -----------------------------------------------------------------------------------------------


def situations(derived: Derived, area: Group, zone: Group | None) -> tuple[SituationLine, ...]:
    """Return the indices of Lebenslagen, each at the finest level the release has it for."""
    indices = derived.situations.indices if derived.situations else ()
    found: dict[str, SituationLine] = {}
    for place in (area, zone):
        for index in indices:
            cells = {group.id: cell for group, cell in zip(index.groups, index.cells, strict=True)}
            here = cells.get(place.id) if place else None
            if place and here is not None and here.state != "hidden" and DISTRICT in cells:
                whole = view_cell(cells[DISTRICT], SHARES)
                line = SituationLine(index.title, place.label, view_cell(here, SHARES), whole)
                found.setdefault(index.dimension, line)
    return tuple(found.values())


# --- differences, changes, coverage ------------------------------------------------------------------------------


def differences(content: Content, derived: Derived, area: Group) -> tuple[DifferenceLine, ...]:
    """Return where a Sozialraum differs from the rest of the district, secured ones first."""
    filters = {rule.question for rule in content.manifest.plan.filters}
    found = [
        one
        for one in (derived.differences.differences if derived.differences else ())
        if one.here == area.id and one.there == DISTRICT and content.tables[one.table].question not in filters
        and content.tables[one.table].measure != "mean"
    ]  # fmt: skip
    ordered = sorted(found, key=lambda one: one.verdict != "secured")
    first: dict[str, AreaDifference] = {}
    for one in ordered:  # of several forms of a table, and of its answers, the surest
        first.setdefault(one.table.removesuffix(COARSE), one)
    chosen = list(first.values())[:MAX_DIFFERENCES]
    return tuple(
        DifferenceLine(
            one.table, content.tables[one.table].title, _label(content.tables[one.table], one.row), one.more,
            one.verdict == "secured", *_both(content.tables[one.table], one.row, area.id),
        )
        for one in chosen
    )  # fmt: skip


def _label(table: ReleaseTable, row: str) -> str:
    return next((one.label for one in table.rows if one.id == row), row)


def _both(table: ReleaseTable, row: str, area: str) -> tuple[CellView, CellView]:
    return view_cell(column(table, area)[row], table), view_cell(column(table, DISTRICT)[row], table)


def changes(derived: Derived, levels: Iterable[Group]) -> Part[Change]:
    """Return what changed since the last wave."""
    every = derived.changes.changes if derived.changes else ()
    return first_level(levels, lambda level: tuple(c for c in every if c.group.id == level.id)[:MAX_CHANGES])


def coverage(derived: Derived, area: Group) -> CoverageRow | None:
    """Return who answered in a Sozialraum, else in the district."""
    rows = derived.coverage.rows if derived.coverage else ()
    own = next((row for row in rows if row.kind == "area" and row.label == area.label), None)
    return own or next((row for row in rows if row.kind == "district"), None)


def answered(manifest: Manifest, content: Content, area: Group) -> Group | None:
    """Return the Sozialraum's column of the table of needs: its base says how many answered there."""
    table = content.tables.get(manifest.headline_table or "")
    return next((group for group in table.groups if group.id == area.id), None) if table else None

