"""What the desk says of places and files is German, not the file's own words."""

import pytest

from questionnaires.read import text_places
from questionnaires.source import as_read
from questionnaires.write import data_of
from survey.design.desk import NO_TEXT, read_upload
from survey.design.words import place_in_words
from tests.bench_stage import shipped_questionnaires

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
