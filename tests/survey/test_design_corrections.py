"""Texts are corrected while families answer: only texts, with a log, and no answer is lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from questionnaires.differences import correction
from questionnaires.handover import Fieldwork
from questionnaires.model import Questionnaire
from questionnaires.plan import default_plan
from questionnaires.write import data_of
from survey.extract import write_extract
from survey.store import Store, drafts, questionnaires, responses, revisions, waves
from survey.store.anonymise import anonymise
from tests.bench_stage import shipped_questionnaires
from tests.survey import cast
from tests.survey.cast import AFTER, DURING, WAVE
from tests.survey.desk_tools import page

Change = Callable[[dict[str, Any]], object]
FAMILIES = shipped_questionnaires()["familien"]


def question(data: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(q for one in data["pages"] for q in one["questions"] if q["id"] == name)
    return found


def correcting(change: Change) -> Any:
    data = data_of(FAMILIES)
    change(data)
    return correction(FAMILIES, Questionnaire.model_validate(data))


TEXTS: list[Change] = [
    lambda d: d["title"].update(de="Umfrage"),
    lambda d: question(d, "bedarf")["text"].update(uk="?"),
    lambda d: question(d, "bedarf")["options"][0]["text"].update(de="Zeit"),
    lambda d: question(d, "bedarf").update(help={"de": "Neu"}),
    lambda d: d["pages"][0]["title"].update(de="Ort"),
    lambda d: d["funnels"][0]["title"].update(de="Essen"),
]
MORE: dict[str, Change] = {
    "code": lambda d: question(d, "bedarf")["options"][0].update(code=77),
    "new option": lambda d: question(d, "bedarf")["options"].append({"code": 78, "text": {"de": "Ruhe"}}),
    "order of options": lambda d: question(d, "bedarf")["options"].reverse(),
    "exclusive": lambda d: question(d, "bedarf")["options"][0].update(exclusive=True),
    "id": lambda d: question(d, "bedarf").update(id="bedarf2") or d.pop("headline_question"),
    "condition": lambda d: question(d, "bedarf").update(show_if={"area": ["x"]}),
    "limit": lambda d: question(d, "bedarf").update(top=2),
    "order of questions": lambda d: d["pages"][0]["questions"].reverse(),
    "minutes": lambda d: d.update(minutes=9),
    "language": lambda d: d.update(languages=["de"]),
    "sensitive": lambda d: question(d, "bedarf").update(sensitive="money"),
    "page gone": lambda d: d["pages"].pop(),
}


@pytest.mark.parametrize("change", TEXTS)
def test_a_text_is_a_correction(change: Change) -> None:
    found = correcting(change)
    assert found.refused == ()
    assert len(found.changes) >= 1


@pytest.mark.parametrize("what", MORE)
def test_whatever_is_more_than_a_text_is_refused_and_named(what: str) -> None:
    assert all(correcting(MORE[what]).refused)
    assert correcting(MORE[what]).refused != ()


def test_a_change_names_place_language_before_and_after() -> None:
    [found] = correcting(lambda d: question(d, "bedarf")["text"].update(de="Was fehlt?")).changes
    before = FAMILIES.questions["bedarf"].text["de"]
    assert (found.path, found.language, found.before, found.after) == ("bedarf.text", "de", before, "Was fehlt?")


def test_the_same_questionnaire_corrects_nothing() -> None:
    found = correcting(lambda _: None)
    assert (found.changes, found.refused) == ((), ())


# --- at the desk -----------------------------------------------------------------------------------------------


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["familienstimme"].store
    return found


@pytest.fixture
def desk(log_in: Callable[[str], FlaskClient], app: Flask) -> FlaskClient:
    return log_in("coordinator")


ASKED = FAMILIES.model_copy(update={"id": "befragung"})


def in_the_field(store: Store) -> str:
    """The wave of the cast asks a questionnaire that can be published."""
    waves.publish_version(store, WAVE, questionnaires.save_questionnaire(store, ASKED))
    return ASKED.hash


def corrected(store: Store, change: Change) -> None:
    in_the_field(store)
    data = data_of(ASKED)
    change(data)
    drafts.create_draft(store, "abc", data, "ada", DURING)


def title(data: dict[str, Any]) -> None:
    question(data, "bedarf")["text"]["de"] = "Was brauchen Sie am meisten?"


def send(desk: FlaskClient, **changes: str) -> TestResponse:
    token = page(desk.get("/entwuerfe")).forms[0][1]["csrf_token"]
    fields = {"csrf_token": token, "version": "1", "wave": WAVE, "same": "1", "why": "Tippfehler", **changes}
    return desk.post("/entwuerfe/abc/berichtigen", data=fields)


def test_a_correction_goes_live_with_its_log_and_both_versions_are_accepted(
    desk: FlaskClient, client: FlaskClient, store: Store
) -> None:
    corrected(store, title)
    before = waves.get_wave(store, WAVE).questionnaire_hash
    offered = page(desk.get("/entwuerfe/abc/veroeffentlichen")).text
    assert "Was brauchen Sie am meisten?" in offered
    assert send(desk).status_code == 303
    assert "Was brauchen Sie am meisten?" in client.get(f"/b/{WAVE}").get_data(as_text=True)
    assert {before, waves.get_wave(store, WAVE).questionnaire_hash} <= waves.versions_of(store, WAVE)
    shown = page(desk.get(f"/wellen/{WAVE}/berichtigungen")).text
    assert "Tippfehler" in shown
    assert "Frage „bedarf“" in shown


def test_responses_keep_the_version_they_were_given_to(client: FlaskClient, desk: FlaskClient, store: Store) -> None:
    corrected(store, title)
    before = waves.get_wave(store, WAVE).questionnaire_hash
    send(desk)
    for number, version in enumerate((before, waves.get_wave(store, WAVE).questionnaire_hash)):
        fields = {"_hash": version, "_lang": "de", "_key": f"{number}" * 22}
        assert client.post(f"/b/{WAVE}", data=fields, headers={"Accept": "application/json"}).status_code == 200
    assert len({one.questionnaire_hash for one in responses.read_responses(store, WAVE)}) == 2


def test_without_a_reason_and_a_promise_nothing_is_corrected(desk: FlaskClient, store: Store) -> None:
    corrected(store, title)
    for changes in ({"same": ""}, {"why": " "}, {"version": "7"}, {"wave": "nirgends"}):
        assert send(desk, **changes).status_code == 409
    assert waves.get_wave(store, WAVE).questionnaire_hash == ASKED.hash


def test_more_than_texts_never_goes_live(desk: FlaskClient, store: Store) -> None:
    corrected(store, lambda data: (title(data), question(data, "bedarf")["options"].pop(0)))
    assert "Hier ist mehr anders" in page(desk.get("/entwuerfe/abc/veroeffentlichen")).text
    assert send(desk).status_code == 409
    assert revisions.list_revisions(store, WAVE) == ()


def test_a_wave_that_takes_no_answers_is_not_corrected(desk: FlaskClient, store: Store, clock: Any) -> None:
    corrected(store, title)
    waves.close_now(store, WAVE, DURING)
    assert send(desk).status_code == 409


def test_the_extract_lists_the_corrections(desk: FlaskClient, store: Store, tmp_path: Path) -> None:
    corrected(store, title)
    send(desk)
    anonymise(store, WAVE, default_plan(ASKED, cast.district()), AFTER)
    write_extract(store, waves.get_wave(store, WAVE), tmp_path / "auszug")
    written = json.loads((tmp_path / "auszug" / "fieldwork.json").read_text(encoding="utf-8"))
    [found] = Fieldwork.model_validate_json(json.dumps(written)).revisions
    assert (found.by, found.why, found.before) == ("coordinator", "Tippfehler", ASKED.hash)
    assert [one.path for one in found.changes] == ["bedarf.text"]
