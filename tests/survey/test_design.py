"""The desk for questionnaires: drafts begin, are saved by one window at a time, checked, shown and published."""

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.model import Questionnaire
from questionnaires.write import data_of, write_questionnaire
from survey.services import Services
from survey.store import Store, drafts, questionnaires
from tests.bench_stage import shipped_questionnaires
from tests.survey import cast
from tests.survey.cast import DURING
from tests.survey.desk_tools import Clock, page, submit

LogIn = Callable[[str], FlaskClient]
HOSTILE = '</script><script>alert("x")</script>'


@pytest.fixture
def store(app: Flask) -> Store:
    own: Services = app.extensions["familienstimme"]
    return own.store


@pytest.fixture
def desk(log_in: LogIn) -> FlaskClient:
    return log_in("coordinator")


@pytest.fixture
def draft(store: Store) -> str:
    """A draft of the cast's questionnaire."""
    return drafts.create_draft(store, "abc", data_of(cast.questionnaire()), "ada", DURING).id


def token(desk: FlaskClient) -> str:
    return page(desk.get("/entwuerfe")).forms[0][1]["csrf_token"]


def lock(desk: FlaskClient, key: str = "fenster", **more: str) -> Any:
    data = {"csrf_token": token(desk), "key": key, **more}
    return desk.post("/entwuerfe/abc/sperre", data=data, headers={"Accept": "application/json"}).get_json()


def save(desk: FlaskClient, data: Any, version: int = 1, key: str = "fenster", turn: Any = 0) -> Any:
    headers = {"X-CSRFToken": token(desk), "Accept": "application/json"}
    sent = {"data": data, "version": version, "key": key, "turn": turn}
    return desk.put("/entwuerfe/abc", json=sent, headers=headers)


def changed(**texts: str) -> dict[str, Any]:
    data = data_of(cast.questionnaire())
    return {**data, "title": {"de": texts.get("title", "Neu")}}


# --- beginning -----------------------------------------------------------------------------------------------


def test_a_draft_begins_blank_from_a_version_or_from_a_file(desk: FlaskClient, store: Store) -> None:
    submit(desk, "/entwuerfe", start="blank")
    submit(desk, "/entwuerfe", start=cast.questionnaire().hash)
    text = write_questionnaire(changed(title="Aus der Datei"))
    fields = {"csrf_token": token(desk), "start": "file", "file": (io.BytesIO(text.encode()), "f.yaml")}
    assert desk.post("/entwuerfe", data=fields).status_code == 303
    titles = {one.title for one in drafts.list_drafts(store, DURING)}
    assert titles == {"Neuer Fragebogen", cast.questionnaire().title["de"], "Aus der Datei"}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"titel: [a, b\nmehr: c", "Zeile 2"), ("ü".encode("cp1252"), "UTF-8"), (b"", "leer"), (b"- a", "name: Wert")],
)
def test_a_file_that_is_none_is_refused_with_its_line(desk: FlaskClient, content: bytes, said: str) -> None:
    fields = {"csrf_token": token(desk), "start": "file", "file": (io.BytesIO(content), "f.yaml")}
    answer = desk.post("/entwuerfe", data=fields)
    assert answer.status_code == 422
    assert said in page(answer).text


@pytest.mark.parametrize("role", ["planner", "administrator"])
def test_only_coordinators_design(log_in: LogIn, draft: str, role: str) -> None:
    for address in ("/entwuerfe", f"/entwuerfe/{draft}", f"/entwuerfe/{draft}/vorschau", f"/entwuerfe/{draft}/datei"):
        assert log_in(role).get(address).status_code == 403


# --- saving --------------------------------------------------------------------------------------------------


def test_saving_tells_what_is_still_to_do(desk: FlaskClient, draft: str) -> None:
    lock(desk)
    data = changed()
    data["pages"][0]["questions"] = [q for q in data["pages"][0]["questions"] if q["kind"] != "place"]
    answer = save(desk, data).get_json()
    assert answer["version"] == 2
    assert "no-place-question" in {problem["code"] for problem in answer["problems"]}


def test_one_window_saves_and_another_takes_over_only_on_purpose(desk: FlaskClient, draft: str, store: Store) -> None:
    assert lock(desk, "eins")["mine"]
    assert not lock(desk, "zwei")["mine"]
    assert save(desk, changed(), key="zwei").status_code == 409
    taken = lock(desk, "zwei", take="1")
    assert taken["mine"]
    assert taken["data"]["title"] == cast.questionnaire().title
    assert save(desk, changed(title="Von eins"), key="eins").status_code == 409
    assert save(desk, changed(title="Von zwei"), key="zwei").status_code == 200
    assert drafts.get_draft(store, draft, DURING).title == "Von zwei"


def test_a_save_from_an_older_state_overwrites_nothing(desk: FlaskClient, draft: str, store: Store) -> None:
    lock(desk)
    assert save(desk, changed(title="Erste")).status_code == 200
    assert save(desk, changed(title="Zweite"), version=1).status_code == 409
    assert drafts.get_draft(store, draft, DURING).title == "Erste"


def test_a_window_goes_on_from_what_it_never_heard_was_saved_and_late_twins_come_too_late(
    desk: FlaskClient, draft: str, store: Store
) -> None:
    lock(desk)
    for turn, title in ((1, "Erste"), (2, "Zweite"), (3, "Dritte")):
        assert save(desk, changed(title=title), version=1, turn=turn).get_json()["version"] == turn + 1
    for late in (0, 1, 3, -7, 2**40, "4", None):
        assert save(desk, changed(title="Spät"), version=1, turn=late).status_code == 409
    lock(desk, "anderes", take="1")
    lock(desk, take="1")
    assert save(desk, changed(title="Vierte"), version=4, turn=4).status_code == 200
    assert drafts.get_draft(store, draft, DURING).title == "Vierte"


def test_a_window_that_was_taken_over_overwrites_nothing_with_a_later_turn(
    desk: FlaskClient, draft: str, store: Store
) -> None:
    lock(desk)
    assert save(desk, changed(title="Meins"), turn=1).status_code == 200
    lock(desk, "anderes", take="1")
    assert save(desk, changed(title="Anderes"), version=2, key="anderes", turn=1).status_code == 200
    lock(desk, "anderes", leave="1")
    lock(desk)
    assert save(desk, changed(title="Alt"), version=2, turn=2).status_code == 409
    assert drafts.get_draft(store, draft, DURING).title == "Anderes"


def test_a_lock_ends_when_its_window_leaves_or_falls_silent(desk: FlaskClient, draft: str, clock: Clock) -> None:
    lock(desk, "eins")
    lock(desk, "eins", leave="1")
    assert lock(desk, "zwei")["mine"]
    clock.now += drafts.LOCK
    assert lock(desk, "drei")["mine"]


@pytest.mark.parametrize("body", ["[]", '{"data": 1}', '{"data": {}, "key": "a"}', "x", '{"data": {}, "version": "1"}'])
def test_what_is_no_draft_is_not_saved(desk: FlaskClient, draft: str, body: str) -> None:
    headers = {"X-CSRFToken": token(desk), "Accept": "application/json"}
    answer = desk.put("/entwuerfe/abc", data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 400


def test_without_the_forms_token_nothing_is_saved(desk: FlaskClient, draft: str, store: Store) -> None:
    lock(desk)
    answer = desk.put("/entwuerfe/abc", json={"data": changed(), "version": 1, "key": "fenster"})
    assert answer.status_code == 400
    assert drafts.get_draft(store, draft, DURING).version == 1


def test_every_state_can_be_returned_to(desk: FlaskClient, draft: str, clock: Clock) -> None:
    lock(desk)
    save(desk, changed(title="Erste"))
    clock.now += drafts.STATE
    lock(desk)
    save(desk, changed(title="Zweite"), version=2)
    listed = page(desk.get("/entwuerfe/abc/staende"))
    assert len(listed.all("a", href="/entwuerfe/abc?stand=2")) == 1
    first = desk.get("/entwuerfe/abc/staende/1.json").get_json()["data"]
    assert first == data_of(cast.questionnaire())
    assert desk.get("/entwuerfe/abc/staende/99.json").status_code == 404


# --- looking -------------------------------------------------------------------------------------------------


def test_the_phone_shows_a_page_as_families_will_see_it(desk: FlaskClient, draft: str) -> None:
    asked = cast.questionnaire()
    answer = desk.get(f"/entwuerfe/abc/vorschau?seite={asked.pages[1].id}")
    shown = page(answer)
    found = {one["id"] for one in shown.all("fieldset") + shown.all("div") if one.get("id", "").startswith("q-")}
    assert found == {f"q-{question.id}" for question in asked.pages[1].questions}
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_unfinished_draft_has_no_preview_and_no_error(desk: FlaskClient, store: Store) -> None:
    drafts.create_draft(store, "abc", {"title": {"de": HOSTILE}, "pages": "nichts"}, "ada", DURING)
    assert "Vorschau kommt wieder" in page(desk.get("/entwuerfe/abc/vorschau")).text
    html = desk.get("/entwuerfe/abc").get_data(as_text=True)
    assert HOSTILE not in html


def test_the_file_view_saves_what_was_edited_and_keeps_what_is_none(
    desk: FlaskClient, draft: str, store: Store
) -> None:
    text = page(desk.get("/entwuerfe/abc/datei"))
    version = text.forms[-1][1]["version"]
    answer = submit(desk, "/entwuerfe/abc/datei", text="title: [", version=version)
    assert answer.status_code == 422
    assert "Zeile 1" in page(answer).text
    submit(desk, "/entwuerfe/abc/datei", text=write_questionnaire(changed(title="Getippt")), version=version)
    assert drafts.get_draft(store, draft, DURING).title == "Getippt"
    again = submit(desk, "/entwuerfe/abc/datei", text=write_questionnaire(changed()), version=version)
    assert again.status_code == 409
    assert "nichts überschrieben" in page(again).text


def test_the_downloaded_file_is_the_draft(desk: FlaskClient, draft: str) -> None:
    answer = desk.get("/entwuerfe/abc/fragebogen.yaml")
    assert answer.get_data(as_text=True) == write_questionnaire(data_of(cast.questionnaire()))
    assert f'filename="{cast.questionnaire().id}.yaml"' in answer.headers["Content-Disposition"]


# --- publishing ----------------------------------------------------------------------------------------------


@pytest.fixture
def ready(store: Store) -> Questionnaire:
    """A questionnaire that can be published, and a draft of it."""
    asked = shipped_questionnaires()["jugend-10-13"]
    title = {**asked.title, "de": "Ihr seid gefragt"}
    drafts.create_draft(store, "abc", {**data_of(asked), "title": title}, "ada", DURING)
    return asked


def publish(desk: FlaskClient, version: int) -> int:
    data = {"csrf_token": token(desk), "version": str(version)}
    return desk.post("/entwuerfe/abc/veroeffentlichen", data=data).status_code


def test_a_version_is_published_after_its_changes_were_shown(
    desk: FlaskClient, ready: Questionnaire, store: Store
) -> None:
    questionnaires.save_questionnaire(store, ready)
    assert "Der Titel lautet anders." in page(desk.get("/entwuerfe/abc/veroeffentlichen")).text
    before = len(questionnaires.list_questionnaires(store))
    assert publish(desk, 1) == 303
    assert len(questionnaires.list_questionnaires(store)) == before + 1


def test_nothing_is_published_that_changed_meanwhile_or_is_unfinished(
    desk: FlaskClient, ready: Questionnaire, store: Store
) -> None:
    before = len(questionnaires.list_questionnaires(store))
    assert publish(desk, 7) == 409
    lock(desk)
    save(desk, {**data_of(ready), "pages": []})
    assert "vorher noch zu tun" in page(desk.get("/entwuerfe/abc/veroeffentlichen")).text
    assert publish(desk, 2) == 409
    assert len(questionnaires.list_questionnaires(store)) == before


def test_a_deleted_draft_is_gone_and_its_versions_stay(desk: FlaskClient, ready: Questionnaire, store: Store) -> None:
    assert publish(desk, 1) == 303
    before = len(questionnaires.list_questionnaires(store))
    assert desk.post("/entwuerfe/abc/loeschen", data={"csrf_token": token(desk)}).status_code == 303
    assert desk.get("/entwuerfe/abc").status_code == 404
    assert len(questionnaires.list_questionnaires(store)) == before


def test_the_start_of_the_editor_is_data_and_no_script(desk: FlaskClient, draft: str) -> None:
    html = desk.get("/entwuerfe/abc").get_data(as_text=True)
    start = html.split('id="start">', 1)[1].split("</script>", 1)[0]
    assert json.loads(start)["version"] == 1


def test_advice_is_told_and_stops_nobody(desk: FlaskClient, ready: Questionnaire) -> None:
    lock(desk)
    data = data_of(ready)
    data["pages"][1]["questions"][0]["text"]["de"] = "Was fehlt euch? Und was noch?"
    told = save(desk, data).get_json()
    assert [(one["place"], one["code"]) for one in told["advice"]] == [("pages.1.questions.0", "two-thoughts")]
    assert told["problems"] == []
    assert publish(desk, 2) == 303


# --- translations out and in ---------------------------------------------------------------------------------

TURKISH = "/entwuerfe/abc/uebersetzung/tr"


def bring(desk: FlaskClient, content: bytes, name: str = "tr.csv") -> Any:
    fields = {"csrf_token": token(desk), "file": (io.BytesIO(content), name)}
    return desk.post(TURKISH, data=fields)


def title_of(store: Store) -> dict[str, str]:
    found: dict[str, str] = drafts.get_draft(store, "abc", DURING).data["title"]
    return found


@pytest.mark.parametrize("ending", ["csv", "po"])
def test_a_translation_goes_out_and_comes_back_the_same(
    desk: FlaskClient, ready: Questionnaire, store: Store, ending: str
) -> None:
    before = drafts.get_draft(store, "abc", DURING).data
    out = desk.get(f"{TURKISH}.{ending}").get_data()
    assert bring(desk, out, f"tr.{ending}").status_code == 303
    after = drafts.get_draft(store, "abc", DURING).data
    assert after["pages"] == before["pages"]
    assert after["translations"] == before["translations"]


def test_what_goes_out_says_what_each_text_is_worth_and_only_what_changed_loses_its_check(
    desk: FlaskClient, store: Store
) -> None:
    check = {"checked_by": "Ayşe", "checked_on": "2026-02-01"}
    data = {**data_of(cast.questionnaire()), "title": {"de": "Neu", "tr": "Başlık"}, "headline": {"de": "A", "tr": "B"},
            "languages": ["de", "tr"], "translations": {"de": {"status": "source"}, "tr": {
                "reviews": {"title": {**check, "german": "Alt"}, "headline": check}}}}  # fmt: skip
    drafts.create_draft(store, "abc", data, "ada", DURING)
    table = desk.get(f"{TURKISH}.csv").get_data(as_text=True)
    assert "title;Neu;Başlık;Deutsch geändert;Alt\r\n" in table
    assert "headline;A;B;geprüft;\r\n" in table
    catalogue = desk.get(f"{TURKISH}.po").get_data(as_text=True)
    assert '#. Deutsch geändert\n#, fuzzy\n#| msgid "Alt"\nmsgctxt "title"\nmsgid "Neu"\nmsgstr "Başlık"' in catalogue
    bring(desk, b"kennung;uebersetzung\ntitle;Yeni\nheadline;B")
    assert drafts.get_draft(store, "abc", DURING).data["translations"]["tr"] == {"reviews": {"headline": check}}


def test_german_changed_in_the_file_is_told_to_translators_and_before_publishing(
    desk: FlaskClient, ready: Questionnaire, store: Store
) -> None:
    before = drafts.get_draft(store, "abc", DURING)
    text = write_questionnaire({**before.data, "title": {**before.data["title"], "de": "Ganz anders"}})
    form = {"csrf_token": token(desk), "text": text, "version": str(before.version)}
    assert desk.post("/entwuerfe/abc/datei", data=form).status_code == 303
    told = drafts.get_draft(store, "abc", DURING).data["translations"]["tr"]["reviews"]
    assert told == {"title": {"german": before.data["title"]["de"]}}
    said = page(desk.get("/entwuerfe/abc/veroeffentlichen")).text
    assert "vielleicht passen nicht mehr: 1 Text" in said
    assert "1 Text auf Türkisch" in said


@pytest.mark.parametrize(
    "table",
    [
        "kennung;deutsch;uebersetzung\r\ntitle;Titel;Başlık\r\n",
        "Uebersetzung,Kennung\nBaşlık,title\n",
        "uebersetzung\tkennung\nBaşlık\ttitle",
    ],
)
def test_columns_may_stand_in_any_order(desk: FlaskClient, ready: Questionnaire, store: Store, table: str) -> None:
    assert bring(desk, table.encode()).status_code == 303
    assert title_of(store)["tr"] == "Başlık"


def test_a_table_saved_for_windows_is_read(desk: FlaskClient, ready: Questionnaire, store: Store) -> None:
    bring(desk, "kennung;uebersetzung\ntitle;Überschrift".encode("cp1252"))
    assert title_of(store)["tr"] == "Überschrift"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [(b"titel;text\n", "tr.csv", "fehlen Spalten"), (b"kennung;uebersetzung\nnirgends;x", "tr.csv", "nicht: nirgends"),
     (b'msgid "a', "tr.po", "kein lesbarer"), (b"", "tr.csv", "fehlen Spalten")],
)  # fmt: skip
def test_what_is_no_translation_changes_nothing(
    desk: FlaskClient, ready: Questionnaire, store: Store, content: bytes, name: str, said: str
) -> None:
    before = title_of(store)
    answer = bring(desk, content, name)
    assert answer.status_code == 422
    assert said in page(answer).text
    assert title_of(store) == before


def test_no_cell_of_the_table_is_a_formula(desk: FlaskClient, store: Store) -> None:
    data = {**data_of(cast.questionnaire()), "title": {"de": "=1+1", "tr": "@SUMME"}}
    drafts.create_draft(store, "abc", data, "ada", DURING)
    table = desk.get(f"{TURKISH}.csv").get_data(as_text=True)
    assert "title;'=1+1;'@SUMME" in table
    assert bring(desk, table.encode()).status_code == 303
    assert title_of(store) == {"de": "=1+1", "tr": "@SUMME"}


# --- partners ------------------------------------------------------------------------------------------------


def invite(desk: FlaskClient, **changes: str) -> Any:
    data = {"csrf_token": token(desk), "title": "Freie Träger", "days": "14", **changes}
    return desk.post("/entwuerfe/abc/rueckmeldungen", data=data)


def link_in(answer: Any) -> str:
    found: str = re.findall(r"/entwurf/[\w-]+", answer.get_data(as_text=True))[0]
    return found


def test_a_partner_comments_by_a_link_and_the_coordinator_sees_it_at_the_question(
    desk: FlaskClient, client: FlaskClient, ready: Questionnaire, store: Store
) -> None:
    link = link_in(invite(desk))
    question = ready.pages[1].questions[0].id
    shown = client.get(link)
    assert ready.questions[question].text["de"] in page(shown).text
    assert "Set-Cookie" not in shown.headers
    said = client.post(link, data={"question": question, "text": f"Zu schwer {HOSTILE}", "name": "Kita Nord"})
    assert said.status_code == 303
    assert "Kita" not in said.headers["Location"]
    html = desk.get("/entwuerfe/abc").get_data(as_text=True)
    start = json.loads(html.split('id="start">', 1)[1].split("</script>", 1)[0])
    assert start["comments"] == [{"question": question, "name": "Kita Nord", "text": f"Zu schwer {HOSTILE}"}]
    assert HOSTILE not in desk.get("/entwuerfe/abc/rueckmeldungen").get_data(as_text=True)


def test_a_comment_is_ticked_off_and_a_link_is_ended(
    desk: FlaskClient, client: FlaskClient, ready: Questionnaire
) -> None:
    link = link_in(invite(desk))
    client.post(link, data={"question": "", "text": "Gut"})
    listed = page(desk.get("/entwuerfe/abc/rueckmeldungen"))
    [ended] = [fields for attributes, fields in listed.forms if attributes["action"].endswith("/ende")]
    desk.post("/entwuerfe/abc/rueckmeldungen/1", data={"csrf_token": token(desk), "done": "1"})
    assert "Doch nicht erledigt" in page(desk.get("/entwuerfe/abc/rueckmeldungen")).text
    desk.post("/entwuerfe/abc/rueckmeldungen/ende", data=ended)
    assert client.get(link).status_code == 404


def test_a_link_ends_by_itself(desk: FlaskClient, client: FlaskClient, ready: Questionnaire, clock: Clock) -> None:
    link = link_in(invite(desk, days="1"))
    clock.now += timedelta(days=2)
    assert client.get(link).status_code == 404
    assert client.get("/entwurf/geraten").status_code == 404


@pytest.mark.parametrize(
    "changes", [{"title": ""}, {"days": "0"}, {"days": "91"}, {"days": "viele"}, {"title": "x" * 121}]
)
def test_a_link_needs_a_name_and_an_end(desk: FlaskClient, ready: Questionnaire, changes: dict[str, str]) -> None:
    assert invite(desk, **changes).status_code == 422


@pytest.mark.parametrize("text", ["", "x" * 2001])
def test_an_empty_or_endless_comment_is_kept_in_its_field(
    desk: FlaskClient, client: FlaskClient, ready: Questionnaire, text: str
) -> None:
    answer = client.post(link_in(invite(desk)), data={"question": "", "text": text})
    assert answer.status_code == 422
    assert text in answer.get_data(as_text=True)
