"""What comes after the document: place search, reading aloud, the shared tablet, leaving quickly, the sheet of paper."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.family import ANSWER, go_on, pages, send, to_the_end
from tests.conftest import PHONE, watched_page

pytestmark = pytest.mark.browser

#: A phone's speech: notes what is said by which voice; `speaking.onend()` lets it finish a sentence.
SPEECH = """((voices) => {
  window.said = [];
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const speech = { getVoices: () => voices, addEventListener() {}, cancel() { window.speaking = null; },
    speak(saying) { said.push(saying); window.speaking = saying; } };
  Object.defineProperty(window, 'speechSynthesis', { value: speech, configurable: true });
})(VOICES)"""
REMOTE = {"name": "Wolke", "lang": "de-DE", "localService": False, "default": True}
LOCAL = {"name": "Gerät", "lang": "de_DE", "localService": True, "default": False}
ARABIC = {"name": "Laila", "lang": "ar-SA", "localService": True, "default": False}
SPOKEN = "said.map(saying => [saying.text, saying.voice.name])"


@contextmanager
def phone_with(browser: Browser, *voices: object, **options: object) -> Iterator[Page]:
    """A phone whose clock we turn and that has these voices."""
    with watched_page(browser, **{**PHONE, **options}) as page:
        page.clock.install(time=datetime(2026, 11, 21, 10))
        page.add_init_script(SPEECH.replace("VOICES", json.dumps(voices)))
        yield page


def visit(page: Page, address: str) -> None:
    """Open the document and let it come to rest, until its extras are there."""
    page.goto(address)
    page.clock.run_for(2500)
    wait_for_extras(page)


def wait_for_extras(page: Page) -> None:
    page.wait_for_selector(".q:has([data-place]) input + p", state="attached")


def found(page: Page, typed: str) -> list[str]:
    """Type into the place search; return what it lists, without „weiß ich nicht“ and „woanders“."""
    field = page.locator(".q:has([data-place])")
    field.locator("input").fill(typed)
    return field.locator("button.o").all_inner_texts()[:-2]


# --- when they come ---------------------------------------------------------------------------------------------


def test_the_extras_are_asked_for_once_and_only_when_the_page_is_at_rest(site: Site, phone: Page) -> None:
    troubles: list[str] = []
    phone.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    phone.goto(site.url())
    loaded = phone.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd || performance.now()")
    wait_for_extras(phone)
    [entry] = phone.evaluate("performance.getEntriesByType('resource').map(e => [e.name, e.initiatorType, e.startTime])")
    assert re.fullmatch(rf"{site.address}/b/familien/extras\.js\?lang=de&v=[0-9a-f]{{8}}", entry[0])
    assert entry[2] >= loaded + 900
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
        wrong = {typed: hits for typed, wanted in SEARCHES if (hits := found(page, typed))[:1] != [wanted]}
        assert wrong == {}
        count("spellings of places", len(SEARCHES))


def test_every_place_is_found_by_its_name_and_by_each_of_its_postcodes(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url())
        go_on(page)
        for town in site.district.municipalities:
            if town.area:
                assert found(page, town.name)[0] == town.name
                for postcode in town.postcodes:
                    assert town.name in found(page, postcode)


def test_a_postcode_of_several_places_lists_them_and_decides_nothing(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url())
        go_on(page)
        places = found(page, "98617")
        assert len(places) > 10 and {"Meiningen", "Untermaßfeld", "Herpf (Meiningen)"} <= set(places)
        expect(page.get_by_text("Zu 98617 gehören mehrere Orte.").last).to_be_visible()
        expect(page.locator("#live")).to_contain_text("gehören mehrere Orte")
        page.keyboard.press("Enter")
        assert page.evaluate("document.querySelector('[data-place]').value") == ""
        page.get_by_role("button", name="Untermaßfeld").click()
        area = next(t.area for t in site.district.municipalities if t.name == "Untermaßfeld")
        assert page.evaluate("document.querySelector('[data-place]').value") == area


@pytest.mark.parametrize("typed", ["Qwertz", "99999", "Берлин", "برلين"])
def test_what_is_nowhere_here_is_said_and_the_other_answers_stay(site: Site, browser: Browser, typed: str) -> None:
    with phone_with(browser) as page:
        visit(page, site.url())
        go_on(page)
        assert found(page, typed) == []
        expect(page.locator(".q:has([data-place]) p.h").last).to_contain_text("Diesen Ort finden wir nicht.")
        foreign = page.get_by_text("mit deutschen Buchstaben").first.is_visible()
        assert foreign == (typed in {"Берлин", "برلين"})
        expect(page.get_by_role("button", name="Ich wohne woanders")).to_be_visible()


# --- reading aloud ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("voices", [(), (REMOTE,), (ARABIC,)], ids=["none", "remote", "foreign"])
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
        assert [text for text, _ in said][:3] == [
            "Was brauchen die Familien wirklich?", "Ihre Antworten zeigen, was in Ihrem Ort fehlt.", "Es dauert etwa 6 Minuten.",
        ]  # fmt: skip
        assert {voice for _, voice in said} == {"Gerät"}
        expect(button).to_have_attribute("aria-pressed", "false")


def test_reading_stops_at_any_time_and_when_a_page_is_turned(site: Site, browser: Browser) -> None:
    with phone_with(browser, LOCAL) as page:
        visit(page, site.url())
        button = page.get_by_role("button", name="Vorlesen")
        for stop in (button.click, lambda: page.keyboard.press("Escape"), lambda: go_on(page)):
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
        assert "Weiß ich nicht" in said and "0 bis 2 Jahre" in said
        assert not {"Auswahl löschen", "+", "Meiningen"} & set(said)


# --- a shared tablet ----------------------------------------------------------------------------------------------


def quiet(page: Page, seconds: float) -> None:
    page.clock.run_for(int(seconds * 1000))


def asked(page: Page) -> bool:
    return page.get_by_role("alertdialog").count() == 1


def test_a_shared_tablet_asks_after_a_minute_and_forgets_after_twenty_seconds(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url("familien", "de", "kita-sonne") + "&kiosk=1")
        page.locator(".l summary").click()
        page.locator(".l a", has_text="English").click()
        quiet(page, 2.5)
        wait_for_extras(page)
        go_on(page)
        page.evaluate(ANSWER)
        quiet(page, 58)
        assert not asked(page)
        quiet(page, 4)
        expect(page.get_by_role("alertdialog")).to_contain_text("In 20 seconds")
        expect(page.get_by_role("button", name="I am still here")).to_be_focused()
        quiet(page, 10)
        expect(page.get_by_role("status").last).to_contain_text("In 10 seconds")
        quiet(page, 11)
        page.wait_for_url("**/b/familien?lang=de&z=kita-sonne&kiosk=de")
        expect(page.get_by_role("button", name="Los geht’s")).to_be_visible()
        assert page.evaluate("[localStorage.length, document.querySelectorAll(':checked:not(option)').length]") == [0, 0]
        page.go_back()
        quiet(page, 1)
        assert page.evaluate("document.querySelectorAll('input:checked').length") == 0


def test_one_tap_extends_the_countdown_as_often_as_wanted(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url() + "&kiosk=1")
        go_on(page)
        page.evaluate(ANSWER)
        for _ in range(3):
            quiet(page, 75)
            page.get_by_role("button", name="Ich bin noch da").click()
            assert not asked(page)
        quiet(page, 58)
        assert not asked(page)
        assert page.evaluate("document.querySelectorAll('input:checked, [aria-pressed=true]').length") > 0


def test_a_start_page_nobody_touched_is_left_alone(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url() + "&kiosk=1")
        quiet(page, 600)
        assert not asked(page)


@pytest.mark.parametrize(("language", "reading"), [("de-simple", False), ("de", True)])
def test_there_is_twice_the_time_in_simple_language_and_while_reading_aloud(
    site: Site, browser: Browser, language: str, reading: bool
) -> None:
    with phone_with(browser, LOCAL) as page:
        visit(page, site.url(language=language) + "&kiosk=1")
        go_on(page)
        if reading:
            page.get_by_role("button", name="Vorlesen").click()
        quiet(page, 117)
        assert not asked(page)
        quiet(page, 5)
        expect(page.get_by_role("alertdialog")).to_contain_text("In 40 Sekunden")
        quiet(page, 30)
        assert asked(page)


def test_after_thanks_a_shared_tablet_is_ready_for_the_next_family(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url() + "&kiosk=1")
        to_the_end(page)
        code = send(page)
        page.get_by_role("button", name="Fertig").click()
        expect(page.get_by_role("button", name="Los geht’s")).to_be_visible()
        page.go_back()
        assert code not in page.content()
    assert site.total() == 1


def test_a_shared_tablet_without_signal_covers_the_answers_and_loses_none(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url() + "&kiosk=1")
        to_the_end(page)
        page.context.set_offline(True)
        go_on(page)
        expect(page.get_by_role("button", name="Jetzt noch einmal versuchen")).to_be_visible()
        quiet(page, 90)
        assert not asked(page)
        expect(page.locator("form")).to_be_hidden()
        expect(page.get_by_role("button", name="Zurück")).to_be_hidden()
        page.context.set_offline(False)
        page.wait_for_selector("#key")
    assert site.total() == 1


def test_on_a_shared_tablet_no_draft_is_kept_or_offered(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    go_on(phone)
    phone.evaluate(ANSWER)
    phone.goto(site.url() + "&kiosk=1")
    expect(phone.get_by_role("button", name="Los geht’s")).to_be_visible()
    go_on(phone)
    phone.evaluate(ANSWER)
    assert phone.evaluate("localStorage.length") == 0


# --- quickly away -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["link", "keys", "link before the extras"])
def test_young_people_are_away_at_once_and_nothing_is_left(site: Site, browser: Browser, way: str) -> None:
    with phone_with(browser) as page:
        page.goto(site.url("jugend"))
        if "before" not in way:
            page.clock.run_for(2500)
            wait_for_extras(page)
        go_on(page)
        page.evaluate(ANSWER)
        assert page.evaluate("localStorage.length") == 1
        if way == "keys":
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
        else:
            page.get_by_role("link", name="Schnell weg").click()
        page.wait_for_url("**/kalender")
        expect(page.get_by_role("heading")).to_have_text("November 2026")
        assert page.evaluate("localStorage.length") == 0
        words = f"{page.title()} {page.locator('body').inner_text()}".lower()
        assert not [word for word in ("befrag", "jugend", "landkreis", "familie") if word in words]


def test_one_esc_leaves_nobody_and_families_have_no_such_link(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url("jugend"))
        page.keyboard.press("Escape")
        page.clock.run_for(100)
        assert page.url.startswith(site.url("jugend"))
        page.goto(site.url("familien"))
        expect(page.get_by_role("link", name="Schnell weg")).to_have_count(0)


def test_without_script_the_link_leads_to_the_calendar(site: Site, browser: Browser) -> None:
    with watched_page(browser, **PHONE, java_script_enabled=False) as page:
        page.goto(site.url("jugend", "uk"))
        page.get_by_role("link", name="Швидко вийти").click()
        expect(page.locator("[aria-current=date]")).to_have_text("21")


# --- „Einfach erklärt“ --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["familien", "jugend"])
def test_simple_language_asks_one_question_at_a_time(site: Site, phone: Page, name: str) -> None:
    phone.goto(site.url(name, "de-simple"))
    shown = "[...document.querySelectorAll('form section:not([hidden]) .q:not([hidden])')].filter(q => q.querySelector('input,select,textarea')).length"
    for at in pages(phone):
        assert phone.evaluate(shown) == (0 if at in {"p-0", "p-1"} else 1), at
    send(phone)
    assert site.total(name) == 1


# --- for everybody ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "language"), [("familien", "ar"), ("jugend", "de"), ("familien", "de-simple")])
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


@pytest.mark.parametrize("language", ["de", "ar", "de-simple"])
def test_axe_finds_nothing_on_the_printed_questionnaire(
    site: Site, phone: Page, axe: Callable[[Page], list[str]], language: str
) -> None:
    phone.goto(f"{site.address}/b/familien/druck?lang={language}")
    assert axe(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    phone.emulate_media(media="print")
    expect(phone.get_by_role("navigation")).to_be_hidden()
    assert axe(phone) == []


def test_axe_finds_nothing_on_the_calendar(site: Site, phone: Page, axe: Callable[[Page], list[str]]) -> None:
    phone.goto(f"{site.address}/kalender?lang=fa")
    assert axe(phone) == []


def test_no_question_is_torn_apart_on_paper(site: Site, phone: Page) -> None:
    """On A4 every question fits on a sheet, so that `break-inside: avoid` can keep it together."""
    phone.set_viewport_size({"width": 680, "height": 1000})
    phone.goto(f"{site.address}/b/familien/druck?lang=uk")
    phone.emulate_media(media="print")
    sheet = (297 - 15 - 17) / 25.4 * 96
    heights = phone.evaluate("[...document.querySelectorAll('.q')].map(q => q.getBoundingClientRect().height)")
    assert max(heights) < sheet
    assert phone.evaluate("[...document.querySelectorAll('.q')].every(q => getComputedStyle(q).breakInside === 'avoid')")
