"""What everybody sees: open waves, legal pages filled from the district's own words, and the state of health."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.services import Services
from survey.store import Store, districts, jobs, releases, waves
from tests.survey import cast
from tests.survey.cast import AFTER, BEFORE, WAVE
from tests.survey.desk_tools import Clock, page

LEGAL = ("/datenschutz", "/impressum", "/barrierefreiheit")


@pytest.fixture
def store(app: Flask) -> Store:
    own: Services = app.extensions["familienstimme"]
    return own.store


def test_an_open_wave_is_one_click_away(client: FlaskClient) -> None:
    links = [a["href"] for a in page(client.get("/")).all("a", **{"class": "button"})]
    assert links == [f"/b/{WAVE}"]


def test_under_a_prefix_all_links_carry_it(client: FlaskClient) -> None:
    shown = page(client.get("/", environ_overrides={"SCRIPT_NAME": "/familien"}))
    addresses = [a["href"] for tag, a in shown.elements if tag in {"a", "link"}]
    assert all(address.startswith(("/familien/", "#")) for address in addresses)


@pytest.mark.parametrize("now", [BEFORE, AFTER])
def test_a_wave_that_is_not_open_is_not_offered(client: FlaskClient, clock: Clock, now: object) -> None:
    clock.now = now  # type: ignore[assignment]
    shown = page(client.get("/"))
    assert not shown.all("a", href=f"/b/{WAVE}")
    assert "Im Moment läuft keine Befragung." in shown.text


def test_a_planned_wave_is_announced_with_its_day(client: FlaskClient, clock: Clock) -> None:
    clock.now = BEFORE
    assert "Familien 2026 (ab 1. März 2026)" in page(client.get("/")).text


def test_only_public_releases_are_linked(client: FlaskClient, store: Store) -> None:
    releases.add_release(store, WAVE, "0" * 64, AFTER)
    assert not page(client.get("/")).all("a", href=f"/ergebnisse/{WAVE}")
    releases.publish(store, WAVE, 1)
    assert page(client.get("/")).all("a", href=f"/ergebnisse/{WAVE}")
    releases.withdraw(store, WAVE, 1)
    assert not page(client.get("/")).all("a", href=f"/ergebnisse/{WAVE}")


def test_simulated_data_are_called_so(client: FlaskClient, store: Store) -> None:
    assert "Simulierte Daten" not in page(client.get("/")).text
    waves.create_wave(store, cast.wave(id="probe", simulated=True))
    assert "Simulierte Daten" in page(client.get("/")).text


@pytest.mark.parametrize("path", ["/", *LEGAL, "/anmelden", f"/datenschutz?welle={WAVE}"])
def test_every_page_links_the_legal_pages(client: FlaskClient, path: str) -> None:
    shown = page(client.get(path))
    linked = {a["href"].partition("?")[0] for a in shown.all("a")}
    assert linked >= set(LEGAL)
    assert len(shown.all("h1")) == 1


# --- Datenschutzhinweise, Impressum, Barrierefreiheit ------------------------------------------------------


def test_the_privacy_page_says_all_that_article_13_asks_for(client: FlaskClient, store: Store) -> None:
    words = {name: f"Angabe {name}" for name in districts.NOTICE_TITLES}
    districts.save_notices(store, "musterkreis", cast.notices(**words))
    text = page(client.get(f"/datenschutz?welle={WAVE}")).text
    for name in ("controller", "privacy_officer", "supervisory_authority", "results_announced"):
        assert words[name] in text
    for heading in ("Wozu fragen wir?", "Rechtsgrundlage", "Wie lange bleiben die Daten?", "Wer bekommt die Daten?",
                    "Welche Rechte haben Sie?", "Was liegt auf Ihrem Handy"):  # fmt: skip
        assert heading in text


def test_the_privacy_page_names_the_days_of_the_wave(client: FlaskClient) -> None:
    text = page(client.get(f"/datenschutz?welle={WAVE}")).text
    assert "14. April 2026" in text  # until then answers can be withdrawn
    assert "31. März 2027" in text  # after that they are deleted


def test_after_anonymising_the_privacy_page_says_so(client: FlaskClient, store: Store, clock: Clock) -> None:
    clock.now = AFTER
    from survey.store.anonymise import anonymise

    anonymise(store, WAVE, cast.plan(), AFTER)
    text = page(client.get(f"/datenschutz?welle={WAVE}")).text
    assert "Am 20. April 2026 wurden die Antworten anonymisiert." in text


def test_codes_are_explained_only_where_there_are_codes(client: FlaskClient, store: Store) -> None:
    waves.create_wave(store, cast.wave(id="mit-code", code_required=True))
    assert "Code aus Ihrem Brief" not in page(client.get(f"/datenschutz?welle={WAVE}")).text
    assert "Code aus Ihrem Brief" in page(client.get("/datenschutz?welle=mit-code")).text


def test_lines_of_a_notice_stay_lines_and_markup_stays_text(client: FlaskClient, store: Store) -> None:
    districts.save_notices(store, "musterkreis", cast.notices(imprint="Amt\n<script>x</script>"))
    html = client.get("/impressum").get_data(as_text=True)
    assert "Amt<br>&lt;script&gt;x&lt;/script&gt;" in html


@pytest.mark.parametrize("path", LEGAL)
def test_with_several_districts_people_choose_theirs(client: FlaskClient, store: Store, path: str) -> None:
    other = cast.district().model_copy(update={"id": "anderkreis", "name": "Anderkreis"})
    districts.save_district(store, other)
    districts.save_notices(store, "anderkreis", cast.notices())
    waves.create_wave(store, cast.wave(id="anders", district_id="anderkreis"))
    shown = page(client.get(path))
    assert [a["href"] for a in shown.all("a") if "landkreis=" in a["href"]] == [
        f"{path}?landkreis=anderkreis", f"{path}?landkreis=musterkreis",
    ]  # fmt: skip
    assert "Anderkreis" in page(client.get(f"{path}?landkreis=anderkreis")).text


@pytest.mark.parametrize("query", ["welle=gibt-es-nicht", "landkreis=gibt-es-nicht", "welle="])
def test_an_unknown_wave_or_district_is_not_found(client: FlaskClient, query: str) -> None:
    assert client.get(f"/datenschutz?{query}").status_code == 404


def test_a_missing_notice_is_said_instead_of_a_gap(client: FlaskClient, store: Store) -> None:
    districts.save_notices(store, "musterkreis", replace(cast.notices(), imprint=""))
    assert "Diese Angabe fehlt noch." in page(client.get("/impressum")).text


# --- health ------------------------------------------------------------------------------------------------


def test_health_is_200_while_everything_works(client: FlaskClient, store: Store, clock: Clock) -> None:
    jobs.beat(store, "test", clock.now)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ok", "works": {"database": True, "templates": True, "jobs": True}}


def test_health_names_a_silent_job_process(client: FlaskClient, store: Store, clock: Clock) -> None:
    jobs.beat(store, "test", clock.now - timedelta(minutes=5))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json()["works"] == {"database": True, "templates": True, "jobs": False}


def test_health_names_a_database_that_is_away(client: FlaskClient, store: Store) -> None:
    store.close()
    assert store.path is not None
    store.path.write_bytes(b"not a database")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()["works"]["database"]) == (503, False)
