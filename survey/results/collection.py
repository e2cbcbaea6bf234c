"""Figures to take along: as a spreadsheet, as a picture, and collected on one page that prints.

What is collected stands in the address and nowhere else on the server: who has the link has the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from questionnaires.handover import Finding
from survey.errors import NotFound
from survey.results import blueprint, words
from survey.results.access import Shown, get_shown_below
from survey.results.frame import page_frame
from survey.results.pictures import picture_to_take
from survey.results.sheets import xlsx_of, xlsx_of_csv
from survey.results.tables import Block, TableView
from survey.results.topics import list_topics

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: In the address: a table, or „table:view“; may stand there several times.
KEEP = "f"
MAX_KEPT = 40
AREAS = "sozialraeume"
#: Findings that stand beside a table; others speak of more than it.
ABOUT = frozenset({"needs", "differences"})


@dataclass(frozen=True)
class Kept:
    """A figure of the collection."""

    name: str
    view: TableView
    block: Block
    picture: Markup | None
    findings: tuple[Finding, ...]
    formula: str
    without: str
    """address of the collection without it"""


@blueprint.get("/ergebnisse/<wave_id>/sammlung")
def collection(wave_id: str) -> ResponseReturnValue:
    """Show the figures the address names, one after the other."""
    shown = get_shown_below(wave_id)
    names = list(dict.fromkeys(request.args.getlist(KEEP)))[:MAX_KEPT]
    kept = tuple(_kept(shown, names))
    known = [one.name for one in kept]
    asked = list_topics(shown.content, shown.questionnaire)
    return render_template(
        "results/collection.html", **page_frame(shown), kept=kept, names=known, most=MAX_KEPT,
        unknown=[name for name in names if name not in known], topics=asked,
        method=list(words.method(shown.content.manifest)),
        here=url_for("results.collection", wave_id=wave_id, f=known, stand=shown.release.number, _external=True),
    )  # fmt: skip


def _kept(shown: Shown, names: list[str]) -> Iterator[Kept]:
    for name in names:
        table_id, _, wanted = name.partition(":")
        view = shown.content.views.get(table_id)
        block = _block(view, wanted) if view else None
        if view is not None and block is not None:
            findings = tuple(one for one in shown.content.findings if one.table == table_id and one.about in ABOUT)
            without = url_for("results.collection", wave_id=shown.wave.id, f=[one for one in names if one != name])
            picture = None if wanted else _picture(shown, table_id)
            yield Kept(name, view, block, picture, findings, words.formula(view.table), without)


def _block(view: TableView, wanted: str) -> Block | None:
    """Return district and Großräume, or the Sozialräume, or the groups of a filter."""
    if not wanted:
        return view.zones
    return view.areas if wanted == AREAS else view.filters.get(wanted)


def _picture(shown: Shown, table_id: str) -> Markup | None:
    """Return the release's own drawing; its hash was just compared, so it may stand in the page."""
    file = f"figures/{table_id}.svg"
    return Markup(shown.read(file).decode()) if shown.content.has(file) else None  # noqa: S704


# --- files -----------------------------------------------------------------------------------------------------


@blueprint.get("/ergebnisse/<wave_id>/tabelle/<table_id>.xlsx")
def table_xlsx(wave_id: str, table_id: str) -> ResponseReturnValue:
    """Send a table as a workbook."""
    shown = get_shown_below(wave_id)
    if table_id not in shown.content.tables:
        raise NotFound("Diese Tabelle gibt es in diesem Ergebnisstand nicht.")
    address = view_address(wave_id, shown.release.number, table_id)
    data = xlsx_of(shown.content.tables[table_id], shown.content.manifest, shown.release.number, address)
    return _download(data, XLSX, f"{wave_id}-{table_id}.xlsx")


@blueprint.get(
    "/ergebnisse/<wave_id>/antworten/<any(funnels, gaps, coverage, situations, changes, quality):name>.xlsx"
)
def answer_xlsx(wave_id: str, name: str) -> ResponseReturnValue:
    """Send what a release answers beyond its tables as a workbook."""
    shown = get_shown_below(wave_id)
    file = f"{name}.csv"
    if not shown.content.has(file):
        raise NotFound("Diese Tabelle gibt es in diesem Ergebnisstand nicht.")
    address = url_for("results.wave", wave_id=wave_id, stand=shown.release.number, _external=True)
    text = shown.read(file).decode("utf-8-sig")
    data = xlsx_of_csv(text, shown.content.manifest, shown.release.number, address)
    return _download(data, XLSX, f"{wave_id}-{name}.xlsx")


@blueprint.get("/ergebnisse/<wave_id>/bild/<table_id>.svg")
def picture_svg(wave_id: str, table_id: str) -> ResponseReturnValue:
    """Send a figure as a picture with title and source; a script makes a PNG of it."""
    shown = get_shown_below(wave_id)
    file = f"figures/{table_id}.svg"
    if table_id not in shown.content.tables or not shown.content.has(file):
        raise NotFound("Dieses Bild gibt es in diesem Ergebnisstand nicht.")
    drawing, table = shown.read(file).decode(), shown.content.tables[table_id]
    picture = picture_to_take(drawing, table, shown.content.manifest, shown.release.number)
    return _download(picture.encode(), "image/svg+xml", f"{wave_id}-{table_id}.svg")


def _download(data: bytes, kind: str, name: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.app_template_global()
def view_address(wave_id: str, number: int, table_id: str, chosen: str = "") -> str:
    """Return the full address of exactly this view of this release."""
    more = {"filter": chosen} if chosen else {}
    return url_for("results.question", wave_id=wave_id, table_id=table_id, stand=number, _external=True, **more)
