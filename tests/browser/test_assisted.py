"""Staff ask aloud: what is sensitive is handed over, and nobody comes back to it."""

from collections.abc import Callable

import pytest
from itsdangerous import URLSafeSerializer
from playwright.sync_api import Page, expect

from tests.browser.conftest import NOW, Site
from tests.browser.family import ANSWER, go_on, send, title

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]

NOTICE = "dialog.hand"
CURRENT = "[...document.querySelectorAll('form section')].find(s => !s.hidden).id"
BACK = "nav .b"


def link(site: Site, name: str = "jugend", language: str = "de") -> str:
    """The address staff get; the conftest's server signs with this key."""
    token = URLSafeSerializer("s" * 40, salt="familienstimme-assisted").dumps([name, "", int(NOW.timestamp())])
    return site.url(name, language) + f"&a={token}"


def handed_over(page: Page) -> bool:
    return page.locator(NOTICE).count() == 1


def take(page: Page) -> str:
    """Say that the device has changed hands; return what the notice was called."""
    said = page.locator(f"{NOTICE} h1").inner_text()
    page.locator(f"{NOTICE} button").click()
    assert not handed_over(page)
    return said


def sensitive(site: Site, name: str = "jugend") -> list[str]:
    pages = site.questionnaires[name].pages
    secret = [
        page.id for page in pages
        if any(q.sensitive or any(i.sensitive for i in getattr(q, "items", ())) for q in page.questions)
    ]  # fmt: skip
    return [f"p-{page_id}" for page_id in secret]


def to_first_sensitive(page: Page, site: Site, name: str = "jugend") -> str:
    while not handed_over(page):
        page.evaluate(ANSWER)
        go_on(page)
    assert page.evaluate(CURRENT) in sensitive(site, name)
    return str(page.evaluate(CURRENT))


@pytest.mark.parametrize(
    ("name", "you"), [("jugend", "dich"), pytest.param("familien", "Sie", marks=pytest.mark.slow)]
)
def test_sensitive_pages_are_handed_over_and_back_and_the_answers_count(
    site: Site, phone: Page, axe: Axe, name: str, you: str
) -> None:
    phone.goto(link(site, name))
    seen: list[tuple[str, bool]] = []
    said: list[str] = []
    while phone.evaluate(CURRENT) != "p-1":
        phone.evaluate(ANSWER)
        go_on(phone)
        if handed_over(phone):
            if not said:
                assert axe(phone) == []
            said.append(take(phone))
        seen.append((phone.evaluate(CURRENT), bool(said) and said[-1].startswith("Diese Fragen")))
    secret = sensitive(site, name)
    assert dict(seen) == {at: at in secret for at, _ in seen}
    assert said[::2] == [f"Diese Fragen sind nur für {you}"] * len(said[::2]) != []
    go_on(phone)
    phone.wait_for_selector("#key", state="attached")
    assert take(phone) in {"Dein Widerrufscode", "Ihr Widerrufscode"}
    assert [r.mode for r in site.stored(name)] == ["assisted"]


@pytest.mark.slow
def test_the_way_back_leads_past_what_was_answered_alone(site: Site, phone: Page) -> None:
    phone.goto(link(site))
    to_first_sensitive(phone, site)
    take(phone)
    while not handed_over(phone):
        phone.evaluate(ANSWER)
        go_on(phone)
    assert take(phone).startswith("Danke")
    after = phone.evaluate(CURRENT)
    for back in (lambda: phone.locator(BACK).click(), phone.go_back):
        back()
        assert phone.evaluate(CURRENT) not in [*sensitive(site), after]
        assert not handed_over(phone)
        phone.evaluate("history.pushState('', '')")
        while phone.evaluate(CURRENT) != after:
            go_on(phone)
            if handed_over(phone):
                take(phone)


def test_a_page_that_is_opened_again_hands_over_first(site: Site, phone: Page) -> None:
    phone.goto(link(site))
    at = to_first_sensitive(phone, site)
    take(phone)
    phone.evaluate(ANSWER)
    phone.reload()
    phone.get_by_role("button", name="Weitermachen").click()
    assert phone.evaluate(CURRENT) == at
    assert take(phone) == "Diese Fragen sind nur für dich"


def test_the_notice_stays_until_it_is_answered_and_is_reached_by_keyboard(site: Site, phone: Page) -> None:
    phone.goto(link(site, "familien"))
    to_first_sensitive(phone, site, "familien")
    for _ in range(3):
        phone.keyboard.press("Escape")
    assert handed_over(phone)
    expect(phone.locator("dialog.hand[open]")).to_be_visible()  # a browser may close it once more; it opens again
    assert phone.evaluate("document.activeElement.closest('dialog') !== null")
    phone.keyboard.press("Enter")
    assert not handed_over(phone)


@pytest.mark.slow
def test_another_language_stays_in_the_mode(site: Site, phone: Page) -> None:
    phone.goto(link(site))
    phone.locator(".l summary").click()
    phone.locator(".l a[lang=ar]").click()
    phone.wait_for_selector("html[lang=ar]")
    to_first_sensitive(phone, site)
    assert phone.locator(f"{NOTICE} h1").inner_text() == "هذه الأسئلة لك وحدك"


def test_families_themselves_see_no_notice(site: Site, phone: Page) -> None:
    phone.goto(site.url("jugend"))
    while phone.evaluate(CURRENT) != "p-1":
        phone.evaluate(ANSWER)
        go_on(phone)
        assert not handed_over(phone)
    send(phone)
    assert not handed_over(phone)
    assert title(phone) == "Danke!" or phone.locator("h1").first.inner_text() == "Danke!"
