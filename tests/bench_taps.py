"""How long a phone takes to answer a tap: handlers, style and layout, on a processor a quarter as fast as this one.

On the largest questionnaire that is promised (100 questions, 20 conditions), beside the same tap on a page that does
nothing at all.
"""

import shutil
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Route, sync_playwright

from questionnaires.model import Questionnaire
from survey import create_app
from survey.respond.document import Instrument, render_document
from survey.settings import Settings
from tests.bench_figure import Figure
from tests.conftest import BROWSER_ARGS, CHROMIUMS, PHONE
from tests.generated import large_questionnaire
from tests.survey.cast import district, notices, wave

#: A frame of a screen with 60 pictures a second [ms].
FRAME = 1000 / 60
SLOWER = 4
HERE = "http://127.0.0.1:9/b/fam-26"
BARE = "<!doctype html><title>t</title><form>" + "<label><input type=radio name=a>a</label>" * 2

# What a thumb can reach on the page that is open, and how long each tap takes until the page is laid out anew.
TAPS = """async () => {
  const seen = node => node.checkVisibility(), form = document.querySelector('form'), taken = [];
  const tap = node => {
    const start = performance.now();
    node.click();
    document.body.getBoundingClientRect();
    getComputedStyle(document.body).color;
    taken.push(performance.now() - start);
  };
  const rest = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const next = () => [...document.querySelectorAll('nav button')].filter(seen).at(-1);
  for (let page = 0; page < 60 && document.querySelector('form'); page++) {
    const inputs = 'input[type=radio], input[type=checkbox], button.o, button.pm';
    for (const node of [...form.querySelectorAll(inputs)]) {
      if (!node.isConnected || !seen(node)) continue;
      await rest();
      tap(node);
    }
    const current = document.querySelector('form section:not([hidden])');
    if (!next() || current && current.id === 'p-1') break;
    await rest();
    tap(next());
  }
  return taken;
}"""


@dataclass(frozen=True)
class Taps:
    """Milliseconds of every tap from the first page to the last: the quickest of several rounds each.

    The quickest, because what else runs on this machine is no part of the page.
    """

    page: list[float]
    bare: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.page)

    @property
    def worst(self) -> float:
        return max(self.page)

    @property
    def within_a_frame(self) -> float:
        """Share of the taps."""
        return sum(time <= FRAME for time in self.page) / len(self.page)


def bench_taps(quick: bool = False) -> list[Figure]:
    """Return the median and the worst tap, and how they compare with a tap on a bare page."""
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        return [Figure("a tap", 0, note="not measured: no Chromium on this machine")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
        try:
            taps = measure_taps(browser, 2 if quick else 8)
        finally:
            browser.close()
    how = f"{len(taps.page)} taps, 100 questions, 20 conditions, processor {SLOWER}× slower"
    ratio = taps.median / statistics.median(taps.bare)
    return [
        Figure("a tap is answered after (median)", taps.median, "ms", at_most=FRAME, note=how),
        Figure("the slowest tap is answered after", taps.worst, "ms", at_most=FRAME, note="turning a page"),
        Figure("taps answered within a frame", 100 * taps.within_a_frame, "%", at_least=100),
        Figure("against a tap on a bare page", ratio, "×"),
    ]


def measure_taps(browser: Browser, n_rounds: int) -> Taps:
    """Go through the questionnaire so many times, and tap a bare page each time in between."""
    document, rounds, bare = _document(large_questionnaire()), [], []
    for _ in range(n_rounds):
        rounds.append(_taps(browser, document))
        bare.append(_taps(browser, BARE))
    page, nothing = ([min(times) for times in zip(*every, strict=True)] for every in (rounds, bare))
    return Taps(page, nothing)


def _document(asked: Questionnaire) -> str:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        app = create_app(Settings(Path(name), f"sqlite:///{name}/f.sqlite3"))
        with app.test_request_context("/"):
            html = render_document(Instrument(wave(), district(), notices(), asked, "de"))
        app.extensions["familienstimme"].store.close()
    return html


def _taps(browser: Browser, html: str) -> list[float]:
    context = browser.new_context(**PHONE, locale="de-DE")
    try:
        page = context.new_page()
        page.route("**/*", lambda route: _answer(route, html))
        page.goto(HERE)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return list(page.evaluate(TAPS))
    finally:
        context.close()


def _answer(route: Route, html: str) -> None:
    is_document = route.request.url == HERE
    route.fulfill(body=html if is_document else "", content_type="text/html", status=200 if is_document else 404)
