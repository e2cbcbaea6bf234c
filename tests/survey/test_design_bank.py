"""Questions and topics of published questionnaires come into a draft."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from questionnaires.check import check_data
from survey.design.drafting import BLANK
from survey.store import Store, drafts, questionnaires
from tests.bench_stage import shipped_questionnaires
from tests.survey.cast import DURING
from tests.survey.desk_tools import page

FAMILIES = shipped_questionnaires()["familien"]


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["familienstimme"].store
    questionnaires.save_questionnaire(found, FAMILIES)
    return found


@pytest.fixture
def desk(log_in: Callable[[str], FlaskClient], store: Store) -> FlaskClient:
    return log_in("coordinator")


def take(desk: FlaskClient, **sent: Any) -> TestResponse:
    token = page(desk.get("/entwuerfe")).forms[0][1]["csrf_token"]
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return desk.post("/fragenschatz", json={"data": BLANK, "source": FAMILIES.hash, **sent}, headers=headers)


def test_the_bank_names_what_a_question_measures_for_whom_and_why(desk: FlaskClient) -> None:
    topics = desk.get("/fragenschatz.json").get_json()["topics"]
    items = {item["id"]: item for topic in topics if topic["source"] == FAMILIES.hash for item in topic["items"]}
    assert set(items) == set(FAMILIES.questions)
    assert items["bedarf"]["concept"] == "Die drei wichtigsten Bedarfe"
    assert all(item["why"] for item in items.values() if item["id"] in {"haushaltsform", "sprache"})


def test_a_question_is_taken_over(desk: FlaskClient) -> None:
    found = take(desk, id="bedarf", page=0, question=1).get_json()
    assert found["taken"]
    assert [q["id"] for q in found["data"]["pages"][0]["questions"]] == ["ort", "bedarf"]
    again = take(desk, data=found["data"], id="bedarf", page=0, question=1).get_json()
    assert not again["taken"]
    assert again["said"] == ["Die Frage „bedarf“ steht schon im Entwurf."]


def test_what_is_not_in_the_bank_is_told(desk: FlaskClient) -> None:
    wrong: list[dict[str, Any]] = [{"id": "nirgends", "page": 0, "question": 1}, {"id": "bedarf"}, {"source": "0"}]
    for sent in (*wrong, {"data": []}):
        assert take(desk, **sent).status_code == 404


def test_a_draft_begins_with_topics_and_can_be_published_but_for_its_texts(desk: FlaskClient, store: Store) -> None:
    token = page(desk.get("/entwuerfe")).forms[0][1]["csrf_token"]
    topics = [f"{FAMILIES.hash}/{one.id}" for one in FAMILIES.pages[:2]]
    answer = desk.post("/entwuerfe", data={"csrf_token": token, "start": "topics", "topic": topics})
    assert answer.status_code == 303
    [made] = drafts.list_drafts(store, DURING)
    assert [one["id"] for one in made.data["pages"]] == [one.id for one in FAMILIES.pages[:2]]  # its own place question
    assert check_data(made.data, "x")[1] == ()
    desk.post("/entwuerfe", data={"csrf_token": token, "start": "topics", "topic": topics[1:]})
    kinds = [[q["kind"] for q in drafts.list_drafts(store, DURING)[n].data["pages"][0]["questions"]] for n in (0, 1)]
    assert min(map(len, kinds)) == 1  # the blank draft's place question stays where no topic brings one


def test_without_topics_the_form_says_what_is_missing(desk: FlaskClient) -> None:
    token = page(desk.get("/entwuerfe")).forms[0][1]["csrf_token"]
    answer = desk.post("/entwuerfe", data={"csrf_token": token, "start": "topics"})
    assert answer.status_code == 422
    assert "welche Themen" in page(answer).text
