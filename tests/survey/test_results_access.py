"""Who sees which release: public ones everybody, internal ones staff, withdrawn ones nobody."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.store import Store, jobs, releases, waves
from survey.store.anonymise import anonymise
from tests.survey.cast import AFTER, DURING, WAVE, plan
from tests.survey.desk_tools import Clock, page, submit
from tests.survey.results_tools import HOME, NEEDS, Shelf, html, sets_cookie, text_of

LogIn = Callable[[str], FlaskClient]
PAGES = (HOME, NEEDS, f"{HOME}/tabelle/wichtig.csv", f"{HOME}/figur/wichtig.svg", f"{HOME}/figur/wichtig.json")
ROLES = ("coordinator", "planner", "administrator")


@pytest.fixture
def shelf(app: Flask, sqlite_store: Store, clock: Clock) -> Shelf:
    clock.now = AFTER
    return Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases)


@pytest.fixture
def anonymised(sqlite_store: Store, clock: Clock) -> None:
    clock.now = AFTER
    waves.end_entry(sqlite_store, WAVE, AFTER)
    anonymise(sqlite_store, WAVE, plan(), AFTER)


@pytest.mark.parametrize("address", ["/ergebnisse", *PAGES])
def test_everybody_reads_public_results_without_a_cookie(shelf: Shelf, client: FlaskClient, address: str) -> None:
    shelf.add()
    response = client.get(address)
    assert response.status_code == 200
    assert not sets_cookie(response)


def test_an_internal_release_looks_to_the_public_like_none(shelf: Shelf, client: FlaskClient) -> None:
    none_yet = html(client, HOME, 404)
    shelf.add(public=False)
    assert html(client, HOME, 404) == none_yet
    assert "1.193" not in none_yet
    assert "Noch keine Ergebnisse" in none_yet
    assert "Ergebnisse ansehen" not in html(client, "/ergebnisse")


@pytest.mark.parametrize("address", PAGES[1:])
def test_a_link_into_internal_results_leads_through_the_login(shelf: Shelf, client: FlaskClient, address: str) -> None:
    shelf.add(public=False)
    response = client.get(address)
    assert response.status_code == 303
    assert (
        response.headers["Location"].endswith(f"/anmelden?weiter={quote(address)}".replace("%2F", "/"))
        or quote(address, safe="") in response.headers["Location"]
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", PAGES)
def test_all_staff_read_internal_results(shelf: Shelf, log_in: LogIn, role: str, address: str) -> None:
    shelf.add(public=False)
    response = log_in(role).get(address)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", [*PAGES, f"{HOME}?stand=1"])
def test_a_withdrawn_release_is_shown_to_nobody(
    shelf: Shelf, client: FlaskClient, staff_client: FlaskClient, address: str
) -> None:
    shelf.add()
    releases.withdraw(shelf.store, WAVE, 1)
    for visitor in (client, staff_client):
        response = visitor.get(address)
        assert response.status_code == 404
        assert b"1.193" not in response.data


def test_the_public_keeps_the_public_release_while_staff_see_the_newer_one(
    shelf: Shelf, client: FlaskClient, staff_client: FlaskClient
) -> None:
    shelf.add(n_responses=1111)
    shelf.add(public=False, n_responses=2222)
    assert "1.111" in html(client, HOME)
    assert "2.222" in html(staff_client, HOME)
    assert client.get(HOME).headers["Vary"] == "Cookie"


def test_an_older_release_keeps_its_number_in_every_link(shelf: Shelf, staff_client: FlaskClient) -> None:
    shelf.add(n_responses=1111)
    shelf.add(n_responses=2222)
    shown = page(staff_client.get(f"{HOME}?stand=1"))
    links = [a["href"] for a in shown.all("a") if a["href"].startswith(HOME)]
    assert "1.111" in shown.text
    assert links
    assert all("stand=1" in link for link in links)


def test_an_internal_release_by_its_number_asks_the_public_for_a_login(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    shelf.add(public=False)
    assert client.get(f"{HOME}?stand=2").status_code == 303
    assert client.get(f"{HOME}?stand=7").status_code == 404
    assert client.get(f"{HOME}?stand=1&stand=2").status_code == 404


def test_an_unknown_wave_has_no_results(client: FlaskClient) -> None:
    assert "Diese Welle gibt es nicht" in html(client, "/ergebnisse/nirgends", 404)


@pytest.mark.parametrize(("now", "said"), [(DURING, "Bis zum 31. März 2026"), (AFTER, "Bis zum 14. April 2026")])
def test_before_there_are_results_the_page_says_what_comes_next(
    client: FlaskClient, clock: Clock, now: object, said: str
) -> None:
    clock.now = now  # type: ignore[assignment]
    shown = text_of(html(client, HOME, 404))
    assert said in shown
    assert "steht da" in shown, "when results are announced for"


def test_a_coordinator_starts_the_computation_and_sees_it_run(
    anonymised: None, sqlite_store: Store, staff_client: FlaskClient
) -> None:
    form = next(f for f in page(staff_client.get(HOME)).forms if f[0]["action"].endswith("/ergebnisstand"))
    response = staff_client.post(form[0]["action"], data=form[1])
    [job] = jobs.list_jobs(sqlite_store, WAVE)
    assert (response.status_code, response.headers["Location"]) == (303, f"/auftraege/{job.id}")
    assert job.kind == "release"
    shown = page(staff_client.get(HOME))
    assert shown.all("progress")
    assert shown.all("aside", **{"data-job": f"/auftraege/{job.id}/stand"})
    assert not [f for f in shown.forms if f[0]["action"].endswith("/ergebnisstand")]


@pytest.mark.parametrize("role", ["planner", "administrator"])
def test_only_coordinators_start_the_computation_here(anonymised: None, log_in: LogIn, role: str) -> None:
    assert "ergebnisstand" not in html(log_in(role), HOME, 404)


def test_nothing_can_be_computed_before_the_wave_is_anonymised(staff_client: FlaskClient) -> None:
    assert "ergebnisstand" not in html(staff_client, HOME, 404)


def test_a_coordinator_publishes_after_being_asked_once_more(
    shelf: Shelf, client: FlaskClient, staff_client: FlaskClient
) -> None:
    shelf.add(public=False)
    ask = next(a["href"] for a in page(staff_client.get(HOME)).all("a") if a["href"].endswith("veroeffentlichen"))
    assert client.get(HOME).status_code == 404
    assert submit(staff_client, ask).status_code == 303
    assert client.get(HOME).status_code == 200


def test_why_the_last_computation_failed_is_said_to_staff_only(
    shelf: Shelf, client: FlaskClient, staff_client: FlaskClient
) -> None:
    shelf.add()
    job_id = jobs.add_job(shelf.store, "release", WAVE, AFTER)
    jobs.take(shelf.store, "arbeiter", 60, AFTER)
    jobs.fail(shelf.store, job_id, "arbeiter", "Der Platz reicht nicht.", AFTER)
    assert "Der Platz reicht nicht." in html(staff_client, HOME)
    assert "Der Platz reicht nicht." not in html(client, HOME)


def test_the_list_says_of_each_release_who_sees_it(
    shelf: Shelf, client: FlaskClient, staff_client: FlaskClient
) -> None:
    shelf.add()
    shelf.add(public=False)
    assert "intern" in text_of(html(staff_client, "/ergebnisse"))
    assert "intern" not in text_of(html(client, "/ergebnisse"))
