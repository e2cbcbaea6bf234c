"""Theme books: stems find what they say, files are read with lines, suggestions are words of several families."""

from pathlib import Path

import pytest

from questionnaires.check import check_path
from questionnaires.codebook import Theme, ThemeBook, frequent_words, starter_for, stem_of, themes_in
from questionnaires.codebook_file import FOLDER, parse_theme_book, read_theme_book, shipped_books, write_theme_book


def _book(*stems: str) -> ThemeBook:
    return ThemeBook(name="Probe", themes=(Theme(id="weg", name="Wege", stems=stems), Theme(id="leer", name="Leer")))


@pytest.mark.parametrize(
    ("stem", "text", "found"),
    [
        ("Bus", "Am Abend fahren keine BUSSE.", True),
        ("Bus", "Der Schulbus ist voll.", False),
        ("*bus", "Der Schulbus ist voll.", True),
        ("Straße", "Die STRASSE ist gefährlich", True),
        ("nach Hause", "Wie komme ich nach   Hause?", True),
        ("nach Hause", "nach dem Hause", False),
        ("Bus", "Das ist abusiv", False),
        ("ÖPNV", "öpnv-Anbindung fehlt", True),
        ("a.b", "axb", False),
    ],
)
def test_a_stem_is_the_beginning_of_a_word_or_any_part_with_a_star(stem: str, text: str, found: bool) -> None:
    assert themes_in(_book(stem), text) == (("weg",) if found else ())


def test_a_text_can_have_several_themes_and_a_translation_counts() -> None:
    book = starter_for(shipped_books(), "familien")
    assert themes_in(book, "Ein sicherer Radweg zur Schule.") == ("mobilitaet", "schule")
    assert themes_in(book, "Потрібна допомога", "Hilfe bei Anträgen") == ("aemter",)
    assert themes_in(book, "xyz") == ()


def test_what_ships_has_no_problems_and_fits_its_questionnaires() -> None:
    files = sorted(FOLDER.glob("*.yaml"))
    assert [problem for file in files for problem in check_path(file)] == []
    assert len(shipped_books()) == len(files) == 2
    for name in ("familien", "jugend", "jugend-10-13"):
        assert len(starter_for(shipped_books(), name).themes) >= 10
    assert starter_for(shipped_books(), "eigene").themes == ()


@pytest.mark.parametrize("book", [*shipped_books(), _book('"Bus"', "*bus: #", "ÖPNV"), ThemeBook(name="", themes=())])
def test_a_book_written_as_a_file_is_read_back_the_same(book: ThemeBook, tmp_path: Path) -> None:
    (tmp_path / "themen.yaml").write_text(write_theme_book(book), encoding="utf-8")
    found = read_theme_book(tmp_path / "themen.yaml")
    assert found == book if book.themes else isinstance(found, tuple)


HEAD = "format: familienstimme-themen/1\nname: Probe\n"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (HEAD + "themes: []", {("no-themes", 3)}),
        (HEAD + "themes:\n  - id: weg\n", {("missing-key", 4)}),
        (HEAD + "themes:\n  - id: Ämter!\n    name: Ämter\n", {("bad-id", 4)}),
        (HEAD + "themes:\n  - id: weg\n    titel: Weg\n    name: Weg\n", {("unknown-key", 5)}),
        (HEAD + "themes:\n  - {id: a, name: A, stems: [Bus, 12, bus]}", {("unquoted-value", 4)}),
        (HEAD + "themes:\n  - id: a\n    name: A\n    stems:\n      - Bus\n      - bus\n      - ab\n",
         {("duplicate-stem", 8), ("short-stem", 9)}),
        (HEAD + "themes:\n  - {id: a, name: A}\n  - {id: a, name: a}", {("duplicate-id", 5), ("duplicate-name", 5)}),
        (HEAD + f"themes:\n  - {{id: a, name: {'x' * 61}, stems: ['!', '', {'y' * 41}]}}",
         {("long-name", 4), ("empty-stem", 4), ("long-stem", 4)}),
        (HEAD + "themes:\n" + "".join(f"  - {{id: a{i}, name: A{i}}}\n" for i in range(31)), {("too-many-themes", 3)}),
        ("name: x\nthemes: []", {("unknown-format", 1)}),
        ("format: [\n", {("yaml-syntax", 2)}),
    ],
)  # fmt: skip
def test_problems_of_a_file_have_code_line_and_german_sentence(text: str, problems: set[tuple[str, int]]) -> None:
    found = parse_theme_book(text, "themen.yaml")
    assert isinstance(found, tuple)
    assert {(problem.code, problem.line) for problem in found} == problems
    assert all(str(problem).startswith("themen.yaml:") and " " in problem.message for problem in found)


def test_suggestions_are_words_of_several_texts_that_no_stem_finds() -> None:
    texts = ["Ein Spielplatz fehlt", "Die Spielplätze fehlen", "mehr Spielplätze!", "Bus", "Bus", "Bus", "Einhorn"]
    assert frequent_words(_book("Bus"), texts) == [("Spielplätze", 3)]
    assert frequent_words(_book("Bus", "Spielpl"), texts) == []
    assert frequent_words(_book(), ["eigentlich"] * 5) == []


@pytest.mark.parametrize(
    "forms",
    ["Spielplatz Spielplätze", "Kinder Kindern Kind", "Wohnung Wohnungen", "fahren fahrt", "Straßen STRASSE"],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem_of(word) for word in forms.split()}) == 1
