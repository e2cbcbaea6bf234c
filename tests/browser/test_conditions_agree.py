"""The browser's conditions, the style sheet's and the server's say the same on any answers."""

import random
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page

from questionnaires.answers import parse_answers
from questionnaires.children import sections_of
from survey.respond.styles import css_decides
from tests.browser.conftest import Site
from tests.conftest import PHONE, watched_page

pytestmark = pytest.mark.browser

#: Fills every field at random, hidden ones too, as somebody does who changes her mind.
SCRAMBLE = """draws => {
  let i = 0;
  const draw = n => draws[i++ % draws.length] % n, form = document.querySelector('#f');
  for (const field of form.elements) {
    if (!field.name || field.name[0] === '_') continue;
    if (field.type === 'radio' || field.type === 'checkbox') field.checked = draw(3) === 0;
    else if (field.tagName === 'SELECT') field.selectedIndex = draw(field.dataset.low ? 4 : Math.min(field.length, 14));
    else if (field.dataset.low) field.value = ['', '0', '1', '2'][draw(4)];
  }
  form.dispatchEvent(new Event('input', {bubbles: true}));
  return new URLSearchParams(new FormData(form)).toString();
}"""
HIDDEN = "[...document.querySelectorAll('.q')].filter(q => q.hidden).map(q => q.id.slice(2))"
NOT_DRAWN = "[...document.querySelectorAll('.q')].filter(q => !q.checkVisibility()).map(q => q.id.slice(2))"


def shown_by_server(site: Site, name: str, sent: str) -> set[str]:
    form = {field: values for field, values in parse_qs(sent).items() if field[0] != "_"}
    return set(parse_answers(site.questionnaires[name], site.district, form).shown)


def draws(seed: int) -> list[int]:
    chance = random.Random(seed)
    return [chance.randrange(10_000) for _ in range(997)]


def valid(site: Site, name: str, sent: str) -> bool:
    """Exclusive choices together are refused, so what they would show does not matter."""
    form = {field: values for field, values in parse_qs(sent).items() if field[0] != "_"}
    return not parse_answers(site.questionnaires[name], site.district, form).problems


@pytest.mark.parametrize("name", ["familien", "jugend"])
def test_the_script_shows_what_the_server_shows(
    site: Site, phone: Page, name: str, proof: bool, count: Callable[[str, int], None]
) -> None:
    phone.goto(site.url(name))
    everything, compared = set(sections_of(site.questionnaires[name]).questions), 0
    for seed in range(2000 if proof else 150):
        sent = phone.evaluate(SCRAMBLE, draws(seed))
        if valid(site, name, sent):
            compared += 1
            assert everything - set(phone.evaluate(HIDDEN)) == shown_by_server(site, name, sent), sent
    assert compared > 10
    count("answers on which script and server were compared", compared)


@pytest.mark.parametrize("name", ["familien", "jugend"])
def test_the_style_sheet_shows_what_the_server_shows_wherever_it_can_tell(
    site: Site, browser: Browser, name: str, proof: bool, count: Callable[[str, int], None]
) -> None:
    questionnaire = site.questionnaires[name]
    everything = set(sections_of(questionnaire).questions)
    decided = {question for question in everything if css_decides(questionnaire, question)}
    compared = 0
    with watched_page(browser, **PHONE) as page:
        page.goto(site.plain_url(name))
        for seed in range(1000 if proof else 100):
            sent = page.evaluate(SCRAMBLE, draws(seed))
            if not valid(site, name, sent):
                continue
            compared += 1
            drawn = everything - set(page.evaluate(NOT_DRAWN))
            shown = shown_by_server(site, name, sent)
            assert drawn & decided == shown & decided, sent
            assert shown <= drawn, "a question the server asks must never be hidden"
    assert compared > 10
    count("answers on which style sheet and server were compared", compared)
