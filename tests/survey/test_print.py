"""The questionnaire on paper, and what else stands beside the document: extras, the calendar, „Einfach erklärt“."""

import json
import re
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask.testing import FlaskClient

from questionnaires.model import LANGUAGES, Questionnaire
from questionnaires.read import read_district
from questionnaires.region import District
from survey.records import Door
from survey.respond.extras import postcodes
from survey.respond.simple import checked_by, language_names, sentences
from survey.respond.words import words
from survey.store import Store, questionnaires, waves
from tests.survey.cast import AFTER, BEFORE, DURING, WAVE, questionnaire, wave
from tests.survey.desk_tools import Clock

CONTENT = Path(__file__).parents[2] / "questionnaires"
SHEET = f"/b/{WAVE}/druck"
CHECKED = {"status": "checked", "checked_by": "Prüfgruppe Lebenshilfe Suhl", "checked_on": "2026-02-11"}


def ask(store: Store, asked: Questionnaire, name: str = "andere") -> str:
    """Keep a wave that asks this; return its address."""
    questionnaires.save_questionnaire(store, asked)
    waves.create_wave(store, wave(id=name, questionnaire_hash=asked.hash))
    return f"/b/{name}"


def varied(**changes: Any) -> Questionnaire:
    """The questionnaire of the cast with other parts."""
    return Questionnaire.model_validate(questionnaire().model_dump(by_alias=True) | changes)


def text_of(client: FlaskClient, address: str) -> str:
    html = client.get(address).get_data(as_text=True)
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


# --- on paper ---------------------------------------------------------------------------------------------------


def test_every_question_stands_on_paper_with_the_code_of_every_answer(family: FlaskClient) -> None:
    html = family.get(SHEET).get_data(as_text=True)
    for question in questionnaire().questions.values():
        assert question.text["de"] in html
        for option in (*getattr(question, "options", ()), *getattr(question, "steps", ())):
            assert re.search(rf'<span class="box"></span><span class="c">{option.code}</span>', html), option
            assert option.text["de"] in html
    assert "<script" not in html


def test_the_sheet_says_how_where_and_until_when(family: FlaskClient, sqlite_store: Store) -> None:
    text = text_of(family, f"{SHEET}?z=kita-sonne")
    assert "bis zum 31. März 2026" in text
    assert "Verteilt von: Kita Sonne" in text
    assert "localhost/b/fam-26?z=kita-sonne" in text
    assert "Auf Papier gibt es keinen Widerrufscode." in text


def test_a_forged_door_is_not_printed(family: FlaskClient) -> None:
    html = family.get(f"{SHEET}?z=<b>boese").get_data(as_text=True)
    assert "boese" not in html


def test_conditions_are_said_in_words(family: FlaskClient) -> None:
    text = text_of(family, SHEET)
    assert "Nur bei dieser Antwort auf Frage 2: „schlecht“" in text
    assert "Nur bei dieser Antwort auf Frage 2: „gut“ / „mittel“" in text


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"question": "kinder", "at_least": 2}, "Frage 1: mindestens 2"),
        ({"question": "kinder", "item": "u3", "at_least": 1}, "Frage 1: 0 bis 2: mindestens 1"),
        (
            {"any": [{"question": "kinder", "item": name, "at_least": 1} for name in ("u3", "u6")]},
            "Frage 1: 0 bis 2 / 3 bis 5: mindestens 1",
        ),
        ({"question": "kinder", "at_most": 3}, "Frage 1: höchstens 3"),
        ({"question": "ja", "answered": True}, "Frage 2: ☒"),
        ({"not": {"question": "ja", "answered": True}}, "Nicht bei dieser Antwort auf Frage 2: ☒"),
        (
            {"any": [{"question": "ja", "answered": True}, {"question": "kinder", "at_least": 2}]},
            "Nur bei einer dieser Antworten: Frage 2: ☒; Frage 1: mindestens 2",
        ),
        ({"not": {"question": "kinder", "answered": True}}, "Nur, wenn es auf Sie zutrifft."),
        ({"area": ["nord-1"]}, "Nur, wenn es auf Sie zutrifft."),
    ],
)
def test_each_kind_of_condition_has_its_words(
    family: FlaskClient, sqlite_store: Store, condition: dict[str, Any], said: str
) -> None:
    bands = [{"id": "u3", "text": {"de": "0 bis 2"}}, {"id": "u6", "text": {"de": "3 bis 5"}}]
    asked = [
        {"id": "kinder", "kind": "counts", "text": {"de": "Kinder?"}, "bands": bands},
        {"id": "ja", "kind": "consent", "text": {"de": "Ja"}},
        {"id": "warum", "kind": "text", "text": {"de": "Warum?"}, "show_if": condition},
    ]
    pages = [{"id": "p", "title": {"de": "Seite"}, "questions": asked}]
    assert said in text_of(family, f"{ask(sqlite_store, varied(pages=pages))}/druck")


def test_what_is_asked_for_each_child_stands_there_for_each_child(family: FlaskClient, sqlite_store: Store) -> None:
    bands = [{"id": "u3", "text": {"de": "0 bis 2"}}, {"id": "u6", "text": {"de": "3 bis 5"}}]
    options = [{"code": 1, "text": {"de": "ja"}}, {"code": 2, "text": {"de": "nein"}}]
    per_child = {"id": "verein", "kind": "single", "text": {"de": "Verein?"}, "options": options}
    repeat = {"over": "kinder", "at_most": 3}
    pages = [
        {"id": "p", "title": {"de": "Seite"}, "questions": [
            {"id": "kinder", "kind": "counts", "text": {"de": "Kinder?"}, "bands": bands}]},
        {"id": "kind", "title": {"de": "Ihr Kind"}, "repeat": repeat, "questions": [
            per_child | {"show_if": {"band": ["u6"]}}]},
    ]  # fmt: skip
    text = text_of(family, f"{ask(sqlite_store, varied(pages=pages))}/druck")
    assert [text.count(f"Kind {number}") for number in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert text.count("2. Verein?") == 3
    assert text.count("Nur für Kinder in diesem Alter: „3 bis 5“") == 3


@pytest.mark.parametrize(("now", "status"), [(BEFORE, 404), (DURING, 200), (AFTER, 410)])
def test_families_print_while_the_wave_is_open(family: FlaskClient, clock: Clock, now: datetime, status: int) -> None:
    clock.now = now
    answer = family.get(SHEET)
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers


def test_the_sheet_may_do_nothing_but_be_read(family: FlaskClient) -> None:
    policy = family.get(SHEET).headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_is_in_its_language_and_direction(family: FlaskClient, sqlite_store: Store, language: str) -> None:
    address = ask(sqlite_store, questionnaire(languages=LANGUAGES))
    html = family.get(f"{address}/druck?lang={language}").get_data(as_text=True)
    assert f'dir="{"rtl" if language in ("ar", "fa") else "ltr"}"' in html[:120]
    assert words(language, False)["paper_codes"] in html


# --- extras -----------------------------------------------------------------------------------------------------


def extras_address(client: FlaskClient, page: str = f"/b/{WAVE}") -> str:
    found = re.search(r'data-x="?([^" >]+)', client.get(page).get_data(as_text=True))
    assert found
    return unescape(found[1])


def test_the_extras_are_kept_for_a_year_only_under_the_address_of_this_version(family: FlaskClient) -> None:
    address = extras_address(family)
    fresh, stale = family.get(address), family.get(re.sub("v=.*", "v=0", address))
    assert fresh.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert stale.headers["Cache-Control"] == "no-cache"
    assert fresh.data == stale.data
    assert "Set-Cookie" not in fresh.headers
    squeezed = family.get(address, headers={"Accept-Encoding": "br"})
    assert brotli.decompress(squeezed.data) == fresh.data


def test_the_extras_know_the_postcodes_in_the_order_of_the_list() -> None:
    district = read_district(CONTENT / "regions" / "schmalkalden-meiningen.yaml")
    assert isinstance(district, District)
    known = dict(zip([place.label for place in district.places], postcodes(district), strict=True))
    assert known["Zella-Mehlis"] == "98544 98554"
    assert known["Herpf (Meiningen)"] == "98617"
    assert all(re.fullmatch(r"\d{5}( \d{5})*", codes) for codes in known.values())


def test_the_policy_lets_the_pages_own_script_bring_the_extras_and_nothing_else_a_script(family: FlaskClient) -> None:
    policy = family.get(f"/b/{WAVE}").headers["Content-Security-Policy"]
    [scripts] = [part for part in policy.split(";") if part.startswith("script-src")]
    # the script itself, and the few words before it that lead browsers away which cannot read it
    assert re.fullmatch(r"script-src( 'sha256-[\w+/=]+'){2} 'strict-dynamic'", scripts)
    without = family.get(f"/b/{WAVE}/widerruf").headers["Content-Security-Policy"]
    assert "strict-dynamic" not in without or "sha256" in without.split("script-src")[1].split(";")[0]


def test_no_text_of_a_district_can_end_the_script(family: FlaskClient, sqlite_store: Store) -> None:
    text = family.get(extras_address(family)).get_data(as_text=True)
    data = text[text.rindex(")({") + 2 : -1]
    assert json.loads(data)["postcodes"] == ["", ""]
    assert json.loads(data)["words"]["read_aloud"] == "Vorlesen"


def test_the_calendar_is_a_page_at_which_nobody_looks_twice(family: FlaskClient) -> None:
    plain, left = family.get("/kalender"), family.get(f"/b/{WAVE}/weg")
    assert "März 2026" in plain.get_data(as_text=True)
    assert "<script" not in plain.get_data(as_text=True)
    assert f'localStorage.removeItem("{WAVE}")' in left.get_data(as_text=True)
    assert "Musterkreis" not in left.get_data(as_text=True)
    assert family.get("/b/gibt-es-nicht/weg").status_code == 404


# --- „Einfach erklärt“ ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Wir planen. Das ist unsere Aufgabe.", 2),
        ("Kein Kind? Dann lassen Sie das Feld leer!", 2),
        ("So steht es im Gesetz: Art. 6 Abs. 1 lit. e DSGVO und § 80 SGB VIII.", 1),
        ("Das war am 15. März 2026. Danke.", 2),
        ("Zum Beispiel z. B. Kita.", 1),
        ("Er sagt „Ja.“ Sie auch.", 1),
        ("", 1),
    ],
)
def test_a_sentence_ends_where_people_end_it(text: str, lines: int) -> None:
    assert len(sentences(text)) == lines


def simple(**translation: str) -> Questionnaire:
    state = translation or {"status": "machine"}
    return varied(languages=("de", "de-simple"), translations={"de-simple": state})


def test_it_is_called_leichte_sprache_only_when_somebody_checked_it_on_a_day() -> None:
    assert language_names(simple())["de-simple"] == "Einfach erklärt"
    for missing in ("checked_by", "checked_on"):
        assert checked_by(simple(**{k: v for k, v in CHECKED.items() if k != missing})) is None
    assert checked_by(simple(**CHECKED | {"status": "machine"})) is None
    assert language_names(simple(**CHECKED))["de-simple"] == "Leichte Sprache"


def test_who_checked_it_and_when_stands_in_the_footer(family: FlaskClient, sqlite_store: Store) -> None:
    address = ask(sqlite_store, simple(**CHECKED))
    in_simple, in_german = text_of(family, f"{address}?lang=de-simple"), text_of(family, f"{address}?lang=de")
    assert all(words in in_simple for words in ("11. Februar 2026", "Prüfgruppe Lebenshilfe Suhl", "Leichte Sprache"))
    assert "Leichte Sprache" in in_german
    assert not any(words in in_german for words in ("Einfach erklärt", "Prüfgruppe"))


def test_each_question_has_a_section_of_its_own_and_sentences_have_lines(
    family: FlaskClient, sqlite_store: Store
) -> None:
    address = ask(sqlite_store, simple())
    html = family.get(f"{address}?lang=de-simple").get_data(as_text=True)
    sections = re.findall(r"<section.*?</section>", html, flags=re.DOTALL)
    assert [section.count("class=q") + section.count('class="q') for section in sections] == [0, *[1] * 10, 0]
    assert "Sie müssen nicht mitmachen.<br>Sie können jede Frage auslassen." in html
    assert "<br>" not in family.get(f"{address}?lang=de").get_data(as_text=True).split("<template")[0]


def test_a_door_is_printed_by_its_name_as_text(family: FlaskClient, sqlite_store: Store) -> None:
    waves.add_door(sqlite_store, Door(WAVE, "neu", "<script>alert(1)</script>", "Kita"))
    html = family.get(f"{SHEET}?z=neu").get_data(as_text=True)
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
