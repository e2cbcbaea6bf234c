"""A planner's way through the room by keyboard, what is taken along, one sheet of paper, and nobody kept out."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from questionnaires.handover import Group, Row
from survey import create_app
from survey.basedata import BaseData, BaseFigure
from survey.settings import Settings
from survey.store import Store, districts, questionnaires, releases, waves
from survey.store.basedata import save_basedata
from tests.conftest import DESK, PHONE, watched_page
from tests.served import served
from tests.survey import cast
from tests.survey.make_derived import rich
from tests.survey.make_release import CELLS, GROUPS, make_release, share, table

pytestmark = pytest.mark.browser
HOME = f"/ergebnisse/{cast.WAVE}"
PROFILE = f"{HOME}/sozialraum/nord-1"
NEW = (
    PROFILE, f"{HOME}/sozialraeume", f"{HOME}/vergleich", f"{HOME}/vergleich?a=nord-1&b=sued-1&seite=zwei",
    f"{HOME}/fragen", f"{HOME}/fragen?suche=Hrot", f"{HOME}/methode", f"{HOME}/sammlung",
    f"{HOME}/sammlung?f=wichtig&f=wichtig:allein", f"{HOME}/frage/wichtig?filter=allein",
)  # fmt: skip
YOUNG = ("/ergebnisse/jung/fuer-euch", "/ergebnisse/jung/gruppe/allein-2")
WIDE = "/ergebnisse/weit"
COLOURS = "all => all.flatMap(e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor])"
LONG = "Bad Liebenstein und Barchfeld-Immelborn mit der Verwaltungsgemeinschaft Hainich-Werratal"


def _fill(store: Store, settings: Settings) -> None:
    """A wave of families and one of young people with a release each, and one with forty Sozialräume."""
    districts.save_district(store, cast.district())
    districts.save_notices(store, cast.district().id, cast.notices())
    brought = [(f"Indikator {i}", area) for i in range(9) for area in ("nord-1", "")]
    figures = tuple(BaseFigure(name, area, 2025, 100.5, 1, "%", "Amt") for name, area in brought)
    save_basedata(store, "musterkreis", BaseData(figures))
    young = cast.questionnaire().model_copy(update={"id": "jung", "audience": "young_people"})
    asked_of = {cast.WAVE: cast.questionnaire(), "jung": young, "weit": cast.questionnaire()}
    for name, asked in asked_of.items():
        questionnaires.save_questionnaire(store, asked)
        waves.create_wave(store, cast.wave(id=name, questionnaire_hash=asked.hash, simulated=True))
        made = rich(wave=name, questionnaire_hash=asked.hash, **(_wide() if name == "weit" else {}))
        releases.add_release(store, name, make_release(settings.releases / name / "1", **made), cast.AFTER)
        releases.publish(store, name, 1)


def _wide() -> dict[str, Any]:
    """Forty Sozialräume with long names, and answers that hardly fit."""
    more = tuple(Group(id=f"sr-{i}", label=f"{LONG} {i}", level="area", base=60, areas=(f"sr-{i}",)) for i in range(40))
    cells = tuple((*row, *(share(20 + i) for i in range(40))) for row in CELLS)
    rows = tuple(Row(id=str(i), label=label) for i, label in enumerate((LONG * 2, "Geld", "Ruhe"), start=1))
    needs = table("wichtig", f"{LONG}?", measure="share_of_cases", groups=(*GROUPS, *more), cells=cells, rows=rows)
    return {"made": {"wichtig": ("zwei", needs)}}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("room")
    settings = Settings(data=data, database_url=f"sqlite:///{data / 'f.sqlite3'}", secret_key="s" * 40)
    store = Store(settings.database_url)
    store.migrate()
    _fill(store, settings)
    with served(create_app(settings, lambda: cast.AFTER)) as server:
        yield f"http://127.0.0.1:{server.effective_port}"
    store.close()


def press_to(page: Page, name: str, role: Any = "link") -> None:
    """Move on with Tab until this is focused, then press Enter."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    for _ in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_a_planner_goes_from_the_release_to_a_pair_a_view_a_table_and_a_profile_by_keyboard(
    room: str, desk: Page, tmp_path: Path
) -> None:
    desk.goto(room + HOME)
    press_to(desk, "Vergleich")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Nord 1 neben Musterkreis")
    expect(desk.get_by_role("cell", name="gesichert häufiger")).to_be_visible()
    press_to(desk, "Fragen")
    desk.get_by_label("Suchen").focus()
    desk.keyboard.type("wichtg")
    desk.keyboard.press("Enter")
    press_to(desk, "Frage wichtig?")
    press_to(desk, "Erziehen Sie allein?")
    expect(desk).to_have_url(re.compile(r"filter=allein"))
    with desk.expect_download() as taken:
        press_to(desk, "Tabelle für Excel (XLSX)")
    assert taken.value.suggested_filename == "fam-26-wichtig.xlsx"
    press_to(desk, "Sozialräume")
    press_to(desk, "Nord 1")
    expect(desk.get_by_role("button", name="Profil drucken")).to_be_visible()
    assert pages_of(desk, room + PROFILE) == 1


def pages_of(page: Page, address: str) -> int:
    page.goto(address)
    return len(re.findall(rb"/Type\s*/Page\b[^s]", page.pdf(prefer_css_page_size=True)))


def test_a_profile_is_one_sheet_of_paper_in_black_and_white(room: str, desk: Page) -> None:
    for address in (PROFILE, f"{HOME}/sozialraum/sued-1", f"{WIDE}/sozialraum/sr-7", YOUNG[1]):
        assert pages_of(desk, room + address) == 1, address
        desk.emulate_media(media="print")
        for colour in set(desk.locator(".profile *").evaluate_all(COLOURS)):
            red, green, blue = re.findall(r"\d+", colour)[:3]
            assert red == green == blue, f"{address}: {colour}"


def test_a_picture_becomes_a_png_in_the_browser(room: str, desk: Page, tmp_path: Path) -> None:
    desk.goto(f"{room}{HOME}/frage/wichtig")
    with desk.expect_download() as taken:
        desk.get_by_role("button", name="Bild (PNG)").click()
    file = tmp_path / "bild.png"
    taken.value.save_as(file)
    data = file.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20], "big") == 1520
    expect(desk.get_by_text("Das Bild ist gespeichert.")).to_be_visible()


def test_what_is_kept_stands_in_the_collection_and_in_its_address(room: str, desk: Page) -> None:
    desk.goto(f"{room}{HOME}/frage/wichtig?filter=allein")
    desk.get_by_role("button", name="Merken").click()
    expect(desk.get_by_role("button", name="Gemerkt")).to_have_attribute("aria-pressed", "true")
    desk.goto(f"{room}{HOME}/frage/zufrieden")
    desk.get_by_role("button", name="Merken").click()
    desk.get_by_role("link", name=re.compile(r"Sammlung ?\(2\)")).click()
    expect(desk).to_have_url(re.compile(r"sammlung\?f=wichtig%3Aallein&f=zufrieden$"))
    expect(desk.get_by_role("heading", name=re.compile(r"^[12]\. "))).to_have_count(2)
    desk.goto(f"{room}{HOME}/sammlung")
    expect(desk).to_have_url(re.compile(r"f=zufrieden"))
    desk.get_by_role("link", name="Alles entfernen").click()
    expect(desk.get_by_text("Noch ist nichts gesammelt")).to_be_visible()


def test_the_link_to_a_view_is_copied_and_opens_exactly_it(room: str, browser: Browser) -> None:
    with watched_page(browser, **DESK, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{room}{HOME}/frage/wichtig?filter=allein")
        page.get_by_role("button", name="Link kopieren").click()
        expect(page.get_by_text("Der Link ist kopiert.")).to_be_visible()
        page.goto(page.evaluate("navigator.clipboard.readText()"))
        expect(page.get_by_role("link", name="Erziehen Sie allein?")).to_have_attribute("aria-current", "true")
        assert "stand=1" in page.url


def test_the_whole_way_is_open_without_script(room: str, browser: Browser) -> None:
    with watched_page(browser, **DESK, java_script_enabled=False) as page:
        page.goto(f"{room}{HOME}/vergleich")
        page.get_by_label("neben").select_option("Süd 1")
        page.get_by_role("button", name="Nebeneinander zeigen").click()
        expect(page.get_by_text("Für die Sozialräume reichen die Antworten nicht")).to_be_visible()
        page.goto(f"{room}{HOME}/frage/wichtig")
        expect(page.get_by_role("button", name="Bild (PNG)")).to_have_count(0)
        page.get_by_role("link", name="Merken").click()
        expect(page.get_by_role("heading", name="1. Frage wichtig?")).to_be_visible()
        page.get_by_label("Frage hinzufügen").select_option("Frage zufrieden?")
        page.get_by_role("button", name="Hinzufügen").click()
        expect(page.get_by_role("heading", name=re.compile(r"^[12]\. "))).to_have_count(2)


@pytest.mark.parametrize(
    ("scheme", "addresses"),
    [("light", (f"{HOME}/sammlung?f=wichtig", YOUNG[0])), ("dark", (PROFILE, f"{HOME}/vergleich"))],
)
def test_nobody_is_kept_out(
    room: str, browser: Browser, axe: Callable[[Page], list[str]], scheme: str, addresses: tuple[str, ...]
) -> None:
    with watched_page(browser, **DESK, color_scheme=scheme) as page:
        for address in addresses:
            page.goto(room + address)
            assert axe(page) == [], address


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
def test_nobody_is_kept_out_of_any_page(
    room: str, browser: Browser, axe: Callable[[Page], list[str]], device: dict[str, Any], scheme: str,
    count: Callable[[str, int], None],
) -> None:  # fmt: skip
    with watched_page(browser, **device, color_scheme=scheme) as page:
        for address in (*NEW, *YOUNG, f"{WIDE}/vergleich", f"{WIDE}/sozialraum/sr-7"):
            page.goto(room + address)
            for part in page.locator("details").all():
                part.locator("summary").click()
            assert axe(page) == [], address
            count("pages of the results room without a violation", 1)


def test_no_page_is_wider_than_a_phone(room: str, phone: Page) -> None:
    for address in (*NEW, *YOUNG, f"{WIDE}/vergleich", f"{WIDE}/sozialraum/sr-7", f"{WIDE}/sozialraeume"):
        phone.goto(room + address)
        assert phone.evaluate("document.documentElement.scrollWidth") == 360, address
