"""Small things on the family's page that decide whether somebody tired finds her way."""

import pytest
from playwright.sync_api import Browser, Page, expect

from questionnaires.model import LANGUAGES
from survey.respond.words import words
from tests.browser.at_rest import phone_with, quiet
from tests.browser.conftest import Site
from tests.browser.family import ANSWER, go_on, pages, send, to_the_end
from tests.browser.states import add_waves
from tests.browser.test_assisted import link
from tests.conftest import Axe

pytestmark = pytest.mark.browser

PLACE = "fieldset:has([data-place])"
#: Width of a text as it stands in the first field for text [px].
WIDTHS = """([texts, scale]) => {
  const field = document.querySelector('.q>input:not([type])'), style = getComputedStyle(field);
  const paper = document.createElement('canvas').getContext('2d');
  paper.font = style.font;
  const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return texts.filter(text => paper.measureText(text).width * scale > room);
}"""
#: Left edge and width of each step in the first row of the first battery, and of the answer beside the scale.
STEPS = """() => {
  const row = [...document.querySelectorAll('.s')].find(one => one.children.length > 5 && one.checkVisibility());
  return [...row.children].map(label => {
    const { left, width } = label.getBoundingClientRect();
    return [label.className, Math.round(left), Math.round(width)];
  });
}"""


def shown(page: Page, selector: str) -> Page:
    """Go on to the page with what is looked for."""
    for _ in pages(page, answer=False):
        if page.evaluate(f"!!document.querySelector('form section:not([hidden]) {selector}')"):
            return page
    raise AssertionError(selector)


def test_a_place_can_be_taken_back(site: Site, phone: Page) -> None:
    phone.goto(site.url())
    shown(phone, "[data-place]")
    question = phone.locator(PLACE)
    clear = question.get_by_role("button", name=words("de", False)["clear"])
    expect(clear).to_be_hidden()
    question.get_by_role("button", name=words("de", False)["unknown_place"]).click()
    expect(question.locator("[aria-pressed=true]")).to_have_count(1)
    clear.click()
    expect(question.locator("[aria-pressed=true]")).to_have_count(0)
    expect(clear).to_be_hidden()
    to_the_end(phone, answer=False)
    send(phone)
    [response] = site.stored()
    assert "ort" not in response.answers


@pytest.mark.parametrize("plain", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_own_words_are_asked_for_once_their_answer_is_chosen(site: Site, phone: Page, plain: bool) -> None:
    """Before, what is typed there would count for nothing."""
    phone.goto(site.plain_url() if plain else site.url())
    if not plain:
        shown(phone, ".ot")
    field, box = phone.locator("form section:not([hidden]) .ot").first, phone.locator(".o:has(+ .ot) input").first
    expect(box).to_be_visible()
    expect(field).to_be_hidden()
    box.check()
    expect(field).to_be_visible()
    box.uncheck()
    expect(field).to_be_hidden()


def test_no_hint_in_a_field_is_cut_off_in_any_language(site: Site, phone: Page) -> None:
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(site.url())
    shown(phone, "[data-place]")
    hints = {(name, language): words(language, False)[name]
             for name in ("search_place", "search_anywhere") for language in LANGUAGES}  # fmt: skip
    large = [text for (_, language), text in hints.items() if language == "de-simple"]
    assert phone.evaluate(WIDTHS, [[text for text in hints.values() if text not in large], 1]) == []
    assert phone.evaluate(WIDTHS, [large, 22 / 18]) == []


@pytest.mark.parametrize(
    "language", ["uk", "de-simple", *(pytest.param(name, marks=pytest.mark.slow) for name in ("de", "ru", "tr", "fa"))]
)
def test_no_step_of_a_scale_looks_like_the_answer_beside_it(site: Site, phone: Page, language: str) -> None:
    phone.goto(site.url(language=language))
    shown(phone, ".s label.m")
    *steps, (beside, _, whole) = phone.evaluate(STEPS)
    assert (beside, len(steps)) == ("m", 5)
    if language == "de-simple":  # one below the other, all alike
        assert len({tuple(step) for step in steps}) == 1
    else:
        assert max(width for _, _, width in steps) <= whole / 2


@pytest.mark.parametrize("plain", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_plain_text_is_offered_at_the_start_and_the_door_stays(site: Site, phone: Page, plain: bool) -> None:
    phone.goto(site.url(door="kita-sonne") + ("&schlicht=1" if plain else ""))
    phone.locator("#p-0").get_by_text("Einfach erklärt").click()
    expect(phone.locator("html.simple")).to_have_count(1)
    expect(phone.locator("#p-0 .l")).to_have_count(0)
    expect(phone.locator("[name=_door]")).to_have_value("kita-sonne")


def test_what_is_typed_goes_to_no_spelling_or_writing_help(site: Site, phone: Page) -> None:
    """The form says so once; its fields inherit it."""
    phone.goto(site.url())
    assert phone.locator("textarea").first.evaluate("field => field.spellcheck") is False
    expect(phone.locator("#f")).to_have_attribute("writingsuggestions", "false")


@pytest.mark.parametrize("kiosk", [pytest.param("", marks=pytest.mark.slow), "&kiosk=1"])
def test_extras_that_come_after_thanks_still_help(site: Site, browser: Browser, kiosk: str) -> None:
    """On a weak line they may: numbers are easy to hit then, and a shared tablet forgets."""
    with phone_with(browser) as phone:
        phone.goto(site.url("jugend") + kiosk)
        to_the_end(phone)
        send(phone)
        quiet(phone, 2.5)
        numbers = phone.locator("main a[href^='tel:']")
        expect(numbers.first).to_have_css("padding-top", "14px")
        heights = [(number.bounding_box() or {"height": 0})["height"] for number in numbers.all()]
        assert len(heights) > 1
        assert min(heights) >= 48
        expect(phone.get_by_role("button", name=words("de", True)["finished_here"])).to_have_count(1 if kiosk else 0)
        if kiosk:
            quiet(phone, 85)
            phone.wait_for_url("**kiosk=de")
            expect(phone.get_by_role("button", name=words("de", True)["start"])).to_be_visible()


def test_a_device_that_goes_back_shows_no_code(site: Site, phone: Page, axe: Axe) -> None:
    phone.goto(link(site))
    taken = phone.locator("dialog.hand button")
    while phone.locator("#key").count() == 0:
        if taken.count():
            taken.click()
            continue
        phone.evaluate(ANSWER)
        last = phone.evaluate("!document.querySelector('#p-1').hidden")
        go_on(phone)
        if last:
            phone.wait_for_selector("#key", state="attached")
    taken.click()
    phone.get_by_role("button", name=words("de", True)["finished_here"]).click()
    expect(phone.get_by_role("heading", name=words("de", True)["assisted_back_title"])).to_be_focused()
    expect(phone.locator("#key")).to_have_count(0)
    assert axe(phone) == []


@pytest.mark.slow
def test_a_wrong_code_leads_to_its_field(site: Site, phone: Page) -> None:
    add_waves(site)
    phone.goto(site.url("familien-code"))
    to_the_end(phone, answer=False)
    phone.locator("[name=_code]").fill("AAAA-AAAA")
    go_on(phone)
    sentence = words("de", False)["error_code"]
    phone.locator("#err").get_by_role("link", name=sentence).click()
    expect(phone.locator("#q-_code")).to_be_focused()
    phone.keyboard.press("Tab")
    expect(phone.locator("[name=_code]")).to_be_focused()


@pytest.mark.slow
def test_answers_to_a_version_nobody_knows_are_sent_after_loading_anew(site: Site, phone: Page) -> None:
    german = words("de", False)
    phone.goto(site.url())
    to_the_end(phone)
    phone.evaluate("document.querySelector('[name=_hash]').value = '0'.repeat(64)")
    go_on(phone)
    expect(phone.locator("#err")).to_contain_text(german["error_version"])
    expect(phone.locator("#err button")).to_have_count(0)  # none that would delete them
    phone.reload()
    phone.get_by_role("button", name=german["resume_yes"]).click()
    to_the_end(phone, answer=False)
    send(phone)
    [response] = site.stored()
    assert response.answers["kinder"]["u3"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de-simple", "de"])
def test_the_code_stands_in_one_line(site: Site, phone: Page, language: str) -> None:
    """Who copies it by hand must not miss what stands below."""
    phone.goto(site.url(language=language))
    to_the_end(phone, answer=False)
    send(phone)
    expect(phone.locator("#key")).to_have_css("border-top-style", "dashed")  # with the extras
    assert phone.locator("#key").evaluate("code => code.getClientRects().length") == 1


def test_a_german_word_stays_in_the_line_of_its_answer(site: Site, phone: Page) -> None:
    """Beside a control text and marked word would each become a column."""
    phone.goto(site.url(language="ar"))
    parts = "node => [...node.childNodes].filter(part => part.tagName !== 'INPUT' && part.textContent.trim()).length"
    mixed = phone.locator("form :is(.o, .s span):has(bdi[lang=de])")
    assert set(mixed.evaluate_all(f"all => all.map({parts})")) == {1}
