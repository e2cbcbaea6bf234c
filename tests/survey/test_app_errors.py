"""Every error is answered with what happened, what is safe and what to do, and logged without what people sent."""

import logging

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient

from survey.errors import BY_STATUS, ROLE_NAMES, NotFound, NotNow, RoleMissing, SurveyError, answer_for
from tests.survey.desk_tools import page

SECRET = "Mein Mann schlägt mich"


@pytest.fixture
def broken(app: Flask) -> FlaskClient:
    """An application with addresses that fail in each way."""

    @app.route("/kaputt/<int:status>")
    def refuse(status: int) -> str:
        abort(status)

    @app.route("/kaputt/absturz")
    def crash() -> str:
        raise ValueError(SECRET + request.args.get("text", ""))

    @app.route("/kaputt/eigen")
    def own() -> str:
        raise NotNow("Die Welle ist schon geschlossen.")

    return app.test_client()


@pytest.mark.parametrize("status", sorted(BY_STATUS))
def test_each_status_has_a_page_with_the_three_sentences(broken: FlaskClient, status: int) -> None:
    answer = broken.get(f"/kaputt/{status}")
    shown = page(answer)
    assert answer.status_code == status
    told = BY_STATUS[status]
    assert all(sentence in shown.text for sentence in (told.title, told.happened, told.safe, told.todo))
    assert len(shown.all("h1")) == 1


def test_an_unknown_status_is_answered_too(broken: FlaskClient) -> None:
    answer = broken.get("/kaputt/418")
    assert answer.status_code == 418
    assert "Das haben wir nicht verstanden" in answer.get_data(as_text=True)


def test_a_crash_shows_a_reference_and_no_traceback(broken: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = broken.get("/kaputt/absturz")
    reference = page(answer).text.rpartition("Kennzeichen:")[2].split()[0]
    assert answer.status_code == 500
    assert "Traceback" not in answer.get_data(as_text=True)
    assert f"ValueError in crash, Kennzeichen {reference}" in caplog.text
    assert "test_app_errors.py" in caplog.text


def test_no_log_line_holds_what_somebody_sent(broken: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    broken.get("/kaputt/absturz?text=geheim-4711", headers={"X-Forwarded-For": "203.0.113.9"})
    broken.get("/gibt-es-nicht/geheim-4711")
    for secret in (SECRET, "geheim-4711", "203.0.113.9", "127.0.0.1"):
        assert secret not in caplog.text


def test_our_own_exception_tells_its_own_sentence(broken: FlaskClient) -> None:
    answer = broken.get("/kaputt/eigen")
    assert answer.status_code == 409
    assert "Die Welle ist schon geschlossen." in answer.get_data(as_text=True)


def test_a_script_gets_json(broken: FlaskClient) -> None:
    answer = broken.get("/kaputt/eigen", headers={"Accept": "application/json"})
    assert answer.get_json()["happened"] == "Die Welle ist schon geschlossen."


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 404), (RoleMissing(["planner"]), 403), (NotNow("x"), 409), (SurveyError("x"), 500),
        (ValueError("x"), 500),
    ],
)  # fmt: skip
def test_the_table_says_how_each_exception_is_answered(error: Exception, status: int) -> None:
    assert answer_for(error).status == status


def test_the_text_of_an_unexpected_error_is_never_shown() -> None:
    assert SECRET not in answer_for(ValueError(SECRET)).happened
    assert SECRET not in answer_for(SurveyError(SECRET)).happened


def test_a_missing_role_is_named_in_words() -> None:
    assert ROLE_NAMES["planner"] in str(RoleMissing(["planner"]))


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.get("/abmelden")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_too_large_a_body_gets_a_friendly_page(client: FlaskClient) -> None:
    answer = client.post("/anmelden", data={"name": "x" * 70_000})
    assert answer.status_code == 413
    assert "Gespeichert wurde davon nichts." in answer.get_data(as_text=True)
