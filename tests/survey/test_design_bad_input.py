"""What can go wrong at the desk: foreign files, endless titles, all scripts at once, a published version."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.check import check_path, check_text
from questionnaires.model import Questionnaire
from questionnaires.write import data_of, write_questionnaire
from survey.store import Store, drafts, questionnaires
from tests.bench_stage import shipped_questionnaires
from tests.survey.cast import DURING
from tests.survey.desk_tools import page

CHILDREN = shipped_questionnaires()["jugend-10-13"]
MIXED = "Was fehlt? 🏡👨‍👩‍👧 مرحبا \u202eבבב\u202c שלום Привіт \u2066a\u2069 🇺🇦 <b>&amp;</b> %s {x} \\n"


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["familienstimme"].store
    return found


@pytest.fixture
def desk(log_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return log_in("coordinator")


def token(desk: FlaskClient) -> str:
    return page(desk.get("/entwuerfe")).forms[0][1]["csrf_token"]


def bring(desk: FlaskClient, content: bytes) -> Any:
    fields = {"csrf_token": token(desk), "start": "file", "file": (io.BytesIO(content), "f.yaml")}
    return desk.post("/entwuerfe", data=fields)


FOREIGN = {
    "pdf": b"%PDF-1.7\n\x00\xff\xfe", "xlsx": b"PK\x03\x04\x14\x00\x06\x00", "png": b"\x89PNG\r\n\x1a\n\x00",
    "list": b"- a\n- b\n", "table": b"type,name,label\nselect_one,q1,Was?\n", "page": b"<!doctype html><p>a</p>",
    "many": b"a: 1\n---\nb: 2\n", "tag": b"a: !!python/object:os.system x\n", "half": b"title:\n  de: 'Halb",
    "bomb": b"a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
}  # fmt: skip


def test_a_foreign_or_half_written_file_is_refused_or_can_be_mended(desk: FlaskClient, store: Store) -> None:
    answers = {kind: bring(desk, content) for kind, content in FOREIGN.items()}
    begun = {kind: answer.headers["Location"] for kind, answer in answers.items() if answer.status_code == 303}
    assert set(begun) <= {"bomb", "tag"}
    assert len(drafts.list_drafts(store, DURING)) == len(begun)
    assert all(desk.get(location).status_code == 200 for location in begun.values())
    refused = [answer for kind, answer in answers.items() if kind not in begun]
    assert all(answer.status_code == 422 and page(answer).all("p", id="f-file-error") for answer in refused)


def test_a_file_view_keeps_half_written_yaml_in_its_field(desk: FlaskClient, store: Store) -> None:
    drafts.create_draft(store, "abc", data_of(CHILDREN), "ada", DURING)
    half = "title:\n  de: 'Halb geschrieben\nminutes: ["
    answer = desk.post("/entwuerfe/abc/datei", data={"csrf_token": token(desk), "version": "1", "text": half})
    assert answer.status_code == 422
    assert "Halb geschrieben" in answer.get_data(as_text=True)
    assert drafts.get_draft(store, "abc", DURING).data == data_of(CHILDREN)


def test_an_endless_title_and_all_scripts_at_once_are_kept_as_typed(desk: FlaskClient, store: Store) -> None:
    title = f"{'x' * 5000} {MIXED}"
    data = {**data_of(CHILDREN), "title": {**CHILDREN.title, "de": title}}
    drafts.create_draft(store, "abc", data, "ada", DURING)
    for path in ("", "/abc", "/abc/datei", "/abc/vorschau", "/abc/veroeffentlichen", "/abc/rueckmeldungen",
                 "/abc/probelauf", "/abc/staende"):  # fmt: skip
        answer = desk.get(f"/entwuerfe{path}")
        assert answer.status_code == 200
        assert "<b>&amp;</b>" not in answer.get_data(as_text=True)
    yaml = desk.get("/entwuerfe/abc/fragebogen.yaml").get_data(as_text=True)
    read, _ = check_text(yaml, "x.yaml")
    assert read is None or read.title["de"] == title


def test_a_published_version_opened_for_editing_stays_as_it_is(desk: FlaskClient, store: Store) -> None:
    digest = questionnaires.save_questionnaire(store, CHILDREN)
    desk.post("/entwuerfe", data={"csrf_token": token(desk), "start": digest})
    [draft] = drafts.list_drafts(store, DURING)
    drafts.lock_draft(store, draft.id, "ada", "w", DURING)
    drafts.save_draft(store, draft.id, {**draft.data, "minutes": 30}, 1, "ada", "w", DURING)
    assert questionnaires.get_questionnaire(store, digest) == CHILDREN
    assert Questionnaire.model_validate(draft.data) == CHILDREN


def test_what_is_downloaded_passes_the_command_and_comes_in_again_the_same(
    desk: FlaskClient, store: Store, tmp_path: Any
) -> None:
    drafts.create_draft(store, "abc", data_of(CHILDREN), "ada", DURING)
    text = desk.get("/entwuerfe/abc/fragebogen.yaml").get_data()
    (tmp_path / "kinder.yaml").write_bytes(text)
    assert check_path(tmp_path / "kinder.yaml") == ()
    assert bring(desk, text).status_code == 303
    found = [one.data for one in drafts.list_drafts(store, DURING)]
    assert found[0] == found[1] == data_of(CHILDREN)
    assert write_questionnaire(found[0]).encode() == text
