"""Own words before a wave is anonymised, after it is archived, and when families write what could do harm."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.store import Store, responses, texts
from survey.store.anonymise import anonymise, archive
from tests.survey.cast import AFTER, DURING, WAVE, plan, submission
from tests.survey.desk_tools import Clock, page

HOME = f"/eigene-worte/{WAVE}"
THEMES = f"{HOME}/themen"
LogIn = Callable[[str], FlaskClient]


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["familienstimme"].store
    return found


def test_before_a_wave_is_anonymised_nobody_reads(store: Store, log_in: LogIn) -> None:
    responses.submit(store, submission(1), DURING)
    answer = log_in("reviewer").get(HOME)
    assert (answer.status_code, "zurückziehen" in answer.get_data(as_text=True)) == (409, True)
    assert "Familie-00001" not in log_in("reviewer").get("/eigene-worte").get_data(as_text=True)


def test_after_a_wave_is_archived_there_is_nothing_to_read(store: Store, clock: Clock, log_in: LogIn) -> None:
    responses.submit(store, submission(1), DURING)
    anonymise(store, WAVE, plan(), AFTER)
    clock.now = AFTER
    [one], reader = texts.list_texts(store, WAVE), log_in("reviewer")
    archive(store, WAVE, AFTER)
    assert [reader.get(path).status_code for path in (HOME, f"{HOME}/text/{one.id}", THEMES)] == [409] * 3
    assert reader.get(f"{HOME}/zugriffe").status_code == 200


HOSTILE = (
    "<script>alert(1)</script>", "=1+1", "\u202eabc", "{{ 7*7 }}x", "</textarea><h1>x", "x" * 10_000, "%00\n\n\t",
)  # fmt: skip


def test_whatever_a_family_wrote_is_shown_as_text(store: Store, clock: Clock, log_in: LogIn) -> None:
    for number, words in enumerate(HOSTILE):
        responses.submit(store, submission(number, answers={"zufrieden": 3, "warum": words}), DURING)
    anonymise(store, WAVE, plan(), AFTER)
    clock.now = AFTER
    client, found = log_in("reviewer"), texts.list_texts(store, WAVE)
    assert {one.text for one in found} == set(HOSTILE)
    for path in (HOME, THEMES, *(f"{HOME}/text/{one.id}" for one in found)):
        html = client.get(path).get_data(as_text=True)
        assert ("<script>alert" in html, html.count("<h1"), "49x" in html) == (False, 1, False)
    for one in found:
        shown = page(client.get(f"{HOME}/text/{one.id}")).text
        assert " ".join(one.text.split()) in " ".join(shown.split())
