"""Own words are read by those whose task it is, decided one by one, and never shown or logged without it."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, delete, insert, select

from questionnaires.codebook import Theme, ThemeBook
from survey import create_app
from survey.records import Role, User
from survey.settings import Settings
from survey.store import Store, protection, releases, responses, texts, users
from survey.store.anonymise import anonymise
from survey.store.tables import child_protection, own_text, own_words, own_words_access, release
from tests.survey import conftest
from tests.survey.cast import AFTER, DURING, WAVE, plan, submission
from tests.survey.desk_tools import Clock, Page, page, password_hash, submit

HOME = f"/eigene-worte/{WAVE}"
THEMES = f"{HOME}/themen"
MAX = "Mein Sohn Max wird gemobbt, sagt Frau Schneider."
BOOK = ThemeBook(name="Probe", themes=(Theme(id="weg", name="Wege", stems=("Bus",)), Theme(id="geld", name="Geld")))
LogIn = Callable[[str], FlaskClient]


@dataclass
class House:
    """One application for all tests: making it costs more than any of them."""

    app: Flask
    store: Store
    kept: dict[Table, list[dict[str, Any]]]

    def restore(self) -> None:
        with self.store.write() as connection:
            for table, rows in self.kept.items():
                connection.execute(delete(table))
                if rows:
                    connection.execute(insert(table), rows)


TABLES = (own_text, own_words, own_words_access, child_protection, release)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The application with an anonymised wave in which families wrote."""
    folder = tmp_path_factory.mktemp("house")
    store = conftest.fill(Store(conftest._migrated_file(folder / "familienstimme.sqlite3")))
    for role in get_args(Role):
        users.add_user(store, User(role, password_hash(), frozenset({role})))
    words = [MAX, "Der Bus kommt nie", "Geld fehlt", *(f"Nummer {i}" for i in range(8))]
    for number, text in enumerate(words):
        responses.submit(store, submission(number, answers={"zufrieden": 3, "warum": text}), DURING)
    for number in range(20, 32):
        answers = {"zufrieden": 3, "warum": f"Автобус {number}"} if number < 26 else {}
        responses.submit(store, submission(number, answers=answers, language="uk"), DURING)
    anonymise(store, WAVE, plan(), AFTER)
    texts.save_themes(store, WAVE, BOOK)
    settings = Settings(data=folder, database_url=f"sqlite:///{store.path}", secret_key="s" * 40)
    app = create_app(settings, Clock(AFTER))
    with store.read() as connection:
        kept = {table: [dict(row) for row in connection.execute(select(table)).mappings()] for table in TABLES}
    yield House(app, store, kept)
    app.extensions["familienstimme"].store.close()
    store.close()


@pytest.fixture
def wave(house: House) -> Store:
    """The store as it was when the wave was anonymised."""
    house.restore()
    return house.store


@pytest.fixture
def log_in(house: House) -> LogIn:
    def enter(name: str) -> FlaskClient:
        client = house.app.test_client()
        with client.session_transaction() as session:
            session.update(user=name, version=1, seen=int(AFTER.timestamp()))
        return client

    return enter


@pytest.fixture
def client(house: House) -> FlaskClient:
    return house.app.test_client()


@pytest.fixture
def reader(wave: Store, log_in: LogIn) -> FlaskClient:
    return log_in("reviewer")


def text_id(store: Store, words: str) -> str:
    return next(text.id for text in texts.list_texts(store, WAVE) if words in text.text)


def address(store: Store, words: str) -> str:
    return f"{HOME}/text/{text_id(store, words)}"


def now(store: Store, words: str) -> texts.OwnText:
    return texts.get_text(store, WAVE, text_id(store, words))


def marked(shown: Page, html: str) -> list[str]:
    return re.findall(r"<mark>(.*?)<span", html)


# ---------- who, when


ADDRESSES = ("/eigene-worte", HOME, f"{HOME}/weiter", THEMES, f"{HOME}/themen.yaml")


@pytest.mark.parametrize("role", ["coordinator", "planner", "administrator"])
def test_only_those_whose_task_it_is_read_own_words(wave: Store, log_in: LogIn, role: str) -> None:
    for path in ADDRESSES:
        answer = log_in(role).get(path)
        assert (answer.status_code, b"Lesen eigener Worte" in answer.data) == (403, True)
        assert b"Bus" not in answer.data


def test_nobody_else_finds_a_text_by_its_address(wave: Store, log_in: LogIn, client: FlaskClient) -> None:
    path = address(wave, "Max")
    assert [log_in(role).get(path).status_code for role in ("coordinator", "planner", "administrator")] == [403] * 3
    assert client.get(path).status_code == 303
    assert [log_in("planner").post(path + end).status_code for end in ("", "/zurueck", "/kinderschutz")] == [400] * 3


def test_somebody_who_only_reads_lands_on_this_page_and_sees_no_other(reader: FlaskClient) -> None:
    assert reader.get("/anmelden").headers["Location"] == "/eigene-worte"
    links = {a["href"] for a in page(reader.get("/eigene-worte")).all("a")}
    assert {"/eigene-worte", "/ergebnisse", HOME} <= links
    assert not links & {"/wellen", "/angaben"}


# ---------- the queue


def test_texts_that_look_personal_come_first_and_are_marked(wave: Store, reader: FlaskClient) -> None:
    found = reader.get(f"{HOME}/weiter").headers["Location"]
    shown = reader.get(found)
    assert found == address(wave, "Max")
    assert marked(page(shown), shown.get_data(as_text=True)) == ["Max", "Schneider"]
    assert "Das Programm erkennt nicht alles" in page(shown).text


def test_the_list_is_narrowed_by_decision_theme_and_question(wave: Store, reader: FlaskClient) -> None:
    texts.change(wave, WAVE, text_id(wave, "Geld"), decision="quote")
    counts = {query: reader.get(f"{HOME}?{query}").get_data(as_text=True) for query in (
        "", "stand=quote", "stand=offen", "thema=weg", "thema=ohne", "frage=warum", "frage=gibt-es-nicht", "seite=99",
        "seite=²", "stand=offen&thema=weg",
    )}  # fmt: skip
    found = {query: int(re.search(r"(\d+) von 17 Texten", html)[1]) for query, html in counts.items()}  # type: ignore[index]
    assert found == {
        "": 17, "stand=quote": 1, "stand=offen": 16, "thema=weg": 1, "thema=ohne": 16, "frage=warum": 17,
        "frage=gibt-es-nicht": 0, "seite=99": 17, "seite=²": 17, "stand=offen&thema=weg": 1,
    }  # fmt: skip


def test_coordination_sees_how_far_the_reading_is_and_no_word(wave: Store, log_in: LogIn) -> None:
    shown = page(log_in("coordinator").get(f"/wellen/{WAVE}"))
    assert "17 Texte, davon 17 noch nicht gelesen" in shown.text
    assert f"{HOME}/zugriffe" in {a["href"] for a in shown.all("a")}
    assert HOME not in {a["href"] for a in shown.all("a")}


def test_reading_on_skips_what_is_decided_and_ends_with_a_sentence(wave: Store, reader: FlaskClient) -> None:
    every = texts.list_texts(wave, WAVE)
    for text in every[:-1]:
        texts.change(wave, WAVE, text.id, decision="count")
    assert reader.get(f"{HOME}/weiter").headers["Location"] == f"{HOME}/text/{every[-1].id}"
    assert reader.get(f"{HOME}/weiter?nach={every[-1].id}").headers["Location"] == HOME
    texts.change(wave, WAVE, every[-1].id, decision="count")
    assert "Alle Texte sind gelesen." in page(reader.get(f"{HOME}/weiter", follow_redirects=True)).text


# ---------- decisions


def test_a_decision_is_kept_leads_on_and_can_be_undone(wave: Store, reader: FlaskClient) -> None:
    path = address(wave, "Der Bus")
    for action in ("quote", "count", "unused"):
        answer = submit(reader, path, version="Der Bus kommt nie", action=action)
        assert (answer.status_code, now(wave, "Der Bus").decision) == (303, action)
        following = reader.get(answer.headers["Location"], follow_redirects=True)
        assert [a for a, _ in page(following).forms if a["action"] == f"{path}/zurueck"]
        undone = submit_undo(reader, path)
        assert (undone.status_code, now(wave, "Der Bus").decision) == (303, "")


def submit_undo(client: FlaskClient, path: str, **fields: str) -> Any:
    token = next(values["csrf_token"] for _, values in page(client.get(path)).forms if "csrf_token" in values)
    return client.post(f"{path}/zurueck", data={"csrf_token": token} | fields)


def test_a_suggestion_is_replaced_by_a_click_and_the_rest_stays(wave: Store, reader: FlaskClient) -> None:
    path = address(wave, "Max")
    assert submit(reader, path, version=MAX, redact="Max").headers["Location"] == path
    assert now(wave, "Max").version == "Mein Sohn [Name] wird gemobbt, sagt Frau Schneider."
    submit(reader, path, version=now(wave, "Max").version, action="redact-all")
    assert now(wave, "Max").version == "Mein Sohn [Name] wird gemobbt, sagt Frau [Name]."
    assert now(wave, "Max").text == MAX
    assert now(wave, "Max").decision == ""


def test_what_still_looks_personal_is_only_released_when_somebody_says_so(wave: Store, reader: FlaskClient) -> None:
    path = address(wave, "Max")
    refused = submit(reader, path, version=MAX, action="quote")
    assert (refused.status_code, now(wave, "Max").decision) == (422, "")
    assert [one["name"] for one in page(refused).all("input", type="checkbox") if one["name"] == "confirm"]
    assert submit(reader, path, version=MAX, action="quote", confirm="1").status_code == 303
    assert now(wave, "Max").decision == "quote"


def test_a_rare_language_needs_a_translation(wave: Store, reader: FlaskClient) -> None:
    path = address(wave, "Автобус 20")
    refused = submit(reader, path, version="Автобус 20", translation="", action="quote")
    assert (refused.status_code, "weniger als 10" in page(refused).text) == (422, True)
    assert submit(reader, path, version="Автобус 20", translation="Bus", action="quote").status_code == 303
    assert now(wave, "Автобус 20").translation == "Bus"


def test_what_is_reported_for_child_protection_is_no_quote(wave: Store, reader: FlaskClient) -> None:
    protection.mark(wave, WAVE, text_id(wave, "Geld"), "reviewer", AFTER)
    refused = submit(reader, address(wave, "Geld"), version="Geld fehlt", action="quote")
    assert (refused.status_code, "Kinderschutz gemeldet" in page(refused).text) == (422, True)


def test_a_version_is_neither_empty_nor_endless(wave: Store, reader: FlaskClient) -> None:
    path = address(wave, "Geld")
    versions = ("", "   ", "x" * 12_001, "x" * 10_000, "ä" * 10_000)
    found = [submit_long(reader, path, version=version, action="quote").status_code for version in versions]
    assert found == [422, 422, 422, 303, 303]


def submit_long(client: FlaskClient, path: str, **fields: str) -> Any:
    """Send the form as the page does: many bytes per letter would not fit otherwise."""
    token = next(values["csrf_token"] for _, values in page(client.get(path)).forms if "csrf_token" in values)
    return client.post(path, data={"csrf_token": token} | fields, content_type="multipart/form-data")


def test_signs_that_turn_the_writing_are_taken_out_of_a_version(wave: Store, reader: FlaskClient) -> None:
    submit(reader, address(wave, "Geld"), version="Geld \u202eneffohre\u2066 fehlt\x07", action="quote")
    assert now(wave, "Geld").version == "Geld neffohre fehlt"


def test_a_persons_themes_win_and_can_be_given_back_to_the_stems(wave: Store, reader: FlaskClient) -> None:
    path = address(wave, "Der Bus")
    submit(reader, path, version="Der Bus kommt nie", theme="weg", action="save")
    assert now(wave, "Der Bus").themes is None
    submit(reader, path, version="Der Bus kommt nie", theme=["weg", "geld"], action="save")
    assert now(wave, "Der Bus").themes == ("geld", "weg")
    assert "von Hand" in page(reader.get(path)).text
    submit(reader, path, version="Der Bus kommt nie", theme="geld", action="stems")
    assert now(wave, "Der Bus").themes is None


def test_fixed_themes_let_quotes_be_decided_and_nothing_else(wave: Store, reader: FlaskClient) -> None:
    texts.fix_themes(wave, WAVE, "reviewer", AFTER)
    path = address(wave, "Der Bus")
    assert submit(reader, path, version="Der Bus kommt nie", action="unused").status_code == 409
    assert submit(reader, path, version="Der Bus", action="quote").status_code == 303
    assert (now(wave, "Der Bus").decision, now(wave, "Der Bus").themes) == ("quote", None)


def test_a_text_that_is_not_there_is_not_found(reader: FlaskClient) -> None:
    assert [reader.get(f"{HOME}/text/{bad}").status_code for bad in ("0" * 32, "x", "0" * 31 + "g")] == [404] * 3


# ---------- who looked, and what is logged


def test_every_access_is_remembered_without_what_was_read(wave: Store, reader: FlaskClient, log_in: LogIn) -> None:
    path = address(wave, "Max")
    reader.get(HOME)
    submit(reader, path, version="Mein Sohn [Name]", action="quote")
    submit_undo(reader, path)
    found = texts.list_access(wave, WAVE)
    assert [what for _, _, what in found] == ["undo", "read", "decide", "read", "list"]
    assert {(at, name) for at, name, _ in found} == {(AFTER, "reviewer")}
    shown = page(log_in("coordinator").get(f"{HOME}/zugriffe")).text
    assert "einen Text gelesen" in shown
    assert not {"Max", text_id(wave, "Max")} & set(shown.split())


def test_no_log_line_holds_a_word_of_a_text(
    wave: Store, reader: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = address(wave, "Max")
    for fields in ({"version": MAX, "action": "quote"}, {"version": MAX, "redact": "Max"}, {"version": ""}):
        submit(reader, path, **fields)
    reader.get(f"{HOME}/text/{'0' * 32}")
    reader.post(path, data={"version": MAX})
    texts.fix_themes(wave, WAVE, "reviewer", AFTER)
    submit(reader, path, version=MAX, action="unused")
    said = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert not [word for word in ("Max", "gemobbt", "Schneider") if word in said]


# ---------- child protection


PROCEDURE = "/angaben/musterkreis/kinderschutz"


def test_a_report_reaches_the_named_at_once_on_every_page(wave: Store, reader: FlaskClient, log_in: LogIn) -> None:
    named = log_in("planner")
    submit(log_in("administrator"), PROCEDURE, user=["planner"], text="Jugendamt anrufen: 03693 485-0")
    assert "Kinderschutz" not in page(named.get("/ergebnisse")).text
    token = next(v["csrf_token"] for _, v in page(reader.get(address(wave, "Geld"))).forms if "csrf_token" in v)
    data = {"csrf_token": token, "mark": "1"}
    said = reader.post(f"{address(wave, 'Geld')}/kinderschutz", data=data, follow_redirects=True)
    assert "planner" in page(said).text
    shown = page(named.get("/ergebnisse"))
    assert ("1 Meldung wartet" in shown.text, "Geld fehlt" in shown.text) == (True, False)
    assert "Geld fehlt" not in page(named.get("/kinderschutz")).text
    assert "Kinderschutz:" not in page(log_in("coordinator").get("/ergebnisse")).text


def test_the_named_read_the_text_with_the_procedure_and_take_care(wave: Store, log_in: LogIn) -> None:
    both = protection.Procedure(("planner", "coordinator"), "Jugendamt anrufen")
    protection.save_procedure(wave, "musterkreis", both)
    one = text_id(wave, "Geld")
    protection.mark(wave, WAVE, one, "reviewer", AFTER)
    path, named = f"/kinderschutz/{WAVE}/{one}", log_in("planner")
    shown = page(named.get(path)).text
    assert "Geld fehlt" in shown
    assert "Jugendamt anrufen" in shown
    submit(named, path)
    assert protection.list_marked(wave, "planner")[0].taken_by == "planner"
    assert "Kinderschutz:" not in page(log_in("coordinator").get("/ergebnisse")).text
    assert [what for _, _, what in texts.list_access(wave, WAVE)] == ["take", "protected_read", "protected_read"]


def test_the_named_read_only_what_was_reported_and_others_nothing(wave: Store, log_in: LogIn) -> None:
    protection.save_procedure(wave, "musterkreis", protection.Procedure(("planner",), "Jugendamt"))
    one, other = text_id(wave, "Geld"), text_id(wave, "Max")
    protection.mark(wave, WAVE, one, "reviewer", AFTER)
    assert log_in("planner").get(f"/kinderschutz/{WAVE}/{other}").status_code == 403
    assert log_in("coordinator").get(f"/kinderschutz/{WAVE}/{one}").status_code == 403
    assert log_in("coordinator").get("/kinderschutz").status_code == 403
    assert log_in("planner").get(HOME).status_code == 403


def test_a_report_nobody_would_see_says_so_and_can_be_taken_back(wave: Store, reader: FlaskClient) -> None:
    path = address(wave, "Geld")
    assert "noch niemand benannt" in page(reader.get(path)).text
    for mark, said in (("1", "rufen Sie jetzt selbst"), ("0", "zurückgenommen")):
        token = next(v["csrf_token"] for _, v in page(reader.get(path)).forms if "csrf_token" in v)
        data = {"csrf_token": token, "mark": mark}
        answer = reader.post(f"{path}/kinderschutz", data=data, follow_redirects=True)
        assert said in page(answer).text
    assert now(wave, "Geld").marked_at is None


@pytest.mark.parametrize(
    ("fields", "problem"),
    [({"text": "Jugendamt"}, "mindestens eine Person"), ({"user": ["planner"], "text": " "}, "den Ablauf aufschreiben"),
     ({"user": ["gibt es nicht"], "text": "x"}, "mindestens eine Person")],
)  # fmt: skip
def test_a_procedure_names_somebody_and_says_what_to_do(
    wave: Store, log_in: LogIn, fields: dict[str, Any], problem: str
) -> None:
    refused = submit(log_in("administrator"), PROCEDURE, **fields)
    assert (refused.status_code, problem in page(refused).text) == (422, True)
    assert protection.get_procedure(wave, "musterkreis") == protection.Procedure()


# ---------- themes


def test_themes_are_edited_as_blocks_and_keep_their_ids(wave: Store, reader: FlaskClient) -> None:
    submit(reader, THEMES, **{
        "name-1": "Bus und Bahn", "stems-1": "Bus\n *bahn \n\nbus stop", "name-2": "", "name-3": "Ämter & Geld",
    })  # fmt: skip
    found = texts.get_themes(wave, WAVE)
    assert [(theme.id, theme.name, theme.stems) for theme in found.themes] == [
        ("weg", "Bus und Bahn", ("Bus", "*bahn", "bus stop")), ("aemter_geld", "Ämter & Geld", ()),
    ]  # fmt: skip


def test_problems_of_themes_stand_at_their_fields_and_change_nothing(wave: Store, reader: FlaskClient) -> None:
    fields = {"name-1": "Wege", "stems-1": "ab", "name-2": "wege", "name-4": "x" * 61}
    refused = submit(reader, THEMES, **fields)
    links = [a["href"] for a in page(refused).all("a") if a["href"].startswith("#f-")]
    assert (refused.status_code, set(links)) == (422, {"#f-stems-1", "#f-name-2", "#f-name-4"})
    assert texts.get_themes(wave, WAVE) == BOOK


def test_a_frequent_word_is_added_to_a_theme_by_choice(wave: Store, reader: FlaskClient) -> None:
    shown = page(reader.get(THEMES))
    assert [o["value"] for o in shown.all("option")][:1] == ["Nummer"]
    token = next(v["csrf_token"] for _, v in shown.forms if "csrf_token" in v)
    for word, theme in (("Nummer", "geld"), ("x", "geld"), ("Nummer", "gibt es nicht"), ("", "")):
        reader.post(f"{THEMES}/wort", data={"csrf_token": token, "word": word, "theme": theme})
    assert texts.get_themes(wave, WAVE).themes[1].stems == ("Nummer",)


def test_a_file_goes_out_and_comes_in_again(wave: Store, reader: FlaskClient) -> None:
    file = reader.get(f"{HOME}/themen.yaml")
    assert file.headers["Content-Disposition"] == f'attachment; filename="themen-{WAVE}.yaml"'
    texts.save_themes(wave, WAVE, ThemeBook(name="x", themes=()))
    token = next(v["csrf_token"] for _, v in page(reader.get(THEMES)).forms if "csrf_token" in v)
    reader.post(f"{THEMES}/datei", data={"csrf_token": token, "file": (io.BytesIO(file.data), "t.yaml")})
    assert texts.get_themes(wave, WAVE) == BOOK


BROKEN_FILES = {
    b"format: familienstimme-themen/1\nname: x\nthemes:\n  - id: a\n    name: A\n    stems: [ab]\n": "Zeile 6",
    b"\xff\xfe": "nicht in UTF-8", b"": "auswählen", b"x" * 60_001: "auswählen", b"a: [": "Zeile 1",
}  # fmt: skip


def test_a_broken_file_changes_nothing_and_names_the_line(wave: Store, reader: FlaskClient) -> None:
    for data, said in BROKEN_FILES.items():
        token = next(v["csrf_token"] for _, v in page(reader.get(THEMES)).forms if "csrf_token" in v)
        refused = reader.post(f"{THEMES}/datei", data={"csrf_token": token, "file": (io.BytesIO(data), "t.yaml")})
        assert (refused.status_code, said in page(refused).text) == (422, True)
    assert texts.get_themes(wave, WAVE) == BOOK


def test_themes_are_fixed_and_freed_until_a_release_counted_them(wave: Store, reader: FlaskClient) -> None:
    def press(fix: str) -> int:
        token = next(v["csrf_token"] for _, v in page(reader.get(THEMES)).forms if "csrf_token" in v)
        return reader.post(f"{THEMES}/festlegen", data={"csrf_token": token, "fix": fix}).status_code

    assert (press("1"), texts.fixed_at(wave, WAVE)) == (303, AFTER)
    assert submit(reader, THEMES, **{"name-1": "Neu"}).status_code == 409
    assert (press("0"), texts.fixed_at(wave, WAVE)) == (303, None)
    press("1")
    releases.add_release(wave, WAVE, "0" * 64, AFTER)
    assert (press("0"), texts.fixed_at(wave, WAVE)) == (409, AFTER)
    assert "erkennen" in page(reader.get(THEMES)).text
