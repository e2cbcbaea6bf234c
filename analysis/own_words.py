"""Answers in own words: the tables of their themes and the quotes that a person released."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from analysis.areas import DISTRICT, Column, Layout, Relation
from analysis.disclosure import Published, protect, publish_quotes
from analysis.estimates import Sums
from analysis.exact_repair import Beside
from analysis.extract import Extract
from analysis.extract_texts import TextRow
from analysis.topics import Cube, Topic
from questionnaires.handover import Group, Quote, ReleaseTable, Row
from questionnaires.model import Page, Text, text_in
from questionnaires.plan import PublicationPlan

THEMES = "-themen"
"""ending of table ids; no question id has a hyphen"""
KIND = "own_words"
NO_THEME = "ohne"
"""id of the row of texts without a theme; no theme has it"""

BASE = (
    "Anteile an allen Texten zu dieser Frage; ein Text kann mehrere Themen haben, zusammen sind es dann über 100 %. "
    "Eine Themenliste sortiert die Texte nach Wörtern; wo ein Mensch anders entschieden hat, gilt das. "
    "Nicht gewichtet: Zu den anderen Antworten einer Familie führt von ihrem Text kein Weg zurück."
)
ONLY_SOME_PLACES = (
    "Texte in einer Sprache, in der aus einem Großraum weniger als zehn kamen, zählen nur beim Landkreis mit."
)

ALL_TEXTS = (
    "Bögen, die nach der Regel des Veröffentlichungsplans ausgelassen sind, zählen hier mit: Zu welchem Bogen ein Text "
    "gehört, weiß seit dem Anonymisieren niemand mehr."
)


def theme_tables(
    extract: Extract, plan: PublicationPlan, beside: Beside | None = None
) -> Iterator[tuple[Topic, Published[ReleaseTable]]]:
    """Yield the protected table of themes for every open question that has texts whose themes count.

    Parameters
    ----------
    extract : Extract
    plan : PublicationPlan
        `k_sensitive` holds for every cell: what people write unasked may be anything
    beside : Beside or None
        what earlier releases told

    Yields
    ------
    (Topic, Published[ReleaseTable])
        for the district and the Großräume; a text counts once, whatever a family's weight. Questions on pages for each
        child and the words to „Andere, nämlich“ have no table: these hang together with other tables of a release
    """
    if not extract.codebook.themes:
        return
    for page in extract.codebook.questionnaire.pages:
        for question in page.questions:
            texts = [text for text in extract.texts if text.counted and text.question == question.id]
            if isinstance(question, Text) and page.repeat is None and texts:
                topic, layout = _topic(extract, question, page), _layout(extract, texts)
                cube = _count(topic, texts, layout, _responses(extract, layout))
                for table in protect(topic, cube, layout, plan, beside):
                    yield topic, table


def _topic(extract: Extract, question: Text, page: Page) -> Topic:
    plan = extract.fieldwork.plan
    some_left_out = bool(plan.exclude) or any(margin.missing == "exclude" for margin in plan.margins)
    themes = [Row(id=theme.id, label=theme.name) for theme in extract.codebook.themes]
    return Topic(
        id=question.id + THEMES,
        question=question.id, item=None, kind=KIND, page=page.id,
        title=f"{text_in(question.text, 'de')[0]} (Themen in eigenen Worten)",
        base_note=" ".join([BASE, ONLY_SOME_PLACES, *([ALL_TEXTS] if some_left_out else [])]),
        rows=(*themes, Row(id=NO_THEME, label="ohne Thema")),
        one_of=False, columns=(), sensitive=True,
    )  # fmt: skip


def _layout(extract: Extract, texts: list[TextRow]) -> Layout:
    """Return district, Großräume with texts, and those without a place, which only an attacker computes."""
    district = extract.codebook.district
    zones = [zone for zone in district.zones if any(text.zone == zone.id for text in texts)]
    columns = [Column(Group(id=DISTRICT, label=district.name, level="district"), shown=True)]
    for zone in zones:
        areas = tuple(area.id for area in district.areas if area.zone == zone.id)
        provisional = any(area.provisional for area in district.areas if area.zone == zone.id)
        group = Group(id=f"zone-{zone.id}", label=zone.name, level="zone", areas=areas, provisional=provisional)
        columns.append(Column(group, shown=True))
    columns.append(Column(Group(id="~outside", label="", level="zone"), shown=False))
    return Layout(tuple(columns), (), (Relation(0, tuple(range(1, len(columns)))),))


def _responses(extract: Extract, layout: Layout) -> npt.NDArray[np.int64]:
    """Return the responses of every group: who wrote nothing is protected as well."""
    index = {area.id: i for i, area in enumerate(extract.codebook.district.areas)}
    inside = [np.isin(extract.area, [index[area] for area in column.group.areas]).sum() for column in layout.columns]
    everybody = extract.fieldwork.n_responses
    return np.array([everybody, *inside[1:-1], everybody - sum(inside[1:-1])], dtype=np.int64)


def _count(
    topic: Topic, texts: list[TextRow], layout: Layout, responses: npt.NDArray[np.int64]
) -> Cube:
    position = {column.group.id.removeprefix("zone-"): i for i, column in enumerate(layout.columns)}
    yes = np.zeros((len(layout.columns), len(topic.rows)), dtype=np.int64)
    base = np.zeros(len(layout.columns), dtype=np.int64)
    rows = {row.id: i for i, row in enumerate(topic.rows)}
    for text in texts:
        groups = [0, position.get(text.zone, len(layout.columns) - 1)]
        base[groups] += 1
        for theme in text.themes or (NO_THEME,):
            yes[groups, rows[theme]] += 1
    return Cube(_sums(yes), _sums(base), _sums(_sizes(base, responses)))


def _sizes(base: npt.NDArray[np.int64], responses: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return whom the texts are of: at least as many as there are texts. A text that does not tell its place, and the
    response it came with, count elsewhere."""
    size = np.maximum(base, responses)
    for zone in range(1, len(size) - 1):
        size[zone] -= min(size[zone] - base[zone], max(size[1:].sum() - size[0], 0))
    return size


def _sums(n: npt.NDArray[np.int64]) -> Sums:
    return Sums(n, n.astype(np.float64), n.astype(np.float64))


# ---------- quotes


def released_quotes(extract: Extract) -> Published[tuple[Quote, ...]]:
    """Return the quotes of a wave as they may be shown; see :func:`analysis.disclosure.publish_quotes`."""
    questions = extract.codebook.questionnaire.questions
    titles = {name: text_in(question.text, "de")[0] for name, question in questions.items()}
    return publish_quotes(extract.texts, titles)


def quotes_file(quotes: Published[tuple[Quote, ...]]) -> dict[str, bytes]:
    """Return quotes.json as a file of a release; empty where nobody released a quote."""
    if not quotes.value:
        return {}
    found = [quote.model_dump(mode="json", exclude_none=True) for quote in quotes.value]
    return {"quotes.json": (json.dumps(found, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode("utf-8")}
