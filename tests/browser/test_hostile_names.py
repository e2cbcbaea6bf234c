"""Questions may be called like what a browser or the script itself uses: no answer gets lost over it."""

import pytest
from playwright.sync_api import Page, expect

from questionnaires.plan import default_plan
from survey.records import Wave
from survey.store import questionnaires, waves
from tests.browser.conftest import Site
from tests.browser.family import ANSWER, go_on, send, to_the_end
from tests.generated import Data, as_questionnaire, texts

pytestmark = pytest.mark.browser
#: Properties of every object, of a form, of an element, and names the script uses.
NAMES = (
    "constructor", "action", "elements", "hidden", "before", "length", "submit", "children", "oninput", "onsubmit",
    "onchange", "name", "id", "method", "closest", "remove", "values", "key", "f", "live", "err",
)  # fmt: skip
YES_NO = [{"code": 1, "text": texts("Ja")}, {"code": 2, "text": texts("Nein")}]


def question(name: str) -> Data:
    return {"id": name, "kind": "single", "text": texts(f"Frage {name}?"), "options": YES_NO}


@pytest.fixture
def wave(site: Site) -> str:
    """A wave whose questions have these names; each comes only after a yes on the page before."""
    asked = [question(name) for name in NAMES]
    for before, one in zip(asked, asked[4:], strict=False):
        one["show_if"] = {"question": before["id"], "is": [1]}
    groups = [asked[i : i + 4] for i in range(0, len(asked), 4)]
    pages = [{"id": f"s{i}", "title": texts(f"Seite {i}"), "questions": group} for i, group in enumerate(groups)]
    place = {"id": "ort", "kind": "place", "text": texts("Wo?")}
    made = as_questionnaire("namen", [{"id": "wo", "title": texts("Wo"), "questions": [place]}, *pages])
    questionnaires.save_questionnaire(site.store, made)
    if waves.find_wave(site.store, "namen") is None:
        like = waves.get_wave(site.store, "familien")
        waves.create_wave(site.store, Wave(
            id="namen", title="Namen", district_id=site.district.id, questionnaire_hash=made.hash,
            opens_on=like.opens_on, closes_on=like.closes_on, entry_until=like.entry_until,
            retention_until=like.retention_until, plan_json=default_plan(made, site.district).model_dump_json(),
        ))  # fmt: skip
    return "namen"


def test_whatever_questions_are_called_their_answers_arrive(site: Site, phone: Page, wave: str) -> None:
    phone.goto(site.url(wave))
    to_the_end(phone)
    send(phone)
    assert site.stored(wave)[0].answers | {"ort": ""} == dict.fromkeys(NAMES, 1) | {"ort": ""}


def test_a_draft_of_such_questions_waits_and_is_asked_for_first(site: Site, phone: Page, wave: str) -> None:
    phone.goto(site.url(wave))
    for _ in range(3):
        go_on(phone)
        phone.evaluate(ANSWER)
    phone.reload()
    expect(phone.get_by_text("Möchten Sie weitermachen?")).to_be_visible()
    expect(phone.locator("form")).to_be_hidden()
    phone.get_by_role("button", name="Weitermachen").click()
    expect(phone.locator("form")).to_be_visible()
    assert phone.evaluate("document.querySelectorAll('form input:checked').length") == 8


def test_without_signal_such_answers_wait_and_arrive(site: Site, phone: Page, wave: str) -> None:
    phone.goto(site.url(wave))
    to_the_end(phone)
    phone.context.set_offline(True)
    go_on(phone)
    expect(phone.locator("#err button")).to_be_visible()
    phone.context.set_offline(False)
    phone.wait_for_selector("#key")
    assert len(site.stored(wave)) == 1
