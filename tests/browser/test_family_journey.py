"""A family fills in the questionnaire on a phone: with and without script, signal, mouse or sight."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Site
from tests.browser.family import ANSWER, go_on, next_button, pages, send, to_the_end
from tests.browser.states import every_language
from tests.conftest import DESK, PHONE, watched_page

pytestmark = pytest.mark.browser


def test_a_family_answers_and_is_stored_once(site: Site, phone: Page) -> None:
    phone.goto(site.url(door="kita-sonne"))
    to_the_end(phone)
    code = send(phone)
    [response] = site.stored()
    assert re.fullmatch(r"[\w-]{22}", code)
    assert response.door == "kita-sonne"
    assert (response.language, response.mode, response.late, response.doubtful) == ("de", "web", False, False)
    assert response.answers["bedarf"]
    assert response.answers["wunsch"] == "Mehr Busse"


def test_until_the_first_answer_there_is_one_request(site: Site, phone: Page) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(site.url())
    phone.wait_for_timeout(500)
    go_on(phone)
    phone.evaluate(ANSWER)
    # The extras come a second after the page is at rest, see test_extras.py: a slow machine may be there by now.
    assert [url for url in asked if not url.startswith("data:") and "/extras.js" not in url] == [site.url()]


def test_only_the_sozialraum_leaves_the_phone(site: Site, phone: Page) -> None:
    bodies: list[str] = []
    phone.on("request", lambda request: bodies.append(request.post_data or ""))
    phone.goto(site.url())
    go_on(phone)
    place = site.district.places[20]
    phone.get_by_placeholder(re.compile("eingeben")).fill(place.name[:6])
    phone.get_by_role("button", name=place.label, exact=True).click()
    to_the_end(phone, answer=False)
    send(phone)
    assert any(f"ort={place.area}" in body for body in bodies)
    assert not any(place.name in body for body in bodies)
    assert site.stored()[0].area == place.area


def test_coming_back_is_asked_before_any_answer_shows(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    go_on(phone)
    phone.get_by_placeholder(re.compile("eingeben")).fill("Mein")
    phone.get_by_role("button", name="Meiningen", exact=True).click()
    go_on(phone)
    phone.reload()
    expect(phone.get_by_text("Möchten Sie weitermachen?")).to_be_visible()
    expect(phone.locator("form")).to_be_hidden()
    phone.get_by_role("button", name="Weitermachen").click()
    phone.get_by_role("button", name="Zurück").click()
    expect(phone.get_by_role("button", name="Meiningen", exact=True)).to_have_attribute("aria-pressed", "true")


def test_answers_on_the_device_can_be_deleted_and_are_gone(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    go_on(phone)
    phone.evaluate(ANSWER)
    assert phone.evaluate("localStorage.length") == 1
    phone.get_by_role("button", name="Antworten auf diesem Gerät löschen").click()
    assert phone.evaluate("localStorage.length") == 0
    phone.reload()
    expect(phone.locator("h1")).to_be_visible()


def test_nothing_stays_on_the_device_after_sending(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    to_the_end(phone)
    send(phone)
    assert phone.evaluate("localStorage.length") == 0


# --- bad signal ------------------------------------------------------------------------------------------------


def test_without_signal_the_answers_wait_and_arrive_once(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    phone.context.set_offline(True)
    to_the_end(phone)
    go_on(phone)
    expect(phone.get_by_text("Kein Netz.", exact=False).last).to_be_visible()
    assert site.total() == 0
    phone.context.set_offline(False)
    phone.wait_for_selector("#key")
    assert site.total() == 1


def test_a_lost_answer_of_the_server_is_asked_for_again(site: Site, phone: Page) -> None:
    """The server stored it, the phone never heard of it: the repeat is success and stores nothing twice."""
    lost: list[int] = []

    def lose_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    phone.route("**/b/**", lose_first)
    phone.goto(site.url())
    to_the_end(phone)
    send(phone)
    assert lost == [200]
    assert site.total() == 1
    expect(phone.get_by_text("waren schon angekommen")).to_be_visible()


def test_a_waiting_form_is_sent_at_the_next_visit(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    phone.route("**/b/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    to_the_end(phone)
    go_on(phone)
    expect(phone.get_by_text("Kein Netz.", exact=False).last).to_be_visible()
    phone.unroute("**/b/**")
    phone.goto(site.url())
    phone.wait_for_selector("#key")
    assert site.total() == 1


def test_a_double_tap_sends_once(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    to_the_end(phone)
    phone.locator("nav button").last.dblclick()
    phone.wait_for_selector("#key")
    assert site.total() == 1


def test_two_tabs_of_one_draft_never_overwrite_each_other(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    go_on(phone)
    phone.evaluate(ANSWER)
    second = phone.context.new_page()
    second.goto(site.url())
    second.get_by_role("button", name="Weitermachen").click()
    to_the_end(second)
    send(second)
    phone.bring_to_front()  # nothing is drawn in a tab behind another, and tapping waits for it
    to_the_end(phone, answer=False)
    go_on(phone)
    expect(phone.get_by_text("nichts überschrieben", exact=False)).to_be_visible()
    assert site.total() == 1


def test_what_the_server_refuses_can_be_corrected_where_it_stands(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    to_the_end(phone)
    phone.evaluate("document.querySelector('textarea').maxLength = 9999")
    phone.evaluate("document.querySelector('textarea').value = 'x'.repeat(900)")
    go_on(phone)
    phone.get_by_role("link", name=re.compile("zu lang")).click()
    expect(phone.locator("textarea")).to_be_visible()
    phone.locator("textarea").fill("kurz")
    to_the_end(phone, answer=False)
    send(phone)
    assert site.stored()[0].answers["wunsch"] == "kurz"


# --- without script --------------------------------------------------------------------------------------------


def test_without_script_one_page_does_everything(site: Site, browser: Browser) -> None:
    with watched_page(browser, **PHONE, java_script_enabled=False) as page:
        page.goto(site.url(door="kita-sonne"))
        page.select_option("select[name=ort]", label="Meiningen")
        page.select_option('select[name="bedarf.1"]', index=2)
        page.select_option('[name="kinder.u3"]', "1")
        page.get_by_role("button", name="Absenden").click()
        assert re.fullmatch(r"[\w-]{22}", page.locator("code").inner_text())
    [response] = site.stored()
    assert response.area == site.district.municipalities[0].area or response.area
    assert response.answers["kinder"]["u3"] == 1


def test_without_script_errors_stand_on_top_and_nothing_typed_is_lost(site: Site, browser: Browser) -> None:
    with watched_page(browser, **PHONE, java_script_enabled=False) as page:
        page.goto(site.url())
        page.select_option("select[name=ort]", label="Meiningen")
        page.fill("[name=arztweg]", "viele")
        page.select_option('[name="kinder.u3"]', "2")
        page.fill("textarea", "Ein Schwimmbad")
        page.get_by_role("button", name="Absenden").click()
        expect(page.get_by_role("alert")).to_contain_text("Nichts ist verloren")
        assert page.input_value("[name=arztweg]") == "viele"
        assert page.input_value('[name="kinder.u3"]') == "2"
        assert page.input_value("textarea") == "Ein Schwimmbad"
        page.fill("[name=arztweg]", "20")
        page.get_by_role("button", name="Absenden").click()
        page.wait_for_selector("code")
    [response] = site.stored()
    assert response.area


def test_without_script_conditions_hide_by_css_transitively(site: Site, browser: Browser) -> None:
    with watched_page(browser, **PHONE, java_script_enabled=False) as page:
        page.goto(site.url())
        hidden = page.locator("#q-but_weg")
        expect(hidden).to_be_hidden()
        page.select_option('[name="kinder.a6"]', "1")
        page.check("[name=einverstanden]", force=True)
        page.check('[name=leistungen][value="1"]', force=True)
        page.check('[name="but_bekannt.mittagessen"][value="1"]', force=True)
        expect(hidden).to_be_visible()
        page.check('[name=leistungen][value="2"]', force=True)  # the answer below stays ticked and must not show more
        expect(hidden).to_be_hidden()


# --- by keyboard, for everybody ---------------------------------------------------------------------------------


def test_by_keyboard_alone(site: Site, browser: Browser) -> None:
    with watched_page(browser, **DESK) as page:
        page.goto(site.url())
        for _ in range(400):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "(e => [e.tagName, e.type || '', '', e.parentNode.parentNode.tagName])(document.activeElement)"
            )
            if focused[0] == "INPUT" and focused[1] in {"radio", "checkbox"}:
                page.keyboard.press("Space")
            elif (
                focused[0] == "BUTTON"
                and focused[3] == "NAV"
                and next_button(page) == page.evaluate("document.activeElement.textContent")
            ):
                page.keyboard.press("Enter")
            if page.locator("#key").count():
                break
        assert page.locator("#key").count() == 1
    assert site.stored()[0].answers["mobil"] == 1


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_without_script(
    site: Site, browser: Browser, axe: Callable[[Page], list[str]], scheme: str
) -> None:
    """Axe needs script; the page to which browsers without one are led has none of its own."""
    with watched_page(browser, **PHONE, color_scheme=scheme) as page:
        page.goto(site.plain_url())
        assert page.locator("script").count() == 0
        assert axe(page) == []


@pytest.mark.parametrize("language", every_language())
def test_nothing_scrolls_sideways_at_320_pixels(site: Site, browser: Browser, language: str) -> None:
    with watched_page(browser, viewport={"width": 320, "height": 640}, has_touch=True) as page:
        page.goto(site.url(language=language))
        for at in pages(page):
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, at


def test_the_next_page_is_laid_out_while_this_one_is_read_and_nobody_meets_it(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    go_on(phone)
    ahead = phone.locator("section[hidden=until-found]")
    expect(ahead).to_have_count(1)
    expect(ahead.locator("h2, .q, label")).not_to_have_count(0)
    assert ahead.evaluate("node => [...node.children].some(child => child.checkVisibility())") is False
    assert ahead.evaluate("node => node.offsetHeight") == 0
    reached = """[...document.querySelectorAll('[hidden] :is(input, button)')].filter(node => {
      node.focus(); return document.activeElement === node; }).length"""
    assert phone.evaluate(reached) == 0


def test_everything_to_tap_is_48_pixels_high(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    kinds = "button, label, summary, .l a, footer a, input:not([type]), textarea, select"
    small = f"""[...document.querySelectorAll('{kinds}')]
      .filter(e => e.offsetParent && !e.closest('[hidden], .c label') && getComputedStyle(e).opacity > 0)
      .map(e => [e.tagName, e.textContent.trim().slice(0, 30), e.getBoundingClientRect().height])
      .filter(([, , height]) => height < 48)"""
    for at in pages(phone):
        assert phone.evaluate(small) == [], at


def test_arabic_runs_from_right_to_left_and_keeps_answers_when_the_language_changes(site: Site, phone: Page) -> None:
    phone.goto(site.url(language="de"))
    go_on(phone)
    phone.evaluate(ANSWER)
    phone.goto(site.url(language="ar"))
    assert phone.evaluate("getComputedStyle(document.body).direction") == "rtl"
    phone.locator("button").first.click()  # weitermachen
    to_the_end(phone, answer=False)
    send(phone)
    [response] = site.stored()
    assert response.language == "ar"
    assert response.answers["kinder"]["u3"] == 1
