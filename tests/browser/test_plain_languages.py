"""Without script, another language keeps what was typed, the place, the door and the form itself."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.family import go_on, send, to_the_end
from tests.conftest import PHONE, watched_page

pytestmark = pytest.mark.browser


def switch(page: Page, language: str) -> None:
    page.locator(".l summary").click()
    page.locator(f".l button[lang={language}]").click()
    expect(page.locator(f"html[lang={language}]")).to_have_count(1)


def test_another_language_keeps_everything_and_the_door(site: Site, browser: Browser) -> None:
    with watched_page(browser, **PHONE, java_script_enabled=False) as page:
        page.goto(site.url(door="kita-sonne"))
        page.select_option("select[name=ort]", label="Meiningen")
        page.select_option('[name="kinder.u3"]', "2")
        page.fill("textarea", 'Ein "Schwimmbad" <b>')
        page.fill("[name=arztweg]", "viele")
        key = page.locator("[name=_key]").input_value()
        switch(page, "uk")
        assert site.total() == 0
        assert page.locator("[role=alert]").count() == 0
        assert page.locator("[name=_key]").input_value() == key
        assert page.input_value("textarea") == 'Ein "Schwimmbad" <b>'
        assert page.input_value("[name=arztweg]") == "viele"
        switch(page, "ar")
        page.fill("[name=arztweg]", "20")
        page.locator("p button.nojs").click()
        page.wait_for_selector("code")
    [response] = site.stored()
    assert (response.language, response.door) == ("ar", "kita-sonne")
    assert response.area
    assert (response.answers["arztweg"], response.answers["kinder"]["u3"]) == (20, 2)


def test_enter_in_a_field_sends_and_chooses_no_language(site: Site, browser: Browser) -> None:
    with watched_page(browser, **PHONE, java_script_enabled=False) as page:
        page.goto(site.plain_url(language="uk"))
        page.fill("[name=arztweg]", "20")
        page.locator("[name=arztweg]").press("Enter")
        page.wait_for_selector("code")
    assert [response.language for response in site.stored()] == ["uk"]


@pytest.mark.parametrize("typed", ["٢٠", *(pytest.param(typed, marks=pytest.mark.slow) for typed in (" ۲۰ ", "20"))])
def test_a_number_may_be_typed_in_the_digits_of_the_keyboard(site: Site, phone: Page, typed: str) -> None:
    phone.goto(site.url(language="ar"))
    field = phone.locator("[name=arztweg]")
    while not field.is_visible():
        go_on(phone)
    field.fill(typed)
    go_on(phone)
    expect(field).to_be_hidden()
    to_the_end(phone, answer=False)
    send(phone)
    assert site.stored()[0].answers["arztweg"] == 20
