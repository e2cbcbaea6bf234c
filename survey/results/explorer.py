"""All questions of a release: searched as people type, by Lebensphase and Handlungsfeld."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

from flask import render_template, request
from flask.typing import ResponseReturnValue

from questionnaires.model import Battery, Item, Questionnaire
from survey.results import blueprint
from survey.results.access import Shown, get_shown_below
from survey.results.frame import page_frame
from survey.results.reader import Content
from survey.results.search import Index
from survey.results.topics import Line, Link, Topic, list_topics

MAX_SEARCH = 80
#: What stands where a question is about all of them; it needs no choice of its own.
EVERY_PHASE = "alle"


class Found(NamedTuple):
    """A question in the list."""

    topic: str
    stem: str
    link: Link
    level: str
    """the finest level with figures"""


@dataclass(frozen=True)
class Entry:
    """A question with what it is found by."""

    found: Found
    phases: tuple[str, ...]
    field: str


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All questions of a release."""

    entries: tuple[Entry, ...]
    index: Index
    phases: tuple[str, ...]
    fields: tuple[str, ...]


_known: WeakKeyDictionary[Content, Catalogue] = WeakKeyDictionary()


@blueprint.get("/ergebnisse/<wave_id>/fragen")
def questions(wave_id: str) -> ResponseReturnValue:
    """Show the questions that fit the words and choices in the address."""
    shown = get_shown_below(wave_id)
    catalogue = _catalogue(shown)
    search = request.args.get("suche", "").strip()[:MAX_SEARCH]
    phase = _one_of("phase", catalogue.phases)
    field = _one_of("feld", catalogue.fields)
    hits = catalogue.index.find(search)
    entries = [catalogue.entries[i] for i in hits.positions]
    entries = [one for one in entries if _fits(one, phase, field)]
    return render_template(
        "results/questions.html", **page_frame(shown), catalogue=catalogue, search=search, phase=phase, field=field,
        groups=_grouped(one.found for one in entries), n_found=len(entries), read_as=hits.read_as if search else (),
    )  # fmt: skip


def _one_of(name: str, allowed: tuple[str, ...]) -> str:
    """Return a choice of the address; one that this release does not hold counts as none."""
    wanted = request.args.get(name, "")
    return wanted if wanted in allowed else ""


def _fits(entry: Entry, phase: str, field: str) -> bool:
    return (not phase or phase in entry.phases or EVERY_PHASE in entry.phases) and (not field or field == entry.field)


def _grouped(found: Iterable[Found]) -> dict[str, dict[str, list[Found]]]:
    """Return page → question → its tables, in the order of the questionnaire."""
    groups: dict[str, dict[str, list[Found]]] = {}
    for one in found:
        groups.setdefault(one.topic, {}).setdefault(one.stem or one.link.label, []).append(one)
    return groups


def _catalogue(shown: Shown) -> Catalogue:
    asked = shown.questionnaire
    if asked is None:
        return _make(shown.content, None)
    if shown.content not in _known:
        _known[shown.content] = _make(shown.content, asked)
    return _known[shown.content]


def _make(content: Content, asked: Questionnaire | None) -> Catalogue:
    entries = [
        _entry(content, asked, topic, line, link)
        for topic in list_topics(content, asked)
        for line in topic.lines
        for link in line.links
    ]
    phases = tuple(dict.fromkeys(p for one in entries for p in one.phases if p != EVERY_PHASE))
    fields = tuple(sorted({one.field for one in entries if one.field}))
    return Catalogue(tuple(entries), Index([_text(content, one) for one in entries]), phases, fields)


def _entry(content: Content, asked: Questionnaire | None, topic: Topic, line: Line, link: Link) -> Entry:
    question = asked.questions.get(content.entries[link.table].question) if asked else None
    item = _item(question, content.entries[link.table].item) if isinstance(question, Battery) else None
    phases = (item.life_phase if item else ()) or (question.life_phase if question else ())
    field = (item.field if item else None) or (question.field if question else None) or ""
    return Entry(Found(topic.title, line.stem, link, _finest(content, link)), phases, field)


def _item(question: Battery, item_id: str | None) -> Item | None:
    return next((item for item in question.items if item.id == item_id), None)


def _finest(content: Content, link: Link) -> str:
    """Return the finest level at which the table, or another form of it, says something."""
    views = [content.views[name] for name in (link.table, *(name for name, _ in link.variants))]
    if any(view.areas is not None and not view.areas.empty for view in views):
        return "Sozialräume"
    if any(not view.zones.empty and len(view.zones.columns) > 1 for view in views):
        return "Großräume"
    return "Landkreis"


def _text(content: Content, entry: Entry) -> str:
    found = entry.found
    return " ".join(
        (found.topic, found.stem, found.link.label, *_answers(content, found.link), *entry.phases, entry.field)
    )


def _answers(content: Content, link: Link) -> Iterator[str]:
    yield from (row.label for row in content.tables[link.table].rows)
    yield from (name for _, name in link.variants)
