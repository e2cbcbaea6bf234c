"""The map of a wave: one answer of one question by Sozialraum, with the same figures as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey.boundaries import schematic
from survey.errors import NotFound
from survey.records import Outlines, Wave
from survey.results import blueprint, words
from survey.results.access import Shown, get_shown
from survey.results.map_drawing import MapView, Sure, draw_map
from survey.results.reader import Content
from survey.results.tables import TableView
from survey.services import services
from survey.store import districts, outlines


@blueprint.get("/ergebnisse/<wave_id>/karte")
def map_page(wave_id: str) -> ResponseReturnValue:
    """Show the row the address asks for, at first the need that is named most."""
    shown = get_shown(wave_id)
    content = shown.content
    offered = _offered(content)
    view = _chosen_table(content, offered)
    row = _chosen_row(view) if view else ""
    return render_template(
        "results/map.html", wave=shown.wave, legal_wave=shown.wave, release=shown.release, content=content,
        manifest=content.manifest, desk=None, offered=offered, view=view, row=row,
        map=_map(shown, view, row) if view else None, method=list(words.method(content.manifest)),
        formula=words.formula(view.table) if view else "", profiles=_profiles(shown, view) if view else {},
    )  # fmt: skip


_known: WeakKeyDictionary[Content, Mapping[str, str]] = WeakKeyDictionary()


def _offered(content: Content) -> Mapping[str, str]:
    """Return id → title of the tables that have a figure for a Sozialraum."""
    if content not in _known:
        _known[content] = {
            table_id: view.table.title
            for table_id, view in content.views.items()
            if view.areas is not None and not view.areas.empty and view.table.measure != "mean"
        }
    return _known[content]


def _chosen_table(content: Content, offered: Mapping[str, str]) -> TableView | None:
    wanted = request.args.get("frage", "")
    if wanted and wanted not in offered:
        raise NotFound("Zu dieser Frage gibt es in diesem Ergebnisstand keine Zahlen nach Sozialräumen.")
    first = content.manifest.headline_table
    name = wanted or (first if first in offered else next(iter(offered), ""))
    return content.views.get(name or "")


def _chosen_row(view: TableView) -> str:
    rows = [row.id for row in view.table.rows]
    wanted = request.args.get("antwort", "")
    if wanted in rows:
        return wanted
    assert view.areas is not None  # noqa: S101  only such tables are offered
    return next((row.id for row in view.areas.rows if any(cell.state != "hidden" for cell in row.cells)), rows[0])


def _outlines(wave: Wave) -> Outlines | None:
    store = services().store
    return outlines.find_outlines(store, wave.district_id) or schematic(districts.get_district(store, wave.district_id))


def _map(shown: Shown, view: TableView, row_id: str) -> MapView | None:
    found = _outlines(shown.wave)
    if found is None or view.areas is None:
        return None
    row = next(row for row in view.areas.rows if row.id == row_id)
    inside = {group.id: group.areas or (group.id,) for group in view.table.groups if group.level == "area"}
    certain = dict(_certain(shown.content, view.table.id, row_id))
    return draw_map(found, view.areas.columns, row.cells, inside, certain)


def _profiles(shown: Shown, view: TableView) -> dict[str, str]:
    """Return id of a column → address of its profile."""
    places = [group for group in view.table.groups if group.level == "area"]
    return {
        place.id: url_for("results.profile", wave_id=shown.wave.id, area_id=(place.areas or (place.id,))[0])
        for place in places
    }


def _certain(content: Content, table_id: str, row_id: str) -> Iterator[tuple[str, Sure]]:
    """Yield the Sozialräume of which a finding says that this answer differs there from the rest."""
    for finding in content.findings:
        if finding.table != table_id or finding.about != "differences" or finding.certainty == "described":
            continue
        yield from ((group, finding.certainty) for row, group in finding.cells if row == row_id)
