"""What a coordinator reads and pastes: conditions as German sentences, tables of a word processor as answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from questionnaires.write import data_of
from survey.design.drafting import BLANK
from tests.bench_stage import shipped_questionnaires
from tests.browser.desk import Site, begin, log_in, open_draft, serving
from tests.conftest import DESK, watched_page
from tests.survey import cast

pytestmark = pytest.mark.browser
AREA = cast.district().areas[0]
EITHER = {"any": [{"question": "juengstes", "is": [2]}, {"question": "wohnort", "answered": False}]}
#: Condition → what is said of it.
SAID: tuple[tuple[Any, str], ...] = (
    ({"area": [AREA.id]}, f"wenn der Wohnort in „{AREA.name}“ liegt."),
    ({"not": {"area": [AREA.id]}}, f"wenn der Wohnort nicht in „{AREA.name}“ liegt."),
    ({"not": {"question": "juengstes", "answered": True}}, "nicht beantwortet ist."),
    ({"all": [{"area": [AREA.id]}, EITHER]}, "liegt und („Wo ist Ihr jüngstes Kind am Vormittag?“ mit"),
    ({"question": "kinder", "item": "u3", "at_least": 2}, "leben bei Ihnen? – 0 bis 2 Jahre“ mindestens 2 ist."),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("desk-words")) as found:
        yield found


def test_every_condition_is_a_german_sentence(site: Site, browser: Browser) -> None:
    data = data_of(shipped_questionnaires()["familien"])
    questions = data["pages"][3]["questions"] + data["pages"][5]["questions"]
    for question, (condition, _) in zip(questions, SAID, strict=True):
        question["show_if"] = condition
    name = begin(site[1], "saetze", data)
    with watched_page(browser, **DESK) as page:
        log_in(page, site[0])
        open_draft(page, site[0], name)
        page.get_by_role("button", name="Bedingungen").click()
        editor = page.locator("#editor")
        for _, words in SAID:
            expect(editor).to_contain_text(words)
        expect(editor).to_contain_text("wenn nach einem Kind der Gruppe „0 bis 2 Jahre“ oder „3 bis 5 Jahre“")


PASTE = """(node, text) => { const data = new DataTransfer(); data.setData('text', text);
    node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }"""


def test_the_column_of_numbers_of_a_pasted_table_is_left_out_but_a_scale_of_numbers_is_kept(
    site: Site, browser: Browser
) -> None:
    name = begin(site[1], "nummern", BLANK)
    with watched_page(browser, **DESK) as page:
        log_in(page, site[0])
        open_draft(page, site[0], name)
        for pasted, lines in (("1\tBus\r\n2\tKinderarzt", ["Bus", "Kinderarzt"]), ("0\t1\t2", ["0", "1", "2"])):
            page.get_by_role("button", name="Frage auf Seite 1 hinzufügen").click()
            first = page.get_by_role("textbox", name="Antwort 1", exact=True)
            expect(first).to_have_value("")  # the new question's, not the one before
            first.evaluate(PASTE, pasted)
            for number, line in enumerate(lines, start=1):
                expect(page.get_by_role("textbox", name=f"Antwort {number}", exact=True)).to_have_value(line)
