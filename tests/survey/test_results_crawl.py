"""Everything the room emits is a published figure of its release, and nothing leads off this machine."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import create_app, demo
from survey.services import Services, utc_now
from survey.settings import Settings, prepare_data
from survey.store import Store, releases
from survey.work import work_off
from tests.survey.crawl import Crawled, Published, crawl
from tests.survey.make_derived import rich
from tests.survey.results_tools import HOME, Shelf, html, text_of
from tests.survey.test_results_room import sheet


def check(crawled: Crawled, published: Published) -> dict[str, int]:
    """Hold every answer against the release; returns how many of each type were looked at."""
    looked: dict[str, int] = {}
    for address, (kind, data) in crawled.pages.items():
        looked[kind] = looked.get(kind, 0) + 1
        path = address.partition("?")[0]
        if kind == "text/html":
            assert published.unknown_in(data.decode()) == [], address
            assert twice(region_names(data.decode())) == set(), address
        elif "/tabelle/" in path and path.endswith(".csv"):
            assert data == (published.folder / "tables" / Path(path).name).read_bytes()
        elif path.endswith(".xlsx"):
            numbers = re.findall(r"<v>([\d.]+)</v>", sheet(data, 1))
            assert {written(number) for number in numbers} <= published.numbers, address
        elif "/figur/" in path:
            assert data == (published.folder / "figures" / Path(path).name).read_bytes()
        elif "/bild/" in path:
            drawing = (published.folder / "figures" / Path(path).name).read_text()
            assert drawing.partition(">")[2].strip() in data.decode()
        else:
            assert data == (published.folder / Path(path).name.replace("gewichtung", "weights")).read_bytes(), address
    assert crawled.foreign == []
    return looked


def region_names(shown: str) -> list[str]:
    """What a screen reader calls the regions of a page."""
    names = []
    for reference in re.findall(r'<(?:section|div|article)[^>]*aria-labelledby="([^"]+)"', shown):
        head = re.search(rf'id="{re.escape(reference)}"[^>]*>(.*?)</(?:h\d|caption|p|span)', shown, re.DOTALL)
        assert head is not None, reference
        names.append(text_of(head[1]).strip())
    return names


def twice(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def written(number: str) -> str:
    """A number of a workbook as pages write it; shares lie between 0 and 1."""
    if "." not in number:
        return f"{int(number):,}".replace(",", ".")
    value = float(number)
    return f"{value * 100:.0f}" if value < 1 else f"{value:.1f}".replace(".", ",")


@pytest.fixture
def shelf(app: Flask, sqlite_store: Store) -> Shelf:
    return Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases)


def test_everything_the_room_emits_is_published(
    shelf: Shelf, client: FlaskClient, count: Callable[[str, int], None]
) -> None:
    shelf.add(**rich())
    crawled = crawl(client, HOME, 200)
    looked = check(crawled, Published(shelf.folder()))
    assert looked["text/html"] > 30
    assert {"text/csv", "image/svg+xml", "application/json"} <= looked.keys()
    count("addresses of the results room held against the release", len(crawled.pages))


LEAKS = (
    "<p>83 %</p>", '<p title="n = 191"></p>', '<img alt="83 Familien">', "<text>83</text>",
    '<p><span class="figure">52 %</span> <span class="span">47–58 %</span></p>',
)  # fmt: skip


def test_the_crawler_sees_what_is_not_published(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(**rich())
    published, shown = Published(shelf.folder()), html(client, HOME)
    assert published.unknown_in(shown) == []
    for leak in LEAKS:
        assert published.unknown_in(shown.replace("</main>", f"{leak}</main>")) != [], leak


@pytest.mark.slow
def test_everything_said_of_the_simulated_waves_is_published(
    tmp_path: Path, count: Callable[[str, int], None]
) -> None:
    settings = Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path / 'f.sqlite3'}")
    prepare_data(settings)
    store = Store(settings.database_url)
    store.migrate()
    demo.seed_demo(store, utc_now(), work=lambda: work_off(Services(settings, store)))
    app = create_app(settings)
    for wave in ("familien-klein", "familien-2025", "familien-2022", "jugend-2025"):
        [release] = releases.list_releases(store, wave)
        crawled = crawl(app.test_client(), f"/ergebnisse/{wave}", 1500)
        check(crawled, Published(settings.releases / wave / str(release.number)))
        count("addresses of simulated waves held against their release", len(crawled.pages))
    app.extensions["familienstimme"].store.close()
    store.close()
