"""The desk in a real browser: usable for everybody, quiet on a phone, jobs that show how far they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from questionnaires.write import data_of
from survey.store import Store, contacts, drafts, follow_ups, jobs, releases, responses, returns, waves
from tests.conftest import DESK as DESK_SIZE
from tests.conftest import PHONE, Axe, unfit, watched_page
from tests.served import served
from tests.survey import cast
from tests.survey.cast import DURING, WAVE
from tests.survey.desk_tools import PASSWORD
from tests.survey.test_design_corrections import ASKED, corrected, question, title

pytestmark = pytest.mark.browser

PUBLIC = ("/", f"/datenschutz?welle={WAVE}", "/impressum", "/barrierefreiheit", "/anmelden", "/gibt-es-nicht")
DESK = ("/wellen", f"/wellen/{WAVE}", "/wellen/neu", f"/wellen/{WAVE}/schliessen", f"/wellen/{WAVE}/plakat",
        f"/wellen/{WAVE}/zugaenge/neu", "/auftraege/1", "/konto", f"/wellen/{WAVE}/vorlesen", "/wellen/schule",
        "/wellen/schule/codes", "/wellen/vorbei", "/wellen/vorbei/danach",
        f"/wellen/{WAVE}/plan", f"/wellen/{WAVE}/plan/gewicht?nach=allein")  # fmt: skip
ADMINISTRATION = ("/angaben", "/angaben/musterkreis/hilfe", "/angaben/musterkreis/familien", "/wellen/schule/adressen")
#: The page of a job asks again after this time [ms].
LOOKS_AGAIN = 1500
FAMILIES = ("/b/schule/kontakt", "/b/schule/widerruf", "/b/vorbei")


@dataclass
class Site:
    address: str
    store: Store

    def log_in(self, page: Page, name: str = "coordinator") -> None:
        page.goto(self.address + "/anmelden")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Passwort").fill(PASSWORD)
        page.get_by_role("button", name="Anmelden").click()


def add_waves(store: Store) -> None:
    """One of a school with everything there is, and one that is over and said what follows."""
    until = date(2026, 5, 1)
    school = cast.wave(id="schule", minimum_age=10, parental_consent=True, contact="raffle", contact_until=until)
    waves.create_wave(store, school)
    waves.create_wave(store, cast.wave(id="vorbei", closes_on=date(2026, 3, 5), entry_until=date(2026, 3, 31)))
    follow_ups.save_follow_up(store, "vorbei", {"de": "Wir bauen den Hort aus.\nDer Bus kommt öfter."})
    contacts.leave_address(store, "schule", "lea@beispiel.de")
    contacts.mix(store, "schule")


@pytest.fixture
def site(app: Flask) -> Iterator[Site]:
    store = app.extensions["familienstimme"].store
    for number in range(7):
        responses.submit(store, cast.submission(number), DURING)
    returns.tally_returns(store, WAVE, DURING)
    releases.add_release(store, WAVE, "0" * 64, DURING)
    jobs.add_job(store, "release", WAVE, DURING)
    add_waves(store)
    with served(app) as server:
        yield Site(f"http://127.0.0.1:{server.effective_port}", store)


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_public_pages_are_accessible_on_a_phone(site: Site, phone: Page, axe: Axe, scheme: Any) -> None:
    phone.emulate_media(color_scheme=scheme)
    assert [problem for path in PUBLIC for problem in unfit(phone, site.address + path, axe)] == []


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_the_desk_is_accessible_fits_a_phone_and_its_policy_blocks_nothing(
    site: Site, phone: Page, axe: Axe, scheme: Any
) -> None:
    said: list[str] = []
    phone.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    phone.emulate_media(color_scheme=scheme)
    site.log_in(phone)
    assert [problem for path in DESK for problem in unfit(phone, site.address + path, axe)] == []
    assert said == []


def test_pages_of_administrators_and_small_pages_of_families_are_accessible(site: Site, phone: Page, axe: Axe) -> None:
    site.log_in(phone, "administrator")
    every = (*ADMINISTRATION, *FAMILIES)
    assert [problem for path in every for problem in unfit(phone, site.address + path, axe)] == []


def test_a_sheet_of_codes_is_made_by_keyboard_and_fits_paper(site: Site, desk: Page, axe: Axe) -> None:
    site.log_in(desk)
    desk.goto(site.address + "/wellen/schule/codes")
    desk.get_by_label("Wie viele Zettel?").fill("12")
    desk.keyboard.press("Enter")
    expect(desk.locator(".slip")).to_have_count(12)
    assert axe(desk) == []
    desk.emulate_media(media="print")
    expect(desk.get_by_role("button", name="Drucken")).to_be_hidden()
    expect(desk.locator(".slip").first).to_be_visible()


def test_a_wave_with_all_settings_is_made_by_keyboard(site: Site, desk: Page) -> None:
    site.log_in(desk)
    desk.goto(site.address + "/wellen/neu")
    desk.get_by_label("Titel").fill("Kinder 2026")
    desk.get_by_label("Kürzel für die Adresse").fill("kinder-2026")
    for name in ("Landkreis", "Fragebogen"):
        desk.get_by_label(name, exact=True).focus()
        desk.keyboard.press("ArrowDown")
    desk.get_by_label("Ab welchem Alter?").fill("12")
    desk.get_by_label("Wie es der Fragebogen vorsieht").focus()
    desk.keyboard.press("ArrowDown")  # Ja.
    desk.get_by_label("Nein.", exact=True).last.focus()
    desk.keyboard.press("ArrowDown")  # Verlosung
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("ab 12 Jahren")).to_be_visible()
    expect(desk.get_by_text("müssen zustimmen: Die Zettel")).to_be_visible()
    expect(desk.get_by_text("für eine Verlosung")).to_be_visible()


def test_a_form_with_problems_is_accessible_and_leads_to_its_fields(site: Site, desk: Page, axe: Axe) -> None:
    site.log_in(desk)
    desk.goto(site.address + "/wellen/neu")
    desk.get_by_role("button", name="Welle anlegen").click()
    assert axe(desk) == []
    desk.get_by_role("link", name="Bitte ausfüllen: Titel.").click()
    expect(desk.get_by_label("Titel")).to_be_focused()


def test_the_page_of_a_job_follows_it_to_its_end(site: Site, desk: Page) -> None:
    site.log_in(desk)
    desk.clock.install()
    desk.goto(site.address + "/auftraege/1")
    jobs.take(site.store, "w", 60, DURING)
    jobs.report_progress(site.store, 1, "w", 0.4, "Tabellen werden geschützt.")
    desk.clock.run_for(LOOKS_AGAIN)
    expect(desk.get_by_text("Tabellen werden geschützt.")).to_be_visible()
    expect(desk.get_by_role("progressbar")).to_have_js_property("value", 0.4)
    jobs.finish(site.store, 1, "w", DURING)
    desk.clock.run_for(LOOKS_AGAIN)
    expect(desk.get_by_role("link", name="Ergebnisse ansehen")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK_SIZE], ids=["phone", "desk"])
def test_correcting_texts_in_the_field_is_accessible(
    site: Site, browser: Browser, axe: Axe, scheme: Any, size: dict[str, Any]
) -> None:
    corrected(site.store, title)
    publish, log = "/entwuerfe/abc/veroeffentlichen", f"/wellen/{WAVE}/berichtigungen"
    with watched_page(browser, **size, color_scheme=scheme) as page:
        site.log_in(page)
        found = [*unfit(page, site.address + log, axe), *unfit(page, site.address + publish, axe)]
        page.get_by_label("Warum?").fill("Tippfehler")
        page.get_by_label("Der Sinn bleibt gleich").check()
        page.get_by_role("button", name="In der laufenden Welle berichtigen").click()
        expect(page.get_by_role("cell", name="Was brauchen Sie am meisten?")).to_be_visible()
        found += [*axe(page), *unfit(page, site.address + log, axe)]
        found += unfit(page, site.address + publish.replace("abc", more_than_texts(site.store)), axe)
        expect(page.get_by_text("Hier ist mehr anders")).to_be_visible()
    assert found == []


def more_than_texts(store: Store) -> str:
    """Begin a draft that lacks an answer."""
    data = data_of(ASKED)
    question(data, "bedarf")["options"].pop(0)
    return drafts.create_draft(store, "mehr", data, "ada", DURING).id


def test_the_skip_link_is_the_first_stop_of_the_keyboard(site: Site, desk: Page) -> None:
    desk.goto(site.address + "/")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("main")).to_be_focused()
