"""The coordinator's desk: waves from planning to a published release, doors, notices."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.fieldwork.doors import free_id
from survey.fieldwork.words import CONFIRMATIONS, JOB_NAMES, JOB_STATES, RELEASE_STATES, STATE_NAMES, STATE_SENTENCES
from survey.records import Notices
from survey.services import Services
from survey.store import Store, districts, jobs, releases, responses, returns, waves
from survey.store.anonymise import anonymise
from survey.waves import STATES, state
from tests.survey import cast
from tests.survey.cast import AFTER, BEFORE, DURING, WAVE
from tests.survey.desk_tools import Clock, page, submit

HOME = f"/wellen/{WAVE}"
LogIn = Callable[[str], FlaskClient]


@pytest.fixture
def store(app: Flask) -> Store:
    own: Services = app.extensions["familienstimme"]
    return own.store


@pytest.fixture
def anonymised(store: Store, clock: Clock) -> Store:
    clock.now = AFTER
    anonymise(store, WAVE, cast.plan(), AFTER)
    return store


# --- the list and the page of a wave -----------------------------------------------------------------------


def test_the_list_shows_each_wave_with_its_state_and_total(staff_client: FlaskClient, store: Store) -> None:
    for number in range(3):
        responses.submit(store, cast.submission(number), DURING)
    text = page(staff_client.get("/wellen")).text
    assert "Familien 2026" in text
    assert "offen" in text
    assert "3 ausgefüllte Bögen" in text


def test_the_total_is_exact_and_everything_else_is_rounded_to_5(staff_client: FlaskClient, store: Store) -> None:
    for number in range(8):
        responses.submit(store, cast.submission(number), DURING)
    returns.tally_returns(store, WAVE, DURING)
    shown = page(staff_client.get(HOME))
    assert "ausgefüllte Bögen 8" in shown.text
    assert "Nord 1 10" in shown.text
    assert "Kita Sonne 10" in shown.text
    assert "Deutsch 10" in shown.text
    assert "Stand 10. März 2026, 13:00 Uhr" in shown.text


def test_before_the_first_night_there_are_no_tallies(staff_client: FlaskClient, store: Store) -> None:
    responses.submit(store, cast.submission(), DURING)
    text = page(staff_client.get(HOME)).text
    assert "Bisher gibt es hier noch keine Zahlen." in text
    assert "Nord 1" not in text


def test_doors_and_languages_with_few_returns_are_named_in_words(log_in: LogIn, store: Store, clock: Clock) -> None:
    for number in range(12):
        responses.submit(store, cast.submission(number, door="", language="uk" if number < 2 else "de"), DURING)
    clock.now = AFTER
    anonymise(store, WAVE, cast.plan(), AFTER)
    text = page(log_in("coordinator").get(HOME)).text
    assert "allgemeiner Link 10" in text
    assert "andere Sprachen 0" in text


@pytest.mark.parametrize(
    ("now", "steps"), [(BEFORE, []), (DURING, ["schliessen"]), (AFTER, ["abschliessen"])]
)  # fmt: skip
def test_only_steps_that_the_state_allows_are_offered(
    log_in: LogIn, clock: Clock, now: Any, steps: list[str]
) -> None:
    clock.now = now
    offered = [a["href"] for a in page(log_in("coordinator").get(HOME)).all("a")]
    assert [step for step in CONFIRMATIONS if f"{HOME}/{step}" in offered] == steps


def test_there_are_words_for_every_state() -> None:
    assert set(STATE_NAMES) == set(STATE_SENTENCES) == set(STATES)
    assert len(JOB_NAMES) == 3
    assert len(JOB_STATES) == 5
    assert len(RELEASE_STATES) == 3


# --- steps -------------------------------------------------------------------------------------------------


def test_closing_is_asked_for_once_more_and_then_done(staff_client: FlaskClient, store: Store, clock: Clock) -> None:
    asked = page(staff_client.get(f"{HOME}/schliessen"))
    assert "noch 48 Stunden angenommen" in asked.text
    assert "Das lässt sich nicht rückgängig machen." in asked.text
    answer = submit(staff_client, f"{HOME}/schliessen")
    assert (answer.status_code, answer.headers["Location"]) == (303, HOME)
    assert state(waves.get_wave(store, WAVE), clock.now) == "closing"
    assert [job.kind for job in jobs.list_jobs(store, WAVE)] == ["maintain"]


def test_ending_the_entry_says_until_when_withdrawal_was_promised(
    log_in: LogIn, store: Store, clock: Clock
) -> None:
    clock.now = AFTER - timedelta(days=10)
    staff_client = log_in("coordinator")
    assert "14. April 2026" in page(staff_client.get(f"{HOME}/abschliessen")).text
    answer = submit(staff_client, f"{HOME}/abschliessen")
    job = jobs.find_underway(store, "anonymise", WAVE)
    assert job is not None
    assert answer.headers["Location"] == f"/auftraege/{job.id}"
    assert waves.get_wave(store, WAVE).entry_ended_at == clock.now


@pytest.mark.parametrize("step", ["abschliessen", "ergebnisstand"])
def test_a_step_at_the_wrong_time_is_refused_by_page_and_post(
    staff_client: FlaskClient, store: Store, step: str
) -> None:
    token = page(staff_client.get(HOME)).forms[0][1]["csrf_token"]
    assert staff_client.get(f"{HOME}/{step}").status_code == 409
    answer = staff_client.post(f"{HOME}/{step}", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "„offen“" in answer.get_data(as_text=True)
    assert jobs.list_jobs(store, WAVE) == ()


def test_a_release_is_made_once_at_a_time(anonymised: Store, staff_client: FlaskClient) -> None:
    first = submit(staff_client, f"{HOME}/ergebnisstand").headers["Location"]
    second = submit(staff_client, f"{HOME}/ergebnisstand").headers["Location"]
    assert first == second
    assert len(jobs.list_jobs(anonymised, WAVE)) == 1


def test_a_planner_may_make_a_release_too(log_in: LogIn, anonymised: Store) -> None:
    answer = submit(log_in("planner"), f"{HOME}/ergebnisstand")
    assert log_in("planner").get(answer.headers["Location"]).status_code == 200


def test_a_planner_may_not_close_a_wave(log_in: LogIn, store: Store) -> None:
    client = log_in("planner")
    token = page(client.get("/ergebnisse")).forms[0][1]["csrf_token"]
    assert client.post(f"{HOME}/schliessen", data={"csrf_token": token}).status_code == 403
    assert waves.get_wave(store, WAVE).closed_at is None


def test_a_release_is_published_and_withdrawn_after_asking(anonymised: Store, staff_client: FlaskClient) -> None:
    releases.add_release(anonymised, WAVE, "0" * 64, AFTER)
    for verb, expected in (("veroeffentlichen", "public"), ("zurueckziehen", "withdrawn")):
        assert submit(staff_client, f"{HOME}/ergebnisstand/1/{verb}").status_code == 303
        assert releases.get_release(anonymised, WAVE, 1).state == expected
    assert submit(staff_client, f"{HOME}/ergebnisstand/1/veroeffentlichen").status_code == 409


# --- jobs --------------------------------------------------------------------------------------------------


def test_a_job_under_way_asks_again_by_itself_without_javascript(staff_client: FlaskClient, store: Store) -> None:
    job = jobs.add_job(store, "release", WAVE, DURING)
    shown = page(staff_client.get(f"/auftraege/{job}"))
    assert shown.all("meta", **{"http-equiv": "refresh"})
    assert shown.all("progress")
    assert "wartet" in shown.text


def test_a_script_learns_the_progress_as_json(staff_client: FlaskClient, store: Store) -> None:
    job = jobs.add_job(store, "release", WAVE, DURING)
    jobs.take(store, "w", 60, DURING)
    jobs.report_progress(store, job, "w", 0.42, "Tabellen werden geschützt.")
    answer = staff_client.get(f"/auftraege/{job}/stand").get_json()
    assert answer["progress"] == pytest.approx(0.42)
    assert (answer["underway"], answer["message"]) == (True, "Tabellen werden geschützt.")


def test_a_job_can_be_cancelled(staff_client: FlaskClient, store: Store) -> None:
    job = jobs.add_job(store, "release", WAVE, DURING)
    jobs.take(store, "w", 60, DURING)
    fields = page(staff_client.get(f"/auftraege/{job}")).forms[1]
    assert staff_client.post(fields[0]["action"], data=fields[1]).status_code == 303
    assert jobs.get_job(store, job).cancel_wanted
    assert "Wird abgebrochen" in page(staff_client.get(f"/auftraege/{job}")).text


def test_a_failed_job_says_why_and_what_is_safe(staff_client: FlaskClient, store: Store) -> None:
    job = jobs.add_job(store, "release", WAVE, DURING)
    jobs.take(store, "w", 60, DURING)
    jobs.fail(store, job, "w", "Die Spalte „area“ fehlt.", DURING)
    shown = page(staff_client.get(f"/auftraege/{job}"))
    assert "Die Spalte „area“ fehlt." in shown.text
    assert "Frühere Ergebnisstände sind unverändert." in shown.text
    assert not shown.all("meta", **{"http-equiv": "refresh"})


def test_a_finished_release_leads_to_the_results(staff_client: FlaskClient, store: Store) -> None:
    job = jobs.add_job(store, "release", WAVE, DURING)
    jobs.take(store, "w", 60, DURING)
    jobs.finish(store, job, "w", DURING)
    assert page(staff_client.get(f"/auftraege/{job}")).all("a", href=f"/ergebnisse/{WAVE}")


# --- a new wave --------------------------------------------------------------------------------------------


def wave_fields(**changes: str) -> dict[str, str]:
    return {
        "title": "Familien 2027", "id": "familien-2027", "district": "musterkreis",
        "questionnaire": cast.questionnaire().hash, "opens_on": "2027-03-01", "closes_on": "31.3.2027",
        "grace_hours": "24", "entry_until": "2027-04-14", "retention_until": "2028-03-31", "access": "codes",
    } | changes  # fmt: skip


def test_a_wave_is_created_from_the_form(staff_client: FlaskClient, store: Store) -> None:
    answer = submit(staff_client, "/wellen/neu", **wave_fields())
    assert answer.headers["Location"] == "/wellen/familien-2027"
    wave = waves.get_wave(store, "familien-2027")
    assert (wave.opens_on, wave.closes_on) == (date(2027, 3, 1), date(2027, 3, 31))
    assert (wave.grace_hours, wave.code_required, wave.title) == (24, True, "Familien 2027")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "), ("title", "x" * 121), ("id", "Familien 2027"), ("id", "fam-26"), ("id", "neu"),
        ("district", "gibt-es-nicht"), ("questionnaire", ""), ("opens_on", "morgen"), ("opens_on", "2026-03-01"),
        ("closes_on", "2027-02-01"), ("entry_until", "2027-03-30"), ("retention_until", "2027-04-14"),
        ("retention_until", "2040-01-01"), ("grace_hours", "viele"), ("grace_hours", "337"), ("access", ""),
        ("closes_on", "31.2.2027"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_in_the_summary(
    staff_client: FlaskClient, store: Store, field: str, value: str
) -> None:
    answer = submit(staff_client, "/wellen/neu", **wave_fields(**{field: value}))
    shown = page(answer)
    assert answer.status_code == 422
    assert shown.all("a", href=f"#f-{field}")
    assert [a for _, a in shown.elements if a.get("id") == f"f-{field}"]
    assert [a for _, a in shown.elements if a.get("id") == f"f-{field}-error"]
    assert len(waves.list_waves(store)) == 1


def test_everything_wrong_is_said_at_once_and_what_was_typed_stays(staff_client: FlaskClient) -> None:
    fields = wave_fields(title="", opens_on="x", grace_hours="-1", id="mein-kuerzel")
    shown = page(submit(staff_client, "/wellen/neu", **fields))
    assert len([a for a in shown.all("a") if a["href"].startswith("#f-")]) == 3
    assert shown.all("input", name="id", value="mein-kuerzel")
    assert shown.all("option", value=cast.questionnaire().hash, selected="")


def test_a_wave_is_refused_while_notices_are_empty_and_they_are_listed(
    staff_client: FlaskClient, store: Store
) -> None:
    districts.save_notices(store, "musterkreis", cast.notices(imprint="", controller=" "))
    answer = submit(staff_client, "/wellen/neu", **wave_fields())
    assert answer.status_code == 422
    assert "fehlen noch Pflichtangaben: Verantwortliche Stelle, Impressum." in page(answer).text
    assert waves.find_wave(store, "familien-2027") is None


# --- doors -------------------------------------------------------------------------------------------------


def test_a_door_gets_an_address_made_from_its_name(staff_client: FlaskClient, store: Store) -> None:
    submit(staff_client, f"{HOME}/zugaenge/neu", name="Kita Löwenzahn, Eingang", kind="Kita")
    assert {door.id for door in waves.list_doors(store, WAVE)} == {"kita-sonne", "kita-loewenzahn-eingang"}
    assert page(staff_client.get(HOME)).all("a", href=f"/b/{WAVE}?z=kita-loewenzahn-eingang")


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Straße 5", set(), "strasse-5"), ("Kita", {"kita"}, "kita-2"), ("Kita", {"kita", "kita-2"}, "kita-3"),
        ("!?", set(), "zugang"), ("Дитсадок", set(), "zugang"), ("x" * 90, set(), "x" * 40),
    ],
)  # fmt: skip
def test_addresses_of_doors_are_short_and_never_twice(name: str, taken: set[str], expected: str) -> None:
    assert free_id(name, taken) == expected


def test_a_qr_code_holds_the_address_of_its_door_and_nothing_else(staff_client: FlaskClient) -> None:
    answer = staff_client.get(f"{HOME}/zugaenge/kita-sonne/qr.svg")
    svg = answer.get_data(as_text=True)
    assert answer.mimetype == "image/svg+xml"
    assert f"<title>http://localhost/b/{WAVE}?z=kita-sonne</title>" in svg
    assert "script" not in svg


def test_a_poster_shows_question_code_and_address(staff_client: FlaskClient) -> None:
    shown = page(staff_client.get(f"{HOME}/zugaenge/kita-sonne/plakat"))
    assert "Was fehlt?" in shown.text
    assert f"localhost/b/{WAVE}?z=kita-sonne" in shown.text
    picture = shown.all("img")[0]
    assert staff_client.get(picture["src"]).mimetype == "image/svg+xml"


def test_an_unknown_door_is_not_found(staff_client: FlaskClient) -> None:
    assert staff_client.get(f"{HOME}/zugaenge/gibt-es-nicht/plakat").status_code == 404


# --- notices -----------------------------------------------------------------------------------------------


def test_notices_are_saved_and_missing_ones_named(log_in: LogIn, store: Store) -> None:
    client = log_in("administrator")
    words = {name: f"Text {name}" for name in districts.NOTICE_TITLES}
    submit(client, "/angaben/musterkreis", **(words | {"imprint": ""}))
    assert districts.get_notices(store, "musterkreis") == Notices(**(words | {"imprint": ""}))
    assert "Es fehlen noch: Impressum." in page(client.get("/angaben/musterkreis")).text


def test_a_notice_that_is_too_long_stays_in_the_form(log_in: LogIn, store: Store) -> None:
    answer = submit(log_in("administrator"), "/angaben/musterkreis", imprint="Amt " * 1001)
    assert answer.status_code == 422
    assert "höchstens 4000 Zeichen" in page(answer).text
    assert "Amt Amt Amt" in answer.get_data(as_text=True)
    assert districts.get_notices(store, "musterkreis").imprint == "steht da"


def test_every_field_of_the_form_has_its_label(log_in: LogIn) -> None:
    for client, path in ((log_in("administrator"), "/angaben/musterkreis"), (log_in("coordinator"), "/wellen/neu")):
        shown = page(client.get(path))
        labelled = {label.get("for") for label in shown.all("label")}
        fields = [a for tag, a in shown.elements if tag in {"input", "select", "textarea"}]
        visible = [a for a in fields if a.get("type") not in {"hidden", "radio"}]
        assert visible
        assert all(a["id"] in labelled for a in visible)
