"""The planner's room in a real browser: readable, drawn, searched, printed, by keyboard and without script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from questionnaires.handover import Group, Row
from survey import create_app
from survey.settings import Settings
from survey.store import Store, districts, questionnaires, releases, waves
from tests.conftest import DESK, PHONE, watched_page
from tests.served import served
from tests.survey import cast
from tests.survey.make_derived import derived_files
from tests.survey.make_release import CELLS, GROUPS, make_release, share, table, tables
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
HOME = f"/ergebnisse/{cast.WAVE}"
NEEDS = f"{HOME}/frage/wichtig"
PAGES = (
    "/ergebnisse", HOME, f"{NEEDS}?filter=allein", f"{HOME}/frage/angebote-mittel", f"{HOME}/karte", "/ergebnisse/leer",
)  # fmt: skip
LONG = "Bad Liebenstein und Barchfeld-Immelborn mit der Verwaltungsgemeinschaft Hainich-Werratal"


def _wide() -> dict[str, Any]:
    """The tables of the helper; needs get forty Sozialräume with long names and a very long answer."""
    more = tuple(Group(id=f"sr-{i}", label=f"{LONG} {i}", level="area", base=60, areas=(f"sr-{i}",)) for i in range(40))
    cells = tuple((*row, *(share(20 + i) for i in range(40))) for row in CELLS)
    rows = tuple(Row(id=str(i), label=label) for i, label in enumerate((LONG * 2, "Geld", "Ruhe"), start=1))
    needs = table(
        "wichtig", "Frage wichtig?", measure="share_of_cases", groups=(*GROUPS, *more), cells=cells, rows=rows
    )
    return tables() | {"wichtig": ("zwei", needs)}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("results")
    settings = Settings(data=data, database_url=f"sqlite:///{data / 'f.sqlite3'}", secret_key="s" * 40)
    store = Store(settings.database_url)
    store.migrate()
    districts.save_district(store, cast.district())
    districts.save_notices(store, cast.district().id, cast.notices())
    questionnaires.save_questionnaire(store, cast.questionnaire())
    for name in (cast.WAVE, "leer"):
        waves.create_wave(store, cast.wave(id=name, simulated=True))
    sha256 = make_release(settings.releases / cast.WAVE / "1", made=_wide(), extra_files=derived_files())
    releases.add_release(store, cast.WAVE, sha256, cast.AFTER)
    releases.publish(store, cast.WAVE, 1)
    with served(create_app(settings, lambda: cast.AFTER)) as server:
        yield f"http://127.0.0.1:{server.effective_port}"
    store.close()


def _open(page: Page, address: str) -> None:
    """Go there and wait until a figure that is in view can be read row by row."""
    page.goto(address)
    if page.locator("[data-figure]").is_visible():
        expect(page.locator(".picture-frame[data-reads]")).to_be_visible()


@pytest.mark.parametrize(
    ("device", "scheme"),
    [
        pytest.param(DESK, "light", id="desk-light", marks=pytest.mark.slow),
        pytest.param(PHONE, "dark", id="phone-dark"),
        pytest.param(DESK, "dark", id="desk-dark", marks=pytest.mark.slow),
        pytest.param(PHONE, "light", id="phone-light", marks=pytest.mark.slow),
    ],
)
def test_nobody_is_kept_out(
    room: str, browser: Browser, axe: Callable[[Page], list[str]], device: dict[str, Any], scheme: str
) -> None:
    with watched_page(browser, **device, color_scheme=scheme) as page:
        for address in PAGES:
            _open(page, room + address)
            for part in page.locator("details").all():
                part.locator("summary").click()
            assert axe(page) == [], address


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_never_wider_than_a_phone(room: str, phone: Page, address: str) -> None:
    phone.goto(room + address)
    assert phone.evaluate("document.documentElement.scrollWidth") == 360


def test_a_figure_is_read_row_by_row_once_it_is_in_view(room: str, desk: Page) -> None:
    asked: list[str] = []
    troubles: list[str] = []
    desk.on("request", lambda request: asked.append(request.url.removeprefix(room).partition("?")[0]))
    desk.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    desk.set_viewport_size({"width": 1280, "height": 200})
    desk.goto(room + HOME)
    desk.wait_for_load_state("networkidle")
    assert not [path for path in asked if "/figur/" in path]
    frame = desk.locator(".picture-frame")
    frame.scroll_into_view_if_needed()
    expect(desk.locator(".picture-frame[data-reads='3']")).to_be_visible()
    assert f"{HOME}/figur/wichtig.json" in asked
    desk.locator(".fs-mark").first.hover()
    expect(desk.locator(".bubble")).to_contain_text(" Prozent")
    desk.mouse.move(0, 0)
    expect(desk.locator(".bubble")).to_be_hidden()
    assert not [path for path in asked if "plotly" in path]
    assert troubles == []


def test_the_rows_of_a_figure_are_read_with_the_arrow_keys(room: str, desk: Page) -> None:
    _open(desk, room + NEEDS)
    frame, said = desk.locator(".picture-frame"), desk.locator(".picture-frame [role=status]")
    frame.focus()
    labels = []
    for key in ("ArrowDown", "ArrowDown", "End", "Home"):
        desk.keyboard.press(key)
        labels.append(said.text_content())
    assert len(set(labels)) == 3
    assert labels[0] == labels[3]
    expect(desk.locator(".bubble")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator(".bubble")).to_be_hidden()


def test_a_figure_fills_the_screen_on_demand_and_the_way_back_is_the_same(
    room: str, desk: Page, axe: Callable[[Page], list[str]]
) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    _open(desk, room + NEEDS)
    assert not [url for url in asked if "plotly" in url]
    button = desk.get_by_role("button", name="Groß zeigen")
    button.press("Enter")
    expect(desk.get_by_role("dialog").locator(".point").first).to_be_visible(timeout=30_000)
    expect(desk.get_by_role("dialog")).to_contain_text("Simulierte Daten.")
    assert axe(desk) == []
    assert [url for url in asked if "plotly" in url]
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()


def test_the_first_picture_stays_when_the_figure_cannot_be_fetched(room: str, desk: Page) -> None:
    desk.route("**/figur/*.json", lambda route: route.abort())
    desk.goto(room + NEEDS)
    desk.wait_for_load_state("networkidle")
    expect(desk.locator("svg.fs-figure")).to_be_visible()


def test_a_phone_shows_lines_in_the_table_and_loads_no_chart_library(room: str, phone: Page) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(room + HOME)
    phone.locator(".ranks .range").first.scroll_into_view_if_needed()
    phone.wait_for_load_state("networkidle")
    expect(phone.locator(".ranks .range").first).to_be_visible()
    assert not [url for url in asked if "plotly" in url or "/figur/" in url]


def test_everything_is_there_without_script(room: str, browser: Browser) -> None:
    with watched_page(browser, **DESK, java_script_enabled=False) as page:
        page.goto(room + HOME)
        expect(page.locator("svg.fs-figure")).to_be_visible()
        expect(page.get_by_role("table")).to_have_count(7)  # needs, where, Lebenslagen, offers, areas, doors, change
        page.get_by_label("Frage suchen").fill("hort")
        page.get_by_role("button", name="Suchen").click()
        expect(page.locator("#fragenliste a")).to_have_count(1)
        page.get_by_role("link", name="Hort").click()
        page.get_by_role("link", name="Erziehen Sie allein?").click()
        expect(page.get_by_role("columnheader", name="nein")).to_be_visible()


def test_questions_are_found_while_typing(room: str, desk: Page) -> None:
    desk.goto(room + HOME)
    field = desk.get_by_label("Frage suchen")
    field.press_sequentially("angebote bus")
    expect(desk.locator("#fragenliste a:visible")).to_have_text(["Bus", "Bus: zusammengefasst"])
    expect(desk.locator(".search-status")).to_have_text("1 Frage passt.")
    field.fill("Zebra")
    expect(desk.locator("#fragenliste a:visible")).to_have_count(0)
    expect(desk.locator(".search-status")).to_contain_text("Keine Frage passt")
    field.fill("")
    expect(desk.locator("#fragenliste a:visible")).to_have_count(6)


def test_a_wide_table_is_read_by_keyboard_with_its_answers_in_sight(room: str, desk: Page) -> None:
    desk.goto(room + HOME)
    frame = desk.get_by_role("region", name="Nach Sozialräumen, in Prozent")
    frame.focus()
    for _ in range(5):
        desk.keyboard.press("ArrowRight")
    expect(frame).to_be_focused()
    wait_until(lambda: frame.evaluate("frame => frame.scrollLeft > 50"), "the table to move")
    left = frame.locator("tbody th").first.bounding_box()
    outer = frame.bounding_box()
    assert left is not None
    assert outer is not None
    assert abs(left["x"] - outer["x"]) < 2


def test_paper_gets_the_picture_the_tables_and_the_method(room: str, desk: Page) -> None:
    _open(desk, room + NEEDS)
    desk.emulate_media(media="print")
    expect(desk.locator("svg.fs-figure")).to_be_visible()
    expect(desk.get_by_role("button", name="Groß zeigen")).to_be_hidden()
    expect(desk.get_by_text("Gruppen unter 10 Befragten zeigen nichts.")).to_be_visible()
    expect(desk.get_by_role("link", name="Tabelle als CSV")).to_have_count(0)
    shades = desk.locator("td").evaluate_all("cells => cells.map(c => getComputedStyle(c).backgroundColor)")
    assert set(shades) <= {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}
