"""What a hostile or broken client can post: nothing of it is run, kept or shown to anybody else."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from survey.store import Store, responses, waves
from tests.survey.cast import WAVE, key, questionnaire, wave
from tests.survey.desk_tools import page

PAGE = f"/b/{WAVE}"
SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
FORM_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
def posts_per_source() -> int:
    return 1000


def form(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"_key": key(number), "_hash": questionnaire().hash, "_lang": "de", "zufrieden": "3", **more}


def post(client: FlaskClient, fields: Any, accept: str = "application/json", **options: Any) -> Any:
    return client.post(PAGE, data=fields, headers={"Accept": accept}, **options)


NAMES = (
    "__proto__", "constructor", "prototype", "toString", "__class__", "__init__", "_answers", "zufrieden.other",
    "zufrieden[]", "zufrieden.__proto__", "angebote.constructor", "kinder.", ".", "wichtig.0", "wichtig.99", "a" * 5000,
)  # fmt: skip


def test_names_nobody_asked_for_change_nothing(family: FlaskClient, sqlite_store: Store) -> None:
    for number, name in enumerate(NAMES):
        answer = post(family, form(number) | {name: "1"})
        assert answer.status_code in {200, 422}, name
        assert name not in answer.get_data(as_text=True) or len(name) < 20
    for stored in responses.read_responses(sqlite_store, WAVE):
        assert stored.answers == {"zufrieden": 3}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"_key": "x", "zufrieden": 3}', "application/json"),
        (b'[[[[[["x"]]]]]]', "application/json"),
        (b"<answers/>", "application/xml"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n3\r\n--x--\r\n', "multipart/form-data; boundary=x"),
        (b"", FORM_TYPE),
        (b"&&&===&&&", FORM_TYPE),
        (b"%", FORM_TYPE),
        (b"%zz=%zz", FORM_TYPE),
        (b"\x00\x01\x02", "application/octet-stream"),
    ],
)  # fmt: skip
def test_other_kinds_of_bodies_are_refused_calmly(
    family: FlaskClient, sqlite_store: Store, body: bytes, kind: str
) -> None:
    for accept in ("application/json", "text/html"):
        answer = post(family, body, accept, content_type=kind)
        assert answer.status_code in {409, 422}, accept
    assert responses.count_responses(sqlite_store, WAVE) == 0


WRONG = ("3.0", "³", "0x3", "1e1", "true", "null", "NaN", "-1", "3;4", "[3]", "{}", "3\x00")


@pytest.mark.parametrize("name", ["zufrieden", "kinder.u3", "alter", "allein", "ort", "mitreden", "wichtig.1"])
def test_values_of_a_wrong_type_are_refused_where_they_stand(family: FlaskClient, name: str) -> None:
    for number, value in enumerate(WRONG):
        answer = post(family, form(number, zufrieden="1") | {name: value})
        assert answer.status_code == 422, value
        assert {problem["name"] for problem in answer.json["problems"]} == {name}, value


def test_ten_thousand_repeated_fields_are_one_short_answer(family: FlaskClient, sqlite_store: Store) -> None:
    head = f"_key={key(1)}&_hash={questionnaire().hash}"
    for name, n in (("fehlt", 6_000), ("zufrieden", 4_000), ("_key", 5_000), ("fehlt", 10_000), ("x", 10_000)):
        answer = post(family, head + f"&{name}=1" * n, content_type=FORM_TYPE)
        assert answer.status_code in {200, 413, 422}
        assert len(answer.get_data()) < 3000
    assert responses.count_responses(sqlite_store, WAVE) <= 1


FIELDS = (
    "_key", "_hash", "_lang", "_door", "_code", "_to", "warum", "ort", "alter", "fehlt", "fehlt.other", "kinder.u3",
)  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_script_in_any_field_comes_back_as_text(family: FlaskClient, name: str) -> None:
    fields = form(fehlt="3", alter="viele") | {"zufrieden": "1", name: SCRIPT}
    answer = post(family, fields, "text/html")
    seen = page(answer)
    assert seen.all("script") == []
    assert seen.all("img") == []
    assert not [element for element in seen.all("input") if "onerror" in element]
    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]
    assert SCRIPT not in post(family, fields).get_data(as_text=True)


def test_script_in_a_text_is_kept_as_text(family: FlaskClient, sqlite_store: Store) -> None:
    assert post(family, form(warum=SCRIPT)).json["state"] == "stored"
    [stored] = responses.read_responses(sqlite_store, WAVE)
    assert stored.answers["warum"] == SCRIPT


DOORS = ("gibt-es-nicht", SCRIPT, "../kita-sonne", "kita-sonne\x00", "K" * 5000, "kita-sonne' OR 1=1")


@pytest.mark.parametrize("door", DOORS)
def test_a_forged_door_is_no_door(family: FlaskClient, sqlite_store: Store, door: str) -> None:
    assert post(family, form(_door=door)).json["state"] == "stored"
    assert [stored.door for stored in responses.read_responses(sqlite_store, WAVE)] == [""]


def test_a_door_of_another_wave_is_no_door_here(family: FlaskClient, sqlite_store: Store) -> None:
    waves.create_wave(sqlite_store, wave(id="andere"))
    sent = family.post("/b/andere", data=form(_door="kita-sonne"), headers={"Accept": "application/json"})
    assert sent.json["state"] == "stored"
    assert [stored.door for stored in responses.read_responses(sqlite_store, "andere")] == [""]


def test_a_key_of_another_wave_is_a_key_of_its_own(family: FlaskClient, sqlite_store: Store) -> None:
    waves.create_wave(sqlite_store, wave(id="andere"))
    assert post(family, form()).json["state"] == "stored"
    sent = family.post("/b/andere", data=form(zufrieden="1"), headers={"Accept": "application/json"})
    assert sent.json["state"] in {"stored", "conflict"}
    [first] = responses.read_responses(sqlite_store, WAVE)
    assert first.answers == {"zufrieden": 3}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_do_nothing(family: FlaskClient, sqlite_store: Store, method: str) -> None:
    assert family.open(PAGE, method=method, data=form()).status_code in {200, 405}
    assert responses.count_responses(sqlite_store, WAVE) == 0


def test_digits_of_arabic_and_persian_keyboards_are_digits(family: FlaskClient, sqlite_store: Store) -> None:
    assert post(family, form(zufrieden="1", alter="٢٠") | {"kinder.u3": "۲"}).json["state"] == "stored"
    [stored] = responses.read_responses(sqlite_store, WAVE)
    assert (stored.answers["alter"], stored.answers["kinder"]["u3"]) == (20, 2)
