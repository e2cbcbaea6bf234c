"""A section for each child: in order of age, kept when the family changes, for the youngest only, without script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from questionnaires.children import sections_of
from questionnaires.flow import roster
from questionnaires.model import LANGUAGES
from tests.browser.conftest import Site
from tests.browser.family import ANSWER, go_on, pages, send, to_the_end
from tests.conftest import PHONE, watched_page

pytestmark = pytest.mark.browser
#: Journeys go through German elsewhere; here the language with most forms of a number stands for all at a desk.
NAMED_IN = [pytest.param(name, marks=() if name == "ar" else pytest.mark.slow) for name in LANGUAGES]
BANDS = ("u3", "a3", "a6", "a10", "a15")


def with_children(page: Page, **numbers: int) -> None:
    """Choose how many children of each age there are, wherever the page is."""
    page.evaluate(
        """numbers => {
          for (const [band, n] of Object.entries(numbers)) document.querySelector(`[name="kinder.${band}"]`).value = n;
          document.querySelector('#f').dispatchEvent(new Event('input', {bubbles: true}));
        }""",
        numbers,
    )


def titles(page: Page) -> list[str]:
    """Go to the end and return the titles of the children's sections on the way."""
    found = [page.title() for at in pages(page, answer=False) if at.startswith("p-kind-")]
    return [title for title in found if title != "Ihre Kinder"]


def on_screen(page: Page, name: str) -> Any:
    return page.locator(f'[name="{name}"]:visible')


def go_to(page: Page, section: str) -> None:
    for at in pages(page, answer=False):
        if at == section:
            return
    raise AssertionError(section)


def test_each_child_has_a_section_the_youngest_first_named_by_age(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    with_children(phone, a10=1, u3=2)
    assert titles(phone) == ["Ihr Kind, 0 bis 2 Jahre", "Ihr zweites Kind, 0 bis 2 Jahre", "Ihr Kind, 10 bis 14 Jahre"]


def test_one_child_is_asked_about_without_a_choice(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    with_children(phone, a6=1)
    assert [at for at in pages(phone, answer=False) if at.startswith("p-kind")] == ["p-kind-a6-1"]


def test_nobody_without_children_is_asked_about_one(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    with_children(phone, **dict.fromkeys(BANDS, 0))
    assert [at for at in pages(phone, answer=False) if at.startswith("p-kind")] == []


def test_at_most_four_children_are_asked_about_the_youngest_ones(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    with_children(phone, **dict.fromkeys(BANDS, 3))
    assert [at for at in pages(phone, answer=False) if at.startswith("p-kind")] == [
        "p-kind-only", "p-kind-u3-1", "p-kind-u3-2", "p-kind-a3-1", "p-kind-a3-2",
    ]  # fmt: skip


def test_what_fits_an_age_is_asked_and_stored_for_each_child(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    with_children(phone, u3=1, a10=1)
    go_to(phone, "p-kind-u3-1")
    expect(on_screen(phone, "kind_freizeit-u3-1")).to_have_count(0)
    phone.get_by_label("Oft nicht", exact=True).first.check(force=True)
    go_on(phone)
    expect(on_screen(phone, "kind_betreuung-a10-1")).to_have_count(0)
    phone.get_by_label("Nein, zu teuer").locator("visible=true").check(force=True)
    to_the_end(phone, answer=False)
    send(phone)
    [response] = site.stored()
    assert {k: v for k, v in response.answers.items() if k.startswith("kind_")} == {
        "kind_betreuung-u3-1": 3, "kind_freizeit-a10-1": 2,
    }  # fmt: skip
    keys = [child.key for child in roster(site.questionnaires["familien"], response.answers, response.area)]
    assert keys == ["u3-1", "a10-1"]


def test_a_child_added_later_changes_nothing_for_the_others(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    with_children(phone, a6=1)
    go_to(phone, "p-kind-a6-1")
    phone.evaluate(ANSWER)
    for _ in range(6):
        if phone.locator('[name="kinder.u3"]').is_visible():
            break
        phone.get_by_role("button", name="Zurück").click()
    phone.get_by_role("button", name="0 bis 2 Jahre Eins mehr").click()
    to_the_end(phone, answer=False)
    send(phone)
    [response] = site.stored()
    assert response.answers["kinder"] == {"u3": 1, "a3": 0, "a6": 1, "a10": 0, "a15": 0}
    assert {k: v for k, v in response.answers.items() if k.startswith("kind_")} == {
        "kind_betreuung-a6-1": 1, "kind_freizeit-a6-1": 1, "kind_start-a6-1": 1,
    }  # fmt: skip


def test_only_for_the_youngest_leaves_the_others_out_until_it_is_taken_back(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    with_children(phone, u3=1, a6=2)
    go_to(phone, "p-kind-only")
    expect(phone.get_by_text("für höchstens 4 Kinder")).to_be_visible()
    only = phone.get_by_label("Nur für mein jüngstes Kind")
    only.check()
    go_on(phone)
    assert phone.title() == "Ihr Kind, 0 bis 2 Jahre"
    go_on(phone)
    assert phone.title() == "Angebote in Ihrer Nähe"
    phone.get_by_role("button", name="Zurück").click()
    phone.get_by_role("button", name="Zurück").click()
    only.uncheck()
    assert len(titles(phone)) == 3


def test_coming_back_finds_the_answers_of_each_child(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    with_children(phone, a3=1, a15=1)
    go_to(phone, "p-kind-a15-1")
    phone.evaluate(ANSWER)
    go_on(phone)
    phone.goto(site.url(language="tr"))
    phone.locator("button").first.click()  # weitermachen
    to_the_end(phone, answer=False)
    send(phone)
    assert site.stored()[0].answers["kind_start-a15-1"] == 1


@pytest.mark.parametrize("language", NAMED_IN)
def test_a_child_is_named_by_age_in_every_language(
    site: Site, phone: Page, axe: Callable[[Page], list[str]], language: str
) -> None:
    phone.goto(site.url(language=language))
    with_children(phone, a3=2)
    ages = phone.locator('label:has([name="kinder.a3"]) span').first.text_content()
    seen = []
    for at in pages(phone, answer=False):
        if at.startswith("p-kind-a3"):
            seen.append(phone.title())
            phone.evaluate(ANSWER)
            assert axe(phone) == []
    assert len(set(seen)) == 2
    assert all(title.endswith(str(ages)) for title in seen)
    send(phone)
    assert site.stored()[0].answers["kind_start-a3-2"] == 1


def test_one_question_at_a_time_still_goes_child_by_child(site: Site, phone: Page) -> None:
    phone.goto(site.url(language="de-simple"))
    with_children(phone, u3=1, a3=2, a6=2)
    shown = [at for at in pages(phone, answer=False) if at.startswith("p-kind-") and at != "p-kind-only"]
    assert shown == ["p-kind-u3-1.1", *(f"p-kind-{key}.{i}" for key in ("a3-1", "a3-2", "a6-1") for i in (1, 2, 3))]


def test_without_script_the_sections_of_the_children_there_are_show(site: Site, browser: Browser) -> None:
    with watched_page(browser, **PHONE, java_script_enabled=False) as page:
        page.goto(site.url(door="kita-sonne"))
        expect(page.locator("#p-kind-a3-1")).to_be_hidden()
        page.select_option('[name="kinder.a3"]', "2")
        page.select_option('[name="kinder.a15"]', "1")
        expect(page.get_by_role("heading", name="Ihr zweites Kind, 3 bis 5 Jahre")).to_be_visible()
        page.check('[name="kind_betreuung-a3-2"][value="4"]', force=True)
        page.check('[name="kind_start-a15-1"][value="2"]', force=True)
        page.get_by_label("Nur für mein jüngstes Kind").check()
        expect(page.locator("#p-kind-a3-2")).to_be_hidden()
        page.get_by_label("Nur für mein jüngstes Kind").uncheck()
        page.get_by_role("button", name="Absenden").click()
        page.wait_for_selector("code")
    [response] = site.stored()
    assert response.door == "kita-sonne"
    assert (response.answers["kind_betreuung-a3-2"], response.answers["kind_start-a15-1"]) == (4, 2)


def test_without_script_at_most_four_sections_show(site: Site, browser: Browser) -> None:
    with watched_page(browser, **PHONE, java_script_enabled=False) as page:
        page.goto(site.url())
        for band in BANDS:
            page.select_option(f'[name="kinder.{band}"]', "1")
        shown = [band for band in BANDS if page.locator(f"#p-kind-{band}-1").is_visible()]
        assert shown == ["u3", "a3", "a6", "a10"]


def test_script_and_server_know_the_same_questions(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    names = phone.evaluate("[...document.querySelectorAll('.q')].map(q => q.id.slice(2))")
    assert names == list(sections_of(site.questionnaires["familien"]).questions)
