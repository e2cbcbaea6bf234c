"""The main job, end to end, by the commands and pages people use: one family answers, one planner reads a result."""

import csv
import io
import os
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from questionnaires.answers import parse_answers
from questionnaires.model import Questionnaire
from questionnaires.plan import default_plan
from questionnaires.read import read_district, read_questionnaire
from questionnaires.region import District
from survey.records import Submission, User, Wave
from survey.security import hash_password
from survey.simulate import simulate
from survey.store import Store, districts, questionnaires, responses, users, waves
from tests.browser.family import send, to_the_end
from tests.conftest import DESK, PHONE, watched_page
from tests.keep import kept
from tests.survey.cast import notices

pytestmark = pytest.mark.browser
CONTENT = Path(__file__).parents[2] / "questionnaires"
COMMAND = [sys.executable, "-c", "from survey.cli import main; main()", "serve"]
PASSWORD = "ein-langes-passwort"
SIMULATED = 400
#: The short questionnaire goes the whole way at a desk; the long one, whose release takes longer, in the long proof.
ASKED = ["jugend-10-13", pytest.param("familien", marks=pytest.mark.slow)]


def _prepare(data: Path, name: str) -> None:
    store = Store(f"sqlite:///{data / 'familienstimme.sqlite3'}")
    store.migrate()
    district = read_district(CONTENT / "regions" / "werra-meissner-kreis.yaml")
    questionnaire = read_questionnaire(CONTENT / f"{name}.yaml")
    assert isinstance(district, District)
    assert isinstance(questionnaire, Questionnaire)
    districts.save_district(store, district)
    districts.save_notices(store, district.id, notices())
    questionnaires.save_questionnaire(store, questionnaire)
    today = datetime.now(UTC).date()
    waves.create_wave(store, Wave(
        id="welle", title="Befragung 2026", district_id=district.id, questionnaire_hash=questionnaire.hash,
        opens_on=today - timedelta(days=2), closes_on=today + timedelta(days=20),
        entry_until=today + timedelta(days=30), retention_until=today + timedelta(days=300),
        plan_json=default_plan(questionnaire, district).model_dump_json(), simulated=True,
    ))  # fmt: skip
    users.add_user(store, User("koordination", hash_password(PASSWORD), frozenset({"coordinator"})))
    _answer_for(store, questionnaire, district)
    store.close()


def _answer_for(store: Store, questionnaire: Questionnaire, district: District) -> None:
    made = []
    for number, person in enumerate(simulate(questionnaire, district, SIMULATED, seed=7)):
        checked = parse_answers(questionnaire, district, person.form)
        made.append(Submission(
            wave_id="welle", key=f"simuliert{number:013d}", questionnaire_hash=questionnaire.hash, area=checked.area,
            door="", language=person.language, mode="simulated", answers=checked.answers,
        ))  # fmt: skip
    responses.submit_many(store, made, datetime.now(UTC))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module", params=ASKED)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data, port = tmp_path_factory.mktemp("chain"), _free_port()
    _prepare(data, request.param)
    environment = {**os.environ, "FAMILIENSTIMME_DATA": str(data), "PORT": str(port)}
    with kept(COMMAND, log=data / "log", env=environment):
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                    if answer.status == 200:
                        break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
        assert "Traceback" not in (data / "log").read_text()


def _log_in(page: Page, address: str) -> None:
    page.goto(f"{address}/anmelden")
    page.get_by_label("Name", exact=True).fill("koordination")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wellen")


def _step(page: Page, address: str, link: str, button: str) -> None:
    page.goto(f"{address}/wellen/welle")
    page.get_by_role("link", name=link).click()
    page.get_by_role("main").get_by_role("button", name=button).click()


def test_a_family_answers_and_a_planner_reads_a_protected_result(address: str, browser: Browser) -> None:
    with watched_page(browser, **PHONE) as phone:
        phone.goto(f"{address}/b/welle")
        to_the_end(phone)
        send(phone)
    with watched_page(browser, **DESK) as page:
        _log_in(page, address)
        expect(page.get_by_role("main")).to_contain_text(f"{SIMULATED + 1} ausgefüllte Bögen")
        _step(page, address, "Jetzt schließen", "schließen")
        _step(page, address, "Erfassung abschließen", "abschließen")
        expect(page.get_by_text("anonymisiert").first).to_be_visible(timeout=20_000)
        page.goto(f"{address}/ergebnisse/welle")
        page.get_by_role("button", name="Ergebnisse berechnen").click()
        page.get_by_role("link", name="Ergebnisse ansehen").click(timeout=300_000)
        expect(page).to_have_url(f"{address}/ergebnisse/welle")
        _read_the_result(page)


def _read_the_result(page: Page) -> None:
    expect(page.get_by_text("Simulierte Daten").first).to_be_visible()
    expect(page.get_by_text(str(SIMULATED + 1)).first).to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()
    page.get_by_text("Wie wurde gerechnet?").last.click()
    expect(page.get_by_text("auf 5 gerundet").first).to_be_visible()
    csv_link = page.get_by_role("link", name="CSV").first.get_attribute("href")
    table = page.request.get(f"{page.url.split('/ergebnisse')[0]}{csv_link}").body().decode("utf-8-sig")
    assert "imuliert" in table
    assert len(list(csv.reader(io.StringIO(table), delimiter=";"))) > 10


def test_nobody_without_login_sees_an_internal_result(address: str, browser: Browser) -> None:
    with watched_page(browser, **DESK) as page:
        page.goto(f"{address}/ergebnisse/welle")
        expect(page.get_by_role("heading", level=1)).to_have_text("Noch keine Ergebnisse")
