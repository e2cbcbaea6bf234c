"""What comes after the document: place search, reading aloud, the shared tablet, leaving quickly, paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.at_rest import ARABIC, LOCAL, REMOTE, SPOKEN, asked, phone_with, quiet, visit, wait_for_extras
from tests.browser.conftest import Site
from tests.browser.family import go_on, pages, send, to_the_end
from tests.browser.looks import too_wide

pytestmark = pytest.mark.browser


def found(page: Page, typed: str) -> list[str]:
    """Type into the place search; return what it lists, without „weiß ich nicht“ and „woanders“."""
    page.locator(".q:has([data-place]) input").fill(typed)
    return all_found(page, [typed])[typed]


def all_found(page: Page, spellings: list[str]) -> dict[str, list[str]]:
    """Do so for many spellings at once."""
    listed = page.evaluate(
        """spellings => { const q = document.querySelector('.q:has([data-place])'), input = q.querySelector('input');
        return spellings.map(typed => { input.value = typed; input.dispatchEvent(new Event('input', { bubbles: true }));
          return [...q.querySelectorAll('button.o')].slice(0, -2).map(row => row.innerText); }); }""",
        spellings,
    )
    return dict(zip(spellings, listed, strict=True))


# --- when they come ---------------------------------------------------------------------------------------------


def test_the_extras_are_asked_for_once_and_only_when_the_page_is_at_rest(site: Site, phone: Page) -> None:
    troubles: list[str] = []
    phone.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    phone.goto(site.url())
    loaded = phone.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd || performance.now()")
    wait_for_extras(phone)
    [entry] = phone.evaluate("performance.getEntriesByType('resource').map(e => [e.name, e.startTime])")
    assert re.fullmatch(rf"{site.address}/b/familien/extras\.js\?lang=de&v=[0-9a-f]{{8}}", entry[0])
    assert entry[1] >= loaded + 900
    answer = phone.request.get(entry[0])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in answer.headers
    assert troubles == []


def test_without_the_extras_everything_works(site: Site, phone: Page) -> None:
    phone.route("**/extras.js*", lambda route: route.abort())
    phone.goto(site.url())
    phone.wait_for_timeout(1300)
    go_on(phone)
    assert found(phone, "Zella") == ["Zella-Mehlis", "Benshausen (Zella-Mehlis)"]
    to_the_end(phone)
    send(phone)
    assert site.total() == 1


def test_another_language_keeps_the_door(site: Site, phone: Page) -> None:
    phone.goto(site.url(door="kita-sonne"))
    phone.locator(".l summary").click()
    phone.locator(".l a", has_text="English").click()
    to_the_end(phone)
    send(phone)
    [response] = site.stored()
    assert (response.door, response.language) == ("kita-sonne", "en")


# --- where people live --------------------------------------------------------------------------------------------

SEARCHES = [
    ("Schmalkaldn", "Schmalkalden"), ("schmalkadlen", "Schmalkalden"), ("Zella Mehlis", "Zella-Mehlis"),
    ("zellamelis", "Zella-Mehlis"), ("Meinigen", "Meiningen"), ("Mainingen", "Meiningen"),
    ("Wasungn", "Wasungen"), ("Steinbach halenberg", "Steinbach-Hallenberg"), ("floh seligental", "Floh-Seligenthal"),
    ("Rhoenblick", "Rhönblick"), ("rhonblick", "Rhönblick"), ("Obermassfeld", "Obermaßfeld-Grimmenthal"),
    ("Jüchsn", "Jüchsen (Grabfeld)"), ("98574", "Schmalkalden"), ("٩٨٥٧٤", "Schmalkalden"),
    ("Шмалькальден", "Schmalkalden"), ("Майнинген", "Meiningen"), ("شمالكالدن", "Schmalkalden"),
    ("ماينينغن", "Meiningen"),
]  # fmt: skip


def test_places_are_found_as_people_spell_them(site: Site, browser: Browser, count: Callable[[str, int], None]) -> None:
    with phone_with(browser) as page:
        visit(page, site.url())
        go_on(page)
        hits = all_found(page, [typed for typed, _ in SEARCHES])
        assert {typed: hits[typed] for typed, wanted in SEARCHES if hits[typed][:1] != [wanted]} == {}
        count("spellings of places", len(SEARCHES))


def test_every_place_is_found_by_its_name_and_by_each_of_its_postcodes(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url())
        go_on(page)
        towns = [town for town in site.district.municipalities if town.area]
        hits = all_found(page, [word for town in towns for word in (town.name, *town.postcodes)])
        for town in towns:
            assert hits[town.name][0] == town.name
            assert all(town.name in hits[postcode] for postcode in town.postcodes)


def test_a_postcode_of_several_places_lists_them_and_decides_nothing(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url())
        go_on(page)
        places = found(page, "98617")
        assert len(places) > 10
        assert {"Meiningen", "Untermaßfeld", "Herpf (Meiningen)"} <= set(places)
        expect(page.get_by_text("Zu 98617 gehören mehrere Orte.").last).to_be_visible()
        expect(page.locator("#live")).to_contain_text("gehören mehrere Orte")
        page.keyboard.press("Enter")
        assert page.evaluate("document.querySelector('[data-place]').value") == ""
        page.get_by_role("button", name="Untermaßfeld").click()
        area = next(t.area for t in site.district.municipalities if t.name == "Untermaßfeld")
        assert page.evaluate("document.querySelector('[data-place]').value") == area


def test_what_is_nowhere_here_is_said_and_the_other_answers_stay(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url())
        go_on(page)
        for typed, foreign in (("Qwertz", False), ("99999", False), ("Берлин", True), ("برلين", True)):
            assert found(page, typed) == []
            hint = page.locator(".q:has([data-place]) input + p").inner_text()
            assert "Diesen Ort finden wir nicht." in hint
            assert ("mit deutschen Buchstaben" in hint) == foreign
            assert page.get_by_role("button", name="Ich wohne woanders").is_visible()


# --- drawings -----------------------------------------------------------------------------------------------------


def test_in_simple_german_each_question_has_its_drawing_and_the_open_page_does_not_move(
    site: Site, browser: Browser
) -> None:
    with phone_with(browser) as page:
        held: list[Route] = []
        let_through: list[bool] = []
        # They come while a page with a question is open.
        page.route("**/extras.js*", lambda route: route.continue_() if let_through else held.append(route))
        page.goto(site.url(language="de-simple"))
        go_on(page)
        let_through.append(True)
        page.clock.run_for(2500)
        for route in held:
            route.continue_()
        wait_for_extras(page)
        assert page.locator("section:not([hidden]) .xp").count() == 0
        assert page.locator("[hidden] .q > legend:not(:has(.xp))").count() == 0
        go_on(page)
        expect(page.locator("section:not([hidden]) .q .xp[aria-hidden]")).to_be_visible()
        page.goto(site.url())
        page.clock.run_for(2500)
        wait_for_extras(page)
        assert page.locator(".xp").count() == 0


# --- reading aloud ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("voices", [(), (REMOTE, ARABIC)], ids=["none", "remote and foreign"])
def test_without_a_voice_of_the_phone_for_the_language_nothing_is_offered(
    site: Site, browser: Browser, voices: tuple[object, ...]
) -> None:
    with phone_with(browser, *voices) as page:
        visit(page, site.url())
        expect(page.get_by_role("button", name="Vorlesen")).to_have_count(0)
        go_on(page)
        expect(page.get_by_role("button", name="Vorlesen")).to_have_count(0)


def test_a_page_is_read_sentence_by_sentence_and_never_by_a_remote_voice(site: Site, browser: Browser) -> None:
    with phone_with(browser, REMOTE, LOCAL) as page:
        visit(page, site.url())
        button = page.get_by_role("button", name="Vorlesen")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        for _ in range(2):
            marked = page.evaluate("[...CSS.highlights.get('read')][0].toString()")
            assert marked == page.evaluate("speaking.text")
            page.evaluate("speaking.onend()")
        while page.evaluate("!!speaking"):
            page.evaluate("speaking.onend()")
        said = page.evaluate(SPOKEN)
        assert [text for text, _ in said][:2] == [
            "Was brauchen die Familien wirklich?", "Ihre Antworten zeigen, was in Ihrem Ort fehlt.",
        ]  # fmt: skip
        assert {voice for _, voice in said} == {"Gerät"}
        expect(button).to_have_attribute("aria-pressed", "false")


def test_reading_stops_at_any_time_and_when_a_page_is_turned(site: Site, browser: Browser) -> None:
    with phone_with(browser, LOCAL) as page:
        visit(page, site.url())
        button = page.get_by_role("button", name="Vorlesen")
        ways: list[Callable[[], None]] = [button.click, lambda: page.keyboard.press("Escape"), lambda: go_on(page)]
        for stop in ways:
            button.click()
            assert page.evaluate("!!speaking")
            stop()
            expect(button).to_have_attribute("aria-pressed", "false")
            assert page.evaluate("[!!speaking, CSS.highlights.has('read')]") == [False, False]
        button.click()
        said = [text for text, _ in page.evaluate(SPOKEN)]
        assert said[-1] == "Wo Sie leben"


def test_reading_says_what_is_visible_and_nothing_else(site: Site, browser: Browser) -> None:
    with phone_with(browser, LOCAL) as page:
        visit(page, site.url())
        go_on(page)
        page.get_by_role("button", name="Vorlesen").click()
        while page.evaluate("!!speaking"):
            page.evaluate("speaking.onend()")
        said = [text for text, _ in page.evaluate(SPOKEN)]
        assert "In welchem Ort oder Ortsteil wohnen Sie?" in said
        assert {"Weiß ich nicht", "0 bis 2 Jahre"} <= set(said)
        assert not {"Auswahl löschen", "+", "Meiningen"} & set(said)


# --- „Einfach erklärt“ --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["familien", pytest.param("jugend", marks=pytest.mark.slow)])
def test_simple_language_asks_one_question_at_a_time(site: Site, phone: Page, name: str) -> None:
    phone.goto(site.url(name, "de-simple"))
    shown = """[...document.querySelectorAll('form section:not([hidden]) .q:not([hidden])')]
      .filter(q => q.querySelector('input, select, textarea')).length"""
    for at in pages(phone):
        assert phone.evaluate(shown) == (0 if at in {"p-0", "p-1"} else 1), at
    send(phone)
    assert site.total(name) == 1


# --- for everybody ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "language"), [("familien", "ar"), ("jugend", "de-simple")])
def test_axe_finds_nothing_in_any_state_of_the_extras(
    site: Site, browser: Browser, axe: Callable[[Page], list[str]], name: str, language: str
) -> None:
    with phone_with(browser, LOCAL, ARABIC) as page:
        visit(page, site.url(name, language) + "&kiosk=1")
        page.locator(".xb").click()
        page.clock.resume()  # axe itself waits
        assert axe(page) == []
        assert page.locator(".xb").bounding_box()["height"] >= 48  # type: ignore[index]
        go_on(page)
        found(page, "98617")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        quiet(page, 125 if language == "de-simple" else 65)
        assert asked(page)
        assert axe(page) == []


@pytest.mark.parametrize("language", [pytest.param("de", marks=pytest.mark.slow), "ar"])
def test_axe_finds_nothing_on_the_printed_questionnaire(
    site: Site, phone: Page, axe: Callable[[Page], list[str]], language: str
) -> None:
    phone.goto(f"{site.address}/b/familien/druck?lang={language}")
    assert axe(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    phone.emulate_media(media="print")
    expect(phone.get_by_role("navigation")).to_be_hidden()


def test_nothing_is_wrong_on_the_calendar_nor_too_wide(
    site: Site, phone: Page, axe: Callable[[Page], list[str]]
) -> None:
    phone.set_viewport_size({"width": 320, "height": 256})
    for language in ("de", "ar", "fa", "tr"):
        phone.goto(f"{site.address}/kalender?lang={language}")
        assert too_wide(phone) == []
    assert axe(phone) == []


def test_no_question_is_torn_apart_on_paper(site: Site, phone: Page) -> None:
    """On A4 every question fits on a sheet, so that `break-inside: avoid` can keep it together."""
    phone.set_viewport_size({"width": 680, "height": 1000})
    phone.goto(f"{site.address}/b/familien/druck?lang=uk")
    phone.emulate_media(media="print")
    sheet = (297 - 15 - 17) / 25.4 * 96
    heights = """[...document.querySelectorAll('.q')]
      .map(q => [q.getBoundingClientRect().height, getComputedStyle(q).breakInside])"""
    found = phone.evaluate(heights)
    assert max(height for height, _ in found) < sheet
    assert {inside for _, inside in found} == {"avoid"}
