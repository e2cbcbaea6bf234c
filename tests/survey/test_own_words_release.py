"""From the phone to the release: every byte is walked, and no word is in it that nobody released."""

import base64
from pathlib import Path

import pytest

from analysis.release import make_release
from questionnaires.codebook import Theme, ThemeBook
from questionnaires.handover import Manifest
from survey.extract import write_extract
from survey.store import Store, protection, responses, texts, waves
from survey.store.anonymise import anonymise
from tests.survey.cast import AFTER, DURING, WAVE, plan, submission

N = 90
BOOK = ThemeBook(name="Probe", themes=(Theme(id="weg", name="Wege", stems=("Bus",)), Theme(id="geld", name="Geld")))


def secret(number: int) -> str:
    return f"Geheim{number:03}Satz"


@pytest.fixture
def wave(sqlite_store: Store) -> Store:
    for number in range(N):
        words = f"{secret(number)} Der Bus von Anna{number}" if number % 2 else secret(number)
        answers = {"zufrieden": 3, "warum": words, "fehlt": [3], "fehlt.other": f"{secret(number)}anders"}
        area = "nord-1" if number % 3 else "sued-1"
        responses.submit(sqlite_store, submission(number, answers=answers, area=area), DURING)
    anonymise(sqlite_store, WAVE, plan(), AFTER)
    texts.save_themes(sqlite_store, WAVE, BOOK)
    return sqlite_store


def make(store: Store, folder: Path) -> tuple[Path, Path]:
    write_extract(store, waves.get_wave(store, WAVE), folder / "auszug")
    make_release(folder / "auszug", folder / "stand")
    return folder / "auszug", folder / "stand"


def everything(*folders: Path) -> bytes:
    """All bytes of all files, and their names."""
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join(path.name.encode() + b"\n" + path.read_bytes() for path in files)


def spellings(word: str) -> set[bytes]:
    """How a word could hide: plain, in two bytes a letter, as base64 at any offset."""
    found = {word.encode(), word.encode("utf-16-le"), word.lower().encode()}
    for shift in range(3):
        coded = base64.b64encode(b"x" * shift + word.encode())
        found.add(coded[4 if shift else 0 : -4])
    return found


def test_no_byte_of_extract_or_release_holds_a_word_nobody_released(wave: Store, tmp_path: Path) -> None:
    every = texts.list_texts(wave, WAVE)
    chosen = next(text for text in every if "Anna11" in text.text)
    hidden = next(text for text in every if secret(13) in text.text and text.question == "warum")
    texts.change(wave, WAVE, chosen.id, decision="quote", redacted="Der Bus von [Name] fehlt.")
    texts.change(wave, WAVE, hidden.id, decision="quote")
    protection.mark(wave, WAVE, hidden.id, "jana", AFTER)
    texts.fix_themes(wave, WAVE, "jana", AFTER)
    bytes_ = everything(*make(wave, tmp_path))
    assert b"Der Bus von [Name] fehlt." in bytes_
    for number in range(N):
        assert not [s for s in spellings(secret(number)) if s in bytes_], number
    assert b"Anna" not in bytes_
    assert b"jana" not in bytes_


def test_nothing_in_a_release_leads_to_a_text_or_a_response(wave: Store, tmp_path: Path) -> None:
    texts.fix_themes(wave, WAVE, "jana", AFTER)
    ids = [text.id for text in texts.list_texts(wave, WAVE)]
    texts.change(wave, WAVE, ids[0], decision="quote", redacted="Mehr Zeit")
    extract, release = make(wave, tmp_path)
    found = everything(release)
    rows = [line.split(",")[0] for line in (extract / "responses.csv").read_text().splitlines()[1:]]
    assert not [one for one in (*ids, *rows) if one.encode() in found]
    assert not set(ids) & set(rows)


def test_themes_are_in_the_release_once_they_are_fixed(wave: Store, tmp_path: Path) -> None:
    _, before = make(wave, tmp_path / "1")
    texts.fix_themes(wave, WAVE, "jana", AFTER)
    _, after = make(wave, tmp_path / "2")
    tables = [
        {entry.id for entry in Manifest.model_validate_json((folder / "manifest.json").read_bytes()).tables}
        for folder in (before, after)
    ]
    assert tables[1] - tables[0] == {"warum-themen"}
    assert tables[0] < tables[1]


def test_reading_more_quotes_changes_no_table(wave: Store, tmp_path: Path) -> None:
    texts.fix_themes(wave, WAVE, "jana", AFTER)
    _, one = make(wave, tmp_path / "1")
    for text in texts.list_texts(wave, WAVE, "warum")[:20]:
        texts.change(wave, WAVE, text.id, decision="quote", redacted="Mehr Zeit")
    _, other = make(wave, tmp_path / "2")
    assert everything(one / "tables") == everything(other / "tables")
    assert (other / "quotes.json").is_file()
    assert not (one / "quotes.json").exists()
