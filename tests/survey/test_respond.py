"""A family's document and its POST, without a browser."""

import base64
import gzip
import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
from flask.testing import FlaskClient

from survey.services import services
from survey.store import Store, responses, waves
from tests.survey.cast import AFTER, BEFORE, DURING, WAVE, key, questionnaire
from tests.survey.desk_tools import Clock

PAGE = f"/b/{WAVE}"
HASH = questionnaire().hash


@pytest.fixture
def posts_per_source() -> int:
    return 3


def form(number: int = 1, **answers: Any) -> dict[str, Any]:
    return {"_key": key(number), "_hash": HASH, "_lang": "de", **answers}


def post(client: FlaskClient, script: bool = True, **fields: Any) -> Any:
    headers = {"Accept": "application/json"} if script else {"Accept": "text/html"}
    return client.post(PAGE, data=fields, headers=headers)


# --- the document ----------------------------------------------------------------------------------------------


def test_the_document_needs_nothing_else(family: FlaskClient) -> None:
    html = family.get(PAGE).get_data(as_text=True)
    assert not re.search(r"<(script|link|img|iframe)[^>]*\s(src|href)=(?!\"?data:)", html)
    assert "url(" not in html.split("<style>")[1].split("</style>")[0]


def test_the_same_document_comes_in_each_encoding(family: FlaskClient) -> None:
    plain, zipped, squeezed = (
        family.get(PAGE, headers={"Accept-Encoding": e}).data for e in ("identity", "gzip", "br")
    )
    bodies = [
        re.sub(rb'name="_key" value="[^"]+"', b"", body)
        for body in (plain, gzip.decompress(zipped), brotli.decompress(squeezed))
    ]
    assert bodies[0] == bodies[1] == bodies[2]
    assert len(squeezed) < len(zipped) < len(plain)


def test_each_form_gets_a_key_of_its_own(family: FlaskClient) -> None:
    keys = {
        re.search(r'name="_key" value="([\w-]{22})"', family.get(PAGE).get_data(as_text=True))
        for _ in range(3)
    }
    assert len({found and found[1] for found in keys}) == 3


def test_the_policy_allows_exactly_the_documents_own_script_and_style(family: FlaskClient) -> None:
    response = family.get(PAGE)
    html, policy = response.get_data(as_text=True), response.headers["Content-Security-Policy"]
    for tag in ("script", "style"):
        content = html.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/widerruf", "/b/gibt-es-nicht"])
def test_no_page_for_families_sets_a_cookie(family: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in family.get(path).headers


def test_an_answer_sets_no_cookie_either(family: FlaskClient) -> None:
    assert "Set-Cookie" not in post(family, **form()).headers


def test_an_unknown_language_falls_back_and_says_so(family: FlaskClient) -> None:
    html = family.get(f"{PAGE}?lang=tlh", headers={"Accept-Language": ""}).get_data(as_text=True)
    assert '<html lang="de"' in html or "<html lang=de" in html or "lang=de" in html[:120]
    assert "Diese Sprache gibt es hier noch nicht" in html


def test_a_forged_door_is_forgotten_and_a_real_one_kept(family: FlaskClient) -> None:
    assert 'name="_door"' not in family.get(f"{PAGE}?z=gibt-es-nicht").get_data(as_text=True)
    assert 'name="_door" value="kita-sonne"' in family.get(f"{PAGE}?z=kita-sonne").get_data(as_text=True)


# --- sending ---------------------------------------------------------------------------------------------------


def test_a_response_is_stored_once_however_often_it_is_sent(family: FlaskClient, sqlite_store: Store) -> None:
    states = [post(family, **form(zufrieden="3", warum="Bus")).json["state"] for _ in range(3)]
    assert states == ["stored", "repeated", "repeated"]
    assert responses.count_responses(sqlite_store, WAVE) == 1


def test_other_content_under_a_key_never_overwrites(family: FlaskClient, sqlite_store: Store) -> None:
    post(family, **form(zufrieden="3"))
    again = post(family, **form(zufrieden="1"))
    assert (again.status_code, again.json["state"]) == (409, "conflict")
    assert responses.count_responses(sqlite_store, WAVE) == 1


def test_a_replay_after_withdrawal_is_told_so_and_not_stored(
    family: FlaskClient, sqlite_store: Store
) -> None:
    post(family, **form(zufrieden="3"))
    page = family.post(f"{PAGE}/widerruf", data={"key": key(1)})
    assert "Erledigt" in page.get_data(as_text=True)
    again = post(family, **form(zufrieden="3"))
    assert (again.status_code, again.json["state"]) == (410, "withdrawn")
    assert responses.count_responses(sqlite_store, WAVE) == 0


def test_an_unknown_withdrawal_code_gets_the_answer_of_a_known_one(family: FlaskClient) -> None:
    post(family, **form(1))
    pages = [family.post(f"{PAGE}/widerruf", data={"key": key(n)}).get_data(as_text=True) for n in (1, 2)]
    assert pages[0] == pages[1]


def test_without_script_thanks_show_the_code_for_withdrawal(family: FlaskClient) -> None:
    page = post(family, script=False, **form(7))
    assert page.status_code == 200
    assert key(7) in page.get_data(as_text=True)


def test_without_script_everything_typed_is_kept_when_something_is_wrong(family: FlaskClient) -> None:
    page = post(
        family,
        script=False,
        **form(zufrieden="1", warum='Der <b>Bus</b> "fehlt"', alter="viele") | {"kinder.x": "1", "kinder.u3": "2"},
    )
    html = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "Der &lt;b&gt;Bus&lt;/b&gt;" in html
    assert "<b>Bus</b>" not in html
    assert re.search(r'name="?alter"?[^>]*value="?viele', html)
    assert re.search(r'name="?kinder\.u3"?.*?<option selected>2', html)
    assert 'href="#q-alter"' in html or "href=#q-alter" in html
    assert key(1) in html  # the same form may be sent again


@pytest.mark.parametrize(
    ("fields", "status", "state"),
    [
        ({"_key": "kurz"}, 422, "invalid"),
        ({"_key": ""}, 422, "invalid"),
        ({"_hash": "0" * 64}, 409, "version"),
        ({"_hash": ""}, 409, "version"),
        ({"zufrieden": "9"}, 422, "invalid"),
        ({"fremd": "1"}, 422, "invalid"),
        ({"zufrieden": ["1", "2"]}, 422, "invalid"),
        ({"zufrieden": "3", "warum": "x" * 10_000}, 422, "invalid"),
    ],
)
def test_bad_input_gets_a_friendly_answer(
    family: FlaskClient, fields: dict[str, Any], status: int, state: str
) -> None:
    answer = post(family, **(form() | fields))
    assert (answer.status_code, answer.json["state"]) == (status, state)
    assert len(answer.json["message"]) > 20
    assert "x" * 50 not in answer.get_data(as_text=True)


def test_wrong_encoding_is_said_and_nothing_is_stored(family: FlaskClient, sqlite_store: Store) -> None:
    body = f"_key={key(1)}&_hash={HASH}&zufrieden=3&warum=".encode() + "Zähne".encode("cp1252")
    answer = family.post(
        PAGE,
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert "nicht lesbar" in answer.json["message"]
    assert responses.count_responses(sqlite_store, WAVE) == 0


def test_a_body_that_is_too_large_is_refused_with_the_remedy(family: FlaskClient) -> None:
    answer = post(family, **form(warum="x" * 100_000))
    assert answer.status_code == 413
    assert "kürzen" in answer.json["message"]


def test_ten_thousand_fields_are_one_problem(family: FlaskClient) -> None:
    body = f"_key={key(1)}&_hash={HASH}&" + "&".join(f"a{i}=1" for i in range(6_000))
    answer = family.post(
        PAGE,
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert len(answer.json["problems"]) == 1


def test_a_form_of_an_older_version_is_judged_by_that_version(
    family: FlaskClient, sqlite_store: Store
) -> None:
    from survey.store import questionnaires

    newer = questionnaire(minutes=6)
    questionnaires.save_questionnaire(sqlite_store, newer)
    waves.publish_version(sqlite_store, WAVE, newer.hash)
    assert post(family, **form(zufrieden="2")).json["state"] == "stored"


# --- when ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "get", "sent"), [(BEFORE, 404, 410), (DURING, 200, 200), (AFTER, 410, 410)])
def test_a_wave_answers_by_its_dates(
    family: FlaskClient, clock: Clock, now: datetime, get: int, sent: int
) -> None:
    clock.now = now
    assert family.get(PAGE).status_code == get
    assert post(family, **form()).status_code == sent


def test_a_phone_that_was_offline_is_late_but_counted(
    family: FlaskClient, clock: Clock, sqlite_store: Store
) -> None:
    clock.now = datetime(2026, 4, 1, 12, tzinfo=UTC)
    assert family.get(PAGE).status_code == 410
    assert post(family, **form()).json["state"] == "stored"


def test_an_unknown_wave_gets_a_friendly_page(family: FlaskClient) -> None:
    answer = family.get("/b/gibt-es-nicht")
    assert answer.status_code == 404
    assert "Traceback" not in answer.get_data(as_text=True)


# --- floods ----------------------------------------------------------------------------------------------------


def test_many_forms_from_one_source_are_marked_and_then_wait_on_the_phone(
    family: FlaskClient, clock: Clock, sqlite_store: Store
) -> None:
    states = [post(family, **form(n)).json["state"] for n in range(15)]
    assert states == ["stored"] * 12 + ["busy"] * 3
    refused = post(family, **form(99))
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    clock.now += timedelta(minutes=11)
    assert post(family, **form(99)).json["state"] == "stored"


def test_a_flood_from_one_source_stores_no_more_than_the_ceiling(
    family: FlaskClient, sqlite_store: Store
) -> None:
    for n in range(200):
        post(family, **form(n))
    assert responses.count_responses(sqlite_store, WAVE) == 12


def test_nothing_of_a_source_is_kept_in_clear(family: FlaskClient) -> None:
    post(family, **form())
    with family.application.app_context():
        desk = family.application.extensions["familienstimme-respond"]
        assert services() is not None
    assert "127.0.0.1" not in repr(vars(desk.sources))


# --- silence -------------------------------------------------------------------------------------------------


def test_logs_hold_no_answer_code_or_address(family: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    post(family, **form(zufrieden="3", warum="Mein Geheimnis"))
    post(family, script=False, **form(2, zufrieden="9", warum="Mein Geheimnis"))
    family.post(f"{PAGE}/widerruf", data={"key": key(1)})
    for secret in ("Geheimnis", key(1), "127.0.0.1"):
        assert secret not in caplog.text
