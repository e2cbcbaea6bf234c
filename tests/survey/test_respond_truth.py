"""What a page for families says is true where something does not work: no promise, no question that leads nowhere."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.model import LANGUAGES
from survey.respond.words import html_language, words
from survey.store import Store, questionnaires, waves
from survey.store.anonymise import anonymise
from tests.bench_stage import shipped_questionnaires
from tests.survey.cast import AFTER, BEFORE, WAVE, key, plan, questionnaire, wave
from tests.survey.desk_tools import Clock, page

UNREADABLE = (("warum=" + "x" * 100_000).encode(), 413), (b"warum=Z\xe4hne", 422)
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(("body", "status"), UNREADABLE)
def test_a_form_that_cannot_be_given_back_is_not_called_safe(family: FlaskClient, body: bytes, status: int) -> None:
    answer = family.post(f"/b/{WAVE}", data=body, content_type=FORM)
    assert answer.status_code == status
    assert words("de", False)["problems_title"] in page(answer).text
    assert "Nichts ist verloren" not in page(answer).text


def test_a_form_that_is_given_back_says_that_nothing_is_lost(family: FlaskClient) -> None:
    answer = family.post(f"/b/{WAVE}", data={"_key": key(1), "zufrieden": "9"})
    assert "Nichts ist verloren" in page(answer).text


@pytest.mark.parametrize("method", ["get", "post"])
def test_once_answers_are_anonymous_nobody_is_asked_for_a_code_that_cannot_work(
    family: FlaskClient, sqlite_store: Store, clock: Clock, method: str
) -> None:
    clock.now = AFTER
    anonymise(sqlite_store, WAVE, plan(), clock.now)
    answer = getattr(family, method)(f"/b/{WAVE}/widerruf")
    assert answer.status_code == 410
    assert words("de", False)["withdraw_too_late"] in page(answer).text
    assert "ist das möglich" not in page(answer).text
    assert page(answer).forms == []


def test_before_a_wave_opens_nothing_is_called_anonymous_yet(family: FlaskClient, clock: Clock) -> None:
    clock.now = BEFORE
    answer = family.get(f"/b/{WAVE}/widerruf")
    assert answer.status_code == 404
    assert words("de", False)["planned_title"] in page(answer).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_does_not_exist_is_said_in_the_familys_language(family: FlaskClient, language: str) -> None:
    answer = family.get(f"/b/gibt-es-nicht?lang={language}")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert html.startswith("<!doctype html>")
    assert f'lang="{html_language(language)}"' in html
    assert words(language, False)["missing_title"] in page(answer).text
    assert "Welle" not in page(answer).text
    assert "Set-Cookie" not in answer.headers


def test_the_browsers_language_counts_where_the_link_names_none(family: FlaskClient) -> None:
    answer = family.get("/b/gibt-es-nicht/widerruf", headers={"Accept-Language": "tlh, ar-SY;q=0.9, de;q=0.1"})
    assert words("ar", False)["missing_title"] in page(answer).text


def test_a_failure_of_ours_is_said_in_the_familys_language_with_a_reference(
    app: Flask, family: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "respond.document", lambda wave_id: 1 / 0)
    answer = family.get(f"/b/{WAVE}?lang=tr")
    assert answer.status_code == 500
    assert words("tr", False)["failed_text"] in page(answer).text
    assert "<code" in answer.get_data(as_text=True)


def test_the_desk_is_answered_as_before(family: FlaskClient) -> None:
    assert "Zur Startseite" in page(family.get("/gibt-es-nicht?lang=ar")).text
    answer = family.get("/b/gibt-es-nicht", headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["problem"] == "Diese Seite gibt es nicht"


def test_staff_may_ask_aloud_without_a_door(staff_client: FlaskClient) -> None:
    """A browser sends no empty choice that is marked as required."""
    html = staff_client.get(f"/wellen/{WAVE}/vorlesen").get_data(as_text=True)
    required = {name: "required" in rest for name, rest in re.findall(r'<select id="f-(\w+)"([^>]*)>', html)}
    assert required == {"language": True, "door": False}


def test_thanks_have_the_language_and_direction_of_the_answers(family: FlaskClient) -> None:
    """They may arrive in a page that was opened again in another language."""
    fields = {"_key": key(1), "_hash": questionnaire().hash, "_lang": "de", "zufrieden": "3"}
    answer = family.post(f"/b/{WAVE}", data=fields, headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["thanks"].replace('"', "").startswith("<div lang=de dir=ltr><h1 tabindex=-1>")


def test_paper_says_in_words_for_whom_a_question_is(family: FlaskClient, sqlite_store: Store) -> None:
    asked = shipped_questionnaires()["familien"]
    questionnaires.save_questionnaire(sqlite_store, asked)
    waves.create_wave(sqlite_store, wave(id="familien", questionnaire_hash=asked.hash))
    text = re.sub(r"\s+", " ", page(family.get("/b/familien/druck")).text)
    assert "Nicht bei dieser Antwort auf Frage 3: „Wir erwarten unser erstes Kind“" in text
    assert "Nur bei einer dieser Antworten: Frage 20: „nein“; Frage 21: „brauchen wir“ / „beantragt“" in text
    assert words("de", False)["only_if"] not in text
