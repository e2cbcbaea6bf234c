"""The coordinator's desk in a real browser: edited by keyboard, saved while one types, undone, one window at a time."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from questionnaires.write import data_of
from survey.design.drafting import BLANK
from tests.bench_stage import shipped_questionnaires
from tests.browser.desk import Site, begin, log_in, open_draft, saved, serving, stored
from tests.conftest import DESK, PHONE, watched_page

pytestmark = pytest.mark.browser
slow = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("designer")) as found:
        yield found


@pytest.fixture
def desk(site: Site, browser: Browser) -> Iterator[Page]:
    with watched_page(browser, **DESK) as page:
        log_in(page, site[0])
        yield page


def test_what_is_typed_is_saved_shown_on_the_phone_and_undone(site: Site, desk: Page) -> None:
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


def test_answers_are_added_pasted_and_moved_by_keyboard(site: Site, desk: Page) -> None:
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
def test_a_condition_reads_as_a_sentence_and_changing_the_kind_keeps_answers(site: Site, desk: Page) -> None:
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


def test_another_window_reads_until_it_takes_over(site: Site, desk: Page, browser: Browser) -> None:
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


def test_without_connection_nothing_typed_is_lost(site: Site, desk: Page) -> None:
    name = begin(site[1], "funkloch", BLANK)
    open_draft(desk, site[0], name)
    desk.context.set_offline(True)
    desk.locator("#editor input").first.fill("Unterwegs getippt")
    expect(desk.locator("#saved")).to_contain_text("keine Verbindung", timeout=20_000)
    desk.context.set_offline(False)
    saved(desk)
    assert stored(site[1], name)["title"]["de"] == "Unterwegs getippt"


def test_what_a_save_tells_takes_no_button_from_under_the_finger(site: Site, desk: Page) -> None:
    open_draft(desk, site[0], begin(site[1], "unter-dem-finger", BLANK))
    add = desk.get_by_role("button", name="Frage auf Seite 1 hinzufügen")
    add.click()
    add.focus()
    expect(desk.locator("#outline .mark")).to_have_count(1, timeout=20_000)  # the new question has no text yet
    saved(desk)
    expect(add).to_be_focused()


def test_who_never_heard_that_a_state_was_saved_goes_on_from_it(site: Site, desk: Page) -> None:
    name, lost = begin(site[1], "verlorene-antwort", BLANK), []

    def lose_first(route: Route) -> None:
        if route.request.method == "PUT" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    open_draft(desk, site[0], name)
    desk.route("**/entwuerfe/*", lose_first)
    desk.locator("#editor input").first.fill("Kam an")
    expect(desk.locator("#saved")).to_contain_text("keine Verbindung", timeout=20_000)
    desk.locator("#editor input").first.fill("Kam an, ging weiter")
    saved(desk)
    assert lost == [200]
    assert stored(site[1], name)["title"]["de"] == "Kam an, ging weiter"
    expect(desk.locator("#whose")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=slow)])
def test_every_view_is_accessible(site: Site, browser: Browser, axe: Callable[[Page], list[str]], scheme: str) -> None:
    name = begin(site[1], f"axe-{scheme}", data_of(shipped_questionnaires()["jugend-10-13"]))
    with watched_page(browser, **DESK, color_scheme=scheme) as page:
        log_in(page, site[0])
        found = []
        for path in ("", *(f"/{name}/{part}" for part in PARTS)):
            page.goto(f"{site[0]}/entwuerfe{path}")
            found += axe(page)
        open_draft(page, site[0], name)
        page.locator("#outline .entry").nth(3).click()
        found += axe(page)
        for view in ("Fragenschatz", "Bedingungen", "Übersetzen", "Prüfen"):
            page.locator("[data-view]", has_text=view).click()
            expect(page.get_by_text("wird geholt")).to_have_count(0)
            found += axe(page)
        assert found == []


PARTS = ("datei", "staende", "veroeffentlichen", "rueckmeldungen", "probelauf", "uebersetzung/uk")


@slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_the_desk_is_accessible(
    site: Site, browser: Browser, axe: Callable[[Page], list[str]], scheme: str
) -> None:
    name = begin(site[1], f"zustand-{scheme}", {**BLANK, "id": "Falsch Ü", "pages": [*BLANK["pages"], {"id": "leer"}]})
    with watched_page(browser, **DESK, color_scheme=scheme) as page:
        log_in(page, site[0])
        page.goto(f"{site[0]}/entwuerfe/{name}/veroeffentlichen")  # not ready
        found = axe(page)
        page.goto(f"{site[0]}/entwuerfe/{name}/probelauf")
        page.get_by_role("button", name="Testlink machen").click()  # refused
        found += axe(page)
        open_draft(page, site[0], name)  # problems at the whole
        found += axe(page)
        page.context.set_offline(True)
        page.locator("#editor input").first.fill("Ohne Netz")
        expect(page.locator("#saved")).to_contain_text("keine Verbindung", timeout=20_000)
        found += axe(page)
        page.context.set_offline(False)
        saved(page)
        with watched_page(browser, **DESK, color_scheme=scheme) as other:
            log_in(other, site[0], "bea")
            other.goto(f"{site[0]}/entwuerfe/{name}")
            expect(other.locator("#whose")).to_contain_text("ada bearbeitet")  # only to read
            found += axe(other)
        assert found == []


@slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_tries_a_draft_gets_accessible_pages_and_is_measured(
    site: Site, browser: Browser, axe: Callable[[Page], list[str]], scheme: str
) -> None:
    name = begin(site[1], f"probe-{scheme}", data_of(shipped_questionnaires()["jugend-10-13"]))
    with watched_page(browser, **DESK, color_scheme=scheme) as desk:
        log_in(desk, site[0])
        desk.goto(f"{site[0]}/entwuerfe/{name}/probelauf")
        desk.get_by_label("Wer probiert aus").fill("Klasse 5")
        desk.get_by_role("button", name="Testlink machen").click()
        link = desk.locator("code").inner_text()
        expect(desk.get_by_role("button", name="Link kopieren")).to_be_visible()
        with watched_page(browser, **PHONE, color_scheme=scheme) as page:
            page.goto(link)
            found = axe(page)
            page.locator("nav button:not(.b)").click()
            page.locator("summary", has_text="Anmerkung zu dieser Frage").locator("visible=true").first.click()
            page.get_by_label("Ihre Anmerkung").locator("visible=true").fill("Was ist gemeint?")
            page.get_by_role("button", name="Anmerkung schicken").click()
            expect(page.get_by_text("Danke, das ist angekommen.")).to_be_visible()
            found += axe(page)
            forward = page.locator("nav button:not(.b)")
            while forward.inner_text() != "Absenden":
                forward.click()
            forward.click()
            expect(page.locator("summary", has_text="Anmerkung zum Ganzen")).to_be_visible()
            assert found + axe(page) == []
        desk.reload()
        expect(desk.get_by_text("1 Mensch hat bis zum Ende ausgefüllt")).to_be_visible()
        expect(desk.get_by_text("Was ist gemeint?")).to_be_visible()
        expect(desk.get_by_role("row", name="Wo du wohnst")).to_be_visible()


def test_on_a_phone_nothing_scrolls_sideways(site: Site, browser: Browser) -> None:
    name = begin(site[1], "schmal", data_of(shipped_questionnaires()["jugend-10-13"]))
    with watched_page(browser, **PHONE) as page:
        log_in(page, site[0])
        open_draft(page, site[0], name)
        page.locator("#outline .entry").nth(3).click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@slow
def test_a_list_that_changes_the_form_keeps_the_focus_and_every_letter(site: Site, desk: Page) -> None:
    name = begin(site[1], "liste", data_of(shipped_questionnaires()["jugend-10-13"]))
    open_draft(desk, site[0], name)
    desk.get_by_role("button", name="Frage auf Seite 3 hinzufügen").click()
    desk.get_by_label("Art", exact=True).focus()
    desk.keyboard.type("Mehrere Antworten")
    expect(desk.get_by_label("Art", exact=True)).to_have_value("multiple")
    expect(desk.get_by_label("Art", exact=True)).to_be_focused()
    desk.get_by_label("Art", exact=True).select_option("scale")
    expect(desk.get_by_role("group", name="Stufen")).to_be_visible()
    desk.get_by_role("button", name="Bedingung hinzufügen").press("Enter")
    expect(desk.get_by_label("Bedingung 1: Frage")).to_be_focused()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    expect(desk.locator(".condition input:checked")).to_have_count(2)
    expect(desk.locator(".condition input:focus")).to_have_count(1)
    desk.get_by_role("button", name="Bedingung hinzufügen").press("Enter")
    desk.get_by_role("button", name="Bedingung 2 löschen").press("Enter")
    expect(desk.locator("#editor:focus-within")).to_have_count(1)
    saved(desk)
    assert len(stored(site[1], name)["pages"][2]["questions"][-1]["show_if"]["is"]) == 2


@slow
def test_whoever_writes_dont_know_means_it(site: Site, desk: Page) -> None:
    name = begin(site[1], "weiss-nicht", BLANK)
    open_draft(desk, site[0], name)
    desk.get_by_role("button", name="Frage auf Seite 1 hinzufügen").click()
    written = ("Ja", "Weiß ich nicht", "Keine Angabe", "Weiß ich nicht so recht")
    desk.get_by_role("textbox", name="Antwort 1", exact=True).focus()
    for number, text in enumerate(written, start=1):
        if number > 2:
            desk.keyboard.press("Enter")
        elif number == 2:
            desk.get_by_role("textbox", name="Antwort 2", exact=True).focus()
        desk.keyboard.type(text)
    expect(desk.get_by_label("Rolle von Antwort 2")).to_have_value("dont_know")
    desk.get_by_label("Rolle von Antwort 3").select_option("")  # somebody who wants it otherwise
    desk.get_by_role("textbox", name="Antwort 3", exact=True).press_sequentially(" dazu")
    saved(desk)
    roles = [option.get("missing") for option in stored(site[1], name)["pages"][0]["questions"][1]["options"]]
    assert roles == [None, "dont_know", None, None]


@slow
def test_a_language_can_be_taken_out_again_and_what_is_missing_is_counted(site: Site, desk: Page) -> None:
    name = begin(site[1], "sprache", BLANK)
    open_draft(desk, site[0], name)
    before = stored(site[1], name)
    desk.get_by_role("button", name="Übersetzen", exact=True).click()
    desk.get_by_label("Sprache", exact=True).select_option("tr")
    desk.get_by_role("button", name="Sprache aufnehmen").click()
    desk.locator("[data-path$='.tr']").first.fill("Anket")
    saved(desk)
    other = desk.context.new_page()
    other.goto(f"{site[0]}/entwuerfe/{name}/veroeffentlichen")
    expect(other.get_by_text(re.compile(r"^\d+ Texte fehlen noch auf Türkisch"))).to_have_count(1)
    desk.bring_to_front()
    desk.get_by_role("button", name="Sprache wieder herausnehmen").click()
    expect(desk.get_by_text("Diese Sprache wird noch nicht angeboten.")).to_be_visible()
    saved(desk)
    assert stored(site[1], name) == before


# --- undoing, two tabs, being logged out, foreign files ----------------------------------------------------------


@slow
def test_everything_can_be_undone_and_done_again(site: Site, desk: Page) -> None:
    data = data_of(shipped_questionnaires()["jugend-10-13"])
    name = begin(site[1], "zurueck", data)
    open_draft(desk, site[0], name)
    desk.locator("#editor input").first.fill("Anders")
    desk.locator("#outline .entry").nth(4).click()
    desk.get_by_label("Art", exact=True).select_option("text")
    desk.locator("#outline .entry[aria-current]").press("Alt+ArrowDown")
    desk.get_by_role("button", name="Verdoppeln").click()
    desk.get_by_role("button", name="Frage löschen").click()
    desk.get_by_role("button", name="Frage auf Seite 2 hinzufügen").click()
    desk.keyboard.type("Was noch?")
    desk.get_by_role("button", name="Bedingung hinzufügen").click()
    desk.get_by_role("textbox", name="Antwort 1", exact=True).press("Enter")
    desk.get_by_role("button", name="Antwort 2 löschen").click()
    desk.get_by_role("button", name="+ Seite").click()
    desk.get_by_role("button", name="Seite nach oben").click()
    desk.get_by_role("button", name="Seite löschen").click()
    saved(desk)
    changed = stored(site[1], name)
    assert changed != data
    for step, wanted in (("Rückgängig", data), ("Wiederholen", changed)):
        button = desk.get_by_role("button", name=step)
        while button.is_enabled():
            button.click()
        saved(desk)
        assert stored(site[1], name) == wanted


@slow
def test_a_question_is_dragged_to_another_page(site: Site, desk: Page) -> None:
    data = data_of(shipped_questionnaires()["jugend-10-13"])
    name = begin(site[1], "ziehen", data)
    open_draft(desk, site[0], name)
    moved = data["pages"][3]["questions"][0]["id"]
    desk.set_viewport_size({"width": 1280, "height": 1800})  # nothing must scroll on the way
    desk.locator('li:has(> [data-entry="3.0"]) .grip').drag_to(desk.locator('[data-entry="1.0"]'))
    saved(desk)
    assert stored(site[1], name)["pages"][1]["questions"][0]["id"] == moved


@slow
def test_a_second_tab_of_the_same_person_only_reads(site: Site, desk: Page) -> None:
    name = begin(site[1], "tabs", BLANK)
    open_draft(desk, site[0], name)
    other = desk.context.new_page()
    other.goto(f"{site[0]}/entwuerfe/{name}")
    expect(other.locator("#whose")).to_contain_text("bearbeitet diesen Entwurf")
    other.locator("#editor input").first.fill("Aus dem zweiten Fenster")
    desk.locator("#editor input").first.fill("Aus dem ersten Fenster")
    saved(desk)
    assert stored(site[1], name)["title"]["de"] == "Aus dem ersten Fenster"


@slow
def test_whoever_is_logged_out_while_typing_loses_nothing(site: Site, desk: Page) -> None:
    name = begin(site[1], "abgemeldet", BLANK)
    open_draft(desk, site[0], name)
    desk.context.clear_cookies()
    desk.locator("#editor input").first.fill("Getippt, als niemand angemeldet war")
    expect(desk.locator("#saved")).to_contain_text("Sie sind abgemeldet", timeout=20_000)
    other = desk.context.new_page()
    log_in(other, site[0])
    saved(desk)
    assert stored(site[1], name)["title"]["de"] == "Getippt, als niemand angemeldet war"


@slow
@pytest.mark.parametrize(
    ("pasted", "lines"),
    [("1.\tBus\r\n2.\tArzt", ["Bus", "Arzt"]), ("1. Bus\n2. Arzt", ["Bus", "Arzt"]),
     ("o\tBus\no\tArzt", ["Bus", "Arzt"]), ("\uf0b7 Bus\n\uf0b7 Kin\u00adder\u00adarzt", ["Bus", "Kinderarzt"]),
     ("3. Klasse\nGruppe", ["3. Klasse", "Gruppe"]),
     ("Bus\tArzt\r\nKita\tHort\r\n", ["Bus", "Arzt", "Kita", "Hort"])],
)  # fmt: skip
def test_lists_and_tables_of_a_word_processor_become_answers(
    site: Site, desk: Page, pasted: str, lines: list[str]
) -> None:
    name = begin(site[1], f"einfuegen-{abs(hash(pasted))}", BLANK)
    open_draft(desk, site[0], name)
    desk.get_by_role("button", name="Frage auf Seite 1 hinzufügen").click()
    desk.get_by_role("textbox", name="Antwort 1", exact=True).evaluate(
        """(node, text) => { const data = new DataTransfer(); data.setData('text', text);
        node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }""",
        pasted,
    )
    for number, line in enumerate(lines, start=1):
        expect(desk.get_by_role("textbox", name=f"Antwort {number}", exact=True)).to_have_value(line)


@slow
@pytest.mark.parametrize("data", [{}, {"services": {"db": 1}}, {"pages": "x"}, {"pages": [3, {"questions": [None]}]}])
def test_what_is_no_questionnaire_can_be_opened_and_mended(site: Site, desk: Page, data: dict[str, object]) -> None:
    errors: list[str] = []
    desk.on("pageerror", lambda error: errors.append(str(error)))
    name = begin(site[1], f"fremd-{len(str(data))}", data)
    open_draft(desk, site[0], name)
    desk.locator("#editor input").first.fill("Nun ein Titel")
    for view in ("Bedingungen", "Übersetzen", "Prüfen", "Fragen"):
        desk.locator("[data-view]", has_text=view).first.click()
    desk.get_by_role("button", name="+ Seite").click()
    saved(desk)
    assert stored(site[1], name)["title"]["de"] == "Nun ein Titel"
    assert errors == []
