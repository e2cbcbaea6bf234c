"""The results for the young people who answered, in „du“: short, with the same published figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from questionnaires.handover import ReleaseTable
from survey.errors import NotFound
from survey.results import blueprint
from survey.results.access import Shown, get_shown_below
from survey.results.frame import asks_young_people, page_frame
from survey.results.places import DISTRICT, column
from survey.results.sheet import groups_with_sheet, may_be_more
from survey.results.tables import CellView, view_cell
from survey.results.topics import list_topics

MAX_TOP, MAX_ANSWERS = 5, 2


@dataclass(frozen=True)
class Said:
    """What most said to one question."""

    table: str
    question: str
    answers: tuple[tuple[str, CellView], ...]
    """label and figure, the largest first"""


@dataclass(frozen=True)
class Chapter:
    """A page of the questionnaire."""

    title: str
    said: tuple[Said, ...]


@blueprint.get("/ergebnisse/<wave_id>/fuer-euch")
def young_page(wave_id: str) -> ResponseReturnValue:
    """Show young people what they said; waves of families have no such page."""
    shown = get_shown_below(wave_id)
    if not asks_young_people(shown.content):
        raise NotFound("Diese Seite gibt es nur für Befragungen von jungen Menschen.")
    content = shown.content
    needs = content.tables.get(content.manifest.headline_table or "")
    return render_template(
        "results/young.html", **page_frame(shown), top=_said(needs, MAX_TOP) if needs else None,
        ranks=content.district_ranks, chapters=tuple(_chapters(shown)), quotes=content.quotes,
        sheets=groups_with_sheet(content),
    )  # fmt: skip


def _chapters(shown: Shown) -> Iterator[Chapter]:
    content, filters = shown.content, {rule.question for rule in shown.content.manifest.plan.filters}
    for topic in list_topics(content, shown.questionnaire):
        tables = [content.tables[link.table] for line in topic.lines for link in line.links]
        wanted = (t for t in tables if t.measure != "mean" and t.question not in filters and not t.sensitive)
        said = [_said(content.tables.get(f"{table.id}-grob", table), MAX_ANSWERS) for table in wanted]
        found = tuple(one for one in said if one is not None and one.table != content.manifest.headline_table)
        if found:
            yield Chapter(topic.title, found)


def _said(table: ReleaseTable, most: int) -> Said | None:
    """Return the answers named most in the district; only those that are shown as numbers."""
    cells, labels = column(table, DISTRICT), {row.id: row.label for row in table.rows}
    shown = [(row, cell) for row, cell in cells.items() if cell.state == "number" and cell.value is not None]
    first = sorted(shown, key=lambda pair: -(pair[1].value or 0))[:most]
    if not first or (table.measure == "share" and may_be_more(table, cells, first[0][1].value or 0)):
        return None
    title = table.title.removesuffix(" (zusammengefasst)")
    return Said(table.id, title, tuple((labels[row], view_cell(cell, table)) for row, cell in first))
