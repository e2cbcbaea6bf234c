"""„In ihren eigenen Worten“ shows themes like any other table and quotes as they were released."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.handover import Quote
from tests.survey.desk_tools import page
from tests.survey.make_release import table, tables
from tests.survey.results_tools import HOME, Shelf, cells, html, text_of

CHOSEN = "Eine Person hat jedes Zitat gelesen und freigegeben."


@pytest.fixture
def shelf(app: Flask) -> Shelf:
    own = app.extensions["familienstimme"]
    return Shelf(own.store, Path(own.settings.releases))


def quotes_json(*quotes: dict[str, Any]) -> dict[str, bytes]:
    found = [Quote(**({"question": "warum", "title": "Frage warum?"} | quote)) for quote in quotes]
    return {"quotes.json": json.dumps([quote.model_dump(mode="json", exclude_none=True) for quote in found]).encode()}


def themes() -> dict[str, Any]:
    title = "Frage warum? (Themen in eigenen Worten)"
    return tables() | {"warum-themen": ("eins", table("warum-themen", title, measure="share_of_cases"))}


def quotes_of(shown: str) -> Iterator[tuple[str, str, str]]:
    for part in shown.split("<blockquote ")[1:]:
        head, _, rest = part.partition(">")
        language, direction = head.split('"')[1::2]
        yield language, direction, text_of(rest.partition("</blockquote>")[0]).strip()


def test_quotes_have_their_language_and_direction_and_say_who_chose(shelf: Shelf, client: FlaskClient) -> None:
    found = quotes_json(
        {"text": "Der Bus", "language": "de"}, {"text": "نحتاج", "language": "ar", "translation": "Wir brauchen"},
        {"translation": "Mehr Zeit"},
    )  # fmt: skip
    shelf.add(extra_files=found)
    shown = html(client, HOME)
    assert list(quotes_of(shown)) == [
        ("de", "ltr", "Der Bus"), ("ar", "rtl", "نحتاج"), ("de", "ltr", "Mehr Zeit"),
    ]  # fmt: skip
    assert CHOSEN in shown
    assert "Auf Deutsch: „ Wir brauchen “" in text_of(shown)
    assert "aus einer anderen Sprache übersetzt" in shown


def test_themes_are_a_table_like_every_other(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(made=themes())
    shown = html(client, HOME)
    section = shown[shown.index('id="worte"') : shown.index('id="fragen"')]
    assert "47" in text_of(" ".join(cells(section)))
    assert "geschützt" in section
    assert CHOSEN not in shown
    assert html(client, f"{HOME}/frage/warum-themen")


def test_without_own_words_there_is_no_such_section(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    assert "In ihren eigenen Worten" not in html(client, HOME)


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "</blockquote><h1>x", "=1+1", "a\n\nb", "x" * 10_000])
def test_whatever_a_family_wrote_is_shown_as_text(shelf: Shelf, client: FlaskClient, words: str) -> None:
    shelf.add(extra_files=quotes_json({"text": words, "language": "de"}))
    shown = html(client, HOME)
    assert " ".join(words.split()) in page(client.get(HOME)).text
    assert ("<script>alert" in shown, len(list(quotes_of(shown)))) == (False, 1)


@pytest.mark.parametrize("broken", [b"[{}]", b"{", b'[{"question": "a", "title": "b", "place": "c"}]'])
def test_a_file_of_quotes_in_another_form_is_never_shown_in_part(
    shelf: Shelf, client: FlaskClient, broken: bytes
) -> None:
    shelf.add(extra_files={"quotes.json": broken})
    assert client.get(HOME).status_code == 503


def test_planners_and_the_public_see_the_same(shelf: Shelf, log_in: Callable[[str], FlaskClient]) -> None:
    shelf.add(extra_files=quotes_json({"text": "Der Bus", "language": "de"}))
    assert list(quotes_of(html(log_in("planner"), HOME))) == [("de", "ltr", "Der Bus")]
