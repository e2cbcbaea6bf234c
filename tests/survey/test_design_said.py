"""What the desk says of places and files is German, not the file's own words."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.read import text_places
from questionnaires.source import as_read
from questionnaires.write import data_of
from survey.design.desk import NO_TEXT, read_upload
from survey.design.words import place_in_words
from survey.store import Store, questionnaires, waves
from tests.bench_stage import shipped_questionnaires
from tests.survey import cast
from tests.survey.cast import WAVE
from tests.survey.desk_tools import page

PLACES = {
    "title": "Titel", "headline": "Große Frage auf der Startseite", "bedarf.text": "Frage „bedarf“",
    "bedarf.help": "Frage „bedarf“, Hilfe darunter", "bedarf.options.3": "Frage „bedarf“, Antwort 3",
    "zufriedenheit.items.bus": "Frage „zufriedenheit“, Zeile bus", "pages.wohnen.title": "Seite „wohnen“, Titel",
    "funnels.bus.title": "Trichter „bus“, Titel",
}  # fmt: skip


@pytest.mark.parametrize(("path", "words"), PLACES.items())
def test_a_corrected_text_is_named_in_words(path: str, words: str) -> None:
    assert place_in_words(path) == words


def test_every_text_of_the_shipped_questionnaires_has_a_place_in_words() -> None:
    asked = [as_read(data_of(one)) for one in shipped_questionnaires().values()]
    paths = {path for one in asked for path, _ in text_places(one)}
    assert len(paths) > 300
    assert {path for path in paths if not place_in_words(path)[0].isupper() or ".." in place_in_words(path)} == set()


@pytest.mark.parametrize("content", [b"PK\x03\x04\x14\x00", b"%PDF-1.7\nabc", b"\x89PNG\r\n\x1a\n", b"a\x00b"])
def test_a_file_that_is_no_text_is_called_so(content: bytes) -> None:
    found = read_upload(content)
    assert isinstance(found, tuple)
    assert [problem.message for problem in found] == [NO_TEXT]


def test_a_version_to_begin_with_is_known_by_the_wave_that_asked_it(staff_client: FlaskClient, app: Flask) -> None:
    store: Store = app.extensions["familienstimme"].store
    fresh = cast.questionnaire(id="neu")
    questionnaires.save_questionnaire(store, fresh)
    shown = page(staff_client.get("/entwuerfe")).text
    assert f"wie in „{waves.get_wave(store, WAVE).title}“ ·" in shown
    assert f"noch in keiner Welle gefragt · Fassung {fresh.hash[:8]}" in shown
