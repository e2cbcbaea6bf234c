"""How soon a planner can read and work: on a processor a quarter as fast as this one, at 10 Mbit/s.

The first view is readable when its largest text is painted; a figure stands when each of its rows can be read by
pointer and keys; the large view stands when the chart library, fetched only then, has drawn it.
"""

import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench_figure import Figure
from tests.conftest import BROWSER_ARGS, CHROMIUMS
from tests.waiting import wait_until

SLOWER = 4
BYTES_PER_SECOND = 10_000_000 / 8
#: To the server and back [ms].
LATENCY = 40
READABLE, STANDING = 1.0, 2.0
N_FIGURES = 6
#: All six figures are in view at once, so that none waits to be scrolled to.
TALL = {"width": 1280, "height": 9000}

WATCH = """
window.painted = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.painted = entry.startTime; })
  .observe({type: 'largest-contentful-paint', buffered: true});
window.stood = [];
new MutationObserver(() => {
  const standing = document.querySelectorAll('.picture-frame[data-reads]').length;
  while (window.stood.length < standing) window.stood.push(performance.now());
}).observe(document, {subtree: true, childList: true, attributes: true});
"""


def bench_views(port: int, overview: str, collection: str, rounds: int) -> list[Figure]:
    """Return the median seconds until the overview can be read and until six figures stand."""
    home = f"http://127.0.0.1:{port}"
    with _chromium() as browser:
        readable = [_readable(browser, home + overview) for _ in range(rounds)]
        standing = [_standing(browser, home + collection) for _ in range(rounds)]
        large = [_large(browser, home + collection) for _ in range(rounds)]
    note = f"{SLOWER} × slowed, 10 Mbit/s, {LATENCY} ms latency; "
    return [
        _figure("results: first view readable", readable, READABLE, note + overview),
        _figure(f"results: {N_FIGURES} interactive figures stand", standing, STANDING, note + collection),
        _figure("results: a figure as large as the screen", large, None, note + "from the tap"),
    ]


def _figure(name: str, taken: list[float], at_most: float | None, note: str) -> Figure:
    spread = f"{min(taken):.2f} to {max(taken):.2f} s in {len(taken)} rounds; "
    return Figure(name, statistics.median(taken), "s", at_most=at_most, note=spread + note)


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = next(found for name in CHROMIUMS if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        yield browser
        browser.close()


@contextmanager
def _slow(browser: Browser, **options: object) -> Iterator[Page]:
    """A page with nothing in its cache."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(WATCH)
    control = context.new_cdp_session(page)
    control.send("Network.enable")
    control.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": LATENCY, "downloadThroughput": BYTES_PER_SECOND,
        "uploadThroughput": BYTES_PER_SECOND,
    })  # fmt: skip
    control.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield page
    context.close()


def _readable(browser: Browser, address: str) -> float:
    with _slow(browser, viewport={"width": 1280, "height": 900}) as page:
        page.goto(address, wait_until="load")
        wait_until(lambda: page.evaluate("window.painted > 0"), "the first view")
        return float(page.evaluate("window.painted")) / 1000


def _standing(browser: Browser, address: str) -> float:
    with _slow(browser, viewport=TALL) as page:
        page.goto(address, wait_until="commit")
        wait_until(lambda: page.evaluate(f"window.stood?.length >= {N_FIGURES}"), "the figures", 60)
        return float(page.evaluate(f"window.stood[{N_FIGURES - 1}]")) / 1000


def _large(browser: Browser, address: str) -> float:
    with _slow(browser, viewport={"width": 1280, "height": 900}) as page:
        page.goto(address, wait_until="load")
        page.locator("[data-figure]").first.scroll_into_view_if_needed()
        button = page.get_by_role("button", name="Groß zeigen").first
        button.wait_for()
        began = page.evaluate("performance.now()")
        button.click()
        page.wait_for_selector(".large .point", timeout=60_000)
        return float(page.evaluate("performance.now()") - began) / 1000
