"""What the desk says beside a draft: how it reads, whom it could lead to, what breaks the comparison."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.region import District
from questionnaires.write import data_of
from survey.design.drafting import BLANK
from survey.store import Store, districts, drafts, questionnaires
from tests.bench_stage import shipped_questionnaires
from tests.survey import cast
from tests.survey.cast import DURING
from tests.survey.desk_tools import page, submit

#: Under an id of its own: the wave of the cast asks another questionnaire „familien“.
FAMILIES = shipped_questionnaires()["familien"].model_copy(update={"id": "befragung"})


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["familienstimme"].store
    return found


@pytest.fixture
def desk(log_in: Callable[[str], FlaskClient], store: Store) -> FlaskClient:
    questionnaires.save_questionnaire(store, FAMILIES)
    return log_in("coordinator")


def begin(store: Store, change: Callable[[dict[str, Any]], object] = lambda _: None) -> None:
    data = data_of(FAMILIES)
    change(data)
    drafts.create_draft(store, "abc", data, "ada", DURING)


def told(desk: FlaskClient) -> dict[str, Any]:
    html = desk.get("/entwuerfe/abc").get_data(as_text=True)
    found: dict[str, Any] = json.loads(html.split('id="start">', 1)[1].split("</script>", 1)[0])
    return found


def know_families(store: Store, *families: int) -> None:
    found = cast.district()
    areas = [area.model_copy(update={"known_families": n}) for area, n in zip(found.areas, families, strict=True)]
    values = {name: getattr(found, name) for name in District.model_fields}
    districts.save_district(store, District(**values | {"areas": tuple(areas)}))


def test_the_desk_says_how_easily_a_draft_reads(desk: FlaskClient, store: Store) -> None:
    begin(store)
    ease = told(desk)["ease"]
    assert ease["whole"] == "leicht"
    assert set(ease["questions"].values()) <= {"leicht", "mittel"}


def test_without_known_families_the_desk_says_so_and_gives_no_advice(desk: FlaskClient, store: Store) -> None:
    begin(store)
    found = told(desk)
    assert "lässt sich nicht rechnen" in found["recognition"]["text"]
    assert found["advice"] == []
    assert "lässt sich nicht rechnen" in page(desk.get("/entwuerfe/abc/veroeffentlichen")).text


def test_who_could_be_recognised_is_told_at_the_desk_and_before_publishing(desk: FlaskClient, store: Store) -> None:
    begin(store)
    know_families(store, 212, 4000)
    assert [one["code"] for one in told(desk)["advice"]] == ["recognisable"]
    assert "Nord 1, 212 Familien" in page(desk.get("/entwuerfe/abc/veroeffentlichen")).text


def test_what_breaks_the_comparison_with_the_last_version_is_told_at_its_question(
    desk: FlaskClient, store: Store
) -> None:
    begin(store, lambda data: data["pages"][1]["questions"][0]["options"].pop(0))
    [found] = [one for one in told(desk)["advice"] if one["code"] == "comparison"]
    assert found["place"] == "pages.1.questions.0"
    assert "fällt weg" in found["message"]


def test_two_blank_drafts_are_never_versions_of_each_other(desk: FlaskClient, store: Store) -> None:
    for _ in range(3):
        submit(desk, "/entwuerfe", start="blank")
    names = {one.data["id"] for one in drafts.list_drafts(store, DURING)}
    assert names == {"neuer-fragebogen", "neuer-fragebogen-2", "neuer-fragebogen-3"}


def test_before_publishing_is_said_what_nobody_has_written_yet_and_where_something_could_be_better(
    desk: FlaskClient, store: Store
) -> None:
    data = blank_with({"id": "wege", "kind": "multiple", "text": {"de": "Wie kommen Sie hin?"}, "options": [
        {"code": 1, "text": {"de": "Bus"}}, {"code": 2, "text": {"de": "Auto"}},
    ]})  # fmt: skip
    name = drafts.create_draft(store, "neu", data, "ada", DURING).id
    text = page(desk.get(f"/entwuerfe/{name}/veroeffentlichen")).text
    assert "Hier steht noch „Was ist die Frage?“" in text
    assert "Frage 2: Kein Kreuz" in text


def blank_with(*questions: dict[str, Any]) -> dict[str, Any]:
    [first] = BLANK["pages"]
    return {**BLANK, "pages": [{**first, "questions": [*first["questions"], *questions]}]}
