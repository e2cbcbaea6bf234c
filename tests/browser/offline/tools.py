"""What the proof about bad signal needs: a site whose clock moves, a line that breaks when told to, odd phones."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page, expect

from survey import create_app
from survey.settings import Settings
from survey.store import Store, districts
from tests.browser.conftest import NOW, Site, _fill
from tests.browser.family import go_on, to_the_end
from tests.browser.line import Line
from tests.conftest import PHONE, watched_page
from tests.served import served
from tests.waiting import wait_until

WAVE = "familien"
AGAIN = "Jetzt noch einmal versuchen"
READY = """async () => {
  if (!navigator.serviceWorker) return true;
  await navigator.serviceWorker.ready;
  const copies = await caches.open(location.origin + location.pathname);
  return (await copies.keys()).length > 0;
}"""
#: What is kept of pages: pairs of the store's name and an address.
COPIES = """async () => (await Promise.all((await caches.keys()).map(async name =>
  (await (await caches.open(name)).keys()).map(({ url }) => [name, url])))).flat()"""
#: How many submissions the worker keeps.
KEPT = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open('familienstimme');
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const base = request.result, done = number => { base.close(); resolve(number); };
    if (!base.objectStoreNames.length) { done(0); return; }
    base.transaction('waiting').objectStore('waiting').count().onsuccess = event => done(event.target.result);
  };
})"""
STORED = "(() => { try { return localStorage.length } catch { return 0 } })()"
#: In-app browsers have no service worker, others keep nothing.
NO_WORKER = "Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => undefined });"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked'); } });"
PHONES = {"whole": "", "no worker": NO_WORKER, "no storage": NO_STORAGE, "neither": NO_WORKER + NO_STORAGE}


@dataclass
class Clock:
    """The server's clock."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Ground(Site):
    """The site, its clock, and what it keeps in memory."""

    clock: Clock = field(default_factory=Clock)
    app: Flask | None = None

    def begin(self) -> None:
        """Begin the next case with an empty wave on the first day."""
        self.forget()
        districts.save_district(self.store, self.district)
        self.clock.now = NOW
        self.forget_documents()

    def change(self, text: str) -> None:
        """Change what the document says to families: what the district is called."""
        districts.save_district(self.store, self.district.model_copy(update={"name": text}))
        self.forget_documents()

    def forget_documents(self) -> None:
        """Let the next document be made anew."""
        assert self.app is not None
        self.app.extensions["familienstimme-respond"].shelf.kept.clear()


@contextmanager
def ground(data: Path) -> Iterator[Ground]:
    settings = Settings(
        data=data, database_url=f"sqlite:///{data / 'f.sqlite3'}", secret_key="s" * 40, posts_per_source=10_000,
        posts_per_minute=100_000,
    )  # fmt: skip
    store, clock = Store(settings.database_url), Clock()
    store.migrate()
    district, found = _fill(store)
    app = create_app(settings, clock)
    with closing(store), served(app) as server:
        yield Ground(f"http://127.0.0.1:{server.effective_port}", store, district, found, server, clock, app)


class ShakyLine(Line):
    """A line that breaks while something is posted, or holds everything back."""

    def __init__(self, port: int) -> None:
        self._break_at = ""
        self._held = threading.Event()
        self._carried: list[bytes] = []
        super().__init__(port)

    def break_at(self, moment: str) -> None:
        """Break at the next „request“ that is posted, or at the „answer“ to it; the line then stays cut."""
        self._break_at = moment

    def hold(self) -> None:
        """Let nothing through, and let nobody know."""
        self._held.set()

    def release(self) -> None:
        self._held.clear()

    def carried(self, start: str) -> int:
        """Say how many requests came over this line that begin like this."""
        return sum(data.startswith(start.encode()) for data in self._carried)

    def lead_to(self, port: int) -> None:
        self._target = port

    def _carry(self, source: socket.socket, sink: socket.socket, posted: threading.Event, up: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                while self._held.is_set():
                    threading.Event().wait(0.05)
                if up:
                    self._carried.append(data[:100])
                if up and data.startswith(b"POST "):
                    posted.set()
                if posted.is_set() and self._break_at == ("request" if up else "answer"):
                    self._break_at = ""
                    self.cut()
                    return
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def shaky_line(port: int) -> Iterator[ShakyLine]:
    line = ShakyLine(port)
    try:
        yield line
    finally:
        line.release()
        line.end()


class _Broken(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(502)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def broken_server() -> Iterator[int]:
    """A proxy behind which nothing runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Broken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def wait_for_worker(page: Page) -> None:
    """Wait until the worker runs and has the questionnaire; nothing to wait for where there is none."""
    wait_until(lambda: page.evaluate(READY), "the worker and its copy")


def kept_by_worker(page: Page) -> int:
    return page.evaluate(KEPT)  # type: ignore[no-any-return]


class Background:
    """The browser's own side of Background Sync."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self._origin = origin
        self._registrations: dict[str, str] = {}
        self._page = context.new_page()  # knows nothing of the family's page
        self._session: CDPSession = context.new_cdp_session(self._page)
        self._session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._session.send("ServiceWorker.enable")

    def _note(self, event: dict[str, Any]) -> None:
        for registration in event["registrations"]:
            self._registrations[registration["scopeURL"]] = registration["registrationId"]

    def sync(self, wave: str = WAVE) -> None:
        """Tell the worker that there is network, as the browser does while no page is open."""
        scope = f"{self._origin}/b/{wave}"
        while scope not in self._registrations:
            self._page.wait_for_timeout(50)
        self._session.send("ServiceWorker.dispatchSyncEvent", {
            "origin": self._origin, "registrationId": self._registrations[scope], "tag": "waiting", "lastChance": False,
        })  # fmt: skip


@dataclass
class Family:
    """A phone in a family's hands, its line, and the site at the line's other end."""

    context: BrowserContext
    page: Page
    line: ShakyLine
    site: Ground

    @property
    def has_worker(self) -> bool:
        return bool(self.page.evaluate("!!navigator.serviceWorker"))

    def open(self, language: str = "de", page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(self.site.url(language=language))
        return page

    def come_back(self) -> Page:
        """Open the questionnaire again, in a new tab."""
        self.page = self.context.new_page()
        return self.open()

    def send_at(self, moment: str) -> None:
        """Answer everything and tap „Absenden“ on a line that breaks at this moment."""
        self.open()
        wait_for_worker(self.page)
        if moment == "after loading":
            self.line.cut()
        to_the_end(self.page)
        if moment == "on the last page":
            self.line.cut()
        elif moment != "after loading":
            self.line.break_at("request" if moment == "during the request" else "answer")
        go_on(self.page)
        self.wait_until_it_waits()

    def wait_until_it_waits(self) -> None:
        expect(self.page.locator("#err").get_by_role("button", name=AGAIN)).to_be_visible()

    def thanked(self, page: Page | None = None) -> str:
        page = page or self.page
        page.wait_for_selector("#key", timeout=60_000)
        return page.locator("#key").inner_text()

    def has_nothing(self) -> None:
        """Nothing of the answers stays on the phone, once it has heard that they arrived."""
        wait_until(lambda: self.page.evaluate(STORED) == 0, "the page's copy to be gone")
        wait_until(lambda: kept_by_worker(self.page) == 0, "the worker's copy to be gone")


@contextmanager
def family(browser: Browser, site: Ground, phone: str = "whole") -> Iterator[Family]:
    site.begin()
    with shaky_line(urlsplit(site.address).port or 80) as line, watched_page(browser, **PHONE) as page:
        if PHONES[phone]:
            page.context.add_init_script(PHONES[phone])
        yield Family(page.context, page, line, replace(site, address=f"http://127.0.0.1:{line.port}"))


def again(page: Page) -> Locator:
    """The button that tries once more, or the code where the page was quicker: it tries by itself as well."""
    return page.get_by_role("button", name=AGAIN).or_(page.locator("#key"))


def tap(home: Family) -> None:
    home.line.mend()
    again(home.page).click()
    home.thanked()


def later(days: float) -> datetime:
    return NOW.astimezone(UTC) + timedelta(days=days)
