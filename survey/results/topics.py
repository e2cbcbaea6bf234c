"""The list of all questions of a release, by page of the questionnaire, and the search in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from weakref import WeakKeyDictionary

from questionnaires.handover import TableEntry
from questionnaires.model import Questionnaire, text_in
from survey.results.reader import Content


@dataclass(frozen=True)
class Link:
    """The way to a table, and to other forms of the same one (steps taken together, means)."""

    table: str
    label: str
    variants: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Line:
    """A question with its tables: one, or one per item."""

    stem: str
    """empty where the question has one table only"""
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Topic:
    """A page of the questionnaire."""

    title: str
    lines: tuple[Line, ...]


#: Building the list costs more than showing it.
_known: WeakKeyDictionary[Content, tuple[Topic, ...]] = WeakKeyDictionary()


def list_topics(content: Content, asked: Questionnaire | None) -> tuple[Topic, ...]:
    """Return all tables of a release in the order of the questionnaire, whose texts only serve as headings."""
    if asked is None:
        return tuple(_topics(content, None))
    if content not in _known:
        _known[content] = tuple(_topics(content, asked))
    return _known[content]


def _topics(content: Content, asked: Questionnaire | None) -> Iterator[Topic]:
    titles = {page.id: text_in(page.title, "de")[0] for page in asked.pages} if asked else {}
    stems = {name: text_in(found.text, "de")[0] for name, found in asked.questions.items()} if asked else {}
    for page, found in groupby(content.manifest.tables, lambda entry: entry.page):
        yield Topic(titles.get(page, page), tuple(_lines(found, stems)))


def _lines(entries: Iterable[TableEntry], stems: dict[str, str]) -> Iterator[Line]:
    for question, found in groupby(entries, lambda entry: entry.question):
        tables, stem = tuple(found), stems.get(question, "")
        if not any(entry.item for entry in tables):
            stem = ""
        links = tuple(_link(entry, stem, _variants(entry, tables)) for entry in tables if not _main(entry, tables))
        yield Line(stem, links)


def _variants(entry: TableEntry, tables: Iterable[TableEntry]) -> tuple[tuple[str, str], ...]:
    """Return id and name of other forms of a table; their ids are its own with an ending after a hyphen."""
    found = (other for other in tables if other.id.startswith(f"{entry.id}-"))
    return tuple((other.id, _rest(other.title, entry.title)) for other in found)


def other_forms(content: Content, table_id: str) -> tuple[tuple[str, str], ...]:
    """Return the ways from one form of a table to the others."""
    entry, tables = content.entries[table_id], content.manifest.tables
    main = _main(entry, tables)
    if main is None:
        return _variants(entry, tables)
    others = (found for found in _variants(main, tables) if found[0] != table_id)
    return ((main.id, "einzelne Antworten"), *others)


def _main(entry: TableEntry, tables: Iterable[TableEntry]) -> TableEntry | None:
    """Return the table this one is another form of."""
    return next((other for other in tables if entry.id.startswith(f"{other.id}-")), None)


def _link(entry: TableEntry, stem: str, variants: tuple[tuple[str, str], ...]) -> Link:
    return Link(entry.id, _rest(entry.title, stem) if stem else entry.title, variants)


def _rest(title: str, stem: str) -> str:
    """Return what a title says beyond the question: „– Bus und Bahn“, „(Mittelwerte)“."""
    rest = title.removeprefix(stem).strip(" –")
    return (rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest) or title


def find_topics(topics: Sequence[Topic], search: str) -> Sequence[Topic]:
    """Return the tables for which page, question and item together hold every word."""
    wanted = search.casefold().split()
    if not wanted:
        return topics
    found = []
    for topic in topics:
        lines = [replace(line, links=tuple(_hits(topic, line, wanted))) for line in topic.lines]
        if any(line.links for line in lines):
            found.append(Topic(topic.title, tuple(line for line in lines if line.links)))
    return found


def _hits(topic: Topic, line: Line, wanted: list[str]) -> Iterator[Link]:
    for link in line.links:
        forms = " ".join(name for _, name in link.variants)
        text = f"{topic.title} {line.stem} {link.label} {forms}".casefold()
        if all(word in text for word in wanted):
            yield link
