"""From the login to a published questionnaire, by keyboard alone and by touch alone; and how short the way can be."""

from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, expect

from questionnaires.model import Questionnaire
from survey.store import Store, questionnaires
from tests.bench_stage import shipped_questionnaires
from tests.browser.desk import Site, saved, serving
from tests.conftest import DESK, watched_page
from tests.survey.desk_tools import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABLET = {"viewport": {"width": 768, "height": 1024}, "has_touch": True}
N_QUESTIONS, CONDITIONAL = 10, (4, 8)
#: Name of what has the focus, as a screen reader would say it.
FOCUSED = """() => {
  const node = document.activeElement, [label] = node.labels || [];
  return (node.getAttribute('aria-label') || label?.textContent || node.textContent || '').trim().replace(/\\s+/g, ' ');
}"""


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("journeys")) as found:
        questionnaires.save_questionnaire(found[1], shipped_questionnaires()["jugend-10-13"])
        yield found


class Hand(Protocol):
    """How somebody works."""

    n: int
    """keys pressed, or taps"""

    def press(self, name: str) -> None:
        """Use a button or link."""

    def write(self, name: str, text: str) -> None:
        """Fill in a field."""

    def pick(self, name: str) -> None:
        """Choose one of several."""

    def choose(self, name: str, option: str) -> None:
        """Choose from a list that opens."""


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page, self.n = page, 0

    def key(self, name: str) -> None:
        self.n += 1
        self.page.keyboard.press(name)

    def reach(self, name: str) -> None:
        """Press Tab until the thing of this name has the focus."""
        for _ in range(400):
            if self.page.evaluate(FOCUSED).startswith(name):
                return
            self.key("Tab")
        raise AssertionError(f"the keyboard never reaches „{name}“")

    def press(self, name: str) -> None:
        self.reach(name)
        self.key("Enter")

    def write(self, name: str, text: str) -> None:
        self.reach(name)
        self.key("Control+a")
        self.n += len(text)
        self.page.keyboard.type(text)

    def pick(self, name: str) -> None:
        while not self.page.evaluate("document.activeElement.type === 'radio'"):
            self.key("Tab")
        while not self.page.evaluate(FOCUSED).startswith(name):
            self.key("ArrowDown")

    def choose(self, name: str, option: str) -> None:
        self.reach(name)
        self.n += len(option)
        self.page.keyboard.type(option)


class Touch:
    def __init__(self, page: Page) -> None:
        self.page, self.n = page, 0

    def press(self, name: str) -> None:
        self.n += 1
        buttons, links = (self.page.get_by_role(role, name=name) for role in ("button", "link"))
        buttons.or_(links).first.tap()

    def write(self, name: str, text: str) -> None:
        self.n += 1
        self.page.get_by_label(name, exact=True).first.tap()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def pick(self, name: str) -> None:
        self.n += 1
        self.page.locator("label", has_text=name).first.tap()

    def choose(self, name: str, option: str) -> None:
        self.n += 1  # the list itself is the tablet's own
        field = self.page.get_by_label(name, exact=True)
        field.select_option(value=field.locator("option", has_text=option).get_attribute("value"))


def log_in(page: Page, hand: Hand, address: str) -> None:
    page.goto(f"{address}/anmelden")
    hand.write("Name", "ada")
    hand.write("Passwort", PASSWORD)
    hand.press("Anmelden")
    expect(page.get_by_role("link", name="Fragebögen")).to_be_visible()
    hand.press("Fragebögen")
    expect(page.get_by_role("heading", name="Neuer Entwurf")).to_be_visible()


def ask(page: Page, hand: Hand, number: int) -> None:
    """Add a question with two answers, on a new page after four."""
    if number in {5, 9}:
        hand.press("+ Seite")
        expect(page.get_by_label("Titel der Seite")).to_be_focused()
        page.keyboard.type(f"Thema {number}")
    hand.press(f"Frage auf Seite {1 + (number - 1) // 4} hinzufügen")
    expect(page.get_by_label("Frage", exact=True)).to_be_focused()
    page.keyboard.type(f"Ist Sache {number} gut?")
    hand.write("Antwort 1", "Ja")
    hand.write("Antwort 2", "Nein")
    if number in CONDITIONAL:
        hand.press("Bedingung hinzufügen")
        expect(page.get_by_role("button", name="Bedingung 1 löschen")).to_be_visible()


def translate(page: Page, hand: Hand) -> None:
    """Take English in and write every text of it."""
    hand.press("Übersetzen")
    hand.choose("Sprache", "English")
    hand.press("Sprache aufnehmen")
    fields = page.locator("[data-path$='.en']")
    expect(fields.first).to_be_visible()
    for i in range(fields.count()):
        name = fields.nth(i).evaluate("node => node.labels[0].textContent")
        if fields.nth(i).input_value() == "":
            hand.write(name, f"English text {i}")


def publish(page: Page, hand: Hand) -> None:
    saved(page)
    hand.press("Veröffentlichen …")
    expect(page.get_by_role("button", name="Jetzt veröffentlichen")).to_be_visible()
    hand.press("Jetzt veröffentlichen")
    expect(page.get_by_text("Veröffentlicht als Fassung")).to_be_visible()


def published(store: Store, name: str) -> Questionnaire:
    [made] = [one for one in questionnaires.list_questionnaires(store) if one.id == name]
    return made


@pytest.mark.parametrize(("kind", "device"), [(Keyboard, DESK), (Touch, TABLET)], ids=["keyboard", "touch"])
def test_from_blank_to_a_published_questionnaire_of_ten_questions_in_two_languages(
    site: Site, browser: Browser, kind: type[Keyboard] | type[Touch], device: dict[str, object],
    count: Callable[[str, int], None],
) -> None:  # fmt: skip
    with watched_page(browser, **device) as page:
        hand = kind(page)
        log_in(page, hand, site[0])
        hand.pick("Leer")
        hand.press("Anfangen")
        expect(page.locator("#saved")).to_have_text("gespeichert", timeout=20_000)
        for number in range(2, N_QUESTIONS + 1):
            ask(page, hand, number)
        translate(page, hand)
        publish(page, hand)
    made = published(site[1], "neuer-fragebogen")
    assert len(made.questions) == N_QUESTIONS
    assert sum(question.show_if is not None for question in made.questions.values()) == len(CONDITIONAL)
    assert made.languages == ("de", "en")
    assert made.questions[list(made.questions)[-1]].text["de"] == "Ist Sache 10 gut?"
    count(f"{'keys' if kind is Keyboard else 'taps'} from the login to a published questionnaire", hand.n)


def test_the_way_from_the_login_to_a_version_made_of_a_template_is_short(
    site: Site, browser: Browser, count: Callable[[str, int], None]
) -> None:
    with watched_page(browser, **TABLET) as page:
        loads: list[str] = []
        page.on("framenavigated", lambda frame: None if frame.parent_frame else loads.append(frame.url))
        hand = Touch(page)
        log_in(page, hand, site[0])
        hand.press("Anfangen")  # the template stands first
        expect(page.locator("#saved")).to_have_text("gespeichert", timeout=20_000)
        hand.write("Titel", "Kinderbefragung 2027")
        publish(page, hand)
    assert len(questionnaires.list_questionnaires(site[1])) == 2
    # name, password, log in, Fragebögen, begin, title, publish, really; login, waves, list, editor, confirm, editor
    assert (hand.n, len(loads)) == (8, 6)
    count("steps from the login to a version made of a template", hand.n)
    count("page loads from the login to a version made of a template", len(loads))
