"""A browser that cannot read the page's script, or fails in it, is led to the form that needs none."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser
#: What it understands and does not have; it notices in the middle.
FAILING = "Object.defineProperty(Crypto.prototype, 'getRandomValues', { value: null });"
LACKING = "delete Element.prototype.ariaPressed;"


def with_other_script(change: Callable[[str], str]) -> Callable[[Route], None]:
    """Serve the document with its own script changed, and without the policy that would forbid the change."""

    def serve(route: Route) -> None:
        reply = route.fetch()
        before, _, script = reply.text().rpartition("<script>")
        headers = {name: value for name, value in reply.headers.items() if name != "content-security-policy"}
        route.fulfill(status=reply.status, headers=headers, body=f"{before}<script>{change(script)}")

    return serve


def is_led_to_the_plain_form(site: Site, phone: Page) -> None:
    expect(phone.locator("button.nojs")).to_be_visible()
    assert phone.url == f"{site.url('familien', 'uk', 'kita-sonne')}&schlicht=1"
    assert phone.locator("script").count() == 0
    assert phone.locator("[name=ort] optgroup").count() > 10
    assert phone.locator("[name=_door]").input_value() == "kita-sonne"


def test_who_cannot_read_the_script_gets_places_and_children_all_the_same(site: Site, phone: Page) -> None:
    breaking = with_other_script(lambda script: script.replace("=>", "%=>", 1))
    phone.route("**/b/familien?lang=uk&z=kita-sonne", breaking)
    phone.goto(site.url("familien", "uk", "kita-sonne"))
    is_led_to_the_plain_form(site, phone)


@pytest.mark.parametrize("lacks", [LACKING, FAILING], ids=["lacking", "failing"])
def test_who_lacks_what_the_script_needs_is_led_on(site: Site, phone: Page, lacks: str) -> None:
    phone.add_init_script(lacks)
    phone.goto(site.url("familien", "uk", "kita-sonne"))
    is_led_to_the_plain_form(site, phone)


def test_a_draft_that_cannot_be_read_does_not_lock_anybody_out(site: Site, phone: Page) -> None:
    phone.add_init_script("""if (!location.search.includes('schlicht')) localStorage.familien = '{"pairs": 7}';""")
    phone.goto(site.url("familien", "uk", "kita-sonne"))
    is_led_to_the_plain_form(site, phone)


def test_the_way_to_the_plain_form_is_written_in_the_oldest_words(site: Site, phone: Page) -> None:
    first = phone.request.get(site.url()).text().split("<script>")[1].split("</script>")[0]
    assert "=>" not in first
    assert "function" in first
    assert len(first) < 80


def test_where_the_script_works_nobody_is_led_away(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    expect(phone.get_by_role("button", name="Los geht’s")).to_be_visible()
    assert phone.url == site.url()
    assert phone.evaluate("onload.toString()").startswith("()=>")
