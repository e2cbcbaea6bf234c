"""„In ihren eigenen Worten“: themes of open answers and the quotes that a person released."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from questionnaires.handover import Quote
from survey.own_words import language_name
from survey.respond.words import direction
from survey.results.reader import Content
from survey.results.tables import TableView

THEMES = "-themen"
"""ending of the ids of tables of themes; no question id has a hyphen"""


@dataclass(frozen=True)
class QuoteView:
    """A quote with the language it is written in."""

    text: str
    language: str
    direction: str
    translation: str
    origin: str
    """what is said of its language"""


@dataclass(frozen=True)
class Words:
    """An open question with what families wrote."""

    title: str
    themes: TableView | None
    quotes: tuple[QuoteView, ...]


def list_words(content: Content) -> tuple[Words, ...]:
    """Return the open questions of a release that have themes or quotes, in the order of the questionnaire."""
    themes = {view.table.question: view for name, view in content.views.items() if name.endswith(THEMES)}
    quotes = {name: tuple(found) for name, found in groupby(content.quotes, lambda quote: quote.question)}
    return tuple(_words(themes.get(name), quotes.get(name, ())) for name in dict.fromkeys((*themes, *quotes)))


def _words(themes: TableView | None, quotes: tuple[Quote, ...]) -> Words:
    title = quotes[0].title if quotes else themes.table.title.partition(" (")[0] if themes else ""
    return Words(title, themes, tuple(_views(quotes)))


def _views(quotes: tuple[Quote, ...]) -> Iterator[QuoteView]:
    for quote in quotes:
        if quote.text is None:
            origin = "aus einer anderen Sprache übersetzt"
            yield QuoteView(quote.translation or "", "de", "ltr", "", origin)
        else:
            language = quote.language or "de"
            origin = "" if language == "de" else language_name(language)
            yield QuoteView(quote.text, language, direction(language), quote.translation or "", origin)
