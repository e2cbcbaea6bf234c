"""Who may come in, what a wrong password costs, and that nothing typed is lost when a session ends."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from statistics import median

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey.security import _turn, hash_password, local_path, lock_until, password_fits
from survey.services import Services
from survey.store import districts, users
from tests.survey.cast import DURING
from tests.survey.desk_tools import PASSWORD, Clock, page, submit

SAME = {"Sec-Fetch-Site": "same-origin"}


def own(app: Flask) -> Services:
    found: Services = app.extensions["familienstimme"]
    return found


def fail(client: FlaskClient, times: int, name: str = "coordinator") -> None:
    for _ in range(times):
        assert submit(client, "/anmelden", name=name, password="falsch").status_code == 401


@pytest.mark.parametrize(
    ("name", "home"), [("coordinator", "/wellen"), ("administrator", "/wellen"), ("planner", "/ergebnisse")]
)
def test_the_right_password_leads_to_ones_own_desk(client: FlaskClient, name: str, home: str) -> None:
    answer = submit(client, "/anmelden", name=name, password=PASSWORD)
    assert answer.status_code == 303
    assert answer.headers["Location"].rstrip("/") == home


def test_after_the_login_the_wanted_page_comes(client: FlaskClient) -> None:
    answer = submit(client, "/anmelden?weiter=/wellen/neu", name="coordinator", password=PASSWORD)
    assert answer.headers["Location"] == "/wellen/neu"


@pytest.mark.parametrize(
    "target", ["https://boese.example", "//boese.example", "/\\boese.example", "boese", "/a\nb", "/\t/boese", ""]
)
def test_the_login_leads_to_no_other_site(target: str) -> None:
    assert local_path(target) is None


def test_unknown_name_wrong_password_and_locked_name_get_the_same_answer(client: FlaskClient) -> None:
    fail(client, 5, "planner")
    texts = []
    for name, password in (("niemand", "x"), ("coordinator", "x"), ("planner", PASSWORD)):
        shown = page(submit(client, "/anmelden", name=name, password=password))
        texts.append(shown.text.replace(name, ""))
    assert texts[0] == texts[1] == texts[2]
    assert "Name oder Passwort stimmt nicht" in texts[0]


def test_an_unknown_name_takes_as_long_as_a_known_one(app: Flask) -> None:
    known = replace(users.get_user(own(app).store, "coordinator"), password_hash=hash_password(PASSWORD))

    def seconds(user: object) -> float:
        begun = time.perf_counter()
        password_fits(user, "falsch")  # type: ignore[arg-type]
        return time.perf_counter() - begun

    pairs = [(seconds(known), seconds(None)) for _ in range(3)]
    one, other = (median(times) for times in zip(*pairs, strict=True))
    assert 0.3 < one / other < 3


def test_five_failures_lock_a_name_for_a_minute_also_for_the_right_password(client: FlaskClient, clock: Clock) -> None:
    fail(client, 5)
    assert submit(client, "/anmelden", name="coordinator", password=PASSWORD).status_code == 401
    clock.now += timedelta(seconds=61)
    assert submit(client, "/anmelden", name="coordinator", password=PASSWORD).status_code == 303


def test_the_lock_grows_with_each_further_failure(client: FlaskClient, clock: Clock) -> None:
    fail(client, 5)
    clock.now += timedelta(seconds=61)
    fail(client, 1)
    clock.now += timedelta(seconds=61)
    assert submit(client, "/anmelden", name="coordinator", password=PASSWORD).status_code == 401
    clock.now += timedelta(seconds=60)
    assert submit(client, "/anmelden", name="coordinator", password=PASSWORD).status_code == 303


def test_the_lock_is_an_hour_at_most() -> None:
    locks = [lock_until(failures, 5, DURING) for failures in (4, 5, 6, 11, 500)]
    assert locks[0] is None
    assert [lock - DURING for lock in locks if lock] == [timedelta(minutes=m) for m in (1, 2, 60, 60)]


def test_attempts_while_locked_do_not_prolong_the_lock(client: FlaskClient, app: Flask) -> None:
    fail(client, 9)
    assert users.get_user(own(app).store, "coordinator").failed_logins == 5


def test_a_success_forgets_earlier_failures(client: FlaskClient, app: Flask) -> None:
    fail(client, 4)
    submit(client, "/anmelden", name="coordinator", password=PASSWORD)
    assert users.get_user(own(app).store, "coordinator").failed_logins == 0


def test_logging_out_ends_the_session(client: FlaskClient) -> None:
    submit(client, "/anmelden", name="coordinator", password=PASSWORD)
    token = page(client.get("/wellen")).forms[0][1]["csrf_token"]
    assert client.post("/abmelden", data={"csrf_token": token}).status_code == 303
    assert client.get("/wellen").status_code == 303


def test_a_new_password_ends_all_sessions(staff_client: FlaskClient, app: Flask) -> None:
    assert staff_client.get("/wellen").status_code == 200
    users.set_password(own(app).store, "coordinator", "anders")
    assert staff_client.get("/wellen").status_code == 303


def test_a_removed_account_is_logged_out(staff_client: FlaskClient, app: Flask) -> None:
    users.delete_user(own(app).store, "coordinator")
    assert staff_client.get("/wellen").status_code == 303


def test_a_session_ends_after_two_hours_without_a_click_but_not_before(staff_client: FlaskClient, clock: Clock) -> None:
    for _ in range(3):
        clock.now += timedelta(minutes=100)
        assert staff_client.get("/wellen").status_code == 200
    clock.now += timedelta(minutes=121)
    assert staff_client.get("/wellen").status_code == 303


def test_a_form_without_token_changes_nothing(log_in: Callable[[str], FlaskClient], app: Flask) -> None:
    answer = log_in("administrator").post("/angaben/musterkreis", data={"imprint": "von anderswo"})
    assert answer.status_code == 400
    assert districts.get_notices(own(app).store, "musterkreis").imprint == "steht da"


def test_what_was_typed_survives_a_session_that_ended(log_in: Callable[[str], FlaskClient], clock: Clock) -> None:
    client = log_in("administrator")
    fields = page(client.get("/angaben/musterkreis")).forms[1][1] | {"imprint": "Neue\nZeile"}
    clock.now += timedelta(hours=3)
    shown = page(client.post("/angaben/musterkreis", data=fields, headers=SAME))
    assert "Ihre Eingaben sind noch da" in shown.text
    login = shown.forms[0][1] | {"name": "administrator", "password": PASSWORD}
    again = page(client.post("/anmelden", data=login, headers=SAME))
    action, kept = again.forms[-1]
    assert (action["action"], kept["imprint"]) == ("/angaben/musterkreis", "Neue\nZeile")
    assert client.post(action["action"], data=kept).status_code == 303


def test_a_form_of_another_site_is_not_carried_through_the_login(client: FlaskClient) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://boese.example"}, {}):
        answer = client.post("/angaben/musterkreis", data={"imprint": "untergeschoben"}, headers=headers)
        assert "untergeschoben" not in answer.get_data(as_text=True)


def test_a_form_with_an_old_token_can_be_sent_again(staff_client: FlaskClient) -> None:
    fields = {"csrf_token": "alt", "title": "Familien 2027", "id": "familien-2027"}
    answer = staff_client.post("/wellen/neu", data=fields, headers=SAME)
    action, kept = page(answer).forms[-1]
    assert answer.status_code == 400
    assert (action["action"], kept["title"]) == ("/wellen/neu", "Familien 2027")
    assert staff_client.post("/wellen/neu", data=kept).status_code == 422


def test_no_password_is_ever_carried_along(client: FlaskClient) -> None:
    answer = client.post("/angaben/musterkreis", data={"password": "geheim-1234"}, headers=SAME)
    assert "geheim-1234" not in answer.get_data(as_text=True)


def test_a_flood_of_logins_never_takes_all_threads(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.security._queue", threading.BoundedSemaphore(1))
    fields = page(client.get("/anmelden")).forms[0][1] | {"name": "coordinator", "password": PASSWORD}
    with _turn():
        assert client.post("/anmelden", data=fields).status_code == 429
        assert client.get("/").status_code == 200
    assert client.post("/anmelden", data=fields).status_code == 303


def test_the_log_names_nobody(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    fail(client, 1)
    assert "Fehlversuch" in caplog.text
    assert "coordinator" not in caplog.text
    assert "127.0.0.1" not in caplog.text


# --- one's own account -----------------------------------------------------------------------------------------

NEW = "fünf laute Enten am See"


def change(client: FlaskClient, **fields: str) -> TestResponse:
    shown = page(client.get("/konto"))
    [kept] = [values for action, values in shown.forms if action["action"] == "/konto/passwort"]
    typed = {"password_now": PASSWORD, "password_new": NEW, "password_again": NEW}
    return client.post("/konto/passwort", data=kept | typed | fields)


def test_a_new_password_keeps_this_session_and_ends_the_others(log_in: Callable[[str], FlaskClient]) -> None:
    here, elsewhere = log_in("planner"), log_in("planner")
    assert change(here).status_code == 303
    assert here.get("/konto").status_code == 200
    assert elsewhere.get("/konto").status_code == 303
    assert submit(elsewhere, "/anmelden", name="planner", password=NEW).status_code == 303


@pytest.mark.parametrize(
    "field", [{"password_now": "falsch"}, {"password_new": "kurz", "password_again": "kurz"}, {"password_again": "x"}]
)
def test_a_wrong_old_or_unsuitable_new_password_changes_nothing(
    staff_client: FlaskClient, app: Flask, field: dict[str, str]
) -> None:
    answer = change(staff_client, **field)
    assert answer.status_code == 422
    assert page(answer).all("a", href=f"#f-{next(iter(field))}")
    assert password_fits(users.get_user(own(app).store, "coordinator"), PASSWORD)
    assert NEW not in answer.get_data(as_text=True)


def test_logging_out_everywhere_ends_every_session(log_in: Callable[[str], FlaskClient]) -> None:
    here, elsewhere = log_in("planner"), log_in("planner")
    [form] = [values for action, values in page(here.get("/konto")).forms if "ueberall" in action["action"]]
    assert here.post("/konto/ueberall-abmelden", data=form).status_code == 303
    assert [client.get("/konto").status_code for client in (here, elsewhere)] == [303, 303]
