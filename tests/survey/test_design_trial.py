"""A draft is tried by people who get what families get; nothing they answer is kept or counted."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from questionnaires.model import Questionnaire
from questionnaires.write import data_of
from survey.services import Services
from survey.store import Store, comments, drafts, responses, trials
from survey.store.trials import KEPT_AFTER
from survey.tick import tick
from survey.waves import local_day
from tests.bench_stage import shipped_questionnaires
from tests.survey import cast
from tests.survey.cast import DURING
from tests.survey.desk_tools import Clock, page

LogIn = Callable[[str], FlaskClient]
KEY = "k" * 22
JSON = {"Accept": "application/json"}
SECRET_WORDS = "Niemand-soll-das-lesen"


@pytest.fixture
def own(app: Flask) -> Services:
    found: Services = app.extensions["familienstimme"]
    return found


@pytest.fixture
def store(own: Services) -> Store:
    return own.store


@pytest.fixture
def desk(log_in: LogIn) -> FlaskClient:
    return log_in("coordinator")


@pytest.fixture
def asked(store: Store) -> Questionnaire:
    """The questionnaire of the draft „abc“."""
    first, second = cast.questionnaire().pages
    third = second.model_copy(update={"id": "drei", "questions": second.questions[4:]})
    found = cast.questionnaire().with_pages(
        (first, second.model_copy(update={"questions": second.questions[:4]}), third)
    )
    drafts.create_draft(store, "abc", data_of(found), "ada", DURING)
    return found


def post(desk: FlaskClient, path: str = "", **fields: str) -> TestResponse:
    token = page(desk.get("/entwuerfe")).forms[0][1]["csrf_token"]
    return desk.post(f"/entwuerfe/abc/probelauf{path}", data={"csrf_token": token, **fields})


def made(answer: TestResponse) -> str:
    return re.findall(r"(/probelauf/[\w-]+)</code>", answer.get_data(as_text=True))[0]


@pytest.fixture
def link(desk: FlaskClient, asked: Questionnaire) -> str:
    return made(post(desk, title="Elterncafé", days="7"))


def fields(asked: Questionnaire, **more: Any) -> dict[str, Any]:
    times = json.dumps({"p-0": 3.2, "p-eins": 61.4, "p-zwei": 30, "p-fremd": 5, "p-1": "x"})
    return {"_hash": asked.hash, "_lang": "de", "_key": KEY, "_code": times, "ort": "nord-1", "zufrieden": "98",
            "fehlt": ["1"], "allein": "99", "angebote.bus": "1", **more}  # fmt: skip


def results(desk: FlaskClient) -> str:
    return page(desk.get("/entwuerfe/abc/probelauf")).text


# --- trying --------------------------------------------------------------------------------------------------


def test_who_tries_gets_the_questions_of_families_with_a_label_and_no_cookie(
    client: FlaskClient, link: str, asked: Questionnaire
) -> None:
    for address in (link, f"{link}?schlicht=1"):
        answer = client.get(address)
        shown = page(answer)
        assert {f"q-{name}" for name in asked.questions} <= {one.get("id", "") for _, one in shown.elements}
        assert "Probelauf – zählt nicht" in shown.text
        assert "Set-Cookie" not in answer.headers
        assert "/b/" not in answer.get_data(as_text=True)
        assert "welle=" not in answer.get_data(as_text=True)


def test_the_script_that_measures_never_comes_to_families(client: FlaskClient, link: str) -> None:
    assert "Anmerkung zu dieser Frage" in client.get(link).get_data(as_text=True)
    assert "Anmerkung zu dieser Frage" not in client.get("/b/fam-26").get_data(as_text=True)
    assert "Anmerkung zu dieser Frage" not in client.get(f"{link}?schlicht=1").get_data(as_text=True)


def test_what_stands_beside_the_document_has_its_address(client: FlaskClient, link: str) -> None:
    found = {name: client.get(f"{link}/{name}").status_code for name in ("extras.js", "weg", "widerruf")}
    assert found == {"extras.js": 200, "weg": 303, "widerruf": 200}
    assert client.get(f"{link}/dienst.js").status_code == 404


def test_a_run_is_counted_once_and_tells_how_questions_were_answered(
    desk: FlaskClient, client: FlaskClient, link: str, asked: Questionnaire, store: Store
) -> None:
    for _ in range(2):
        answer = client.post(link, data=fields(asked), headers=JSON)
        assert answer.get_json()["state"] == "stored"
        assert 'id="key"' in answer.get_json()["thanks"]  # the families' script writes into it
    [trial] = trials.list_trials(store, "abc")
    assert trial.ways["zufrieden"] == "dont_know"
    assert trial.ways["allein"] == "prefer_not_to_say"
    assert (trial.ways["ort"], trial.ways["angebote"], trial.ways["wichtig"]) == ("answered", "answered", "no_answer")
    assert not {"warum", "alter", "mitreden"} & set(trial.ways)  # not asked, or a consent
    assert trial.seconds == {"eins": 61, "zwei": 30}
    assert "1 Mensch hat bis zum Ende ausgefüllt, in der Mitte in 1,5 Minuten" in results(desk)


def test_no_answer_is_kept_anywhere_and_no_response_is_counted(
    client: FlaskClient, link: str, asked: Questionnaire, store: Store
) -> None:
    before = responses.count_responses(store, cast.WAVE)
    client.post(link, data=fields(asked, zufrieden="3", warum=SECRET_WORDS), headers=JSON)
    assert responses.count_responses(store, cast.WAVE) == before
    with store.read() as connection:
        [document] = connection.execute(text("SELECT document FROM draft_trial")).scalars()
    assert SECRET_WORDS not in document
    assert "nord-1" not in document


def test_what_cannot_be_used_comes_back_as_families_are_told(
    client: FlaskClient, link: str, asked: Questionnaire, store: Store
) -> None:
    wrong = fields(asked, **{"kinder.u3": "viele"})
    assert client.post(link, data=wrong, headers=JSON).get_json()["problems"][0]["question"] == "kinder"
    plain = client.post(link, data=wrong)
    assert plain.status_code == 422
    assert page(plain).all("select", name="kinder.u3")
    assert trials.list_trials(store, "abc") == ()
    assert client.post(link, data=fields(asked, _hash="0" * 64)).status_code == 404
    assert client.post(link, data=b"\xff\xfe").status_code == 404
    assert "Probelauf" in page(client.post(link, data=fields(asked, _code="[}"))).text


def test_a_remark_stands_at_its_question_and_not_among_those_of_partners(
    desk: FlaskClient, client: FlaskClient, link: str
) -> None:
    said = client.post(f"{link}/anmerkung", data={"question": "fehlt", "text": "Was ist <Hort>?"})
    assert said.get_json() == {"kept": True}
    assert client.post(f"{link}/anmerkung", data={"question": "fehlt", "text": " "}).status_code == 422
    assert "Was ist <Hort>?" in results(desk)
    assert "Was ist" not in page(desk.get("/entwuerfe/abc/rueckmeldungen")).text
    html = desk.get("/entwuerfe/abc").get_data(as_text=True)
    start = json.loads(html.split('id="start">', 1)[1].split("</script>", 1)[0])
    assert [one["text"] for one in start["comments"]] == ["Was ist <Hort>?"]


def test_the_editor_tells_at_a_question_how_it_fared(
    desk: FlaskClient, client: FlaskClient, link: str, asked: Questionnaire
) -> None:
    client.post(link, data=fields(asked), headers=JSON)
    html = desk.get("/entwuerfe/abc").get_data(as_text=True)
    tried = json.loads(html.split('id="start">', 1)[1].split("</script>", 1)[0])["tried"]
    assert tried["zufrieden"] == "Von 1, die sie bekamen, 1 wussten es nicht."
    assert "fehlt" not in tried


# --- links and the end -----------------------------------------------------------------------------------------


def test_a_test_link_shows_the_same_state_until_it_is_renewed(
    desk: FlaskClient, client: FlaskClient, link: str, asked: Questionnaire, store: Store
) -> None:
    data = data_of(asked)
    data["pages"][0]["questions"][0]["text"]["de"] = "Wo leben Sie?"
    drafts.lock_draft(store, "abc", "ada", "w", DURING)
    drafts.save_draft(store, "abc", data, 1, "ada", "w", DURING)
    assert "Wo leben Sie?" not in page(client.get(link)).text
    assert "einen früheren Stand" in results(desk)
    post(desk, "/stand")
    assert "Wo leben Sie?" in page(client.get(link)).text
    assert client.post(link, data=fields(asked), headers=JSON).status_code == 200  # begun before


def test_an_unfinished_draft_is_tried_by_nobody(desk: FlaskClient, link: str, store: Store) -> None:
    drafts.lock_draft(store, "abc", "ada", "w", DURING)
    drafts.save_draft(store, "abc", {**data_of(cast.questionnaire()), "pages": []}, 1, "ada", "w", DURING)
    refused = post(desk, title="Noch eine", days="7")
    assert refused.status_code == 422
    assert "kann ihn niemand ausprobieren" in page(refused).text


def test_a_test_link_needs_a_name_and_an_end(desk: FlaskClient, asked: Questionnaire) -> None:
    for changes in ({"title": ""}, {"days": "0"}, {"days": "91"}, {"days": "viele"}):
        assert post(desk, **{"title": "Elterncafé", "days": "7", **changes}).status_code == 422


def test_a_test_link_reads_nothing_and_ends_on_its_day_or_before(
    desk: FlaskClient, client: FlaskClient, link: str, clock: Clock, own: Services
) -> None:
    assert client.get(link.replace("probelauf", "entwurf")).status_code == 404
    [ended] = [values for attributes, values in page(desk.get("/entwuerfe/abc/probelauf")).forms
               if attributes["action"].endswith("/ende")]  # fmt: skip
    post(desk, "/ende", link=ended["link"])
    assert client.get(link).status_code == 404


def test_everything_tried_is_deleted_at_once(
    desk: FlaskClient, client: FlaskClient, link: str, asked: Questionnaire, store: Store
) -> None:
    client.post(link, data=fields(asked), headers=JSON)
    client.post(f"{link}/anmerkung", data={"question": "", "text": "Gut"})
    post(desk, "/loeschen")
    assert "Noch hat niemand" in results(desk)
    assert comments.list_comments(store, "abc") == ()
    assert client.get(link).status_code == 404


def test_what_was_tried_goes_thirty_days_after_the_last_link_ended(
    client: FlaskClient, link: str, asked: Questionnaire, store: Store, clock: Clock, own: Services
) -> None:
    client.post(link, data=fields(asked), headers=JSON)
    clock.now += timedelta(days=7) + KEPT_AFTER
    assert trials.forget_ended(store, local_day(clock.now)) == 0
    clock.now += timedelta(days=1)
    assert "Alte Probeläufe von Entwürfen sind gelöscht, wie zugesagt." in tick(own, clock.now)
    assert trials.list_trials(store, "abc") == ()


def test_publishing_ends_the_trial(desk: FlaskClient, client: FlaskClient, store: Store) -> None:
    ready = shipped_questionnaires()["jugend-10-13"]
    drafts.create_draft(store, "abc", {**data_of(ready), "minutes": 9}, "ada", DURING)
    link = made(post(desk, title="Klasse 5", days="7"))
    assert client.get(link).status_code == 200
    assert "Der Probelauf endet damit" in page(desk.get("/entwuerfe/abc/veroeffentlichen")).text
    token = page(desk.get("/entwuerfe")).forms[0][1]["csrf_token"]
    desk.post("/entwuerfe/abc/veroeffentlichen", data={"csrf_token": token, "version": "1"})
    assert client.get(link).status_code == 404
