"""Pages beside the family's page are laid over it: the code for withdrawal stays, and a shared tablet stays ours."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from survey.respond.words import words
from survey.store import codes
from tests.browser.at_rest import phone_with, quiet, visit
from tests.browser.conftest import Site
from tests.browser.family import send, to_the_end
from tests.browser.states import add_waves
from tests.conftest import PHONE, Axe

pytestmark = pytest.mark.browser
YOUNG = words("de", True)


@pytest.fixture
def still(browser: Browser) -> Iterator[Page]:
    with phone_with(browser, **PHONE) as page:
        yield page


def leaf(page: Page) -> Locator:
    return page.get_by_role("dialog")


def test_a_raffle_does_not_cost_the_code(site: Site, still: Page, axe: Axe) -> None:
    add_waves(site)
    visit(still, site.url("jugend-code"))
    to_the_end(still)
    still.locator("[name=_code]").fill(codes.make_codes(site.store, "jugend-code", 1)[0])
    key = send(still)
    still.get_by_role("link", name=YOUNG["contact_raffle"]).click()
    for address, said in (("lea@", YOUNG["contact_malformed"]), ("lea@beispiel.de", YOUNG["contact_done"])):
        leaf(still).get_by_role("textbox").fill(address)
        leaf(still).get_by_role("button", name=YOUNG["send"]).click()
        expect(leaf(still)).to_contain_text(said)
        assert axe(still) == []
    expect(leaf(still).get_by_role("link", name=YOUNG["leave_fast"])).to_be_visible()
    leaf(still).get_by_role("button", name=YOUNG["back"]).click()
    expect(leaf(still)).to_have_count(0)
    expect(still.locator("#key")).to_have_text(key)


def test_answers_are_deleted_from_the_page_of_thanks_without_copying_the_code(site: Site, still: Page) -> None:
    visit(still, site.url("jugend"))
    to_the_end(still)
    key = send(still)
    still.locator("main").get_by_role("link", name=YOUNG["withdraw_link"]).click()
    expect(leaf(still).get_by_role("textbox")).to_have_value(key)
    leaf(still).get_by_role("button", name=YOUNG["withdraw_button"]).click()
    expect(leaf(still)).to_contain_text(YOUNG["withdraw_done"])
    assert site.total("jugend") == 0


def test_a_shared_tablet_forgets_also_what_was_laid_over(site: Site, still: Page) -> None:
    address = site.url("familien") + "&kiosk=1"
    visit(still, address)
    still.get_by_role("link", name=words("de", False)["privacy"]).click()
    expect(leaf(still).get_by_role("heading", name="Datenschutzhinweise")).to_be_visible()
    assert still.url == address
    quiet(still, 85)
    still.wait_for_url("**kiosk=de")
    expect(still.get_by_role("button", name=words("de", False)["start"])).to_be_visible()
    expect(leaf(still)).to_have_count(0)


@pytest.mark.slow
def test_on_a_phone_of_ones_own_links_lead_where_they_say(site: Site, still: Page) -> None:
    visit(still, site.url())
    still.get_by_role("link", name=words("de", False)["privacy"]).click()
    still.wait_for_url("**/datenschutz?welle=familien")
    expect(still.get_by_role("heading", name="Datenschutzhinweise")).to_be_visible()
