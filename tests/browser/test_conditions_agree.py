"""The browser's conditions, the style sheet's and the server's say the same on any answers."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from questionnaires.answers import parse_answers
from questionnaires.children import sections_of
from questionnaires.model import PlaceQuestion
from survey.respond.styles import css_decides
from tests.browser.conftest import Site
from tests.conftest import PHONE, watched_page
from tests.generated import form

pytestmark = pytest.mark.browser
Form = dict[str, list[str]]
Count = Callable[[str, int], None]
#: Forms filled in at the desk and in the long proof.
N_FORMS, N_PROVED = 40, 600

#: Fills the form once per answer, hidden fields too; returns what it then would send, and what is hidden.
FILL = """([forms, isHidden]) => {
  const form = document.querySelector('#f'), hidden = eval(isHidden), questions = [...document.querySelectorAll('.q')];
  return forms.map(sent => {
    for (const field of form.elements) {
      const values = sent[field.name] || [];
      if (!field.name || field.name[0] === '_') continue;
      if (/radio|checkbox/.test(field.type)) field.checked = values.includes(field.value);
      else field.value = values[0] || '';
    }
    form.dispatchEvent(new Event('input', { bubbles: true }));
    const filled = [...new FormData(form)].filter(([name, value]) => name[0] !== '_' && value);
    return [filled, questions.filter(q => !hidden(q)).map(q => q.id.slice(2))];
  });
}"""
BY_SCRIPT, BY_STYLE = "q => q.hidden", "q => !q.checkVisibility()"


def shown_in(page: Page, forms: list[Form], how: str) -> list[set[str]]:
    """Return what the page shows for each form, having made sure that it took every answer."""
    shown = []
    for sent, (filled, questions) in zip(forms, page.evaluate(FILL, [forms, how]), strict=True):
        assert sorted(filled) == sorted([name, value] for name, values in sent.items() for value in values)
        shown.append(set(questions))
    return shown


def filled_in(site: Site, name: str, n: int) -> list[tuple[Form, set[str]]]:
    """Return forms with answers to every question, also to those not shown, and what the server shows for them."""
    asked, chance = site.questionnaires[name], random.Random(name)
    places = [*(area.id for area in site.district.areas), "unknown", "elsewhere"]
    found: list[tuple[Form, set[str]]] = []
    for _ in range(n):
        sent = form(asked, chance)
        for question in asked.questions.values():
            if isinstance(question, PlaceQuestion) and question.id in sent:
                sent[question.id] = [chance.choice(places)]
        checked: Any = parse_answers(asked, site.district, sent)
        assert checked.problems == ()
        found.append((sent, set(checked.shown)))
    return found


@pytest.mark.parametrize("name", ["familien", "jugend"])
def test_the_script_shows_what_the_server_shows(
    site: Site, phone: Page, name: str, proof: bool, count: Count
) -> None:
    filled = filled_in(site, name, N_PROVED if proof else N_FORMS)
    phone.goto(site.url(name))
    for (sent, shown), by_script in zip(filled, shown_in(phone, [one for one, _ in filled], BY_SCRIPT), strict=True):
        assert by_script == shown, sent
    count("answers on which script and server were compared", len(filled))


@pytest.mark.parametrize("name", ["familien", "jugend"])
def test_the_style_sheet_shows_what_the_server_shows_wherever_it_can_tell(
    site: Site, browser: Browser, name: str, proof: bool, count: Count
) -> None:
    asked = site.questionnaires[name]
    decided = {question for question in sections_of(asked).questions if css_decides(asked, question)}
    filled = filled_in(site, name, N_PROVED if proof else N_FORMS)
    with watched_page(browser, **PHONE) as page:
        page.goto(site.plain_url(name))
        drawn = shown_in(page, [one for one, _ in filled], BY_STYLE)
    for (sent, shown), by_style in zip(filled, drawn, strict=True):
        assert by_style & decided == shown & decided, sent
        assert shown <= by_style, "a question the server asks must never be hidden"
    count("answers on which style sheet and server were compared", len(filled))
