"""What a release answers beyond its tables, arranged for the page of a wave: shares are only written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from questionnaires.answers_of_release import (
    Changes,
    Coverage,
    CoverageRow,
    FunnelResult,
    Gap,
    Gaps,
    SituationIndex,
    Situations,
)
from questionnaires.handover import Cell, Finding, Group, ReleaseTable
from survey.results.derived import Derived
from survey.results.tables import CellView, view_cell

#: Kind of rows of coverage → heading and what the first column names.
KINDS = {
    "area": ("Nach Sozialräumen", "Sozialraum"), "group": ("Nach Gruppen", "Gruppe"),
    "children": ("Kinder nach Alter", "Alter"), "door": ("Nach Zugängen", "Zugang"),
}  # fmt: skip
OFFERS = frozenset({"funnels", "gaps", "lighthouses"})
#: Shares that follow from others are written like the shares of any table.
_SHARES = ReleaseTable(
    id="anteile", question="anteile", title="", base_note="", measure="share", k=3, rows=(), groups=(), cells=()
)


@dataclass(frozen=True)
class OfferFamily:
    """Offers asked about in one question."""

    question: str
    title: str
    stages: tuple[str, ...]
    funnels: tuple[FunnelResult, ...]
    silent: tuple[str, ...]
    """titles of the offers that too few answers are there for"""
    base_note: str
    level_note: str
    """the same for all, or empty: then it stands at each"""

    @property
    def reasons(self) -> FunnelResult | None:
        """The funnel whose reasons are shown; they are those of the whole family."""
        return next((funnel for funnel in self.funnels if funnel.reasons), None)


@dataclass(frozen=True)
class CoverageBlock:
    """Rows of coverage of one kind."""

    kind: str
    title: str
    corner: str
    rows: tuple[CoverageRow, ...]
    known: bool
    """whether any known figure stands in it"""
    parts: bool
    """whether shares of all and of the responses stand in it"""

    @property
    def most(self) -> float:
        """The largest part that was reached: where the bars end."""
        return max((row.reached or 0.0 for row in self.rows), default=0.0)


@dataclass(frozen=True)
class GapField:
    """Need and offers of one Handlungsfeld."""

    field: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class SituationRow:
    """A group with its index of every dimension; None where it has none."""

    group: Group
    cells: tuple[tuple[Cell, int | None] | None, ...]
    """with the respondents each rests on"""


@dataclass(frozen=True)
class SituationTable:
    """The indices of one level beside each other."""

    level: str
    title: str
    indices: tuple[SituationIndex, ...]
    rows: tuple[SituationRow, ...]

    @property
    def averaged(self) -> tuple[object, ...]:
        """What goes into each index: on a lower level fewer questions are shown for every group."""
        return tuple((index.dimension, index.items) for index in self.indices)


@dataclass(frozen=True)
class AnswersView:
    """Parts of the page; empty where the release does not hold them."""

    families: tuple[OfferFamily, ...]
    fields: tuple[GapField, ...]
    gaps: Gaps | None
    coverage: Coverage | None
    blocks: tuple[CoverageBlock, ...]
    situations: Situations | None
    situation_tables: tuple[SituationTable, ...]
    changes: Changes | None


def view_answers(derived: Derived) -> AnswersView:
    """Return the parts of a wave's page that follow from its tables."""
    situations = derived.situations if derived.situations and derived.situations.indices else None
    gaps = derived.gaps if derived.gaps and derived.gaps.gaps else None
    return AnswersView(
        families=tuple(_families(derived.funnels or ())), fields=tuple(_fields(gaps)), gaps=gaps,
        coverage=derived.coverage, blocks=tuple(_blocks(derived.coverage)), situations=situations,
        situation_tables=tuple(_situation_tables(situations)), changes=derived.changes,
    )  # fmt: skip


def view_share(cell: Cell | None) -> CellView | None:
    """Return a derived share in words."""
    return None if cell is None else view_cell(cell, _SHARES)


def _families(funnels: tuple[FunnelResult, ...]) -> Iterator[OfferFamily]:
    for question, found in groupby(funnels, key=lambda funnel: funnel.question):
        every = tuple(found)
        family = tuple(funnel for funnel in every if _says_anything(funnel))
        silent = tuple(funnel.title for funnel in every if funnel not in family)
        stages = dict.fromkeys(
            stage.label for funnel in family for column in funnel.columns[:1] for stage in column.stages
        )
        notes = {funnel.base_note for funnel in family}
        levels = {funnel.level_note for funnel in family}
        yield OfferFamily(
            question, every[0].question_title, tuple(stages), family, silent, notes.pop() if len(notes) == 1 else "",
            levels.pop() if len(levels) == 1 else "",
        )  # fmt: skip


def _says_anything(funnel: FunnelResult) -> bool:
    return any(stage.cell.state != "hidden" for column in funnel.columns for stage in column.stages)


def _situation_tables(situations: Situations | None) -> Iterator[SituationTable]:
    for level, title in (("zone", "Landkreis und Großräume"), ("area", "Landkreis und Sozialräume")):
        indices = tuple(one for one in (situations.indices if situations else ()) if one.level == level)
        groups = {group.id: group for index in indices for group in index.groups}
        rows = tuple(
            SituationRow(group, tuple(_index_of(index, group) for index in indices)) for group in groups.values()
        )
        if indices:
            yield SituationTable(level, title, indices, rows)


def _index_of(index: SituationIndex, group: Group) -> tuple[Cell, int | None] | None:
    found = ((one.base, cell) for one, cell in zip(index.groups, index.cells, strict=True) if one.id == group.id)
    return next(((cell, base) for base, cell in found), None)


def _fields(gaps: Gaps | None) -> Iterator[GapField]:
    for field, found in groupby(gaps.gaps if gaps else (), key=lambda gap: gap.field):
        yield GapField(field, tuple(found))


def _blocks(coverage: Coverage | None) -> Iterator[CoverageBlock]:
    for kind, (title, corner) in KINDS.items():
        rows = tuple(row for row in (coverage.rows if coverage else ()) if row.kind == kind)
        if rows:
            known = any(row.known is not None for row in rows)
            parts = any(row.part_of_known is not None for row in rows)
            yield CoverageBlock(kind, title, corner, rows, known, parts)


def findings_about(findings: tuple[Finding, ...]) -> dict[str, list[Finding]]:
    """Return findings by the section of the page they stand in."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        section = "offers" if finding.about in OFFERS else finding.about
        found.setdefault(section, []).append(finding)
    return found
