"""What the pages around a release share, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from flask import request, url_for
from markupsafe import Markup

from questionnaires.handover import Cell, ReleaseTable
from survey.results import blueprint
from survey.results.access import NUMBER, Shown
from survey.results.places import places_of
from survey.results.reader import Content
from survey.results.tables import CellView, view_cell
from survey.results.words import split_question
from survey.services import services
from survey.store import questionnaires

#: endpoint, title; pages that need Sozialräume or young people stand only where there are any
WAYS = (
    ("results.wave", "Überblick"), ("results.questions", "Fragen"), ("results.map_page", "Karte"),
    ("results.profiles", "Sozialräume"), ("results.compare", "Vergleich"), ("results.quality_page", "Methode"),
    ("results.young_page", "Für euch"), ("results.collection", "Meine Sammlung"),
)  # fmt: skip
COLLECTION, YOUNG = "results.collection", "results.young_page"
SPATIAL = frozenset({"results.map_page", "results.profiles", "results.compare"})


@dataclass(frozen=True)
class Way:
    """An entry of the navigation between the pages of a release."""

    title: str
    href: str
    current: bool
    collects: bool
    """leads to the collection, whose address a script completes"""


def page_frame(shown: Shown) -> dict[str, Any]:
    """Return what the template of every page of a release needs."""
    return {
        "wave": shown.wave, "legal_wave": shown.wave, "release": shown.release, "content": shown.content,
        "manifest": shown.content.manifest, "desk": None,
    }  # fmt: skip


@blueprint.app_template_global()
def room_ways(wave_id: str, content: Content) -> list[Way]:
    """Return the navigation between the pages of a release."""
    spatial, young = bool(places_of(content).areas), asks_young_people(content)
    wanted = [way for way in WAYS if (spatial or way[0] not in SPATIAL) and (young or way[0] != YOUNG)]
    return [
        Way(title, url_for(endpoint, wave_id=wave_id), request.endpoint == endpoint, endpoint == COLLECTION)
        for endpoint, title in wanted
    ]


def asks_young_people(content: Content) -> bool:
    """Say whether young people were asked."""
    asked = questionnaires.find_questionnaire(services().store, content.manifest.questionnaire_hash)
    return asked is not None and asked.audience == "young_people"


_written: WeakKeyDictionary[Content, dict[tuple[str, str, str], Markup]] = WeakKeyDictionary()


@blueprint.app_template_global()
def once(content: Content, name: str, caller: Callable[[], Markup]) -> Markup:
    """Return a part of a page that only the release decides, written once and kept as long as the release is.

    Its links name the release of the address and the path in front of the application, so these are part of the key.
    Without a name nothing is kept.
    """
    if not name:
        return caller()
    kept = _written.setdefault(content, {})
    key = name, request.args.get(NUMBER, ""), request.script_root
    if key not in kept:
        kept[key] = caller()
    return kept[key]


@blueprint.app_template_filter()
def short_title(title: str) -> str:
    """Return what a table of an item is about: „Bus und Bahn“ of „Wie zufrieden sind Sie damit? – Bus und Bahn“."""
    return title.removesuffix(" (zusammengefasst)").rpartition(" – ")[2] or title


blueprint.add_app_template_filter(split_question)


@blueprint.app_template_filter()
def stem(title: str) -> str:
    """Return a title that an answer follows: with a colon where it is no question."""
    return title if title.endswith(("?", "!", ".")) else f"{title}:"


@blueprint.app_template_filter()
def written(cell: Cell, table: ReleaseTable) -> CellView:
    """Return a cell in words."""
    return view_cell(cell, table)
