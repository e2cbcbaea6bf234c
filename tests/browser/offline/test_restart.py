"""The browser is closed or killed, the server is killed and started again, the line goes at every single page."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect

from survey.store import Store
from tests.browser.conftest import Site, _fill
from tests.browser.family import ANSWER, go_on, to_the_end
from tests.browser.offline.tools import (
    Background,
    Family,
    Ground,
    family,
    kept_by_worker,
    shaky_line,
    tap,
    wait_for_worker,
)
from tests.conftest import BROWSER_ARGS, PHONE
from tests.running import Running, running_product, sqlite_url
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
slow = pytest.mark.slow
Count = Callable[[str, int], None]


# --- the browser ----------------------------------------------------------------------------------------------------


@contextmanager
def started(browser: Browser, program: str, folder: Path) -> Iterator[BrowserContext]:
    """A browser with a memory of its own on disk."""
    context = browser.browser_type.launch_persistent_context(
        folder, executable_path=program, args=BROWSER_ARGS, locale="de-DE", timezone_id="Europe/Berlin", **PHONE
    )
    try:
        yield context
    finally:
        with suppress(Error):
            context.close()


def kill(folder: Path) -> None:
    """End a browser as an empty battery would; its lock says which process it is."""
    process = int((folder / "SingletonLock").readlink().name.rpartition("-")[2])
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{process}").exists(), "the browser to end")
    for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
        (folder / name).unlink(missing_ok=True)


@pytest.fixture
def at_home(whole_ground: Ground) -> Iterator[Family]:
    """Everything but the browser."""
    whole_ground.begin()
    with shaky_line(urlsplit(whole_ground.address).port or 80) as line:
        site = replace(whole_ground, address=f"http://127.0.0.1:{line.port}")
        yield Family(None, None, line, site)  # type: ignore[arg-type]


def use(home: Family, context: BrowserContext) -> None:
    home.context, home.page = context, context.pages[0]


@slow
def test_closed_and_reopened_without_network_a_family_goes_on(
    browser: Browser, chromium_path: str, at_home: Family, tmp_path: Path, count: Count
) -> None:
    """Half of it, then the rest, then sending: three evenings, and network only on the fourth."""
    with started(browser, chromium_path, tmp_path) as context:
        use(at_home, context)
        at_home.open()
        wait_for_worker(at_home.page)
        at_home.line.cut()
        go_on(at_home.page)
        at_home.page.evaluate(ANSWER)
        go_on(at_home.page)
    with started(browser, chromium_path, tmp_path) as context:
        use(at_home, context)
        at_home.open().get_by_role("button", name="Weitermachen").click()
        to_the_end(at_home.page)
        go_on(at_home.page)
        at_home.wait_until_it_waits()
    with started(browser, chromium_path, tmp_path) as context:
        use(at_home, context)
        at_home.open()
        at_home.wait_until_it_waits()
        tap(at_home)
        assert at_home.site.total() == 1
        at_home.has_nothing()
    count("offline: browser closed and reopened", 1)


@slow
@pytest.mark.parametrize("moment", ["on the last page", "before the answer"])
def test_a_killed_browser_has_kept_what_it_said_it_kept(
    browser: Browser, chromium_path: str, at_home: Family, tmp_path: Path, moment: str, count: Count
) -> None:
    """The worker writes through to the disk before the page says so; the page's own store is written when it suits."""
    with started(browser, chromium_path, tmp_path) as context:
        use(at_home, context)
        at_home.send_at(moment)
        expect(at_home.page.locator("#err")).to_contain_text("auch, wenn diese Seite zu ist")
        kill(tmp_path)
    at_home.line.mend()
    with started(browser, chromium_path, tmp_path) as context:
        use(at_home, context)
        at_home.open()
        wait_until(lambda: at_home.site.total() == 1, "the waiting form to arrive")
        wait_until(lambda: kept_by_worker(at_home.page) == 0, "the worker's copy to be gone")
    assert at_home.site.stored()[0].answers["wunsch"] == "Mehr Busse"
    count("offline: browser killed", 1)


@slow
def test_a_tab_closed_while_it_sends_has_handed_the_form_over(
    browser: Browser, whole_ground: Ground, count: Count
) -> None:
    with family(browser, whole_ground) as home:
        home.open()
        wait_for_worker(home.page)
        to_the_end(home.page)
        background = Background(home.context, home.site.address)
        home.page.bring_to_front()
        home.line.hold()
        go_on(home.page)
        wait_until(lambda: kept_by_worker(home.page) == 1, "the worker's copy")
        home.page.close()
        home.line.cut()
        home.line.release()
        home.line.mend()
        background.sync()
        wait_until(lambda: home.site.total() == 1, "the worker to send")
    count("offline: tab closed while sending", 1)


# --- the server -----------------------------------------------------------------------------------------------------


class Product(Site):
    """`familienstimme serve` in a process of its own, in a wave that is open today."""

    def begin(self) -> None:
        """Begin with what is there."""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Product]:
    store = Store(sqlite_url(tmp_path))
    store.migrate()
    district, found = _fill(store)
    days = [str(datetime.now(UTC).date() + timedelta(days=n)) for n in (-1, 9, 19, 99)]
    with store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE wave SET opens_on = ?, closes_on = ?, entry_until = ?, retention_until = ?", tuple(days)
        )
    yield Product("", store, district, found)
    store.close()


def restart(home: Family, server: Running, tmp_path: Path) -> Iterator[Running]:
    server.kill()
    with running_product(tmp_path, sqlite_url(tmp_path)) as again:
        home.line.lead_to(again.port)
        yield again


@slow
@pytest.mark.parametrize("moment", ["after loading", "during the request", "before the answer"])
@pytest.mark.parametrize("way", ["tap", "worker alone"])
def test_a_killed_and_restarted_server_has_it_once(
    browser: Browser, data: Product, tmp_path: Path, moment: str, way: str, count: Count
) -> None:
    with running_product(tmp_path, sqlite_url(tmp_path)) as server:
        site = Product(f"http://127.0.0.1:{server.port}", data.store, data.district, data.questionnaires)
        with family(browser, site) as home:
            home.send_at(moment)
            for _ in restart(home, server, tmp_path):
                if way == "tap":
                    tap(home)
                else:
                    background = Background(home.context, home.site.address)
                    home.page.close()
                    home.line.mend()
                    background.sync()
                wait_until(lambda: site.total() == 1, "the form to arrive")
    count("offline: server killed and restarted", 1)


# --- the pages ------------------------------------------------------------------------------------------------------


def answer_with_a_cut_at(home: Family, name: str, number: int) -> int:
    """Answer all pages; at one of them the network goes and the page is loaded anew. Return how many there were."""
    home.page.goto(home.site.url(name))
    wait_for_worker(home.page)
    for at in range(100):
        if at == number:
            home.line.cut()
            home.page.reload()
            again = home.page.get_by_role("button", name="Weitermachen")
            if again.is_visible():
                again.click()
        home.page.evaluate(ANSWER)
        if home.page.evaluate("document.querySelector('#p-1').hidden") is False:
            return at + 1
        go_on(home.page)
    raise AssertionError("no last page")


@slow
@pytest.mark.parametrize("name", ["familien", "jugend"])
def test_the_network_may_go_at_any_page(browser: Browser, whole_ground: Ground, name: str, count: Count) -> None:
    number, pages = 0, 1
    while number < pages:
        with family(browser, whole_ground) as home:
            pages = answer_with_a_cut_at(home, name, number)
            go_on(home.page)
            home.wait_until_it_waits()
            tap(home)
            [response] = home.site.stored(name)
            assert len(response.answers) > 8, number
        number += 1
        count("offline: network gone at a page, page loaded anew", 1)
    assert pages > 5
