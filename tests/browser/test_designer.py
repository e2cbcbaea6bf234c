"""The coordinator's desk in a real browser: edited by keyboard, saved while one types, undone, one window at a time."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from waitress.server import create_server

from questionnaires.write import data_of
from survey import create_app
from survey.design.desk import BLANK
from survey.records import User
from survey.settings import Settings
from survey.store import Store, districts, drafts, questionnaires, users
from tests.bench_stage import shipped_questionnaires
from tests.conftest import DESK, PHONE, watched_page
from tests.survey import cast
from tests.survey.desk_tools import PASSWORD, password_hash

pytestmark = pytest.mark.browser
slow = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    data = tmp_path_factory.mktemp("designer")
    settings = Settings(data=data, database_url=f"sqlite:///{data / 'f.sqlite3'}", secret_key="s" * 40)
    store = Store(settings.database_url)
    store.migrate()
    districts.save_district(store, cast.district())
    districts.save_notices(store, cast.district().id, cast.notices())
    for name in ("ada", "bea"):
        users.add_user(store, User(name, password_hash(), frozenset({"coordinator"})))
    server: Any = create_server(create_app(settings), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}", store
    for _ in range(100):  # what pages said while they closed is still on its way
        if not server.active_channels:
            break
        time.sleep(0.05)
    server.close()
    thread.join(5)
    store.close()


def log_in(page: Page, address: str, name: str = "ada") -> None:
    page.goto(f"{address}/anmelden")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("link", name="Fragebögen")).to_be_visible()


def begin(store: Store, name: str, data: Any) -> str:
    return drafts.create_draft(store, name, data, "ada", datetime.now(UTC)).id


@pytest.fixture
def desk(site: tuple[str, Store], browser: Browser) -> Iterator[Page]:
    with watched_page(browser, **DESK) as page:
        log_in(page, site[0])
        yield page


def open_draft(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/entwuerfe/{name}")
    expect(page.locator("#saved")).to_contain_text("gespeichert")


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("gespeichert um", timeout=20_000)


def stored(store: Store, name: str) -> Any:
    return drafts.get_draft(store, name, datetime.now(UTC)).data


def test_what_is_typed_is_saved_shown_on_the_phone_and_undone(site: tuple[str, Store], desk: Page) -> None:
    name = begin(site[1], "tippen", BLANK)
    open_draft(desk, site[0], name)
    desk.get_by_role("button", name="1. Wo wohnen Sie?").click()
    desk.locator("#editor textarea").first.fill("In welchem Ort wohnen Sie?")
    saved(desk)
    assert stored(site[1], name)["pages"][0]["questions"][0]["text"]["de"] == "In welchem Ort wohnen Sie?"
    expect(desk.frame_locator("#p-frame").get_by_text("In welchem Ort wohnen Sie?")).to_be_visible()
    desk.get_by_role("button", name="Rückgängig").click()
    expect(desk.locator("#editor textarea").first).to_have_value("Wo wohnen Sie?")
    desk.get_by_role("button", name="Wiederholen").click()
    expect(desk.locator("#editor textarea").first).to_have_value("In welchem Ort wohnen Sie?")


def test_answers_are_added_pasted_and_moved_by_keyboard(site: tuple[str, Store], desk: Page) -> None:
    name = begin(site[1], "tasten", BLANK)
    open_draft(desk, site[0], name)
    desk.get_by_role("button", name="Frage auf Seite 1 hinzufügen").press("Enter")
    expect(desk.locator("#editor textarea").first).to_be_focused()
    desk.keyboard.type("Was fehlt?")
    first = desk.get_by_role("textbox", name="Antwort 1", exact=True)
    first.press_sequentially("Bus")
    first.press("Enter")
    expect(desk.get_by_role("textbox", name="Antwort 2", exact=True)).to_be_focused()
    desk.keyboard.type("Arzt")
    desk.keyboard.press("Alt+ArrowUp")
    expect(first).to_have_value("Arzt")
    desk.evaluate("""() => { const data = new DataTransfer(); data.setData('text', '• Kita\\n• Hort\\n');
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true })); }""")
    expect(desk.get_by_role("textbox", name="Antwort 3", exact=True)).to_have_value("Hort")
    saved(desk)
    options = stored(site[1], name)["pages"][0]["questions"][1]["options"]
    assert [option["text"]["de"] for option in options] == ["Arzt", "Kita", "Hort", "Bus", ""]
    assert len({option["code"] for option in options}) == len(options)


@slow
def test_a_condition_reads_as_a_sentence_and_changing_the_kind_keeps_answers(
    site: tuple[str, Store], desk: Page
) -> None:
    data = data_of(shipped_questionnaires()["jugend-10-13"])
    name = begin(site[1], "bedingung", data)
    open_draft(desk, site[0], name)
    last = data["pages"][-1]["questions"][-1]["text"]["de"][:20]
    desk.locator("#outline .entry", has_text=last).last.click()
    desk.get_by_role("button", name="Bedingung hinzufügen").click()
    saved(desk)
    assert stored(site[1], name)["pages"][-1]["questions"][-1]["show_if"]["is"]
    desk.get_by_role("button", name="Bedingungen", exact=True).click()
    expect(desk.locator("#editor")).to_contain_text("beantwortet ist.")


def test_another_window_reads_until_it_takes_over(site: tuple[str, Store], desk: Page, browser: Browser) -> None:
    name = begin(site[1], "zwei", BLANK)
    open_draft(desk, site[0], name)
    with watched_page(browser, **DESK) as other:
        log_in(other, site[0], "bea")
        other.goto(f"{site[0]}/entwuerfe/{name}")
        expect(other.locator("#whose")).to_contain_text("ada bearbeitet diesen Entwurf")
        other.get_by_role("button", name="Übernehmen").click()
        expect(other.locator("#whose")).to_be_hidden()
        desk.locator("#editor input").first.fill("Von Ada")
        expect(desk.locator("#whose")).to_contain_text("bea hat den Entwurf", timeout=20_000)
        expect(desk.locator("#whose")).to_contain_text("nichts überschrieben")
    assert stored(site[1], name)["title"] == BLANK["title"]


def test_without_connection_nothing_typed_is_lost(site: tuple[str, Store], desk: Page) -> None:
    name = begin(site[1], "funkloch", BLANK)
    open_draft(desk, site[0], name)
    desk.context.set_offline(True)
    desk.locator("#editor input").first.fill("Unterwegs getippt")
    expect(desk.locator("#saved")).to_contain_text("keine Verbindung", timeout=20_000)
    desk.context.set_offline(False)
    saved(desk)
    assert stored(site[1], name)["title"]["de"] == "Unterwegs getippt"


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=slow)])
def test_every_view_is_accessible(
    site: tuple[str, Store], browser: Browser, axe: Callable[[Page], list[str]], scheme: str
) -> None:
    name = begin(site[1], f"axe-{scheme}", data_of(shipped_questionnaires()["jugend-10-13"]))
    with watched_page(browser, **DESK, color_scheme=scheme) as page:
        log_in(page, site[0])
        found = []
        for path in ("", f"/{name}/datei", f"/{name}/staende", f"/{name}/veroeffentlichen"):
            page.goto(f"{site[0]}/entwuerfe{path}")
            found += axe(page)
        open_draft(page, site[0], name)
        page.locator("#outline .entry").nth(3).click()
        found += axe(page)
        for view in ("Bedingungen", "Übersetzen", "Prüfen"):
            page.locator("[data-view]", has_text=view).click()
            found += axe(page)
        assert found == []


def test_on_a_phone_nothing_scrolls_sideways(site: tuple[str, Store], browser: Browser) -> None:
    name = begin(site[1], "schmal", data_of(shipped_questionnaires()["jugend-10-13"]))
    with watched_page(browser, **PHONE) as page:
        log_in(page, site[0])
        open_draft(page, site[0], name)
        page.locator("#outline .entry").nth(3).click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@slow
def test_from_blank_to_a_published_questionnaire_of_ten_questions_by_keyboard_alone(
    site: tuple[str, Store], desk: Page, count: Callable[[str, int], None]
) -> None:
    name = begin(site[1], "zehn", {**BLANK, "id": "zehn-fragen"})
    open_draft(desk, site[0], name)
    for number in range(2, 11):
        page_number = (number + 2) // 4
        if number in {5, 9}:
            desk.get_by_role("button", name="+ Seite").press("Enter")
            desk.keyboard.type(f"Seite {page_number}")
        desk.get_by_role("button", name=f"Frage auf Seite {1 + (number - 1) // 4} hinzufügen").press("Enter")
        desk.keyboard.type(f"Frage Nummer {number}?")
        answer = desk.get_by_role("textbox", name="Antwort 1", exact=True)
        answer.focus()
        desk.keyboard.type("Ja")
        desk.keyboard.press("Tab")
        second = desk.get_by_role("textbox", name="Antwort 2", exact=True)
        second.focus()
        desk.keyboard.type("Nein")
        if number in {4, 8}:
            desk.get_by_role("button", name="Bedingung hinzufügen").press("Enter")
        count("questions designed by keyboard", 1)
    saved(desk)
    desk.get_by_role("link", name="Veröffentlichen …").press("Enter")
    desk.get_by_role("button", name="Jetzt veröffentlichen").press("Enter")
    expect(desk.get_by_text("Veröffentlicht als Fassung")).to_be_visible()
    [made] = [one for one in questionnaires.list_questionnaires(site[1]) if one.id == "zehn-fragen"]
    assert len(made.questions) == 10
    assert sum(question.show_if is not None for question in made.questions.values()) == 2
