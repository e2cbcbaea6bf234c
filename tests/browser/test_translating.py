"""Translating at the desk: each text says what it is worth, and the editor and the server say the same of it."""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from questionnaires.reviews import reviewed
from survey.design.drafting import BLANK
from tests.browser.desk import Site, begin, log_in, open_draft, saved, serving, stored

pytestmark = pytest.mark.browser
N_CASES = 300
#: As it comes from elsewhere, and as the editor has it: what did not change is the same object.
JUDGED = """async cases => {
  const { reviewed } = await import('/static/js/design/reviews.js');
  const isPart = value => value !== null && typeof value === 'object';
  const shared = (old, now) => JSON.stringify(old) === JSON.stringify(now) ? old : !isPart(old) || !isPart(now) ? now
    : Array.isArray(now) ? now.map((one, i) => shared(old[i], one))
    : Object.fromEntries(Object.entries(now).map(([name, one]) => [name, shared(old[name], one)]));
  return cases.map(([before, after]) => [reviewed(before, after), reviewed(before, shared(before, after))]);
}"""
PEOPLE = ({"checked_by": "Olena", "checked_on": "2026-05-31"}, {"checked_by": "Iryna", "checked_on": "2026-11-22"})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("translating")) as running:
        yield running


def draft() -> dict[str, Any]:
    return {**deepcopy(BLANK), "title": {"de": "Hallo Familien", "uk": "Привіт"}, "languages": ["de", "uk"],
            "translations": {"de": {"status": "source"}, "uk": {"status": "machine"}}}  # fmt: skip


def open_translating(desk: Page, site: Site, name: str) -> None:
    log_in(desk, site[0])
    open_draft(desk, site[0], begin(site[1], name, draft()))
    desk.get_by_role("button", name="Übersetzen", exact=True).click()


def of_title(desk: Page) -> Any:
    return desk.locator(".pair", has_text="Hallo").locator(".worth")


def test_a_text_is_checked_changed_in_german_and_found_again(site: Site, desk: Page) -> None:
    open_translating(desk, site, "ein-text")
    expect(of_title(desk)).to_contain_text("noch nicht geprüft")
    of_title(desk).get_by_role("button", name="Geprüft").click()
    expect(desk.get_by_label("Wer prüft gerade?")).to_be_focused()  # nobody has said who checks
    desk.keyboard.type("Olena K.")
    of_title(desk).get_by_role("button", name="Geprüft").click()
    expect(of_title(desk)).to_contain_text("geprüft von Olena K. am")
    desk.get_by_role("button", name="Fragen", exact=True).click()
    desk.locator("#editor input").first.fill("Hallo alle")
    desk.get_by_role("button", name="Übersetzen", exact=True).click()
    expect(of_title(desk)).to_contain_text("Vorher: „Hallo Familien“")
    saved(desk)
    assert stored(site[1], "ein-text")["translations"]["uk"]["reviews"]["title"]["german"] == "Hallo Familien"


def test_only_what_is_missing_or_no_longer_fits_is_shown(site: Site, desk: Page) -> None:
    open_translating(desk, site, "filter")
    pairs = desk.locator(".pair")
    expect(pairs.first).to_be_visible()
    everything = pairs.count()
    desk.get_by_label("Zeigen").select_option("was fehlt oder nicht mehr passt")
    expect(pairs).to_have_count(everything - 1)
    field = desk.get_by_label("Übersetzung von „Wo wohnen Sie?“")
    field.fill("Де ви живете?")
    expect(desk.locator(".pair", has=field).locator(".worth")).to_contain_text("noch nicht geprüft")
    desk.get_by_label("Zeigen").select_option("was noch nicht geprüft ist")
    expect(pairs).to_have_count(everything)
    desk.get_by_label("Wer prüft gerade?").fill("Olena K.")
    of_title(desk).get_by_role("button", name="Geprüft").click()
    expect(pairs).to_have_count(everything - 1)
    desk.get_by_role("button", name="Rückgängig").click()
    expect(pairs).to_have_count(everything)


def changed(data: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """The draft after one thing somebody may do to it."""
    after = deepcopy(data)
    page = after["pages"][0]
    texts = dice.choice([after["title"], page["title"], *(one["text"] for one in page["questions"])])
    translation = after["translations"].setdefault("uk", {"status": "machine"})
    match dice.randrange(6):
        case 0:
            texts["de"] = dice.choice("ABC")
        case 1:
            texts["uk"] = dice.choice("АБВ")
        case 2:
            path = dice.choice(["title", "pages.wohnen.title", "ort.text", "gone"])
            translation.setdefault("reviews", {})[path] = dict(dice.choice(PEOPLE))
        case 3:
            after["translations"]["uk"] = {"status": "checked", **dice.choice(PEOPLE)}
        case 4:
            page["questions"][0]["id"] = dice.choice(["ort", "wo"])
        case _:
            translation["status"] = "machine"
            translation.pop("reviews", None)
    return after


def test_the_editor_and_the_server_say_the_same_of_every_text(
    site: Site, desk: Page, count: Callable[[str, int], None]
) -> None:
    dice, data, cases, wanted = random.Random(5), draft(), [], []
    for _ in range(N_CASES):
        after = changed(data, dice)
        cases.append([data, after])
        wanted.append(data := reviewed(data, after))
    log_in(desk, site[0])
    assert desk.evaluate(JUDGED, cases) == [[one, one] for one in wanted]
    assert {one["translations"]["uk"]["status"] for one in wanted} == {"machine", "checked"}
    count("changes after which editor and server judge translations alike", N_CASES)
