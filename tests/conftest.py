"""What many tests need: a browser that stays on this machine, a PostgreSQL of our own, counted proofs.

Everything started here ends with the run, also when the run is killed (tests/keep.py; Playwright's driver
ends its browser when its pipe closes). A skipped test says why; in CI a skip is a failure.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
from axe_playwright_python.sync_playwright import Axe as AxeCore
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.postgres import NewDatabase, PostgresMissing, running_postgres

IN_CI = os.environ.get("CI") == "true"
PROOF = os.environ.get("FAMILIENSTIMME_PROOF") == "1"

hypothesis.settings.register_profile("desk", max_examples=50, deadline=None)
hypothesis.settings.register_profile("ci", max_examples=25, deadline=None, derandomize=True)
hypothesis.settings.register_profile("proof", max_examples=2000, deadline=None, print_blob=True)
hypothesis.settings.load_profile("proof" if PROOF else "ci" if IN_CI else "desk")


# ---------- choice and report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("proof")
    if not PROOF:
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: in CI nothing is skipped: {report.longrepr[2]}"
    return report


COUNTS = pytest.StashKey[dict[str, int]]()


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Callable[[str, int], None]:
    """count("rounds of rewriting", 500): what a proof went through, printed at the end of the run."""
    counts = request.config.stash.setdefault(COUNTS, {})

    def add(what: str, n: int = 1) -> None:
        counts[what] = counts.get(what, 0) + n

    return add


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add what a worker counted, where tests run in several processes."""
    counts = node.config.stash.setdefault(COUNTS, {})
    for what, n in getattr(node, "workeroutput", {}).get("counts", {}).items():
        counts[what] = counts.get(what, 0) + n


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what this worker counted."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["counts"] = session.config.stash.get(COUNTS, {})


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    counts = config.stash.get(COUNTS, {})
    if counts:
        terminalreporter.section("counted")
    for what, n in sorted(counts.items()):
        terminalreporter.line(f"{n:>12,}  {what}")


@pytest.fixture(scope="session")
def proof() -> bool:
    """Whether this is the long run: then go through many more cases."""
    return PROOF


# ---------- browser

# Nothing but this machine can be looked up, whatever a page or the browser itself would like to fetch.
BROWSER_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip
HERE = {"127.0.0.1", "localhost", "::1"}
PHONE_SIZE = {"width": 360, "height": 740}
PHONE = {"viewport": PHONE_SIZE, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: The same engine without windows: half the work for the same pages. What it lacks: Background Sync.
LIGHT = "chromium-headless-shell"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _found(*names: str) -> str:
    for name in filter(None, (os.environ.get("CHROMIUM"), *names)):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine (tests/setup_browser.sh installs one)")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium with everything that people's have."""
    return _found(*CHROMIUMS)


@pytest.fixture(scope="session")
def whole_browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    with playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_ARGS) as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with playwright.chromium.launch(executable_path=_found(LIGHT, *CHROMIUMS), args=BROWSER_ARGS) as started:
        yield started


def is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in HERE


@contextmanager
def watched_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page in a context of its own; the block fails at its end if anything asked a foreign host."""
    settings = {"locale": "de-DE", "timezone_id": "Europe/Berlin", **options}
    context = browser.new_context(**settings)
    foreign: list[str] = []

    def note(url: str) -> None:
        if is_foreign(url):
            foreign.append(url)

    context.on("request", lambda request: note(request.url))
    context.on("page", lambda page: page.on("websocket", lambda socket: note(socket.url)))
    try:
        yield context.new_page()
    finally:
        context.close()
    assert not foreign, f"asked foreign hosts: {foreign}"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with watched_page(browser, **PHONE) as page:
        yield page


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with watched_page(browser, **DESK) as page:
        yield page


Axe = Callable[[Page], list[str]]


def unfit(page: Page, address: str, axe: Axe) -> list[str]:
    """What is wrong with a page: accessibility, or wider than the screen."""
    page.goto(address)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{address}: {problem}" for problem in axe(page)] + ([f"{address}: {wide} px too wide"] if wide > 0 else [])


@pytest.fixture(scope="session")
def axe() -> Axe:
    """axe(page): a line per violation of WCAG 2.2 A and AA or a best practice: rule, help, elements."""
    script = AxeCore().axe_script
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": AXE_RULES}}

    def violations(page: Page) -> list[str]:
        if not page.evaluate("'axe' in self"):  # half a megabyte, so once per document
            page.evaluate(script)
        found = page.evaluate("options => axe.run(options).then(({ violations }) => violations)", options)
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: "
            + "; ".join(str(node["target"]) + " " + node["html"][:120] for node in rule["nodes"])
            for rule in found
        ]

    return violations


# ---------- PostgreSQL


@pytest.fixture(scope="session")
def new_postgres_database() -> Iterator[NewDatabase]:
    """Call it for the URL of an empty database; the server starts on first use and ends with the run."""
    with ExitStack() as stack:
        try:
            create = stack.enter_context(running_postgres())
        except PostgresMissing as missing:
            pytest.skip(str(missing))
        yield create


@pytest.fixture
def postgres_url(new_postgres_database: NewDatabase) -> str:
    """An SQLAlchemy URL of a fresh, empty database for this test (per module: new_postgres_database())."""
    return new_postgres_database()
