"""Own words are read by keyboard alone, without script, on a phone and in the dark."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from questionnaires.codebook import Theme, ThemeBook
from survey.store import Store, protection, responses, texts
from survey.store.anonymise import anonymise
from tests.conftest import Axe, unfit, watched_page
from tests.served import served
from tests.survey.cast import AFTER, DURING, WAVE, plan, submission
from tests.survey.desk_tools import PASSWORD, Clock
from tests.survey.results_tools import Shelf
from tests.survey.test_results_own_words import quotes_json, themes

pytestmark = pytest.mark.browser
HOME = f"/eigene-worte/{WAVE}"
BOOK = ThemeBook(name="Probe", themes=(Theme(id="weg", name="Wege", stems=("Bus",)), Theme(id="geld", name="Geld")))


@dataclass
class Site:
    address: str
    store: Store
    releases: Path

    def log_in(self, page: Page, name: str = "reviewer") -> None:
        page.goto(self.address + "/anmelden")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Passwort").fill(PASSWORD)
        page.get_by_role("button", name="Anmelden").click()
        expect(page.get_by_role("button", name="Abmelden")).to_be_visible()

    def path(self, words: str) -> str:
        found = next(text.id for text in texts.list_texts(self.store, WAVE) if words in text.text)
        return f"{self.address}{HOME}/text/{found}"


def fill(store: Store) -> None:
    words = ("Mein Sohn Max wird gemobbt", "Der Bus kommt nie", "x" * 10_000, *(f"Spielhaus {i}" for i in range(20)))
    for number, text in enumerate(words):
        responses.submit(store, submission(number, answers={"zufrieden": 3, "warum": text}), DURING)
    for number in range(40, 51):
        answers = {"zufrieden": 3, "warum": "ابني محمد مريض"}
        responses.submit(store, submission(number, answers=answers, language="ar"), DURING)
    anonymise(store, WAVE, plan(), AFTER)
    texts.save_themes(store, WAVE, BOOK)
    procedure = protection.Procedure(("planner",), "Jugendamt anrufen.\nAm Wochenende: 110.")
    protection.save_procedure(store, "musterkreis", procedure)


@pytest.fixture
def site(app: Flask, clock: Clock) -> Iterator[Site]:
    store: Store = app.extensions["familienstimme"].store
    fill(store)
    clock.now = AFTER
    with served(app) as server:
        folder = app.extensions["familienstimme"].settings.releases
        yield Site(f"http://127.0.0.1:{server.effective_port}", store, folder)


def test_pages_of_own_words_are_accessible_and_fit_a_phone(site: Site, phone: Page, axe: Axe) -> None:
    site.log_in(phone)
    found = [site.path(words) for words in ("Max", "xxx", "محمد")]
    pages = [*(site.address + path for path in ("/eigene-worte", HOME, f"{HOME}/themen", f"{HOME}/zugriffe")), *found]
    assert [problem for path in pages for problem in unfit(phone, path, axe)] == []
    phone.emulate_media(color_scheme="dark")
    dark = [site.address + HOME, site.address + f"{HOME}/themen", found[0]]
    assert [problem for path in dark for problem in unfit(phone, path, axe)] == []


@pytest.mark.slow
def test_reports_and_their_settings_are_accessible_on_a_phone(site: Site, phone: Page, axe: Axe) -> None:
    marked = site.path("Spielhaus 3").rpartition("/")[2]
    protection.mark(site.store, WAVE, marked, "reviewer", AFTER)
    site.log_in(phone, "planner")
    pages = ["/kinderschutz", f"/kinderschutz/{WAVE}/{marked}", "/ergebnisse"]
    assert [problem for path in pages for problem in unfit(phone, site.address + path, axe)] == []
    phone.get_by_role("link", name="Zu den Meldungen").click()
    phone.get_by_role("link", name="Text lesen").click()
    phone.get_by_role("button", name="Ich kümmere mich").click()
    expect(phone.get_by_text("planner kümmert sich")).to_be_visible()
    phone.get_by_role("button", name="Abmelden").click()
    site.log_in(phone, "administrator")
    assert unfit(phone, site.address + "/angaben/musterkreis/kinderschutz", axe) == []


def press(page: Page, name: str, key: str = "Enter") -> None:
    """Go to a button by keyboard and press it."""
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press(key)


def test_a_text_is_redacted_sorted_released_and_undone_by_keyboard(site: Site, desk: Page, axe: Axe) -> None:
    site.log_in(desk)
    desk.goto(site.path("Max"))
    press(desk, "Max → [Name]")
    expect(desk.get_by_label("Fassung, die gezeigt werden darf")).to_have_value("Mein Sohn [Name] wird gemobbt")
    desk.locator("summary").focus()
    desk.keyboard.press("Enter")
    desk.get_by_label("Geld").focus()
    desk.keyboard.press("Space")
    press(desk, "Als Zitat freigeben")
    expect(desk.get_by_text("Als Zitat freigegeben.")).to_be_visible()
    [quote] = [text for text in texts.list_texts(site.store, WAVE) if text.decision == "quote"]
    assert (quote.version, quote.themes) == ("Mein Sohn [Name] wird gemobbt", ("geld",))
    press(desk, "Rückgängig machen")
    expect(desk.get_by_text("Bisher: noch nicht entschieden.")).to_be_visible()
    assert axe(desk) == []


def test_the_tab_key_reaches_every_decision_in_order(site: Site, desk: Page) -> None:
    site.log_in(desk)
    desk.goto(site.path("Max"))
    desk.locator("main").focus()
    names: list[str] = []
    for _ in range(14):
        desk.keyboard.press("Tab")
        names.append(desk.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    wanted = ["Als Zitat freigeben", "Nur zum Zählen", "Nicht verwenden", "Nur speichern"]
    assert [name for name in names if name in wanted] == wanted
    assert names.index("f-version") < names.index("Als Zitat freigeben")


def test_what_is_still_personal_is_said_at_its_place(site: Site, desk: Page, axe: Axe) -> None:
    site.log_in(desk)
    desk.goto(site.path("Max"))
    press(desk, "Als Zitat freigeben")
    expect(desk.get_by_role("alert").get_by_role("link")).to_contain_text("sieht noch etwas persönlich aus")
    assert axe(desk) == []
    desk.get_by_label("Daran erkennt man niemanden").focus()
    desk.keyboard.press("Space")
    press(desk, "Als Zitat freigeben")
    expect(desk.get_by_text("Als Zitat freigegeben.")).to_be_visible()


@pytest.mark.slow
def test_all_of_it_works_without_script(site: Site, browser: Browser) -> None:
    with watched_page(browser, java_script_enabled=False) as page:
        site.log_in(page)
        page.goto(f"{site.address}{HOME}/themen")
        page.get_by_label("gehört zum Thema").select_option(label="Geld")
        page.get_by_role("button", name="Hinzufügen").click()
        expect(page.get_by_text("„Spielhaus“ gehört jetzt zu „Geld“.")).to_be_visible()
        page.goto(site.path("Der Bus"))
        page.get_by_role("button", name="Kinderschutz melden").click()
        expect(page.get_by_text("Das sehen sofort nach der Anmeldung: planner.")).to_be_visible()
        page.get_by_role("button", name="Meldung zurücknehmen").click()
        page.get_by_role("button", name="Nicht verwenden").click()
        expect(page.get_by_text("Der Text wird nicht verwendet.")).to_be_visible()
        page.get_by_role("button", name="Rückgängig machen").click()
        expect(page.get_by_text("Bisher: noch nicht entschieden.")).to_be_visible()


def test_quotes_stand_in_their_own_direction_and_the_page_stays_accessible(site: Site, phone: Page, axe: Axe) -> None:
    shelf = Shelf(site.store, site.releases)
    found = quotes_json({"text": "نحتاج إلى مساعدة", "language": "ar", "translation": "Wir brauchen Hilfe"},
                        {"text": "x" * 5000, "language": "de"})  # fmt: skip
    shelf.add(made=themes(), extra_files=found)
    assert unfit(phone, f"{site.address}/ergebnisse/{WAVE}", axe) == []
    quote = phone.locator("blockquote").first
    assert quote.evaluate("element => getComputedStyle(element).direction") == "rtl"
    expect(phone.get_by_text("Auf Deutsch: „Wir brauchen Hilfe“")).to_be_visible()
