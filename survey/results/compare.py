"""Two places side by side: their published figures, and a difference only in the words the release holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from questionnaires.answers_of_release import AreaDifference
from questionnaires.handover import Group, ReleaseTable, TableEntry
from questionnaires.model import text_in
from survey.errors import NotFound
from survey.results import blueprint
from survey.results.access import Shown, get_shown_below
from survey.results.derived import Derived, derived_of
from survey.results.frame import page_frame
from survey.results.places import Places, carrying, column, places_of
from survey.results.tables import HIDDEN, CellView, view_cell

NONE = "kein gesicherter Unterschied"
NOT_TESTED = "in diesem Ergebnisstand nicht geprüft"
SIBLINGS = "nicht geprüft, weil Geschwister keine unabhängigen Angaben sind"
#: more and less, of shares and of means
SHARES, MEANS = ("häufiger", "seltener"), ("höher", "niedriger")
#: The part of the address that names a page of the questionnaire; nothing: what matters most.
PAGE = "seite"
MAX_LISTED = 12
#: Others in the district that a Sozialraum is compared with; with fewer the analysis compares nothing.
MIN_REST = 20
COARSE = "-grob"


@dataclass(frozen=True)
class ComparedRow:
    """An answer in two places."""

    label: str
    here: CellView
    there: CellView
    words: str
    sure: bool = False


@dataclass(frozen=True)
class Compared:
    """A table for two places; where one of them does not carry, for larger ones."""

    table: ReleaseTable
    here: Group
    there: Group | None
    """None: the same larger place stands for both"""
    instead: bool
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True)
class Listed:
    """A difference in the list at the top."""

    table: ReleaseTable
    row: ComparedRow
    secured: bool


@dataclass(frozen=True)
class _Two:
    """What is compared, and where the words come from."""

    places: Places
    derived: Derived
    here: Group
    there: Group


@blueprint.get("/ergebnisse/<wave_id>/vergleich")
def compare(wave_id: str) -> ResponseReturnValue:
    """Show two Sozialräume, or one and the district, page by page of the questionnaire."""
    shown = get_shown_below(wave_id)
    places, derived = places_of(shown.content), derived_of(shown)
    pages = _pages(shown)
    here, there = _chosen(places)
    chosen = request.args.get(PAGE, "")
    if chosen and chosen not in pages:
        raise NotFound("Diese Seite des Fragebogens gibt es in diesem Ergebnisstand nicht.")
    two = _Two(places, derived, here, there) if here and there and here.id != there.id else None
    return render_template(
        "results/compare.html", **page_frame(shown), places=places, here=here, there=there, pages=pages, page=chosen,
        tables=tuple(_compared(two, table) for table in _tables(shown, chosen)) if two else (),
        listed=tuple(_listed(shown, two))[:MAX_LISTED] if two else (), derived=derived,
        notes=derived.differences.notes if derived.differences else (),
    )  # fmt: skip


def _chosen(places: Places) -> tuple[Group | None, Group | None]:
    """Return the two places the address names; at first the first Sozialraum and the district."""
    first, second = request.args.get("a", ""), request.args.get("b", "")
    here = places.get_area(first) if first else next(iter(places.areas), None)
    there = places.find(second) if second else places.district
    if there is None or there.level == "zone":
        raise NotFound("Diesen Sozialraum gibt es in diesem Ergebnisstand nicht.")
    return here, there


def _pages(shown: Shown) -> dict[str, str]:
    """Return id → title of the questionnaire's pages that have tables."""
    asked = shown.questionnaire
    titles = {page.id: text_in(page.title, "de")[0] for page in asked.pages} if asked else {}
    return {entry.page: titles.get(entry.page, entry.page) for entry in shown.content.manifest.tables}


def _tables(shown: Shown, page: str) -> Iterator[ReleaseTable]:
    """Yield the tables of a page, or the table of needs; other forms of the same table only where they carry more."""
    content = shown.content
    if not page:
        if content.headline:
            yield content.headline.table
        return
    entries = [entry for entry in content.manifest.tables if entry.page == page]
    for entry in entries:
        if not _other_form(entry, entries):
            coarse = content.tables.get(f"{entry.id}{COARSE}")
            yield coarse if coarse is not None else content.tables[entry.id]


def _other_form(entry: TableEntry, entries: list[TableEntry]) -> bool:
    return any(entry.id.startswith(f"{other.id}-") for other in entries)


def _compared(two: _Two, table: ReleaseTable) -> Compared:
    here = next(carrying(table, two.places.levels(two.here)), two.places.district)
    there = next(carrying(table, _levels(two)), two.places.district)
    instead = (here, there) != (two.here, two.there)
    if instead and here.level == "area":  # a Sozialraum beside a Großraum would only confuse
        here = next(carrying(table, two.places.levels(two.here)[1:]), two.places.district)
    if instead and there.level == "area":
        there = next(carrying(table, _levels(two)[1:]), two.places.district)
    if instead and here.level != there.level:
        here = there = two.places.district
    same = here.id == there.id
    return Compared(table, here, None if same else there, instead, tuple(_rows(two, table, here, there)))


def _levels(two: _Two) -> tuple[Group, ...]:
    return two.places.levels(two.there) if two.there.level == "area" else (two.places.district,)


def _rows(two: _Two, table: ReleaseTable, here: Group, there: Group) -> Iterator[ComparedRow]:
    one, other = column(table, here.id), column(table, there.id)
    for row in table.rows:
        views = [view_cell(cells[row.id], table) if row.id in cells else HIDDEN for cells in (one, other)]
        verdict = two.derived.verdicts.get((table.id, row.id, here.id, there.id))
        tested = table.id in two.derived.compared.get(here.level, ()) and _tested(table, here, there)
        words, sure = _words(verdict, views, table) if tested else (_why_not(table), False)
        yield ComparedRow(row.label, views[0], views[1], words, sure)


def _why_not(table: ReleaseTable) -> str:
    return SIBLINGS if table.per_response > 1 else NOT_TESTED


def _tested(table: ReleaseTable, here: Group, there: Group) -> bool:
    """Say whether the analysis compares two such groups: of one level, or one and a district that is more than it."""
    bases = {group.id: group.base or 0 for group in table.groups}
    more = table.measure == "mean" or bases.get(there.id, 0) - bases.get(here.id, 0) >= MIN_REST
    return here.level == there.level or (there.level == "district" and more)


def _words(verdict: AreaDifference | None, views: list[CellView], table: ReleaseTable) -> tuple[str, bool]:
    """Return the verdict in words, and whether it is secured."""
    if verdict is not None:
        direction = (MEANS if table.measure == "mean" else SHARES)[not verdict.more]
        sure = verdict.verdict == "secured"
        return (f"gesichert {direction}" if sure else f"Hinweis: {direction}"), sure
    if all(view.value >= 0 for view in views):
        return NONE, False
    return "nicht vergleichbar", False


def _listed(shown: Shown, two: _Two) -> Iterator[Listed]:
    """Yield every difference between the two places, secured ones first."""
    found, tables = [], shown.content.tables
    for (table_id, row_id, here, there), verdict in two.derived.verdicts.items():
        if (here, there) == (two.here.id, two.there.id) and f"{table_id}{COARSE}" not in tables:
            table = tables[table_id]
            row = next(one for one in _rows(two, table, two.here, two.there) if one.label == _label(table, row_id))
            found.append(Listed(table, row, verdict.verdict == "secured"))
    yield from sorted(found, key=lambda one: not one.secured)


def _label(table: ReleaseTable, row: str) -> str:
    return next((one.label for one in table.rows if one.id == row), row)
