"""A shared tablet forgets, and young people are away at once."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.at_rest import KEPT, LOCAL, asked, phone_with, quiet, visit, wait_for_extras
from tests.browser.conftest import Site
from tests.browser.family import ANSWER, go_on, send, to_the_end
from tests.conftest import PHONE, watched_page

pytestmark = pytest.mark.browser


# --- a shared tablet ----------------------------------------------------------------------------------------------


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
        assert page.evaluate(KEPT) == [0, 0]
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


@pytest.mark.slow
def test_a_start_page_nobody_touched_is_left_alone(site: Site, browser: Browser) -> None:
    with phone_with(browser) as page:
        visit(page, site.url() + "&kiosk=1")
        quiet(page, 600)
        assert not asked(page)


@pytest.mark.parametrize(
    ("language", "reading"), [("de-simple", False), pytest.param("de", True, marks=pytest.mark.slow)]
)
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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    "way", ["link", *(pytest.param(way, marks=pytest.mark.slow) for way in ("keys", "link before the extras"))]
)
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
